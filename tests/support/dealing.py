"""Deals for tests of transfers: offer, agree, load, carry, receive, on a `World` of the rulebook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.core.canonical import Json
from ledger.errors import Problem
from ledger.rules import Entry
from ledger.rules.aggregates import ShipmentState
from ledger.rules.transfer_state import TransferState
from tests.support.rulebook import KG, World, licence, line, lines, organisation

PLATE = "粤B12345"
SALE = ("seller", "buyer")
HANDOVER = ("consignor", "consignee")


@dataclass
class Deal:
    """A transfer between firms of a world. `roles` are the parties of its offer."""

    w: World
    roles: dict[str, str]
    key: str = ""
    refs: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = self.key or self.w.book.ref("transfer")

    @property
    def state(self) -> TransferState:
        found = self.w.book.values[self.key]
        assert isinstance(found, TransferState)
        return found

    @property
    def parties(self) -> dict[str, Json]:
        return {"transfer": self.key}

    @property
    def offerer(self) -> str:
        """Who gives: the seller, else the consignor."""
        return self.roles.get("seller") or self.roles["consignor"]

    def kg(self, name: str) -> float:
        """Kilograms under a tally."""
        return self.state.sum(name) / KG

    def open_kg(self) -> dict[str, float]:
        """The open difference by batch."""
        return {batch: mg / KG for batch, mg in self.state.difference.items()}

    def goods(self, *stated: dict[str, Json]) -> dict[str, Any]:
        """The sections of an offer of chosen batches."""
        return {"parties": {**self.roles, **self.parties}, "inputs": lines(*stated)}

    def of_product(self, kg: float | str, product: str = "liquid", **more: object) -> dict[str, Any]:
        """The sections of an offer of a product, its batches not chosen yet."""
        return {
            "parties": {**self.roles, **self.parties},
            "product": {"product": self.w.products[product]},
            "quantity": {"amount": str(kg), "unit": "kg"},
            **more,
        }

    def standing(self, most_kg: float, start: str = "2026-01-01", end: str = "2027-12-31") -> dict[str, Any]:
        """The sections of a standing agreement."""
        terms = {"from": start, "to": end, "most_kg": str(most_kg)}
        made = self.of_product(1, commercial={"standing": terms})
        del made["quantity"]
        return made

    def offer(self, sections: Mapping[str, Any], actor: str | None = None, **more: object) -> Entry:
        return self.w.book.do(
            "operation.transfer_offered", actor or self.offerer, sections, **{"refs": self.refs, **more}
        )

    def answer(self, how: str = "agreed", actor: str | None = None, **more: object) -> Entry:
        who = actor or self.state.answerer
        assert who is not None
        refs = [("previous", self.state.last)]
        return self.w.book.do(f"operation.transfer_{how}", who, {"parties": self.parties}, refs=refs, **more)

    def settle(self, actor: str, kind: str = "loss", *, accept: bool = False, kg: float | None = None) -> Entry:
        return self.w.book.do("operation.difference_settled", actor, *self.settling(kind, accept=accept, kg=kg))

    def settling(
        self, kind: str = "loss", *, accept: bool = False, kg: float | None = None
    ) -> tuple[dict[str, Any], str, list[tuple[str, str]]]:
        """Sections, mode and refs of a settlement."""
        known = self.state
        refs = [("previous", known.last)]
        if accept:
            refs.append(("counterpart", known.settle.event if known.settle else known.last))
        sections: dict[str, Any] = {"parties": self.parties, "reason": {"text": "counted again", "kind": kind}}
        if kg is not None:
            sections["quantity"] = {"amount": str(kg), "unit": "kg"}
        return sections, "act", refs

    def agreed(self, sections: Mapping[str, Any], **more: object) -> "Deal":
        self.w.book.do("operation.transfer_offered", self.offerer, sections, **{"refs": self.refs, **more})
        self.answer()
        return self


@dataclass
class Truck:
    """One shipment and its steps."""

    w: World
    carrier: str
    plate: str = PLATE
    key: str = ""

    def __post_init__(self) -> None:
        self.key = self.key or self.w.book.ref("shipment")

    @property
    def state(self) -> ShipmentState:
        found = self.w.book.values[self.key]
        assert isinstance(found, ShipmentState)
        return found

    @property
    def place(self) -> str:
        return f"vehicle:{self.plate}"

    def trip(self, **more: Json) -> dict[str, Any]:
        """The transport section."""
        return {"transport": {"shipment": self.key, **more}}

    def plan(self, actor: str | None = None, deal: Deal | None = None, **parties: Json) -> "Truck":
        named: dict[str, Json] = {"carrier": self.carrier, **({} if deal is None else deal.parties), **parties}
        if deal is None:
            named = {"consignor": self.w.maker, "consignee": self.w.user, **named}
        stated = {**self.trip(vehicle=self.plate), "parties": named}
        self.w.book.do("transport.shipment_planned", actor or self.carrier, stated)
        return self

    def step(self, name: str, deal: Deal | None = None, actor: str | None = None, **more: object) -> Entry:
        return self.w.book.do(f"transport.{name}", actor or self.carrier, self.stepping(deal), **more)

    def stepping(self, deal: Deal | None = None, **sections: object) -> dict[str, Any]:
        """The sections of a step."""
        named = {} if deal is None else {"parties": deal.parties}
        return {**self.trip(), **named, **sections}

    def load(self, deal: Deal | None, stated: Sequence[dict[str, Json]], actor: str, **more: object) -> Entry:
        return self.w.book.do("transport.loaded", actor, self.loading(deal, stated, actor), **more)

    def loading(self, deal: Deal | None, stated: Sequence[dict[str, Json]], actor: str) -> dict[str, Any]:
        """The sections of a loading at location A of a firm."""
        return self.stepping(deal, inputs=lines(*stated), place=self.w.place(actor))

    def aboard(self, batch: str, kg: float | str, owner: str, **more: Json) -> dict[str, Json]:
        """A line of goods on the vehicle."""
        return line(batch, kg, owner=owner, custodian=self.key, place=self.place, **more)


def receipt(deal: Deal | None, w: World, actor: str, *stated: dict[str, Json]) -> dict[str, Any]:
    """The sections of a receipt at location A of a firm."""
    named = {} if deal is None else {"parties": deal.parties}
    return {"inputs": lines(*stated), "place": w.place(actor), **named}


def receive(deal: Deal | None, w: World, actor: str, *stated: dict[str, Json], **more: object) -> Entry:
    """Receive at location A of a firm."""
    return w.book.do("storage.received", actor, receipt(deal, w, actor, *stated), **more)


def refusals(problems: Sequence[Problem]) -> set[str]:
    """The codes of problems."""
    return {problem.code for problem in problems}


def firm(w: World, role: str, *kinds: str) -> str:
    """Another firm, with licences."""
    org = w.book.ref("org")
    w.book.do("governance.organisation_admitted", w.operator, {"organisation": organisation(org, role)})
    for kind in kinds:
        w.book.do("governance.licence_registered", org, licence(w.book, org, kind))
    return org


def deal(w: World, *, sale: bool = True, handover: bool = True) -> Deal:
    """A transfer from the maker to the user."""
    roles = {"seller": w.maker, "buyer": w.user} if sale else {}
    return Deal(w, {**roles, **({"consignor": w.maker, "consignee": w.user} if handover else {})})


def agreed(w: World, kg: float = 100, **kinds: bool) -> Deal:
    """One that both agreed about, of any batch of the liquid."""
    made = deal(w, **kinds)
    return made.agreed(made.of_product(kg))


def loaded(w: World, kg: float = 100, most: float = 100) -> tuple[Deal, Truck, str]:
    """So much of a batch aboard a truck for an agreed transfer."""
    made, truck, batch = agreed(w, most), Truck(w, w.carrier).plan(), w.produce(kg)
    truck.load(made, [line(batch, kg)], w.maker)
    return made, truck, batch


def short(w: World) -> tuple[Deal, str]:
    """A transfer of which 10 of 100 kg were missing."""
    made, truck, batch = loaded(w)
    receive(made, w, w.user, truck.aboard(batch, 90, w.maker, booked="100"))
    return made, batch
