"""Shares of lots: the golden vectors, upper bounds, and the fold below the threshold."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rules.attribution import FOLDED, MAX_SHARES, OWN, at_most, born, mixed, most_ppb
from tests.core.values import Vector, vectors


@pytest.mark.parametrize("vector", vectors()["shares"])
def test_golden_shares(vector: Vector) -> None:
    parts = [(part["milligrams"], {"lot": part["ppb"]}) for part in vector["inputs"]]
    assert mixed(parts)["lot"] == vector["ppb"]
    if "at_most_milligrams_in" in vector:
        stated = vector["at_most_milligrams_in"]
        assert at_most(stated["milligrams"], vector["ppb"]) == stated["answer"]


def test_a_mixture_of_nothing_has_no_shares() -> None:
    assert mixed([(0, {"lot": OWN})]) == {}


parts = st.lists(
    st.tuples(st.integers(1, 10**15), st.dictionaries(st.sampled_from("abcdef"), st.integers(1, OWN), min_size=1)),
    min_size=1,
    max_size=5,
)


@given(parts, st.integers(0, OWN))
def test_shares_bound_what_may_be_in_it_whatever_is_folded(
    found: list[tuple[int, dict[str, int]]], threshold: int
) -> None:
    shares = born("own", found, threshold)
    total = sum(mg for mg, _ in found)
    assert shares["own"] == OWN
    for lot in {lot for _, stated in found for lot in stated}:
        truth = Fraction(sum(mg * stated.get(lot, 0) for mg, stated in found), total)
        assert truth <= most_ppb(shares, lot)
        assert lot not in shares or threshold <= shares[lot] < truth + 1


@given(parts, st.integers(1, OWN), st.integers(1, OWN))
def test_what_was_folded_before_still_bounds(found: list[tuple[int, dict[str, int]]], first: int, second: int) -> None:
    once = born("own", found, first)
    twice = born("next", [(3, once), (1, {"a": OWN})], second)
    for lot in {lot for _, stated in found for lot in stated}:
        before = Fraction(sum(mg * stated.get(lot, 0) for mg, stated in found), sum(mg for mg, _ in found))
        assert before * 3 / 4 + (Fraction(OWN, 4) if lot == "a" else 0) <= most_ppb(twice, lot)


def test_no_more_shares_than_a_chain_can_carry() -> None:
    shares = born("own", [(1, {f"lot {n}": OWN for n in range(400)})], 0)
    assert len(shares) == MAX_SHARES
    assert shares[FOLDED] == OWN
