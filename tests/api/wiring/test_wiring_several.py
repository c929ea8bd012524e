"""One press for several transfers, over the real application."""

from html import unescape

import pytest

from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_deal_pages import Desk
from tests.api.wiring.test_wiring_deals import Sale, bare, done
from tests.api.wiring.test_wiring_imports import size


@pytest.fixture
def desk(served: Served) -> Desk:
    return Desk(served, "paint")


def ticked(desk: Desk, kind: str, *refs: str) -> dict[str, str]:
    """The form as a person sends it who ticks the lines of these references."""
    filled = desk.fill(f"/{kind}/several")
    for ref in refs:
        [n] = [name.removeprefix("ref") for name, value in filled.items() if name.startswith("ref") and value == ref]
        filled[f"on{n}"] = "1"
    return filled


def test_one_press_agrees_to_every_offer_that_is_ticked_and_to_no_other(served: Served, desk: Desk) -> None:
    sales = [Sale(served) for _ in range(3)]
    chosen = ticked(desk, "transfers", *(bare(sale.view()["ref"]) for sale in sales[:2]))
    before = size(served)
    for _ in range(2):
        answer = desk.send("/transfers/several", chosen)
        assert answer.status_code == 200, answer.text
        assert "Everything is recorded" in answer.text
        assert size(served) == before + 2
    assert [sale.view()["status"] for sale in sales] == ["agreed", "agreed", "offered"]


def test_one_that_is_refused_says_why_and_stops_no_other(served: Served, desk: Desk) -> None:
    first, second = Sale(served), Sale(served)
    chosen = ticked(desk, "transfers", *(bare(sale.view()["ref"]) for sale in (first, second)))
    done(first.take("sea", "cancel"))
    answer = desk.send("/transfers/several", chosen)
    assert answer.status_code == 200
    assert "1 was refused" in unescape(answer.text)
    assert [sale.view()["status"] for sale in (first, second)] == ["cancelled", "agreed"]


def test_nothing_ticked_and_steps_that_want_more_than_a_press_state_nothing(served: Served, desk: Desk) -> None:
    sale = Sale(served)
    ref = bare(sale.view()["ref"])
    before = size(served)
    assert desk.send("/transfers/several", desk.fill("/transfers/several")).status_code in {400, 422}
    for step in ("decline", "settle", "nonsense"):
        wrong = {"on0": "1", "ref0": ref, "step0": step, "id0": served.id(), "etag0": sale.view()["etag"]}
        assert desk.send("/transfers/several", wrong).status_code in {400, 422}
    assert size(served) == before


def test_trips_take_their_next_step_by_one_press(served: Served, desk: Desk) -> None:
    sale = Sale(served)
    done(sale.take("paint", "agree"))
    shipment = sale.plan()
    lines = [{"batch": sale.batch, "amount": "1000"}]
    done(sale.trip("sea", shipment, "load", goods=lines))
    done(sale.trip("sea", shipment, "dispatch"))
    swift = Desk(served, "swift")
    ref = shipment.rpartition("/")[2]
    for step in ("accept", "depart", "arrive", "deliver"):
        chosen = ticked(swift, "shipments", ref)
        assert step in chosen.values()
        assert "Everything is recorded" in swift.send("/shipments/several", chosen).text
