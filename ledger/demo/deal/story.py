"""The deal: a producer sells to a trader without storage, who sells to a user; two carriers bring it.

Twelve kilograms are missing on arrival, one drum is refused and goes back, a suspended licence stops a sale, a revoked
key signs nothing more. Every step is signed, and after each of them every kilogram is accounted for.
"""

from dataclasses import dataclass

from ledger.core.canonical import Json
from ledger.demo.deal.stage import Stage, Step
from ledger.demo.fleet import waybill
from ledger.demo.life import line, lines
from ledger.demo.statement import Sections

MAKER, TRADER, USER, FIRST, SECOND = "sea", "trade", "paint", "swift", "anchor"
BULK_KG, DRUM_KG, SHORT_KG = 1000, 200, 12
PRODUCT = "methanol"


@dataclass(frozen=True, slots=True)
class Cargo:
    """What is sold: a batch in bulk, and another in one drum."""

    bulk: str
    packed: str
    drum: str

    def lines(self, **more: Json) -> list[dict[str, Json]]:
        """Both as lines of matter."""
        return [line(self.bulk, BULK_KG, **more), line(self.packed, DRUM_KG, container=self.drum, **more)]


def tell(stage: Stage) -> tuple[str, str]:
    """Tell the story; return the transfers of the first and of the second sale."""
    cargo = _produce(stage)
    buying = _agree(stage, "first sale", cargo, {"seller": MAKER, "buyer": TRADER})
    _stopped(stage, buying, cargo)
    roles = {"seller": TRADER, "buyer": USER, "consignor": MAKER, "consignee": USER}
    selling = _agree(stage, "second sale", cargo, roles)
    first = _carry(stage, selling, cargo)
    second = _hand_over(stage, selling, cargo, first)
    _revoke(stage, selling, second)
    _arrive(stage, selling, cargo, second)
    _settle(stage, selling)
    _give_back(stage, buying, selling, cargo, second)
    return buying, selling


def _org(stage: Stage, who: str) -> str:
    return stage.world.orgs[who]


def _place(stage: Stage, who: str, location: str) -> dict[str, Json]:
    return {"site": stage.world.sites[who], "location": location}


def _produce(stage: Stage) -> Cargo:
    product: dict[str, Json] = {"product": stage.world.products[MAKER, PRODUCT]}
    drum = stage.ref("container", "DR-1")
    item: Json = {"container": drum, "kind": "drum", "serial": "DR-1", "tare_kg": "18.5", "capacity_kg": "250"}
    stage.must(MAKER, "governance.container_registered", {"containers": {"items": [item]}})
    bulk, packed = stage.ref("batch", "M-1"), stage.ref("batch", "M-2")
    stage.watched.update({bulk: "M-1 (bulk)", packed: "M-2 (drum)"})
    for batch, lot, mass, more in ((bulk, "M-1", BULK_KG, {}), (packed, "M-2", DRUM_KG, {"container": drum})):
        sections: Sections = {
            "product": product | {"lot": lot},
            "outputs": lines(line(batch, mass, **more)),
            "place": _place(stage, MAKER, "DOCK"),
        }
        if lot == "M-1":
            stage.must(MAKER, "production.batch_produced", sections)
        else:
            stage.tell("two batches are made", MAKER, "production.batch_produced", sections)
    return Cargo(bulk, packed, drum)


def _agree(stage: Stage, called: str, cargo: Cargo, roles: dict[str, str]) -> str:
    key = stage.ref("transfer", called)
    parties: dict[str, Json] = {role: _org(stage, who) for role, who in roles.items()}
    offer: Sections = {"parties": parties | {"transfer": key}, "inputs": lines(*cargo.lines())}
    stage.tell(f"{called}: offered", roles["seller"], "operation.transfer_offered", offer)
    refs = ("previous", stage.transfer(key).last)
    stage.tell(f"{called}: agreed", roles["buyer"], "operation.transfer_agreed", {"parties": {"transfer": key}}, refs)
    return key


def _stopped(stage: Stage, buying: str, cargo: Cargo) -> None:
    """The trader's licence is suspended: the sale is refused until the authority reinstates it."""
    held = stage.world.licence_of(TRADER, "operation")
    paper: Sections = {"licence": {"licence": held, "organisation": _org(stage, TRADER)}}
    why: Sections = {"reason": {"text": "现场检查未通过"}}
    stage.tell("the trader's licence is suspended", "emergency", "governance.licence_suspended", paper | why)
    sale: Sections = {
        "parties": {"transfer": buying},
        "inputs": lines(*cargo.lines()),
        "place": _place(stage, MAKER, "DOCK"),
    }
    stage.tell("the sale is stopped", MAKER, "operation.sold", sale)
    stage.tell("the licence is reinstated", "emergency", "governance.licence_reinstated", paper)
    stage.tell("the trader owns what it never touches", MAKER, "operation.sold", sale)


def _trip(stage: Stage, carrier: str, number: str, selling: str, by: str) -> str:
    key = stage.ref("shipment", f"{stage.called(carrier)}, {number}")
    truck = stage.world.fleet[carrier][0]
    road = (stage.called(MAKER), stage.called(USER))
    plan: Sections = {
        "transport": {**waybill(truck, number, road, (2, "tank and drum"), stage.clock.now_ms()), "shipment": key},
        "parties": {"carrier": _org(stage, carrier), "transfer": selling},
    }
    stage.must(by, "transport.shipment_planned", plan)
    return key


