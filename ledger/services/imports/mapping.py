"""Rows to events of the simple form. Pure: names are looked up by a ``Lookup``, ids follow from what is named."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.services.imports.cells import Fault, Values, values_of
from ledger.services.imports.columns import Kind
from ledger.services.imports.containers import containers
from ledger.services.imports.opening import opening
from ledger.services.imports.products import products
from ledger.services.imports.statements import Lookup, Statement
from ledger.services.imports.tables import Table

Planner = Callable[[Table, str, Lookup, Sequence[Values], list[Fault]], Iterator[Statement]]

PLANNERS: Final[Mapping[Kind, tuple[Planner, str]]] = {
    "products": (products, "name_zh"),
    "containers": (containers, "serial"),
    "opening": (opening, "lot"),
}
"""What turns rows into events, and the column that a row goes by."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a table comes to: events, faults of rows, and what each row is called."""

    statements: tuple[Statement, ...]
    faults: tuple[Fault, ...]
    labels: Mapping[int, str]
    values: Mapping[int, Values]


def plan(table: Table, org: str, lookup: Lookup) -> Planned:
    """Return the events that a table comes to, for rows without a fault."""
    rows = values_of(table)
    faults = [item for row in rows for item in row.faults]
    planner, name = PLANNERS[table.kind]
    statements = tuple(planner(table, org, lookup, rows, faults))
    labels = {row.number: row.cells.get(name, "") for row in table.rows}
    return Planned(statements, tuple(faults), labels, {row.row: row for row in rows})
