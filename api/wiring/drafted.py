"""What a statement that waits for signatures says, for people: goods, parties, and what else stands in its sections."""

from collections.abc import Iterable, Mapping
from typing import Final

from api.views import DraftGoods, Party, Principal
from api.wiring.known import Known
from api.wiring.sight import batch_sight
from ledger.core.canonical import Json
from ledger.core.quantity import milligrams
from ledger.errors import HazledgerError
from ledger.rules.aggregates import BatchState, ProductState, ShipmentState, TransferState
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
    ("documents", "items", ("number",), "documents"),
    ("licence", "classes", (), "classes"),
)
"""Lists in sections: where the words of each item stand, and the name under which pages tell them."""
MOST_LISTED: Final = 12
SHORT: Final = 8


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


def goods_of(known: Known, viewer: Principal, contents: Contents) -> tuple[DraftGoods, ...]:
    """The goods that are stated; of a step that names none, those of its trip or transfer, as they are now."""
    lines = [_goods(known, viewer, line, contents) for line in lines_of(contents)]
    return tuple(lines) or tuple(
        DraftGoods(known.product(made.product), known.lot(batch), None, mg, highly_toxic=highly_toxic(known, batch))
        for batch, mg in _of_deal(known, viewer, contents).items()
        if (made := known.get(batch, BatchState)) is not None
    )


def _goods(known: Known, viewer: Principal, line: Mapping[str, Json], contents: Contents) -> DraftGoods:
    """A line of goods. Of a batch that is none of the viewer's it tells no more than what was filled in."""
    batch, container = str(line.get("batch")), line.get("container")
    made = known.get(batch, BatchState)
    seen = made is not None and bool(batch_sight(known, viewer, batch).batch(batch))
    product = made.product if made is not None and seen else str(contents.get("product", {}).get("product", "-"))
    return DraftGoods(
        product=known.product(product),
        batch_number=known.lot(batch) if seen else short_of(batch),
        container_label=known.label(container) if isinstance(container, str) and container != "-" else None,
        mass=_mass(line, "amount") or 0,
        booked=_mass(line, "booked"),
        highly_toxic=seen and highly_toxic(known, batch),
    )


def _of_deal(known: Known, viewer: Principal, contents: Contents) -> Mapping[str, int]:
    """Milligrams by batch, aboard the trip that is named or else agreed in the transfer; none to who is no party."""
    trip, deal = trip_of(known, contents), transfer_of(known, contents)
    org = None if viewer.org is None else viewer.org.ref
    if trip is not None and org in trip.parties:
        return trip.cargo
    return deal.goods if deal is not None and org in deal.parties else {}


def short_of(ref: str) -> str:
    """The last characters of a reference, where nothing else may be told of a thing."""
    return ref[-SHORT:].upper()


def transfer_of(known: Known, contents: Contents) -> TransferState | None:
    """The transfer that a statement is about, if it is on record."""
    return known.get(str(contents.get("parties", {}).get("transfer")), TransferState)


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
    trip, deal = trip_of(known, contents), transfer_of(known, contents)
    if deal is not None:
        both = {"seller": deal.seller, "buyer": deal.buyer, "consignor": deal.consignor, "consignee": deal.consignee}
        stated = {name: ref for name, ref in both.items() if ref} | stated
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
    serials = _texts(contents.get("containers", {}).get("items"), ("serial",))
    if serials:
        found["name"] = ", ".join(serials[:MOST_LISTED])
    if "kind" in contents.get("licence", {}):
        found["licence_kind"] = str(contents["licence"]["kind"])
        found["name"] = str(contents["licence"].get("number", ""))
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
