"""A deal of the demo, step by step: offered, answered, carried by one truck, received, settled, filed."""

from dataclasses import dataclass, field

from ledger.core.canonical import Json
from ledger.core.times import format_utc
from ledger.demo.fleet import waybill
from ledger.demo.life import DRUM_KG, HOUR, Life, line, lines
from ledger.demo.statement import Sections, Statement

GIVING = ("seller", "consignor")


@dataclass
class Deal:
    """What two parties, or four, agree on: drums of one batch. ``roles``: party -> one of the cast.

    ``place``: where the drums lie at the consignor, or at their keeper if only the owner changes; ``keeper``: who.
    """

    life: Life
    roles: dict[str, str]
    batch: str
    drums: list[str]
    place: str = "DOCK"
    keeper: str = ""
    key: str = ""
    shipment: str = ""
    plate: str = ""
    carrier: str = ""
    agreement: list[Statement] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = self.life.ref("transfer")
        self.keeper = self.keeper or self.roles["consignor"]

    @property
    def owner(self) -> str:
        """Who owns the drums until they are sold."""
        return self.roles.get("seller") or self.roles["consignor"]

    @property
    def named(self) -> dict[str, Json]:
        """The section of parties of every later step."""
        return {"transfer": self.key}

    def goods(self, owner: str, **more: Json) -> list[dict[str, Json]]:
        """The drums as lines of matter."""
        who = self.life.org(owner)
        return [line(self.batch, DRUM_KG, container=drum, owner=who, **more) for drum in self.drums]

    # --- the agreement -------------------------------------------------------------------------------------------

    def offer(self, **times: int) -> "Deal":
        """Offer the drums; ``times``: moments by which the other side has to answer, or the goods are due."""
        parties: dict[str, Json] = {role: self.life.org(who) for role, who in self.roles.items()}
        keeper = self.life.org(self.keeper)
        sections: Sections = {
            "parties": parties | self.named,
            "inputs": lines(*self.goods(self.owner, custodian=keeper)),
            "commercial": {"order": f"PO-{self.life.number:05d}-{self.life.counter + 1}"},
            "time": {name: format_utc(at) for name, at in times.items()},
        }
        self.agreement.append(self.life.say("operation.transfer_offered", self.owner, sections))
        return self

    def answer(self, how: str, text: str = "", **documents: str) -> "Deal":
        """Agree or decline, by the other side; ``documents``: permits by kind."""
        sections: Sections = {"parties": self.named}
        if text:
            sections["reason"] = {"text": text}
        if documents:
            items: list[Json] = [{"kind": kind, "number": number} for kind, number in documents.items()]
            sections["documents"] = {"items": items}
        self._agree(f"operation.transfer_{how}", self.roles.get("buyer") or self.roles["consignee"], sections)
        return self

    def propose(self, who: str, kind: str, text: str) -> None:
        """Say what became of a difference; the other side has to say the same."""
        reason: dict[str, Json] = {"text": text, "kind": kind}
        self._agree("operation.difference_settled", who, {"parties": self.named, "reason": reason})

    def _agree(self, kind: str, who: str, sections: Sections) -> None:
        follows = (("previous", self.agreement[-1]),)
        self.agreement.append(self.life.say(kind, who, sections, follows=follows))

    # --- the goods -----------------------------------------------------------------------------------------------

    def sell(self) -> "Deal":
        """The ownership passes: at the keeper's, or of what was received."""
        here = self.life.place(self.keeper, self.place)
        goods = lines(*self.goods(self.owner, custodian=self.life.org(self.keeper)))
        sections: Sections = {"parties": self.named, "place": here, "inputs": goods}
        self.life.say("operation.sold", self.owner, sections)
        return self

    def plan(self) -> "Deal":
        """Plan the trip of one truck of a carrier."""
        life, sender = self.life, self.roles["consignor"]
        self.carrier = life.dice.one_of(life.world.carriers)
        truck = life.dice.one_of(life.world.fleet[self.carrier])
        self.shipment, self.plate = life.ref("shipment"), truck.plate
        road = (life.world.name(sender), life.world.name(self.roles["consignee"]))
        said = waybill(truck, f"YD{life.number:06d}{life.counter:03d}", road, (len(self.drums), "drum"), life.now)
        sections: Sections = {
            "transport": {**said, "shipment": self.shipment},
            "parties": {**self.named, "carrier": life.org(self.carrier)},
            "time": {"planned_to": format_utc(life.now + 30 * HOUR)},
        }
        life.say("transport.shipment_planned", sender, sections)
        items: list[Json] = [{"code": life.dice.code(), "target": self.shipment}]
        life.say("production.label_issued", sender, {"containers": {"items": items}})
        return self

    def set_off(self) -> "Deal":
        """Loaded and dispatched by the consignor, accepted by the carrier, gone."""
        life, sender = self.life, self.roles["consignor"]
        here = life.place(sender, self.place)
        load: Sections = {**self._trip(), "place": here, "inputs": lines(*self.goods(self.owner))}
        life.say("transport.loaded", sender, load)
        transport: dict[str, Json] = {"shipment": self.shipment, "dispatcher": life.world.users[sender]}
        life.say("transport.dispatched", sender, {"transport": transport})
        life.say("transport.carrier_accepted", self.carrier, self._trip())
        life.say("transport.departed", self.carrier, {"transport": {"shipment": self.shipment}})
        return self

    def arrive(self) -> "Deal":
        """At the consignee's gate."""
        self.life.wait(HOUR, 6 * HOUR)
        self.life.say("transport.arrived", self.carrier, {"transport": {"shipment": self.shipment}})
        self.life.say("transport.delivered", self.carrier, self._trip())
        return self

    def receive(self, short: int = 0) -> "Deal":
        """Sold, if it is a sale, and received; ``short`` kilograms are missing in the first drum."""
        taker, aboard = self.roles["consignee"], self._aboard
        owner = self.owner
        if "buyer" in self.roles:
            sold = lines(*self.goods(owner, **aboard))
            self.life.say("operation.sold", owner, {"parties": self.named, "inputs": sold})
            owner = self.roles["buyer"]
        goods = self.goods(owner, **aboard)
        if short:
            goods[0] |= {"amount": str(DRUM_KG - short), "booked": str(DRUM_KG)}
        here = self.life.place(taker, "DOCK")
        self.life.say("storage.received", taker, {"parties": self.named, "place": here, "inputs": lines(*goods)})
        return self

    @property
    def _aboard(self) -> dict[str, Json]:
        return {"custodian": self.shipment, "place": f"vehicle:{self.plate}"}

    def _trip(self) -> Sections:
        return {"transport": {"shipment": self.shipment}, "parties": self.named}
