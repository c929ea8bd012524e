"""What a party can do next, at each turn of a transfer and a shipment."""

from dataclasses import replace

import pytest

from ledger.rules.aggregates import ShipmentState, TransferState
from ledger.rules.next_steps import expired, of_shipment, of_transfer, on_paper
from ledger.rules.transfer_state import FilingState, SettlementState, StandingState

A, B, T, C, X = ("org:a", "org:b", "org:t", "org:c", "org:x")
SALE = TransferState(
    id="transfer:1",
    offered_by=A,
    seller=A,
    buyer=B,
    consignor=A,
    consignee=B,
    product="product:1",
    status="offered",
    offered=1,
    last="h",
    last_at=0,
    answer_by=100,
    most_mg=1000,
)
AGREED = replace(SALE, status="agreed")
TRIP = ShipmentState("shipment:1", T, C, "P1", A, B, "planned", 0)


def tallied(**sums: int) -> TransferState:
    return replace(AGREED, tallies={name: {"batch:1": mg} for name, mg in sums.items()})


@pytest.mark.parametrize(
    ("transfer", "org", "steps"),
    [
        (SALE, A, ("cancel",)),
        (SALE, B, ("agree", "decline", "cancel")),
        (SALE, X, ()),
        (replace(SALE, answer_by=None), B, ("agree", "decline", "cancel")),
        (AGREED, A, ("cancel", "sell", "plan")),
        (replace(AGREED, shipments=("shipment:1",)), A, ("cancel", "sell", "plan", "load")),
        (AGREED, B, ("cancel",)),
        (tallied(loaded=400), B, ("cancel", "receive", "refuse")),
        (tallied(loaded=1000, sold=1000), A, ()),
        (tallied(loaded=1000, sold=1000), B, ("receive", "refuse")),
        (tallied(loaded=1000, sold=1000, refused=200), A, ("take_back",)),
        (tallied(loaded=1000, sold=1000, received=800, refused=200, returned=200), B, ("give_back",)),
        (tallied(loaded=1000, sold=1000, received=800, refused=200, returned=200, given_back=200), B, ()),
        (replace(AGREED, status="declined"), A, ()),
        (replace(AGREED, standing=StandingState(0, 1, 5)), B, ("cancel",)),
    ],
)
def test_each_party_is_told_what_is_next(transfer: TransferState, org: str, steps: tuple[str, ...]) -> None:
    assert of_transfer(transfer, org, 50) == steps


def test_an_offer_that_was_not_answered_in_time_can_only_be_cancelled() -> None:
    assert not expired(SALE, 100)
    assert expired(SALE, 101)
    assert not expired(AGREED, 101)
    assert of_transfer(SALE, B, 101) == ("cancel",)


def test_a_difference_waits_for_the_side_that_has_not_spoken() -> None:
    whole = replace(tallied(loaded=1000, sold=1000, received=1000), difference={"batch:1": 12})
    assert of_transfer(whole, A, 0) == of_transfer(whole, B, 0) == ("settle",)
    asked = replace(whole, settle=SettlementState("h", B, "loss", 12))
    assert of_transfer(asked, A, 0) == ("settle",)
    assert of_transfer(asked, B, 0) == ()


def test_a_filing_is_asked_of_its_own_party_until_it_is_made() -> None:
    due = replace(
        tallied(loaded=1000, sold=1000, received=1000), filings={A: FilingState("sale", ("highly_toxic",), 0)}
    )
    assert of_transfer(due, A, 0) == ("file",)
    assert of_transfer(due, B, 0) == ()
    assert of_transfer(replace(due, filings={A: FilingState("sale", ("highly_toxic",), 0, 9)}), A, 0) == ()


@pytest.mark.parametrize(
    ("step", "cargo", "org", "steps"),
    [
        ("planned", {}, A, ("load",)),
        ("planned", {}, C, ()),
        ("loaded", {"batch:1": 5}, T, ("load", "dispatch")),
        ("loaded", {"batch:1": 5}, C, ("accept", "depart", "hand_over")),
        ("departed", {"batch:1": 5}, C, ("accept", "arrive", "hand_over", "deliver")),
        ("arrived", {"batch:1": 5}, C, ("accept", "hand_over", "deliver")),
        ("arrived", {"batch:1": 5}, B, ("unload", "receive", "refuse")),
        ("departed", {"batch:1": 5}, B, ("receive", "refuse")),
        ("unloaded", {}, B, ()),
        ("arrived", {"batch:1": 5}, X, ()),
    ],
)
def test_a_trip_goes_step_by_step(step: str, cargo: dict[str, int], org: str, steps: tuple[str, ...]) -> None:
    assert of_shipment(replace(TRIP, step=step, cargo=cargo), org) == steps


def test_who_has_accepted_is_not_asked_again() -> None:
    assert "accept" not in of_shipment(replace(TRIP, step="loaded", cargo={"batch:1": 5}, accepted={C: 1}), C)


def test_steps_of_others_are_reported_from_paper_by_parties_alone_while_goods_are_aboard() -> None:
    trip = replace(TRIP, cargo={"batch:1": 5}, step="loaded")
    assert on_paper(trip, A) == ("accept", "deliver", "receive", "refuse")
    assert on_paper(trip, C) == ("receive", "refuse")
    assert on_paper(trip, B) == ("accept", "deliver")
    assert on_paper(trip, X) == on_paper(TRIP, A) == ()
    assert on_paper(replace(trip, accepted={C: 1}, steps={"delivered": 2}), A) == ("receive", "refuse")
    assert on_paper(replace(trip, consignee=None), A) == ("accept", "deliver")
