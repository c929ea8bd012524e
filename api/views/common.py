"""Pieces that all views share: words in two languages, masses, instants, parties, pages of a list."""

from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

from pydantic import PlainSerializer, WithJsonSchema

from ledger.core.quantity import kg
from ledger.core.times import format_recorded


def _mass_body(mg: int) -> dict[str, str]:
    return {"amount": kg(mg), "unit": "kg"}


_MASS_SCHEMA: Final = {
    "type": "object",
    "properties": {"amount": {"type": "string", "examples": ["200"]}, "unit": {"const": "kg"}},
    "required": ["amount", "unit"],
}
_INSTANT_SCHEMA: Final = {"type": "string", "format": "date-time", "examples": ["2026-11-22T00:15:00.000Z"]}

Mass = Annotated[int, PlainSerializer(_mass_body), WithJsonSchema(_MASS_SCHEMA)]
"""Whole milligrams; on the wire a decimal string of kilograms with its unit."""

Instant = Annotated[int, PlainSerializer(format_recorded), WithJsonSchema(_INSTANT_SCHEMA)]
"""Epoch milliseconds."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages. Where only one is known it stands in both."""

    zh: str
    en: str

    def in_language(self, lang: str) -> str:
        """Return the text for a language, "zh" or "en"."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation as others read it. `ref` is "org:<uuid>"."""

    ref: str
    name: Words


@dataclass(frozen=True, slots=True)
class PlaceName:
    """Where something stands: a location of a site, or a vehicle.

    `ref` is "site:<uuid>/<location>" or "vehicle:<plate>"; `name` the site's name or the plate;
    `location` what stands after the slash, None for a vehicle.
    """

    ref: str
    name: Words
    location: str | None = None


Item = TypeVar("Item")


Key = tuple[str | int, ...]
"""The sort key of an item of a list."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """What a port returns for one page of a list.

    `next_key`: the sort key of the last item if there are more, to be given back as `after`.
    """

    items: tuple[Item, ...]
    next_key: Key | None = None


@dataclass(frozen=True, slots=True)
class Listing(Generic[Item]):
    """One page of a list on the wire; `next` is an opaque cursor, null on the last page."""

    items: tuple[Item, ...]
    next: str | None
