"""Rows to events of the simple form. Pure: names are looked up by a ``Lookup``, ids follow from what is named.

A row of products is one event. Containers go a hundred rows to an event. All rows of one batch of opening stock are one
event, for a batch is founded once.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from ledger.core.canonical import Json
from ledger.core.ids import RANDOM_SIZE, uuid7
from ledger.errors import FormatError, Problem
from ledger.services.imports.cells import Fault, Values, fault, pointer, values_of
from ledger.services.imports.columns import Kind
from ledger.services.imports.tables import Table

CONTAINERS_AN_EVENT: Final = 100
LINES_AN_EVENT: Final = 500
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


@dataclass(frozen=True, slots=True)
class Statement:
    """An event to be: its id, the rows it says, its sections, and which cell says what."""

    id: str
    type: str
    rows: tuple[int, ...]
    sections: Sections
    spots: Spots = field(default_factory=dict)

    def blame(self, problem: Problem) -> Fault:
        """Return a problem of the event as one of the cell, or else the first row, that said it."""
        at = problem.field or ""
        best = max((spot for spot in self.spots if (at + "/").startswith(spot + "/")), key=len, default=None)
        row, column = (self.rows[0], None) if best is None else self.spots[best]
        return Fault(row, column, Problem(problem.code, pointer(row, column), problem.params))


@dataclass(frozen=True, slots=True)
class Planned:
    """What a table comes to: events, faults of rows, and what each row is called."""

    statements: tuple[Statement, ...]
    faults: tuple[Fault, ...]
    labels: Mapping[int, str]
    values: Mapping[int, Values]


def derived(*parts: str) -> str:
    """Return the id that follows from these texts: of the form of a UUIDv7, with no time in it."""
    message = "\n".join((DOMAIN, *parts)).encode()
    return uuid7(0, hashlib.sha256(message).digest()[:RANDOM_SIZE])


def plan(table: Table, org: str, lookup: Lookup) -> Planned:
    """Return the events that a table comes to, for rows without a fault."""
    rows = values_of(table)
    faults = [item for row in rows for item in row.faults]
    plans = {"products": _products, "containers": _containers, "opening": _opening}[table.kind]
    statements = list(plans(table, org, lookup, rows, faults))
    name = {"products": "name_zh", "containers": "serial", "opening": "lot"}[table.kind]
    labels = {row.number: row.cells.get(name, "") for row in table.rows}
    return Planned(tuple(statements), tuple(faults), labels, {row.row: row for row in rows})


def _event_id(table: Table, org: str, row: int) -> str:
    return derived("event", org, table.kind, table.digest.hex(), str(row))


def _once(rows: Sequence[Values], key: str, faults: list[Fault]) -> Iterator[Values]:
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


# --- products -----------------------------------------------------------------------------------------------------


def _products(
    table: Table, org: str, lookup: Lookup, rows: Sequence[Values], faults: list[Fault]
) -> Iterator[Statement]:
    for row in _once(rows, "name_zh", faults):
        try:
            content = _product(org, lookup, row)
        except FormatError as error:
            key = (error.field or "").rpartition("/")[2] or None
            faults.append(Fault(row.row, key, Problem(error.code, pointer(row.row, key), error.params)))
            continue
        at = "/sections/product"
        names = {"components": "cas", "un": "un", "ghs": "statements", "names": "name_zh"}
        spots = {f"{at}/{name}": (row.row, names.get(name, name)) for name in content if name != "product"}
        yield Statement(
            _event_id(table, org, row.row),
            TYPES["products"],
            (row.row,),
            {"product": content},
            {at: (row.row, None), **spots},
        )


def _product(org: str, lookup: Lookup, row: Values) -> dict[str, Json]:
    name = row.text("name_zh")
    assert name is not None
    content: dict[str, Json] = {
        "product": lookup.own_product(name) or f"product:{derived('product', org, name)}",
        "names": _names(name, row.text("name_en")),
        "state": row.text("state"),
        "components": _components(row),
        "un": _transport(row),
        "ghs": _ghs(row),
    }
    for key in ("lists", "aliases"):
        if texts := [text for text in row.texts(key) if text]:
            content[key] = list(texts)
    for key in ("catalogue_number", "emergency_phone"):
        if (text := row.text(key)) is not None:
            content[key] = text
    return content


def _names(zh: str, en: str | None) -> dict[str, Json]:
    return {"zh": zh, "en": en} if en else {"zh": zh}


def _components(row: Values) -> list[Json]:
    """The components, place by place: names, CAS numbers and contents must be as many. FormatError."""
    keys = ("component_zh", "component_en", "cas", "least_percent", "most_percent")
    lists = {key: row.texts(key) for key in keys}
    count = max(len(texts) for texts in lists.values())
    named = lists["component_zh"]
    if count > 1 and len(named) != count:
        raise FormatError("import_lists_differ", "/component_zh", {"count": count})
    if count > 1 and not all(named):
        raise FormatError("import_cell_missing", "/component_zh")
    if not named:
        named, lists["component_en"] = [row.text("name_zh") or ""], [row.text("name_en") or ""]
    found: list[Json] = []
    for place, zh in enumerate(named):
        at = {key: texts[place] for key, texts in lists.items() if place < len(texts) and texts[place]}
        part: dict[str, Json] = {"name": _names(zh, at.get("component_en"))}
        part.update({key: at[key] for key in ("cas", "least_percent", "most_percent") if key in at})
        found.append(part)
    return found


def _transport(row: Values) -> list[Json]:
    """The row of the dangerous goods list, whole or not at all. FormatError."""
    keys = ("un", "shipping_name", "class", "un_from", "packing_group")
    given = [key for key in (*keys, "subsidiary") if key in row.of]
    if not given:
        return []
    for key in keys[:4]:
        if key not in row.of:
            raise FormatError("import_cell_missing", f"/{key}")
    entry: dict[str, Json] = {
        "un": row.text("un"),
        "name": row.text("shipping_name"),
        "class": row.text("class"),
        "from": row.text("un_from"),
    }
    if subsidiary := [text for text in row.texts("subsidiary") if text]:
        entry["subsidiary"] = list(subsidiary)
    if (group := row.text("packing_group")) is not None:
        entry["packing_group"] = group
    return [entry]


def _ghs(row: Values) -> dict[str, Json]:
    ghs: dict[str, Json] = {"statements": [text for text in row.texts("statements") if text]}
    for key in ("pictograms", "precautions"):
        if texts := [text for text in row.texts(key) if text]:
            ghs[key] = list(texts)
    if (signal := row.text("signal")) is not None:
        ghs["signal"] = signal
    return ghs


# --- containers ---------------------------------------------------------------------------------------------------


def container_ref(org: str, serial: str) -> str:
    """Return the reference of the container of this number that an import registers."""
    return f"container:{derived('container', org, serial)}"


def _containers(
    table: Table, org: str, _lookup: Lookup, rows: Sequence[Values], faults: list[Fault]
) -> Iterator[Statement]:
    """A hundred places of the table to an event, so that the events stay the same when a row is found at fault."""
    sound = {row.row: row for row in _once(rows, "serial", faults)}
    for first in range(0, len(rows), CONTAINERS_AN_EVENT):
        block = [row for row in rows[first : first + CONTAINERS_AN_EVENT] if row.row in sound]
        if block:
            yield containers_of(_event_id(table, org, rows[first].row), org, block)


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
    return Statement(event, TYPES["containers"], rows, {"containers": {"items": items}}, spots)


# --- opening stock ------------------------------------------------------------------------------------------------


def batch_ref(org: str, product: str, lot: str) -> str:
    """Return the reference of the batch that an import of opening stock founds."""
    return f"batch:{derived('batch', org, product, lot)}"


def _opening(
    table: Table, org: str, lookup: Lookup, rows: Sequence[Values], faults: list[Fault]
) -> Iterator[Statement]:
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
        spots.update({f"{at}/{key}": (row.row, key) for key in ("amount", "unit", "container", "status")})
        spots.update(
            {
                f"{at}/place": (row.row, "location"),
                f"{at}/batch": (row.row, "lot"),
                f"{at}/measurement": (row.row, "density"),
            }
        )
    return Statement(
        _event_id(table, org, first.row), TYPES["opening"], tuple(row.row for row in group), sections, spots
    )
