"""Counts, emptied and cleaned containers: variance each and in sum; nothing tolerated of what is highly toxic."""

from typing import Any

import pytest

from tests.support.rulebook import World, findings, line, lines, postings


@pytest.mark.parametrize(
    ("counted", "pool", "kg", "rule"),
    [
        ("99.8", "variance", 0.2, "tolerance@1"),
        ("100.3", "variance", -0.3, "tolerance@1"),
        ("99.69", "lost", 0.31, "shortage@1"),
        ("100.31", "found", -0.31, "surplus@1"),
    ],
)
def test_a_count_of_a_liquid(w: World, counted: str, pool: str, kg: float, rule: str) -> None:
    batch = w.produce(100)
    entry = w.book.do("storage.counted", w.maker, w.use(batch, counted))
    assert postings(entry, batch) == {w.cell(batch, w.maker): -kg, pool: kg}
    assert set(findings(entry)) == {rule}


@pytest.mark.parametrize("counted", ["99.999999", "100.000001"])
def test_every_milligram_of_highly_toxic_goods_counts(w: World, counted: str) -> None:
    batch = w.produce(100, "toxic")
    entry = w.book.do("storage.counted", w.maker, w.use(batch, counted))
    assert findings(entry).keys() <= {"shortage@1", "surplus@1"}
    assert "variance" not in postings(entry, batch)


def test_counted_packages_have_no_tolerance_but_tanks_do(w: World) -> None:
    drum, tank = w.container(), w.container("tank")
    packed, bulk = w.produce(100, container=drum), w.produce(100, container=tank)
    assert "shortage@1" in findings(w.book.do("storage.counted", w.maker, w.use(packed, "99.9", container=drum)))
    assert "tolerance@1" in findings(w.book.do("storage.counted", w.maker, w.use(bulk, "99.9", container=tank)))


def test_a_count_that_agrees_is_on_every_chain_it_is_about(w: World) -> None:
    drum = w.container()
    batch = w.produce(container=drum)
    entry = w.book.do("storage.counted", w.maker, w.use(batch, 100, container=drum))
    assert set(entry.effects) == {batch, drum, w.sites[w.maker]}
    assert not findings(entry)
    assert not postings(entry, batch)


def test_small_variances_in_one_direction_are_seen_in_sum(w: World) -> None:
    batch = w.produce(100)
    w.book.do("storage.counted", w.maker, w.use(batch, "99.75"))
    entry = w.book.do("storage.counted", w.maker, w.use(batch, "99.46"))
    assert findings(entry)["variance_in_sum@1"] == {"kg": "0.54", "limit_kg": "0.5"}


def test_variances_of_one_count_are_summed(w: World) -> None:
    batch = w.produce(200)
    w.book.do("storage.moved", w.maker, {**w.use(batch, 100), "place": w.place(w.maker, to_location="B")})
    seen = []
    for kg in ("99.7", "99.402"):
        both = lines(line(batch, kg), line(batch, kg, place=w.at(w.maker, "B")))
        entry = w.book.do("storage.counted", w.maker, {"inputs": both, "place": w.place(w.maker)})
        seen.append(findings(entry).get("variance_in_sum@1"))
    assert seen == [None, {"kg": "1.196", "limit_kg": "1"}]


def test_a_shortage_is_no_variance(w: World) -> None:
    batch = w.produce(100)
    assert "variance_in_sum@1" not in findings(w.book.do("storage.counted", w.maker, w.use(batch, 50)))


def test_a_holding_may_be_counted_down_to_nought(w: World) -> None:
    batch = w.produce(100)
    w.book.do("storage.counted", w.maker, w.use(batch, 0))
    assert w.book.batch(batch).on_hand == 0


def test_an_emptied_drum_is_unclean_until_cleaned(w: World) -> None:
    drum = w.container()
    batch = w.produce("0.5", container=drum)
    named: dict[str, Any] = {"containers": {"items": [{"container": drum}]}, "place": w.place(w.maker)}
    entry = w.book.do("storage.emptied", w.maker, named)
    assert postings(entry, batch) == {w.cell(batch, w.maker, container=drum): -0.5, "lost": 0.5}
    assert (w.book.vessel(drum).contents, w.book.vessel(drum).clean) == ({}, False)
    assert set(w.book.do("storage.emptied", w.maker, named).effects) == {drum}
    assert set(w.book.do("storage.cleaned", w.maker, named).effects) == {drum}
    assert w.book.vessel(drum).clean


def test_a_count_finds_what_the_books_do_not_know(w: World) -> None:
    batch = w.produce()
    there = {"inputs": lines(line(batch, 3)), "place": w.place(w.maker, "B")}
    assert postings(w.book.do("storage.counted", w.maker, there), batch) == {
        "found": -3,
        w.cell(batch, w.maker, "B"): 3,
    }
