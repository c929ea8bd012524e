"""Aggregates as bytes: large masses, and what the state says of what it lacks."""

from dataclasses import replace

import pytest

from ledger.rules import NotLoaded, State, codec
from ledger.rules.aggregates import Aggregate
from tests.support.rulebook import World


def test_masses_beyond_what_json_numbers_hold(w: World) -> None:
    key = w.produce("999999999999")
    batch = w.book.batch(key)
    assert batch.on_hand > 2**53
    assert b'{"big":"999999999999000000"}' in codec.dump(batch)
    assert codec.load(key, codec.dump(batch)) == batch


def test_everything_that_a_ledger_knows_comes_back_equal(w: World) -> None:
    w.produce()
    seen = set()
    for key, value in w.book.values.items():
        if isinstance(value, Aggregate):
            assert codec.load(key, codec.dump(value)) == value
            assert codec.dump(codec.load(key, codec.dump(value))) == codec.dump(value)
            seen.add(key.partition(":")[0])
    assert seen == {"ledger", "org", "site", "product", "batch", "bay"}


def test_order_of_what_was_folded_leaves_no_trace(w: World) -> None:
    batch = w.book.batch(w.produce())
    turned = replace(batch, totals={"used": 1, "produced": -1}, shares={"b": 1, "a": 2})
    assert codec.dump(turned) == codec.dump(
        replace(turned, totals={"produced": -1, "used": 1}, shares={"a": 2, "b": 1})
    )


def test_what_has_no_form_in_the_format_is_not_written(w: World) -> None:
    batch = w.book.batch(w.produce())
    with pytest.raises(TypeError):
        codec.dump(replace(batch, product=1.5))  # type: ignore[arg-type]


def test_what_is_not_loaded_is_asked_for(w: World) -> None:
    state = State({}, index=0, ledger_id=None)
    with pytest.raises(NotLoaded) as caught:
        state.require([w.maker, w.user])
    assert caught.value.keys == {w.maker, w.user}
    with pytest.raises(NotLoaded):
        state.batch(w.maker)
