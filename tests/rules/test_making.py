"""Verbs that make batches: reactions with untracked matter, blends, packing, heels; containers and yields."""

from typing import Any

import pytest

from ledger.core.canonical import Json
from tests.support.rulebook import KG, World, findings, line, lines, postings, shares


def reaction(w: World, batch: str, into: list[dict[str, Json]], out: float | str, **sides: Json) -> dict[str, Any]:
    """The sections of a reaction that makes `out` kilograms of the product with a yield range."""
    untracked: dict[str, Any] = {side: {"untracked": value} for side, value in sides.items()}
    return {
        "product": {"product": w.products["made"]},
        "inputs": {"lines": list(into), **untracked.get("inputs", {})},
        "outputs": {"lines": [line(batch, out)], **untracked.get("outputs", {})},
        "place": w.place(w.maker),
    }


def test_a_reaction_with_air_and_water(w: World) -> None:
    first, second, made = w.produce(60), w.produce(50), w.book.ref("batch")
    air: list[Json] = [{"name": "air", "amount": "10", "unit": "kg"}, {"name": "water", "amount": "5000", "unit": "g"}]
    gas: list[Json] = [{"name": "off-gas", "amount": "25", "unit": "kg"}]
    sections = reaction(w, made, [line(first, 60), line(second, 40)], 90, inputs=air, outputs=gas)
    entry = w.book.do("production.batch_transformed", w.maker, sections)
    assert postings(entry, first) == {w.cell(first, w.maker): -60, "transformed": 60}
    assert postings(entry, second) == {w.cell(second, w.maker): -40, "transformed": 40}
    assert postings(entry, made) == {"produced": -90, w.cell(made, w.maker): 90}
    assert shares(entry, made) == {made: 10**9}
    assert w.book.batch(made).parents == tuple(sorted((first, second)))
    assert not findings(entry)


def test_a_yield_outside_the_recipe_is_a_finding(w: World) -> None:
    first, made = w.produce(100), w.book.ref("batch")
    gas: list[Json] = [{"name": "off-gas", "amount": "20", "unit": "kg"}]
    entry = w.book.do("production.batch_transformed", w.maker, reaction(w, made, [line(first, 100)], 80, outputs=gas))
    assert findings(entry) == {"yield@1": {"ppm": 800_000, "least_ppm": 900_000, "most_ppm": 1_100_000}}


def test_a_product_without_a_recipe_has_any_yield(w: World) -> None:
    first, made = w.produce(100), w.book.ref("batch")
    sections = reaction(w, made, [line(first, 100)], 10, outputs=[{"name": "gas", "amount": "90", "unit": "kg"}])
    sections["product"] = {"product": w.products["liquid"]}
    assert not findings(w.book.do("production.batch_transformed", w.maker, sections))


def test_a_blend_has_the_shares_of_its_parts(w: World) -> None:
    first, second, made = w.produce(37), w.produce(963), w.book.ref("batch")
    sections = reaction(w, made, [line(first, 37), line(second, 963)], 1000)
    entry = w.book.do("production.batch_blended", w.maker, sections)
    assert shares(entry, made) == {made: 10**9, first: 37_000_000, second: 963_000_000}
    again = w.book.ref("batch")
    entry = w.book.do("production.batch_blended", w.maker, reaction(w, again, [line(made, 200)], 200))
    assert shares(entry, again) == {again: 10**9, made: 10**9, first: 37_000_000, second: 963_000_000}


def test_packing_keeps_the_batch(w: World) -> None:
    batch, one, two = w.produce(100), w.container(), w.container("ibc")
    packed = {
        "inputs": lines(line(batch, 60), line(batch, 40)),
        "outputs": lines(line(batch, 70, container=one), line(batch, 30, container=two)),
        "place": w.place(w.maker),
    }
    entry = w.book.do("production.packed", w.maker, packed)
    assert postings(entry, batch) == {
        w.cell(batch, w.maker): -100,
        w.cell(batch, w.maker, container=one): 70,
        w.cell(batch, w.maker, container=two): 30,
    }
    assert set(entry.effects) == {batch, one, two, w.sites[w.maker]}
    assert (w.book.vessel(one).contents, w.book.vessel(one).cycle) == ({batch: 70 * KG}, 1)
    repacked = {
        "inputs": lines(line(batch, 70, container=one)),
        "outputs": lines(line(batch, 70)),
        "place": w.place(w.maker),
    }
    w.book.do("storage.repacked", w.maker, repacked)
    assert (w.book.vessel(one).contents, w.book.vessel(one).clean) == ({}, False)


def test_filling_onto_a_heel_blends(w: World) -> None:
    tank = w.container("tank")
    heel, fresh, blend = w.produce(50, container=tank), w.produce(950, "solid"), w.book.ref("batch")
    filled = {
        "inputs": lines(line(heel, 50, container=tank), line(fresh, 950)),
        "outputs": lines(line(blend, 1000, container=tank)),
        "place": w.place(w.maker),
    }
    entry = w.book.do("production.filled", w.maker, filled)
    assert postings(entry, heel) == {w.cell(heel, w.maker, container=tank): -50, "transformed": 50}
    assert postings(entry, blend) == {"produced": -1000, w.cell(blend, w.maker, container=tank): 1000}
    assert shares(entry, blend) == {blend: 10**9, heel: 50_000_000, fresh: 950_000_000}
    assert w.book.vessel(tank).contents == {blend: 1000 * KG}
    assert w.book.batch(blend).product == w.products["liquid"]