def _carry(stage: Stage, selling: str, cargo: Cargo) -> str:
    key = _trip(stage, FIRST, "YD-1", selling, MAKER)
    about: Sections = {"transport": {"shipment": key}, "parties": {"transfer": selling}}
    owned = cargo.lines(owner=_org(stage, TRADER))
    load: Sections = {**about, "inputs": lines(*owned), "place": _place(stage, MAKER, "DOCK")}
    stage.tell("loaded: the shipment answers for it", MAKER, "transport.loaded", load, people=2)
    sent: Sections = {"transport": {"shipment": key, "dispatcher": stage.world.users[MAKER]}}
    stage.tell("dispatched, with its waybill", MAKER, "transport.dispatched", sent, people=2)
    stage.tell("the first carrier accepts", FIRST, "transport.carrier_accepted", about)
    stage.tell("it departs", FIRST, "transport.departed", {"transport": {"shipment": key}})
    return key


def _aboard(stage: Stage, cargo: Cargo, shipment: str, owner: str) -> list[dict[str, Json]]:
    place = f"vehicle:{stage.shipment(shipment).vehicle}"
    return cargo.lines(owner=_org(stage, owner), custodian=shipment, place=place)


def _hand_over(stage: Stage, selling: str, cargo: Cargo, first: str) -> str:
    key = _trip(stage, SECOND, "YD-2", selling, FIRST)
    moved: Sections = {
        "transport": {"shipment": first, "to_shipment": key},
        "parties": {"transfer": selling},
        "inputs": lines(*_aboard(stage, cargo, first, TRADER)),
    }
    stage.tell("handed over to the second carrier", FIRST, "transport.handed_over", moved)
    sent: Sections = {"transport": {"shipment": key, "dispatcher": stage.world.users[SECOND]}}
    stage.tell("the second carrier sends its vehicle on", SECOND, "transport.dispatched", sent)
    about: Sections = {"transport": {"shipment": key}, "parties": {"transfer": selling}}
    stage.tell("and accepts what is aboard", SECOND, "transport.carrier_accepted", about)
    return key


def _revoke(stage: Stage, selling: str, shipment: str) -> None:
    """The second carrier loses a key: it is revoked, and what it signs afterwards is refused."""
    thief, keeper = stage.world.people[SECOND]
    stage.world.people[SECOND] = (keeper, thief)
    gone: Sections = {"key": {"key_id": thief.key}, "reason": {"text": "手机丢失"}}
    stage.tell("a key is lost and revoked", SECOND, "governance.key_revoked", gone)
    stage.world.people[SECOND] = (thief, keeper)
    about: Sections = {"transport": {"shipment": shipment}, "parties": {"transfer": selling}}
    stage.tell("the lost key signs nothing more", SECOND, "transport.delivered", about)
    stage.world.people[SECOND] = (keeper,)


def _arrive(stage: Stage, selling: str, cargo: Cargo, shipment: str) -> None:
    trip: Sections = {"transport": {"shipment": shipment}}
    stage.tell("it arrives", SECOND, "transport.arrived", trip)
    stage.tell("and is delivered", SECOND, "transport.delivered", {**trip, "parties": {"transfer": selling}})
    bulk, drum = _aboard(stage, cargo, shipment, TRADER)
    sale: Sections = {"parties": {"transfer": selling}, "inputs": lines(bulk, drum)}
    stage.tell("the trader sells what is on the road", TRADER, "operation.sold", sale)
    bulk, drum = _aboard(stage, cargo, shipment, USER)
    refusal: Sections = {
        **trip,
        "parties": {"transfer": selling},
        "inputs": lines(drum),
        "reason": {"text": "桶身渗漏", "kind": "damaged"},
    }
    stage.tell("the leaking drum is refused", USER, "transport.refused", refusal)
    counted = bulk | {"amount": str(BULK_KG - SHORT_KG), "booked": str(BULK_KG)}
    receipt: Sections = {
        "parties": {"transfer": selling},
        "inputs": lines(counted),
        "place": _place(stage, USER, "DOCK"),
    }
    stage.tell("received: 12 kg are missing", USER, "storage.received", receipt, people=2)


def _settle(stage: Stage, selling: str) -> None:
    outcome: Sections = {"parties": {"transfer": selling}, "reason": {"text": "管线残留，双方确认", "kind": "loss"}}
    refs = ("previous", stage.transfer(selling).last)
    stage.tell("the user says: lost", USER, "operation.difference_settled", outcome, refs)
    known = stage.transfer(selling)
    assert known.settle is not None
    refs = ("previous", known.last)
    accepts = ("counterpart", known.settle.event)
    stage.tell("the producer agrees, and it is posted", MAKER, "operation.difference_settled", outcome, refs, accepts)


def _give_back(stage: Stage, buying: str, selling: str, cargo: Cargo, shipment: str) -> None:
    _, drum = _aboard(stage, cargo, shipment, USER)
    back: Sections = {
        "parties": {"transfer": selling},
        "inputs": lines(drum),
        "place": _place(stage, MAKER, "DOCK"),
    }
    stage.tell("the drum is back at the producer", MAKER, "storage.received", back, people=2)
    for title, key, who in (("the user", selling, USER), ("the trader", buying, TRADER)):
        given = line(
            cargo.packed,
            DRUM_KG,
            container=cargo.drum,
            owner=_org(stage, who),
            custodian=_org(stage, MAKER),
        )
        returned: Sections = {
            "parties": {"transfer": key},
            "inputs": lines(given),
            "place": _place(stage, MAKER, "DOCK"),
        }
        stage.tell(f"{title} gives its ownership back", who, "operation.returned", returned)


def refused(steps: list[Step]) -> dict[str, tuple[str, ...]]:
    """The steps that were refused, with the reasons."""
    return {step.title: step.refused for step in steps if not step.taken}
