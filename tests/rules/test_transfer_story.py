"""The whole story: producer, trader without storage, user; two carriers, a shortage of 12 kg, a drum that goes back."""

from collections.abc import Mapping

import pytest

from ledger.rules.accounts import holding_of_key
from tests.support.dealing import Deal, Truck, firm, receive
from tests.support.rulebook import KG, World, findings, line, lines


@pytest.fixture
def trader(w: World) -> str:
    return firm(w, "trader", "operation")


class Books:
    """Who owns and who holds every kilogram, by name."""

    def __init__(self, w: World, names: Mapping[str, str]) -> None:
        self.w, self.names = w, {key: name for name, key in names.items()}

    def of(self, batch: str) -> dict[str, float]:
        """`owner/custodian` and the pools that are not nought, in kilograms; the sum is always nought."""
        found: dict[str, float] = {}
        for key, mg in self.w.book.values.items():
            if isinstance(mg, int) and mg and key.startswith("holding:" + batch):
                cell = holding_of_key(key)
                name = f"{self.names[cell.owner]}/{self.names[cell.custodian]}"
                found[name] = found.get(name, 0) + mg / KG
        pools = {pool: mg / KG for pool, mg in self.w.book.batch(batch).totals.items() if mg}
        assert sum(found.values()) + sum(pools.values()) == pytest.approx(0)
        return {**found, **{pool: kg for pool, kg in pools.items() if pool != "produced"}}


def test_every_kilogram_is_accounted_for(w: World, trader: str) -> None:  # noqa: PLR0915 - one story, told once
    book, next_carrier = w.book, firm(w, "carrier", "road_transport")
    drum = w.container()
    bulk, packed = w.produce(1000), w.produce(200, container=drum)
    truck, onward = Truck(w, w.carrier), Truck(w, next_carrier, "沪B00001")
    named = {"maker": w.maker, "trader": trader, "user": w.user, "A": truck.key, "B": onward.key}
    books = Books(w, named)
    goods = (line(bulk, 1000), line(packed, 200, container=drum))

    buying = Deal(w, {"seller": w.maker, "buyer": trader})
    buying.agreed(buying.goods(*goods))
    selling = Deal(w, {"seller": trader, "buyer": w.user, "consignor": w.maker, "consignee": w.user})
    selling.agreed(selling.goods(*goods))
    assert books.of(bulk) == {"maker/maker": 1000}

    # The trader owns the goods and never touches them.
    sale = {"parties": buying.parties, "inputs": lines(*goods), "place": w.place(w.maker)}
    assert not findings(book.do("operation.sold", w.maker, sale))
    assert books.of(bulk) == {"trader/maker": 1000}
    assert buying.state.status == "closed"

    truck.plan(trader, selling)
    owned = (line(bulk, 1000, owner=trader), line(packed, 200, owner=trader, container=drum))
    entry = truck.load(selling, owned, w.maker)
    assert not findings(entry)
    assert set(entry.effects) == {bulk, packed, drum, truck.key, selling.key, w.sites[w.maker]}
    assert books.of(bulk) == {"trader/A": 1000}
    for step, actor in (("dispatched", w.maker), ("carrier_accepted", w.carrier), ("departed", w.carrier)):
        assert not findings(truck.step(step, selling, actor))
    assert truck.state.accepted.keys() == {w.carrier}

    # Another vehicle is another shipment with its own waybill.
    onward.plan(w.carrier, selling)
    aboard = (truck.aboard(bulk, 1000, trader), truck.aboard(packed, 200, trader, container=drum))
    moved = {**truck.trip(to_shipment=onward.key), "parties": selling.parties, "inputs": lines(*aboard)}
    assert not findings(book.do("transport.handed_over", w.carrier, moved))
    assert books.of(bulk) == {"trader/B": 1000}
    assert truck.state.onward == (onward.key,)
    for step in ("carrier_accepted", "dispatched", "arrived", "delivered"):
        assert not findings(onward.step(step, selling))

    sale = {"parties": selling.parties}
    sold = (onward.aboard(bulk, 1000, trader), onward.aboard(packed, 200, trader, container=drum))
    assert not findings(book.do("operation.sold", trader, {**sale, "inputs": lines(*sold)}))
    assert books.of(bulk) == {"user/B": 1000}
    assert (selling.state.sold_mg, selling.state.loaded_mg) == (1200 * KG, 1200 * KG)

    # One drum leaks and is refused; of the bulk 12 kg are missing.
    leaking = {"reason": {"text": "the drum leaks", "kind": "damaged"}}
    back = onward.aboard(packed, 200, w.user, container=drum)
    refusal = {**onward.stepping(selling), "inputs": lines(back), **leaking}
    assert findings(book.do("transport.refused", w.user, refusal)) == {
        "refused_goods@1": {"kg": "200", "kind": "damaged"}
    }
    entry = receive(selling, w, w.user, onward.aboard(bulk, 988, w.user, booked="1000"))
    assert findings(entry) == {"difference@1": {"kg": "12"}}
    assert books.of(bulk) == {"user/user": 988, "difference": 12}
    assert books.of(packed) == {"user/B": 200}
    assert selling.open_kg() == {bulk: 12}
    assert selling.state.under_way() == 200 * KG

    # Both agree that it was lost; only then is it posted.
    selling.settle(w.user, "loss")
    assert books.of(bulk)["difference"] == 12
    entry = selling.settle(w.maker, "loss", accept=True)
    assert set(findings(entry)) == {"settled@1", "loss@1"}
    assert books.of(bulk) == {"user/user": 988, "lost": 12}
    assert selling.open_kg() == {}

    # The drum goes back to the producer, and its ownership the way it came.
    entry = receive(selling, w, w.maker, onward.aboard(packed, 200, w.user, container=drum))
    assert not findings(entry)
    assert books.of(packed) == {"user/maker": 200}
    assert selling.state.status == "agreed"
    for deal, owner, after in ((selling, w.user, "trader/maker"), (buying, trader, "maker/maker")):
        given = line(packed, 200, owner=owner, custodian=w.maker, container=drum)
        sections = {"parties": deal.parties, "inputs": lines(given), "place": w.place(w.maker)}
        book.do("operation.returned", owner, sections)
        assert books.of(packed) == {after: 200}
    known = selling.state
    assert (known.status, known.received_mg, known.returned_mg, known.refused_mg) == (
        "closed",
        1000 * KG,
        200 * KG,
        200 * KG,
    )
    assert (known.sold_mg, known.given_back_mg, known.under_way()) == (1200 * KG, 200 * KG, 0)
    assert known.shipments == (truck.key, onward.key)
    assert buying.state.status == "closed"
