"""Rows of containers: a hundred rows to an event. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from ledger.core.canonical import Json
from ledger.services.imports.cells import Fault, Values
from ledger.services.imports.statements import TYPES, Lookup, Statement, derived, event_id, once
from ledger.services.imports.tables import Table

CONTAINERS_AN_EVENT: Final = 100


def container_ref(org: str, serial: str) -> str:
    """Return the reference of the container of this number that an import registers."""
    return f"container:{derived('container', org, serial)}"


def containers(
    table: Table, org: str, _lookup: Lookup, rows: Sequence[Values], faults: list[Fault]
) -> Iterator[Statement]:
    """A hundred places of the table to an event, so that the events stay the same when a row is found at fault."""
    sound = {row.row: row for row in once(rows, "serial", faults)}
    for first in range(0, len(rows), CONTAINERS_AN_EVENT):
        block = [row for row in rows[first : first + CONTAINERS_AN_EVENT] if row.row in sound]
        if block:
            yield containers_of(event_id(table, org, rows[first].row), org, block)


def containers_of(event: str, org: str, block: Sequence[Values]) -> Statement:
    """Return the event that registers the containers of some rows."""
    items: list[Json] = []
    spots: dict[str, tuple[int, str | None]] = {}
    for place, row in enumerate(block):
        serial = row.text("serial")
        assert serial is not None
        items.append({"container": container_ref(org, serial), **row.of})
        at = f"/sections/containers/items/{place}"
        spots.update({at: (row.row, None), f"{at}/container": (row.row, "serial")})
        spots.update({f"{at}/{key}": (row.row, key) for key in row.of})
    rows = tuple(row.row for row in block)
    things = {row.row: container_ref(org, row.text("serial") or "") for row in block}
    return Statement(event, TYPES["containers"], rows, {"containers": {"items": items}}, spots, things)
