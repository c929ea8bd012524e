"""Shipments: custody goes to the shipment and on; steps in partial order; differences on receipt."""

from dataclasses import dataclass
from typing import Any

import pytest

from ledger.core.canonical import Json
from ledger.rules import Entry
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import ShipmentState
from tests.support.rulebook import KG, MINUTE, World, findings, licence, line, lines, postings

PLATE = "粤B12345"


@dataclass
class Trip:
    """A planned shipment from the maker to the user, and its steps."""

    w: World
    batch: str
    ref: str

    @property
    def aboard(self) -> Holding:
        return Holding(self.batch, self.w.maker, self.ref, f"vehicle:{PLATE}")

    @property
    def state(self) -> ShipmentState:
        found = self.w.book.values[self.ref]
        assert isinstance(found, ShipmentState)
        return found

    def load(self, kg: float = 30, mode: str = "act") -> Entry:
        sections = {**self.w.use(self.batch, kg), "transport": {"shipment": self.ref}}
        return self.w.book.do("transport.loaded", self.w.maker, sections, mode)

    def step(self, name: str, **more: object) -> Entry:
        return self.w.book.do(f"transport.{name}", self.w.carrier, {"transport": {"shipment": self.ref}}, **more)

    def unload(self, kg: float = 30, **more: Json) -> Entry:
        there = {"inputs": lines(line(self.batch, kg, owner=self.w.maker, **more)), "place": self.w.place(self.w.user)}
        return self.w.book.do("transport.unloaded", self.w.user, {**there, "transport": {"shipment": self.ref}})

    def receive(self, kg: float | str = 30, **more: Json) -> Entry:
        taken = line(self.batch, kg, owner=self.w.maker, custodian=self.ref, **more)
        sections = {"inputs": lines(taken), "place": self.w.place(self.w.user)}
        return self.w.book.do("storage.received", self.w.user, sections)


def planned(w: World, ref: str, vehicle: str = PLATE) -> dict[str, Any]:
    """The sections of a plan."""
    return {
        "transport": {"shipment": ref, "vehicle": vehicle},
        "parties": {"consignor": w.maker, "consignee": w.user, "carrier": w.carrier},
    }


@pytest.fixture
def trip(w: World) -> Trip:
    batch, ref = w.produce(), w.book.ref("shipment")
    w.book.do("governance.licence_registered", w.user, licence(w.book, w.user, "storage"))
    w.book.do("transport.shipment_planned", w.carrier, planned(w, ref))
    return Trip(w, batch, ref)


def test_goods_travel(trip: Trip) -> None:
    w, batch = trip.w, trip.batch
    entry = trip.load()
    assert postings(entry, batch) == {w.cell(batch, w.maker): -30, trip.aboard: 30}
    assert set(entry.effects) == {batch, trip.ref, w.sites[w.maker]}
    for step in ("dispatched", "departed", "diverted", "arrived"):
        entry = trip.step(step)
        assert set(entry.effects) == {trip.ref}
        assert not findings(entry)
    entry = trip.unload()
    landed = trip.aboard._replace(place=w.at(w.user))
    assert postings(entry, batch) == {trip.aboard: -30, landed: 30}
    assert trip.state.step == "unloaded"
    entry = trip.receive()
    assert postings(entry, batch) == {landed: -30, w.cell(batch, w.user)._replace(owner=w.maker): 30}
    assert not findings(entry)


def test_unloading_may_name_the_custodian(trip: Trip) -> None:
    trip.load()
    assert postings(trip.unload(10, custodian=trip.ref), trip.batch)[trip.aboard] == -10


@pytest.mark.parametrize(
    ("received", "pool", "rule"),
    [("29.95", "variance", "tolerance@1"), ("20", "difference", "difference@1")],
)
def test_what_arrives_short_is_variance_or_difference(trip: Trip, received: str, pool: str, rule: str) -> None:
    trip.load()
    trip.unload()
    entry = trip.receive(received, booked="30")
    assert postings(entry, trip.batch)[pool] == pytest.approx(30 - float(received))
    assert set(findings(entry)) == {rule}


def test_what_arrives_over_comes_out_of_the_difference(trip: Trip) -> None:
    trip.load()
    trip.unload()
    entry = trip.receive(33, booked="30")
    assert postings(entry, trip.batch)["difference"] == -3
    assert trip.w.book.batch(trip.batch).totals["difference"] == -3 * KG


def test_variances_on_receipt_are_watched_in_sum(trip: Trip) -> None:
    trip.load(90)
    trip.unload(90)
    early = [findings(trip.receive("29.92", booked="30")) for _ in range(3)]
    assert not any("variance_in_sum@1" in found for found in early)
    trip.load(10)
    trip.unload(10)
    seen = [findings(trip.receive("1.994", booked="2")) for _ in range(5)]
    assert not any("variance_in_sum@1" in found for found in seen)
    entry = trip.w.book.do(
        "storage.counted",
        trip.w.user,
        {"inputs": lines(line(trip.batch, "99.47", owner=trip.w.maker)), "place": trip.w.place(trip.w.user)},
    )
    assert findings(entry)["variance_in_sum@1"] == {"kg": "0.53", "limit_kg": "0.5"}


def test_a_step_out_of_order_is_a_finding(trip: Trip) -> None:
    trip.step("arrived")
    assert findings(trip.step("departed"))["order@1"] == {"problem": "step_out_of_order", "level": "warn"}
    assert trip.state.step == "arrived"


def test_a_step_before_the_last_is_a_finding(trip: Trip) -> None:
    trip.step("departed")
    assert "order@1" in findings(trip.step("arrived", at=trip.w.book.now - 2 * MINUTE))


def test_loading_after_departure_is_reported_and_takes_the_shipment_no_step_back(trip: Trip) -> None:
    trip.step("departed")
    entry = trip.load(mode="report")
    assert "order@1" in findings(entry)
    assert trip.state.step == "departed"


def test_a_stranger_to_the_shipment_takes_no_step(trip: Trip) -> None:
    w = trip.w
    for type, sections in (
        ("transport.departed", {"transport": {"shipment": trip.ref}}),
        ("transport.loaded", {**w.use(trip.batch, 1), "transport": {"shipment": trip.ref}}),
    ):
        problems = w.book.refuse(type, w.authority, sections)
        assert ("not_party_to_shipment", "/actor") in [(p.code, p.field) for p in problems]
