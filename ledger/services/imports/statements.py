"""Events to be: the id, the sections, and which cell of the table said what. Pure.

Ids follow from what is named, so that the same file, and the same names in another file, come to the same things.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from ledger.core.canonical import Json
from ledger.core.ids import RANDOM_SIZE, uuid7
from ledger.errors import Problem
from ledger.services.imports.cells import Fault, Values, fault, pointer
from ledger.services.imports.columns import Kind
from ledger.services.imports.tables import Table

TYPES: Final[Mapping[Kind, str]] = {
    "products": "governance.product_registered",
    "containers": "governance.container_registered",
    "opening": "storage.opening_declared",
}
DOMAIN: Final = "hazledger/import@1"

Sections = Mapping[str, Mapping[str, Json]]
Spots = Mapping[str, tuple[int, str | None]]
"""JSON pointer into an event -> the row and column that said it; the longest that begins a pointer counts."""


class Lookup(Protocol):
    """What is on record under a name. FormatError: nothing, or more than one thing."""

    def own_product(self, name: str) -> str | None:
        """Return the reference under which the organisation has registered a product of this name, if it has."""

    def product(self, name: str) -> str:
        """Return the reference of a product."""

    def site(self, name: str | None) -> str:
        """Return the reference of a site of the organisation; without a name its only one."""

    def container(self, name: str) -> str:
        """Return the reference of a container."""

    def organisation(self, name: str) -> str:
        """Return the reference of an organisation: by credit code, full name or reference."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An event to be: its id, the rows it says, its sections, which cell says what, and the thing each row makes."""

    id: str
    type: str
    rows: tuple[int, ...]
    sections: Sections
    spots: Spots = field(default_factory=dict)
    things: Mapping[int, str] = field(default_factory=dict)

    def blame(self, problem: Problem) -> Fault:
        """Return a problem of the event as one of the cell, or else the first row, that said it."""
        at = problem.field or ""
        best = max((spot for spot in self.spots if (at + "/").startswith(spot + "/")), key=len, default=None)
        row, column = (self.rows[0], None) if best is None else self.spots[best]
        return Fault(row, column, Problem(problem.code, pointer(row, column), problem.params))


def derived(*parts: str) -> str:
    """Return the id that follows from these texts: of the form of a UUIDv7, with no time in it."""
    message = "\n".join((DOMAIN, *parts)).encode()
    return uuid7(0, hashlib.sha256(message).digest()[:RANDOM_SIZE])


def event_id(table: Table, org: str, row: int) -> str:
    """Return the id of the event that begins with a row of a file."""
    return derived("event", org, table.kind, table.digest.hex(), str(row))


def once(rows: Sequence[Values], key: str, faults: list[Fault]) -> Iterator[Values]:
    """Rows without a fault; what an earlier row has named already is one."""
    seen: dict[str, int] = {}
    for row in rows:
        name = row.text(key)
        if name is None:
            continue
        if name in seen:
            faults.append(fault(row.row, key, "import_row_twice", row=seen[name]))
            continue
        seen[name] = row.row
        if not row.faults:
            yield row
