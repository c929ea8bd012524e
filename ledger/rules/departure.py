"""What a loaded vehicle needs before it leaves: licensed carrier, vehicle, driver and escort, and a full waybill.

The waybill's fields are those of MoT Order 2019-29 (电子运单): one vehicle, one trip, one waybill. What the ledger
knows is not asked for again: names, phones and licence numbers of who is registered, UN number, class and packing
group of the goods. Both rules speak of the road; rail, ship and pipeline have papers of their own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.errors import Problem
from ledger.rules.aggregates import LicenceState, OrgState, ShipmentState
from ledger.rules.draft import Draft
from ledger.rules.goods import Goods, aboard
from ledger.rules.lapsed import note_lapsed
from ledger.rules.licences import in_force, in_scope

TRANSPORT: Final = "/sections/transport"
ROAD: Final = "road"
PACKED: Final = ("packages", "package_kind")
"""What the waybill says of packages; of goods in bulk it names the tank instead."""
STATED: Final = ("waybill", "origin", "destination", "departure_date")
ON_THE_ROAD: Final = ("driver", "escort", "dispatcher", "loader")
CREW: Final = ("vehicle", "driver", "escort")
UNLICENSED: Final = {"vehicle": "vehicle_unlicensed", "driver": "driver_unlicensed", "escort": "escort_unlicensed"}


@dataclass(frozen=True, slots=True)
class _Leg:
    """A stretch of road: who carries, with what and whom. What is not said is empty."""

    carrier: str
    subjects: Mapping[str, str]
    at: str


def check_departure(draft: Draft) -> None:
    """Object to what is missing when a loaded vehicle is dispatched, or loaded after it was."""
    shipment = draft.state.shipment(str(draft.content("transport")["shipment"]))
    if shipment is None or (draft.event.verb == "loaded" and shipment.step in ("planned", "loaded")):
        return
    goods = aboard(draft, shipment)
    if not goods:
        return
    said: dict[str, Any] = {**shipment.statement, **draft.content("transport")}
    if "loader" in draft.content("parties"):
        said["loader"] = draft.content("parties")["loader"]
    legs = tuple(_legs(shipment, said))
    draft.state.require(leg.carrier for leg in legs)
    _check_crew(draft, legs, goods)
    _check_waybill(draft, shipment, said, goods)


def _legs(shipment: ShipmentState, said: Mapping[str, Any]) -> Iterator[_Leg]:
    if said.get("mode", ROAD) == ROAD:
        subjects = {"vehicle": shipment.vehicle, **{who: str(said.get(who, "")) for who in CREW[1:]}}
        yield _Leg(shipment.carrier, subjects, TRANSPORT)
    for place, leg in enumerate(said.get("legs", ())):
        if leg["mode"] == ROAD:
            subjects = {who: str(leg.get(who, "")) for who in CREW}
            yield _Leg(str(leg["carrier"]), subjects, f"{TRANSPORT}/legs/{place}")


# --- licences of carrier, vehicle and crew


def _check_crew(draft: Draft, legs: tuple[_Leg, ...], goods: Goods) -> None:
    for leg in legs:
        carrier = draft.state.org(leg.carrier)
        held = () if carrier is None else carrier.licences
        if not _licensed(draft, held, "road_transport", "", goods):
            _object(draft, Problem("carrier_unlicensed", leg.at, {"carrier": leg.carrier}))
            _note_lapsed(draft, leg.carrier, held, "road_transport", "", goods)
        for who in CREW:
            subject = leg.subjects[who]
            if subject and not _licensed(draft, held, who, subject, goods):
                _object(draft, Problem(UNLICENSED[who], f"{leg.at}/{who}", {who: subject}))
                _note_lapsed(draft, leg.carrier, held, who, subject, goods)


def _object(draft: Draft, problem: Problem) -> None:
    draft.object("crew@1", problem, str(draft.content("transport")["shipment"]))


def _note_lapsed(
    draft: Draft, carrier: str, held: tuple[LicenceState, ...], kind: str, subject: str, goods: Goods
) -> None:
    """Note a licence of this kind and subject that had ended, and that some of the goods would have been under."""

    def fits(one: LicenceState) -> bool:
        named = one.kind == kind and one.subject == subject
        return named and any(in_scope(one, product) for product, _ in goods)

    note_lapsed(draft, carrier, held, fits, str(draft.content("transport")["shipment"]))


def _licensed(draft: Draft, held: tuple[LicenceState, ...], kind: str, subject: str, goods: Goods) -> bool:
    """Whether every product aboard is in the scope of a licence in force, of this kind and for this subject."""
    at_ms = draft.event.occurred_ms
    mine = [item for item in held if item.kind == kind and item.subject == subject and in_force(item, at_ms)]
    return all(any(in_scope(item, product) for item in mine) for product, _ in goods)


# --- the waybill


def _check_waybill(draft: Draft, shipment: ShipmentState, said: Mapping[str, Any], goods: Goods) -> None:
    missing = [name for name in STATED if name not in said]
    if said.get("mode", ROAD) == ROAD:
        missing += _missing_on_the_road(draft, shipment, said)
    missing += [name for name in ("consignor", "consignee") if getattr(shipment, name) is None]
    if not all(product.un for product, _ in goods):
        missing.append("un")
    for name in missing:
        problem = Problem("waybill_incomplete", f"{TRANSPORT}/{name}", {"field": name})
        draft.object("waybill@1", problem, shipment.id)


def _missing_on_the_road(draft: Draft, shipment: ShipmentState, said: Mapping[str, Any]) -> list[str]:
    missing = [name for name in ON_THE_ROAD if name not in said]
    carrier = draft.state.org(shipment.carrier)
    for who in CREW:
        subject = shipment.vehicle if who == "vehicle" else str(said.get(who, ""))
        if subject and who + "_certificate" not in said and not _registered(carrier, who, subject):
            missing.append(who + "_certificate")
    if not _registered(carrier, "road_transport", ""):
        missing.append("carrier_licence")
    if carrier is None or not carrier.phone:
        missing.append("carrier_phone")
    return missing if "tank" in said else missing + [name for name in PACKED if name not in said]


def _registered(carrier: OrgState | None, kind: str, subject: str) -> bool:
    return carrier is not None and any(item.kind == kind and item.subject == subject for item in carrier.licences)
