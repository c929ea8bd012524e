"""One cell to one value, or to a fault that names its row and its column."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.core.canonical import Json
from ledger.errors import FormatError, Problem
from ledger.services.imports.columns import KINDS, Column, Words
from ledger.services.imports.tables import Row, Table

FORMULA_MARKS: Final = ("=", "@")
SEPARATORS: Final = re.compile("[;；|\n]")
MOST_VALUES: Final = 40

_DAY: Final = re.compile(r"([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row; ``column`` is the key of the column, None where it is about the row."""

    row: int
    column: str | None
    problem: Problem


def pointer(row: int, column: str | None = None) -> str:
    """Where a cell stands, as a JSON pointer into the table."""
    return f"/rows/{row}" if column is None else f"/rows/{row}/{column}"


def fault(row: int, column: str | None, code: str, /, **params: str | int) -> Fault:
    """Return a fault in words of the catalogue."""
    return Fault(row, column, Problem(code, pointer(row, column), params))


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a row by key; lists for columns that hold several. ``faults``: what is wrong with its cells."""

    row: int
    of: Mapping[str, Json]
    faults: tuple[Fault, ...] = ()

    def text(self, key: str) -> str | None:
        """Return the value of a column of one value."""
        found = self.of.get(key)
        return found if isinstance(found, str) else None

    def texts(self, key: str) -> list[str]:
        """Return the values of a column of several."""
        found = self.of.get(key, [])
        return [str(item) for item in found] if isinstance(found, list) else []


def values_of(table: Table) -> list[Values]:
    """Read every cell of a table."""
    columns = [item for item in KINDS[table.kind] if item.key in table.columns]
    return [_values(row, columns) for row in table.rows]


def _values(row: Row, columns: Iterable[Column]) -> Values:
    found: dict[str, Json] = {}
    faults = [fault(row.number, None, "import_cells_beyond")] if row.beyond else []
    for column in columns:
        try:
            value = _read(column, row.cells.get(column.key, ""), row.flaws.get(column.key))
            if value is not None:
                found[column.key] = value
        except FormatError as error:
            problem = Problem(error.code, pointer(row.number, column.key), error.params)
            faults.append(Fault(row.number, column.key, problem))
    return Values(row.number, found, tuple(faults))


def _read(column: Column, text: str, flaw: str | None) -> Json:
    """Return what a cell says, None for a blank one. FormatError: it is not of the form of its column."""
    if flaw is not None:
        raise FormatError(flaw)
    if not text and column.required:
        raise FormatError("import_cell_missing")
    if not text:
        return None
    if text.startswith(FORMULA_MARKS):
        raise FormatError("import_formula")
    if not column.many:
        return _one(column, text)
    parts = [part.strip() for part in SEPARATORS.split(text)]
    while parts and not parts[-1]:
        parts.pop()
    if len(parts) > MOST_VALUES:
        raise FormatError("list_length", None, {"least": 1, "most": MOST_VALUES})
    return [_one(column, part) if part else "" for part in parts]


def _one(column: Column, text: str) -> str:
    value = _as(column, text)
    try:
        column.shape.check(value, "")
    except FormatError as error:
        if error.code != "not_a_choice":
            raise
        raise FormatError("not_a_choice", None, {"choices": choices(column.words)}) from None
    return value


def _as(column: Column, text: str) -> str:
    if column.form == "text":
        return text
    plain = unicodedata.normalize("NFKC", text)
    if column.form == "word":
        return _word(column.words, plain)
    if column.form == "day":
        return _day(plain)
    return plain.upper() if column.key in ("pictograms", "statements", "precautions") else _unprefixed(column, plain)


def _unprefixed(column: Column, text: str) -> str:
    """A UN number is often written with its letters."""
    return text[2:].strip() if column.key == "un" and text[:2].upper() == "UN" else text


def _word(words: Words, text: str) -> str:
    """Return the word of the formats for what people write; what is unknown stays, and is refused by its shape."""
    wanted = _folded(text)
    for word, written in words.items():
        if wanted in (_folded(word), *map(_folded, written)):
            return word
    return text


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())


def _day(text: str) -> str:
    """A day in any usual spelling as YYYY-MM-DD; others stay, and are refused by the shape of dates."""
    found = _DAY.fullmatch(text.removesuffix(" 00:00:00"))
    return text if found is None else f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"


def choices(words: Words) -> str:
    """Return the words a cell may hold, in both languages."""
    return ", ".join(f"{written[0]} = {word}" for word, written in words.items())
