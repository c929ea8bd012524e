"""Verbs that move stock: exact postings of each, what they note, and the chains they belong to."""

import pytest

from ledger.core.canonical import Json
from tests.support.rulebook import KG, World, findings, licence, line, lines, postings


def test_production_founds_a_batch(w: World) -> None:
    batch = w.book.ref("batch")
    entry = w.book.do(
        "production.batch_produced",
        w.maker,
        {
            "product": {"product": w.products["liquid"], "lot": "L-7"},
            "outputs": lines(line(batch, "60"), line(batch, "40.0005", place=w.at(w.maker, "B"))),
            "place": w.place(w.maker),
            "time": {"expires_on": "2027-01-01", "retest_on": "2026-12-01"},
        },
    )
    assert postings(entry, batch) == {
        "produced": -100.0005,
        w.cell(batch, w.maker): 60,
        w.cell(batch, w.maker, "B"): 40.0005,
    }
    assert dict(entry.effects[batch].shares) == {batch: 10**9}
    assert set(entry.effects) == {batch, w.sites[w.maker]}
    made = w.book.batch(batch)
    assert (made.producer, made.lot, made.source, made.expires_on) == (w.maker, "L-7", "produced", "2027-01-01")
    assert made.retest_on == "2026-12-01"


@pytest.mark.parametrize(
    ("type", "pool"), [("storage.opening_declared", "opening"), ("operation.imported", "imported")]
)
def test_stock_from_elsewhere_has_no_known_producer(w: World, type: str, pool: str) -> None:
    batch = w.produce(type=type)
    assert w.book.batch(batch).totals == {pool: -100 * KG}
    assert w.book.batch(batch).producer is None


def test_opening_stock_may_be_an_estimate_of_another_producer(w: World) -> None:
    batch = w.book.ref("batch")
    w.book.do(
        "storage.opening_declared",
        w.user,
        {
            "product": {"product": w.products["liquid"], "producer": w.maker, "estimate": True},
            "outputs": lines(line(batch, 5)),
            "place": w.place(w.user),
            "documents": {"items": [{"kind": "delivery note", "number": "1"}]},
        },
    )
    assert (w.book.batch(batch).producer, w.book.batch(batch).estimate) == (w.maker, True)


@pytest.mark.parametrize(
    ("type", "pool"),
    [
        ("storage.sampled", "sampled"),
        ("use.consumed", "used"),
        ("operation.exported", "exported"),
        ("production.released_to_environment", "released"),
        ("storage.loss_or_theft_reported", "lost"),
    ],
)
def test_mass_ends_in_a_sink(w: World, type: str, pool: str) -> None:
    batch = w.produce()
    entry = w.book.do(type, w.maker, w.use(batch, 30))
    assert postings(entry, batch) == {w.cell(batch, w.maker): -30, pool: 30}
    assert set(entry.effects) == {batch, w.sites[w.maker]}


def test_a_theft_is_not_a_loss(w: World) -> None:
    batch = w.produce()
    sections = {**w.use(batch, 1), "reason": {"text": "gone", "kind": "theft"}}
    entry = w.book.do("transport.loss_or_theft_reported", w.maker, sections)
    assert postings(entry, batch)["stolen"] == 1
    assert findings(entry) == {"loss@1": {"kind": "theft", "kg": "1"}}


def test_a_spill_is_a_finding(w: World) -> None:
    entry = w.book.do("use.released_to_environment", w.maker, w.use(w.produce(), "0.5"))
    assert findings(entry) == {"release@1": {"kg": "0.5"}}


def test_goods_move_and_come_back(w: World) -> None:
    batch = w.produce()
    there = {"inputs": lines(line(batch, 40)), "place": w.place(w.maker, to_location="B")}
    entry = w.book.do("storage.moved", w.maker, there)
    assert postings(entry, batch) == {w.cell(batch, w.maker): -40, w.cell(batch, w.maker, "B"): 40}
    out = {"inputs": lines(line(batch, 10)), "place": w.place(w.maker, to_location="USE")}
    w.book.do("use.issued_for_use", w.maker, out)
    back = {"inputs": lines(line(batch, 4)), "place": w.place(w.maker, "USE", to_location="A")}
    w.book.do("use.returned_to_stock", w.maker, back)
    assert [w.book.kg(*w.cell(batch, w.maker, at)) for at in ("A", "B", "USE")] == [54, 40, 6]


