"""Rows of products: one event a row. Pure."""

from collections.abc import Iterator, Sequence

from ledger.core.canonical import Json
from ledger.errors import FormatError, Problem
from ledger.services.imports.cells import Fault, Values, pointer
from ledger.services.imports.statements import TYPES, Lookup, Statement, derived, event_id, once
from ledger.services.imports.tables import Table


def products(
    table: Table, org: str, lookup: Lookup, rows: Sequence[Values], faults: list[Fault]
) -> Iterator[Statement]:
    """Yield the event of each row without a fault; faults found on the way are added."""
    for row in once(rows, "name_zh", faults):
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
            event_id(table, org, row.row),
            TYPES["products"],
            (row.row,),
            {"product": content},
            {at: (row.row, None), **spots},
            {row.row: str(content["product"])},
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
