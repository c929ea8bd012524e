"""What a statement that waits for signatures says, for people: goods, parties, and what else stands in its sections."""

from collections.abc import Iterable, Mapping
from typing import Final

from api.views import DraftGoods, Party
from api.wiring.known import Known
from ledger.core.canonical import Json
from ledger.core.quantity import milligrams
from ledger.errors import HazledgerError
from ledger.rules.aggregates import BatchState, ProductState, ShipmentState
from ledger.rules.keys import PERSON
from ledger.rules.signing import HIGHLY_TOXIC

Contents = Mapping[str, Mapping[str, Json]]

PARTIES: Final = ("seller", "buyer", "consignor", "consignee", "carrier", "to")
SAID: Final = (
    ("product", "lot"),
    ("product", "producer_name"),
    ("transport", "vehicle"),
    ("transport", "waybill"),
    ("transport", "origin"),
    ("transport", "destination"),
    ("commercial", "order"),
    ("commercial", "price"),
    ("commercial", "purpose"),
    ("place", "to_location"),
    ("site", "region"),
    ("site", "park"),
    ("site", "phone"),
    ("licence", "number"),
    ("licence", "valid_from"),
    ("licence", "valid_to"),
    ("licence", "subject"),
    ("licence", "authority"),
    ("licence", "most_kg"),
    ("reason", "text"),
)
"""What is said of a statement besides goods, place and parties, by section and member; in this order."""
NAMED: Final = ("site", "product")
"""Sections that register something under its names."""
LISTED: Final = (
    ("site", "locations", ("location",), "locations"),
    ("product", "un", ("un",), "un"),
    ("product", "components", ("name", "zh"), "components"),
    ("product", "ghs", ("statements",), "hazards"),
    ("containers", "items", ("serial",), "containers"),
    ("documents", "items", ("number",), "documents"),
    ("licence", "classes", (), "classes"),
)
"""Lists in sections: where the words of each item stand, and the name under which pages tell them."""
MOST_LISTED: Final = 12


def highly_toxic(known: Known, batch: str) -> bool:
    """Whether a batch is of a highly toxic product."""
    made = known.get(batch, BatchState)
    product = None if made is None else known.get(made.product, ProductState)
    return product is not None and HIGHLY_TOXIC in product.lists


def lines_of(contents: Contents) -> Iterable[Mapping[str, Json]]:
    """The lines of goods of a statement."""
    for section in ("inputs", "outputs"):
        lines = contents.get(section, {}).get("lines")
        yield from (line for line in lines if isinstance(line, dict)) if isinstance(lines, list) else ()


def goods_of(known: Known, contents: Contents) -> tuple[DraftGoods, ...]:
    """The goods that are stated, each with its product, its lot and how much."""
    found: list[DraftGoods] = []
    for line in lines_of(contents):
        batch, container = str(line.get("batch")), line.get("container")
        made = known.get(batch, BatchState)
        product = made.product if made is not None else str(contents.get("product", {}).get("product", "-"))
        found.append(
            DraftGoods(
                product=known.product(product),
                batch_number=known.lot(batch),
                container_label=known.label(container) if isinstance(container, str) and container != "-" else None,
                mass=_mass(line, "amount") or 0,
                booked=_mass(line, "booked"),
                highly_toxic=highly_toxic(known, batch),
            )
        )
    return tuple(found)


def _mass(line: Mapping[str, Json], name: str) -> int | None:
    """The milligrams that a line states; None where it states none, or a volume that needs a density."""
    if name not in line:
        return None
    try:
        return milligrams(str(line[name]), str(line.get("unit", "kg")))
    except HazledgerError:
        return None


def trip_of(known: Known, contents: Contents) -> ShipmentState | None:
    """The trip that a statement is about, of which it may say nothing but its reference."""
    return known.get(str(contents.get("transport", {}).get("shipment")), ShipmentState)


def parties_of(known: Known, contents: Contents) -> tuple[tuple[str, Party], ...]:
    """The organisations that are named, and those of the trip, by what they are in it."""
    stated = {name: str(ref) for name, ref in contents.get("parties", {}).items()}
    trip = trip_of(known, contents)
    if trip is not None:
        named = {"consignor": trip.consignor, "consignee": trip.consignee, "carrier": trip.carrier}
        stated = {name: ref for name, ref in named.items() if ref} | stated
    return tuple((name, known.party(stated[name])) for name in PARTIES if name in stated)


def said_of(known: Known, contents: Contents) -> tuple[tuple[str, str], ...]:
    """What else is stated, as (name of it, text); lists in one text, long ones cut with the number of all."""
    found: dict[str, str] = {}
    for section in NAMED:
        names = contents.get(section, {}).get("names")
        if isinstance(names, dict):
            found["name"] = " · ".join(str(name) for name in (names.get("zh"), names.get("en")) if name)
    if "kind" in contents.get("licence", {}):
        found["licence_kind"] = str(contents["licence"]["kind"])
    found |= {name: str(contents[section][name]) for section, name in SAID if name in contents.get(section, {})}
    if found.get("subject", "").startswith(PERSON):
        found["subject"] = _person(known, found["subject"])
    for section, member, path, name in LISTED:
        if texts := _texts(contents.get(section, {}).get(member), path):
            more = "" if len(texts) <= MOST_LISTED else f" … ({len(texts)})"
            found[name] = ", ".join(texts[:MOST_LISTED]) + more
    products = _texts(contents.get("licence", {}).get("products"), ())
    if products:
        found["products"] = ", ".join(known.product(ref).zh for ref in products[:MOST_LISTED])
    trip = trip_of(known, contents)
    if trip is not None and "vehicle" not in found:
        found = {"vehicle": trip.vehicle, **found}
    return tuple(found.items())


def _person(known: Known, ref: str) -> str:
    user = known.unit.people.user(ref)
    return ref if user is None else user.name


def _texts(value: Json, path: tuple[str, ...]) -> list[str]:
    """The texts at a path of each item of a list, or of the one object that stands in its place."""
    items = value if isinstance(value, list) else [value]
    found: list[str] = []
    for item in items:
        at: Json = item
        for name in path:
            at = at.get(name) if isinstance(at, dict) else None
        found += [str(one) for one in (at if isinstance(at, list) else [at]) if isinstance(one, str)]
    return found