def test_a_move_to_where_it_lies_is_only_on_the_chain_of_the_batch(w: World) -> None:
    batch = w.produce()
    entry = w.book.do("storage.moved", w.maker, w.use(batch, 40))
    assert set(entry.effects) == {batch}
    assert postings(entry, batch) == {}


def test_a_container_moves_whole(w: World) -> None:
    drum = w.container()
    batch = w.produce(container=drum)
    sections = {"inputs": lines(line(batch, 100, container=drum)), "place": w.place(w.maker, to_location="B")}
    entry = w.book.do("storage.moved", w.maker, sections)
    assert set(entry.effects) == {batch, drum, w.sites[w.maker]}
    assert w.book.vessel(drum).contents == {batch: 100 * KG}
    late = {"inputs": lines(line(batch, 40, container=drum)), "place": w.place(w.maker, "B", to_location="A")}
    w.book.do("storage.moved", w.maker, late, mode="report")


def test_status_goes_to_quarantine_and_back_and_to_waste(w: World) -> None:
    batch = w.produce()
    entry = w.book.do("storage.quarantined", w.maker, w.use(batch, 30))
    assert postings(entry, batch) == {w.cell(batch, w.maker): -30, w.cell(batch, w.maker, status="quarantine"): 30}
    w.book.do("storage.released", w.maker, w.use(batch, 10, status="quarantine"))
    w.book.do("disposal.declared_waste", w.maker, w.use(batch, 20, status="quarantine"))
    assert w.book.kg(*w.cell(batch, w.maker, status="waste")) == 20
    paper: dict[str, Json] = {"items": [{"kind": "waste manifest", "number": "W-1"}]}
    manifested = {**w.use(batch, 20, status="waste"), "documents": paper}
    assert set(w.book.do("disposal.waste_manifested", w.maker, manifested).effects) == {batch}
    w.book.do("governance.licence_registered", w.maker, licence(w.book, w.maker, "disposal"))
    entry = w.book.do("disposal.disposed", w.maker, w.use(batch, 20, status="waste"))
    assert postings(entry, batch) == {w.cell(batch, w.maker, status="waste"): -20, "disposed": 20}


def test_a_reported_sale_changes_the_owner_alone(w: World) -> None:
    batch = w.produce()
    entry = w.book.do("operation.sold", w.maker, {**w.use(batch, 30), "parties": {"buyer": w.user}}, "report")
    sold = w.cell(batch, w.maker)._replace(owner=w.user)
    assert postings(entry, batch) == {w.cell(batch, w.maker): -30, sold: 30}
    assert findings(entry) == {"counterparty_unconfirmed@1": {"party": w.user}}
    back = {"inputs": lines(line(batch, 10, custodian=w.maker)), "place": w.place(w.maker), "parties": {"to": w.maker}}
    w.book.do("operation.returned", w.user, back)
    assert w.book.kg(*w.cell(batch, w.maker)) == 80


def test_goods_are_received_from_who_held_them(w: World) -> None:
    batch = w.produce()
    taken = line(batch, 30, owner=w.maker, custodian=w.maker, place=w.at(w.maker))
    w.book.do("governance.licence_registered", w.user, licence(w.book, w.user, "storage"))
    entry = w.book.do("storage.received", w.user, {"inputs": lines(taken), "place": w.place(w.user)})
    here = w.cell(batch, w.user)._replace(owner=w.maker)
    assert postings(entry, batch) == {w.cell(batch, w.maker): -30, here: 30}
    assert findings(entry) == {"counterparty_unconfirmed@1": {"party": w.maker}}
