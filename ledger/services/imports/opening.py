"""Rows of opening stock: all rows of one batch are one event, for a batch is founded once. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ledger.core.canonical import Json
from ledger.errors import FormatError, Problem
from ledger.services.imports.cells import Fault, Values, fault, pointer
from ledger.services.imports.statements import TYPES, Lookup, Statement, derived, event_id
from ledger.services.imports.tables import Table

LINES_AN_EVENT: Final = 500


def batch_ref(org: str, product: str, lot: str) -> str:
    """Return the reference of the batch that an import of opening stock founds."""
    return f"batch:{derived('batch', org, product, lot)}"


def opening(table: Table, org: str, lookup: Lookup, rows: Sequence[Values], faults: list[Fault]) -> Iterator[Statement]:
    """Yield the event of each batch none of whose rows has a fault; faults found on the way are added."""
    groups: dict[tuple[str, str], list[Values]] = {}
    for row in rows:
        groups.setdefault((row.text("product") or "", row.text("lot") or ""), []).append(row)
    vessels: dict[str, int] = {}
    for (name, lot), group in groups.items():
        before = len(faults)
        found = _lines(org, lookup, group, vessels, faults)
        _agree(group, faults)
        if len(group) > LINES_AN_EVENT:
            faults.append(fault(group[LINES_AN_EVENT].row, "lot", "list_length", least=1, most=LINES_AN_EVENT))
        bad = [row.row for row in group if row.faults] or [item.row for item in faults[before:]]
        if bad:
            at_fault = {item.row for item in faults}
            faults.extend(
                fault(row.row, "lot", "import_batch_at_fault", row=bad[0]) for row in group if row.row not in at_fault
            )
            continue
        yield _batch(table, org, lookup.product(name), lot, group, found)


def _agree(group: Sequence[Values], faults: list[Fault]) -> None:
    """What is said of a batch as a whole is the same in each of its rows."""
    faults.extend(
        fault(row.row, key, "import_rows_differ", row=group[0].row)
        for row in group[1:]
        for key in ("expires_on", "retest_on", "producer_name")
        if row.of.get(key) != group[0].of.get(key)
    )


def _lines(
    org: str, lookup: Lookup, group: Iterable[Values], vessels: dict[str, int], faults: list[Fault]
) -> list[dict[str, Json]]:
    lines = []
    for row in group:
        if row.faults:
            continue
        try:
            lines.append(_line(org, lookup, row, vessels))
        except FormatError as error:
            key = (error.field or "").lstrip("/") or None
            faults.append(Fault(row.row, key, Problem(error.code, pointer(row.row, key), error.params)))
    return lines


def _line(org: str, lookup: Lookup, row: Values, vessels: dict[str, int]) -> dict[str, Json]:
    product = lookup.product(row.text("product") or "")
    line: dict[str, Json] = {
        "batch": batch_ref(org, product, row.text("lot") or ""),
        "amount": row.text("amount"),
        "unit": row.text("unit"),
        "place": f"{lookup.site(row.text('site'))}/{row.text('location')}",
    }
    if (name := row.text("container")) is not None:
        vessel = lookup.container(name)
        if vessel in vessels:
            raise FormatError("import_row_twice", "/container", {"row": vessels[vessel]})
        vessels[vessel] = row.row
        line["container"] = vessel
    if (owner := row.text("owner")) is not None:
        line["owner"] = lookup.organisation(owner)
    if (status := row.text("status")) is not None:
        line["status"] = status
    keys = ("density", "density_unit", "temperature_c")
    if any(key in row.of for key in keys):
        for key in keys:
            if key not in row.of:
                raise FormatError("import_cell_missing", f"/{key}")
        density = dict(zip(("value", "unit", "temperature_c"), (row.of[key] for key in keys), strict=True))
        line["measurement"] = {"kind": "volume", "density": density}
    return line


def _batch(
    table: Table, org: str, product: str, lot: str, group: Sequence[Values], lines: Sequence[dict[str, Json]]
) -> Statement:
    first = group[0]
    about: dict[str, Json] = {"product": product, "lot": lot}
    if (producer := first.text("producer_name")) is not None:
        about["producer_name"] = producer
    sections: dict[str, Mapping[str, Json]] = {"product": about, "outputs": {"lines": list(lines)}}
    times: dict[str, Json] = {key: first.of[key] for key in ("expires_on", "retest_on") if key in first.of}
    if times:
        sections["time"] = times
    spots: dict[str, tuple[int, str | None]] = {
        "/sections/product": (first.row, "product"),
        "/sections/time": (first.row, "expires_on"),
    }
    for place, row in enumerate(group):
        at = f"/sections/outputs/lines/{place}"
        spots[at] = (row.row, None)
        spots.update({f"{at}/{key}": (row.row, key) for key in ("amount", "unit", "container", "owner", "status")})
        spots.update(
            {
                f"{at}/place": (row.row, "location"),
                f"{at}/batch": (row.row, "lot"),
                f"{at}/measurement": (row.row, "density"),
            }
        )
    rows = tuple(row.row for row in group)
    things = dict.fromkeys(rows, str(lines[0]["batch"]))
    return Statement(event_id(table, org, first.row), TYPES["opening"], rows, sections, spots, things)
