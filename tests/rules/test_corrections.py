"""Corrections: void, restate, after the goods moved on, of a blend, of a correction. Only the difference is posted."""

import pytest

from ledger.rules import Entry
from ledger.rules.aggregates import VoidedState
from tests.support.rulebook import KG, World, findings, line, lines, postings


def correct(w: World, entry: Entry, mode: str = "act", **sections: object) -> Entry:
    """A correction of an entry by whoever stated it."""
    refs = [("voids", entry.event.hash)]
    return w.book.do("storage.event_corrected", entry.event.header.actor, sections, mode, refs=refs)


def test_a_voided_use_gives_the_goods_back(w: World) -> None:
    batch = w.produce(100)
    entry = w.book.do("use.consumed", w.maker, w.use(batch, 30))
    undone = correct(w, entry)
    assert postings(undone, batch) == {w.cell(batch, w.maker): 30, "used": -30}
    assert findings(undone) == {"corrected@1": {"event": entry.event.hash}}
    assert w.book.values["voided:" + entry.event.hash] == VoidedState(undone.index)
    assert w.book.batch(batch).corrected == (undone.index,)
    assert set(undone.effects) == set(entry.effects)


@pytest.mark.parametrize("mode", ["act", "report"])
def test_a_restated_amount_posts_only_the_difference(w: World, mode: str) -> None:
    batch = w.produce(100)
    entry = w.book.do("use.consumed", w.maker, w.use(batch, 30))
    fixed = correct(w, entry, mode, inputs=lines(line(batch, 28)))
    assert postings(fixed, batch) == {w.cell(batch, w.maker): 2, "used": -2}


def test_a_restated_place_moves_the_birth(w: World) -> None:
    batch = w.produce(100)
    fixed = correct(w, w.book.entries[-1], place=w.place(w.maker, "B"))
    assert postings(fixed, batch) == {w.cell(batch, w.maker): -100, w.cell(batch, w.maker, "B"): 100}


def test_a_birth_corrected_after_the_goods_moved_on_is_unexplained(w: World) -> None:
    batch = w.produce(100)
    birth = w.book.entries[-1]
    w.book.do("use.consumed", w.maker, w.use(batch, 95))
    fixed = correct(w, birth, outputs=lines(line(batch, 90)))
    assert postings(fixed, batch) == {"produced": 10, w.cell(batch, w.maker): -5, "unexplained": -5}
    assert findings(fixed)["unexplained@1"] == {"kg": "5"}
    assert w.book.batch(batch).on_hand == 0


def test_another_batch_was_meant(w: World) -> None:
    wrong, right = w.produce(100), w.produce(100)
    entry = w.book.do("use.consumed", w.maker, w.use(wrong, 30))
    fixed = correct(w, entry, inputs=lines(line(right, 30)))
    assert postings(fixed, wrong) == {"used": -30, w.cell(wrong, w.maker): 30}
    assert postings(fixed, right) == {"used": 30, w.cell(right, w.maker): -30}


def test_a_blend_is_corrected_in_all_its_batches(w: World) -> None:
    first, second, blend = w.produce(50), w.produce(50), w.book.ref("batch")
    entry = w.book.do(
        "production.batch_blended",
        w.maker,
        {
            "product": {"product": w.products["liquid"]},
            "inputs": lines(line(first, 50), line(second, 40)),
            "outputs": lines(line(blend, 90)),
            "place": w.place(w.maker),
        },
    )
    shares = w.book.batch(blend).shares
    fixed = correct(w, entry, inputs=lines(line(first, 50), line(second, 50)), outputs=lines(line(blend, 100)))
    assert set(fixed.effects) == {first, second, blend, w.sites[w.maker]}
    assert postings(fixed, first) == {}
    assert postings(fixed, second) == {"transformed": 10, w.cell(second, w.maker): -10}
    assert postings(fixed, blend) == {"produced": -10, w.cell(blend, w.maker): 10}
    assert w.book.batch(blend).shares == shares


def test_a_correction_can_itself_be_voided(w: World) -> None:
    batch = w.produce(100)
    entry = w.book.do("use.consumed", w.maker, w.use(batch, 30))
    back = correct(w, correct(w, entry))
    assert postings(back, batch) == {w.cell(batch, w.maker): -30, "used": 30}
    refs = [("voids", back.event.hash)]
    problems = w.book.refuse("use.event_corrected", w.maker, {"inputs": lines(line(batch, 1))}, refs=refs)
    assert [problem.code for problem in problems] == ["not_restatable"]


def test_a_count_is_voided_like_anything_else(w: World) -> None:
    batch = w.produce(100)
    entry = w.book.do("storage.counted", w.maker, w.use(batch, 50))
    assert postings(correct(w, entry), batch) == {"lost": -50, w.cell(batch, w.maker): 50}


def test_what_was_stated_without_mass_is_voided_without_mass(w: World) -> None:
    drum = w.container()
    named = {"containers": {"items": [{"container": drum}]}}
    entry = w.book.do("storage.cleaned", w.maker, named)
    assert set(correct(w, entry).effects) == {drum}


def test_a_receipt_is_restated_with_what_was_booked(w: World) -> None:
    batch = w.produce(100)
    taken = line(batch, 30, owner=w.maker, custodian=w.maker, place=w.at(w.maker))
    sections = {"inputs": lines({**taken, "booked": "30"}), "place": w.place(w.user)}
    entry = w.book.do("storage.received", w.user, sections, "report")
    fixed = correct(w, entry, inputs=lines({**taken, "amount": "25", "booked": "30"}))
    assert postings(fixed, batch) == {"difference": 5, w.cell(batch, w.user)._replace(owner=w.maker): -5}


def test_two_causes_are_each_reduced(w: World) -> None:
    batch = w.produce(10)
    entry = w.book.do("use.consumed", w.maker, w.use(batch, 12), "report")
    assert postings(entry, batch) == {w.cell(batch, w.maker): -10, "unexplained": -2, "used": 12}
    assert postings(correct(w, entry), batch) == {w.cell(batch, w.maker): 10, "unexplained": 2, "used": -12}
    assert w.book.batch(batch).on_hand == 10 * KG
