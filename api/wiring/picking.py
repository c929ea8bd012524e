"""Goods named as people name them (a code, a container, a batch) turned into lines of matter, as they lie now.

Nothing is guessed: where a name fits several holdings, the answer asks for more.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from api.codes import normal_code
from api.deal_ports import Source
from api.wiring.known import Known
from ledger.core.canonical import Json
from ledger.core.quantity import kg
from ledger.errors import FormatError
from ledger.store.rows import HoldingRow
from ledger.store.scopes import EVERYTHING

NAMES: Final = frozenset(
    {"code", "container", "batch", "amount", "unit", "booked", "place", "status", "owner", "measurement"}
)
LOOSE: Final = "-"
"""As a container: of a batch, what is in none."""
MOST: Final = 500
LOOKED_AT: Final = 1_000


def pick(known: Known, org: str, items: Sequence[Mapping[str, Json]], source: Source) -> list[dict[str, Json]]:
    """Return a line for each item; no items: everything aboard the shipment. FormatError with the field."""
    if not items and source.shipment is not None:
        rows = known.related.stock(EVERYTHING, custodian=source.shipment, limit=MOST + 1)
        if len(rows) > MOST:
            raise FormatError("list_length", "/goods", {"least": 1, "most": MOST})
        return [_line(row, {}, whole=True) for row in rows]
    return [_one(known, org, item, source, f"/goods/{at}") for at, item in enumerate(items)]


def _one(known: Known, org: str, item: Mapping[str, Json], source: Source, at: str) -> dict[str, Json]:
    for name in item:
        if name not in NAMES:
            raise FormatError("unknown_name", f"{at}/{name[:64]}")
    target, named, place = _target(known, item, at)
    rows = [row for row in _candidates(known, org, target, source) if _fits(row, item)]
    if not rows:  # told as they were named: what a code of others leads to is not for everybody to know
        raise FormatError("goods_not_here", place, {"target": named})
    if len(rows) > 1:
        raise FormatError("goods_ambiguous", at, {"target": target, "count": len(rows)})
    if rows[0].container == LOOSE and "amount" not in item and source.shipment is None:
        raise FormatError("name_missing", f"{at}/amount")
    return _line(rows[0], item, whole="amount" not in item)


def _target(known: Known, item: Mapping[str, Json], at: str) -> tuple[str, str, str]:
    """The reference that an item names, by code or itself; how it is named there, and where. FormatError."""
    code = item.get("code")
    if isinstance(code, str):
        plain = normal_code(code)
        row = None if plain is None else known.unit.queries.code(plain)
        if row is None:
            raise FormatError("goods_not_here", f"{at}/code", {"target": code[:60]})
        return row.target, code[:60], f"{at}/code"
    for name in ("container", "batch"):
        value = item.get(name)
        if isinstance(value, str) and value != LOOSE:
            return value, value[:80], at
    raise FormatError("name_missing", f"{at}/code")


def _candidates(known: Known, org: str, target: str, source: Source) -> Sequence[HoldingRow]:
    kind = target.partition(":")[0]
    queries = known.unit.queries
    custodian = source.shipment
    if kind == "container":
        rows = queries.stock(container=target, custodian=custodian, limit=LOOKED_AT)
    elif kind == "batch":
        rows = queries.stock(batch=target, custodian=custodian, limit=LOOKED_AT)
    else:
        return ()
    return [row for row in rows if custodian is not None or org in (row.owner, row.custodian)]


def _fits(row: HoldingRow, item: Mapping[str, Json]) -> bool:
    """Whether what the item says besides does not speak against a holding."""
    for name in ("batch", "container", "place", "status", "owner"):
        value = item.get(name)
        if isinstance(value, str) and getattr(row, name) != value:
            return False
    return True


def _line(row: HoldingRow, item: Mapping[str, Json], *, whole: bool) -> dict[str, Json]:
    line: dict[str, Json] = {
        "batch": row.batch,
        "amount": kg(row.mg) if whole else item["amount"],
        "unit": "kg" if whole else item.get("unit", "kg"),
        "owner": row.owner,
        "custodian": row.custodian,
        "place": row.place,
    }
    if row.container != LOOSE:
        line["container"] = row.container
    if row.status != "free":
        line["status"] = row.status
    for name in ("booked", "measurement"):
        if name in item:
            line[name] = item[name]
    return line