def test_a_blend_on_filling_is_of_the_product_that_it_states(w: World) -> None:
    fresh, blend = w.produce(10), w.book.ref("batch")
    filled = {
        "product": {"product": w.products["made"], "lot": "F-1"},
        "inputs": lines(line(fresh, 10)),
        "outputs": lines(line(blend, 10)),
        "place": w.place(w.maker),
    }
    w.book.do("production.filled", w.maker, filled)
    assert (w.book.batch(blend).product, w.book.batch(blend).lot) == (w.products["made"], "F-1")


def test_a_heel_left_behind_keeps_another_batch_out(w: World) -> None:
    tank = w.container("tank")
    heel, fresh, blend = w.produce(50, container=tank), w.produce(950), w.book.ref("batch")
    filled = {
        "inputs": lines(line(heel, 49, container=tank), line(fresh, 950)),
        "outputs": lines(line(blend, 999, container=tank)),
        "place": w.place(w.maker),
    }
    problems = w.book.refuse("production.filled", w.maker, filled)
    assert [(p.code, p.field) for p in problems] == [("container_not_empty", "/sections/outputs/lines/0/container")]


def test_two_batches_do_not_share_a_drum(w: World) -> None:
    first, second, drum = w.produce(), w.produce(), w.container()
    packed = {
        "inputs": lines(line(first, 1), line(second, 1)),
        "outputs": lines(line(first, 1, container=drum), line(second, 1, container=drum)),
        "place": w.place(w.maker),
    }
    assert [p.code for p in w.book.refuse("production.packed", w.maker, packed)] == ["container_not_empty"]


def test_the_drum_takes_another_batch_when_its_own_leaves(w: World) -> None:
    drum = w.container()
    old, new = w.produce(container=drum), w.produce()
    packed = {
        "inputs": lines(line(old, 100, container=drum), line(new, 5)),
        "outputs": lines(line(old, 100), line(new, 5, container=drum)),
        "place": w.place(w.maker),
    }
    w.book.do("production.packed", w.maker, packed)
    assert w.book.vessel(drum).contents == {new: 5 * KG}


def test_over_capacity_and_overdue_inspection_are_findings(w: World) -> None:
    drum, batch = w.container(capacity_kg="50", inspection_due="2026-11-01", tare_kg="8"), w.book.ref("batch")
    sections = {
        "product": {"product": w.products["liquid"]},
        "outputs": lines(line(batch, 30, container=drum), line(batch, "20.5", container=drum, status="quarantine")),
        "place": w.place(w.maker),
    }
    entry = w.book.do("production.batch_produced", w.maker, sections)
    assert findings(entry) == {
        "capacity@1": {"container": drum, "capacity_kg": "50"},
        "inspection_due@1": {"container": drum, "due": "2026-11-01"},
    }
    assert w.book.vessel(drum).tare_mg == 8 * KG
    items: list[Json] = [{"container": drum, "inspection_due": "2027-11-01"}]
    w.book.do("storage.inspected", w.maker, {"containers": {"items": items}})
    assert w.book.vessel(drum).inspection_due == "2027-11-01"


def test_a_found_drum_of_a_known_batch(w: World) -> None:
    batch, drum = w.produce(), w.container()
    found = {"outputs": lines(line(batch, 20, container=drum)), "place": w.place(w.maker, "B")}
    entry = w.book.do("storage.received_without_order", w.maker, found)
    assert postings(entry, batch) == {"found": -20, w.cell(batch, w.maker, "B", drum): 20}
    assert findings(entry) == {"unordered@1": {"kg": "20"}}


@pytest.mark.parametrize(("kind", "pool"), [("found", "found"), ("external", "external_in")])
def test_goods_that_nobody_announced_are_a_new_batch(w: World, kind: str, pool: str) -> None:
    batch = w.book.ref("batch")
    found = {
        "product": {"product": w.products["solid"]},
        "outputs": lines(line(batch, 20)),
        "place": w.place(w.user),
        "reason": {"text": "stood at the gate", "kind": kind},
    }
    entry = w.book.do("use.received_without_order", w.user, found, "report")
    assert postings(entry, batch) == {pool: -20, w.cell(batch, w.user): 20}
    assert shares(entry, batch) == {batch: 10**9}
    assert w.book.batch(batch).producer is None


def test_volume_counts_by_the_density_measured_with_it(w: World) -> None:
    batch = w.book.ref("batch")
    measured: Json = {"kind": "volume", "density": {"value": "0.79", "unit": "kg/L", "temperature_c": "20"}}
    stated: dict[str, Json] = {"batch": batch, "amount": "100", "unit": "L", "measurement": measured}
    sections = {
        "product": {"product": w.products["liquid"]}, "outputs": lines(stated), "place": w.place(w.maker),
    }  # fmt: skip
    entry = w.book.do("production.batch_produced", w.maker, sections)
    assert postings(entry, batch)["produced"] == -79
