"""Closed shapes of section contents: one declaration checks a statement and yields its JSON Schema.

``check`` raises ``FormatError`` naming the field by JSON pointer; ``schema`` gives JSON Schema 2020-12 for OpenAPI.
Amounts are text (design: exact bytes); a shape never converts, it only says whether the text is of the form.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ledger.core.canonical import Json
from ledger.core.ids import check_ref
from ledger.core.text import check_text
from ledger.errors import FormatError

AMOUNT = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?"
_AMOUNT = re.compile(AMOUNT)
MAX_AMOUNT_DIGITS = 24


class Shape(Protocol):
    """Something that a JSON value is of, or is not."""

    def check(self, value: Json, at: str) -> None:
        """Raise ``FormatError`` at the JSON pointer ``at`` (or below) unless the value is of this shape."""

    def schema(self) -> dict[str, object]:
        """The same shape as JSON Schema."""


def _wrong(at: str, expected: str) -> FormatError:
    code = "wrong_kind"
    return FormatError(code, field=at, params={"expected": expected})


@dataclass(frozen=True, slots=True)
class Text:
    """Text of 1..``most`` characters, optionally of a pattern."""

    most: int = 200
    pattern: str | None = None

    def check(self, value: Json, at: str) -> None:
        """See ``Shape.check``."""
        if not isinstance(value, str):
            raise _wrong(at, "text")
        check_text(value, field=at, max_len=self.most)
        if not value:
            raise FormatError("text_empty", field=at)
        if self.pattern is not None and re.fullmatch(self.pattern, value) is None:
            raise FormatError("text_not_of_form", field=at, params={"form": self.pattern})

    def schema(self) -> dict[str, object]:
        """See ``Shape.schema``."""
        out: dict[str, object] = {"type": "string", "minLength": 1, "maxLength": self.most}
        return out if self.pattern is None else out | {"pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed list of words."""

    words: tuple[str, ...]

    def check(self, value: Json, at: str) -> None:
        """See ``Shape.check``."""
        if value not in self.words:
            raise FormatError("not_a_choice", field=at, params={"choices": ", ".join(self.words)})

    def schema(self) -> dict[str, object]:
        """See ``Shape.schema``."""
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference ``<kind>:<uuid>`` of one of the named kinds."""

    kinds: tuple[str, ...]

    def check(self, value: Json, at: str) -> None:
        """See ``Shape.check``."""
        if not isinstance(value, str):
            raise _wrong(at, "reference")
        check_ref(value, self.kinds, field=at)

    def schema(self) -> dict[str, object]:
        """See ``Shape.schema``."""
        kinds = "|".join(self.kinds)
        uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
        return {"type": "string", "pattern": f"^(?:{kinds}):{uuid}$"}


@dataclass(frozen=True, slots=True)
class Amount:
    """A decimal amount as text, at most 24 digits; above nought unless ``zero``; signed only where said."""

    signed: bool = False
    zero: bool = False

    def check(self, value: Json, at: str) -> None:
        """See ``Shape.check``."""
        if not isinstance(value, str):
            raise FormatError("amount_not_text", field=at)
        if _AMOUNT.fullmatch(value) is None:
            raise FormatError("amount_not_decimal", field=at)
        digits = value.lstrip("-").replace(".", "")
        if len(digits) > MAX_AMOUNT_DIGITS:
            raise FormatError("amount_too_long", field=at, params={"most": MAX_AMOUNT_DIGITS})
        nought = not digits.strip("0")
        if value.startswith("-") and (nought or not self.signed):
            raise FormatError("amount_negative", field=at)
        if nought and not self.zero:
            raise FormatError("amount_zero", field=at)

    def schema(self) -> dict[str, object]:
        """See ``Shape.schema``."""
        return {"type": "string", "pattern": f"^{AMOUNT if self.signed else AMOUNT.removeprefix('-?')}$"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds."""

    least: int = 0
    most: int = 2**53 - 1

    def check(self, value: Json, at: str) -> None:
        """See ``Shape.check``."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong(at, "whole number")
        if not self.least <= value <= self.most:
            raise FormatError("number_out_of_range", field=at, params={"least": self.least, "most": self.most})

    def schema(self) -> dict[str, object]:
        """See ``Shape.schema``."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def check(self, value: Json, at: str) -> None:
        """See ``Shape.check``."""
        if not isinstance(value, bool):
            raise _wrong(at, "true or false")

    def schema(self) -> dict[str, object]:
        """See ``Shape.schema``."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Checked:
    """Text that a checker of ``ledger.core`` accepts (check digits, dates, keys): ``checker(text, field)``."""

    checker: Callable[[str, str], object]
    example: str

    def check(self, value: Json, at: str) -> None:
        """See ``Shape.check``."""
        if not isinstance(value, str):
            raise _wrong(at, "text")
        self.checker(value, at)

    def schema(self) -> dict[str, object]:
        """See ``Shape.schema``."""
        return {"type": "string", "examples": [self.example]}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of ``least``..``most`` items of one shape."""

    item: Shape
    least: int = 1
    most: int = 500

    def check(self, value: Json, at: str) -> None:
        """See ``Shape.check``."""
        if not isinstance(value, list):
            raise _wrong(at, "list")
        if not self.least <= len(value) <= self.most:
            raise FormatError("list_length", field=at, params={"least": self.least, "most": self.most})
        for place, item in enumerate(value):
            self.item.check(item, f"{at}/{place}")

    def schema(self) -> dict[str, object]:
        """See ``Shape.schema``."""
        return {"type": "array", "items": self.item.schema(), "minItems": self.least, "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Obj:
    """An object with closed names: some required, some optional."""

    required: Mapping[str, Shape] = field(default_factory=dict)
    optional: Mapping[str, Shape] = field(default_factory=dict)

    def check(self, value: Json, at: str) -> None:
        """See ``Shape.check``."""
        if not isinstance(value, dict):
            raise _wrong(at, "object")
        for name, item in value.items():
            shape = self.required.get(name) or self.optional.get(name)
            if shape is None:
                raise FormatError("unknown_name", field=f"{at}/{name}")
            shape.check(item, f"{at}/{name}")
        for name in self.required:
            if name not in value:
                raise FormatError("name_missing", field=f"{at}/{name}")

    def schema(self) -> dict[str, object]:
        """See ``Shape.schema``."""
        shapes = {**self.required, **self.optional}
        out: dict[str, object] = {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in shapes.items()},
            "additionalProperties": False,
        }
        if self.required:
            out["required"] = list(self.required)
        return out


@dataclass(frozen=True, slots=True)
class Anything:
    """Any object of the closed value domain (a manifest, checked by the code that uses it)."""

    def check(self, value: Json, at: str) -> None:
        """See ``Shape.check``."""
        if not isinstance(value, dict):
            raise _wrong(at, "object")

    def schema(self) -> dict[str, object]:
        """See ``Shape.schema``."""
        return {"type": "object"}
