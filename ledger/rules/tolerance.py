"""Variance: what a measurement may differ from the books before it is a finding (design: mass accounts).

Tolerance is parts per million by physical state, dated in the manifest; zero for highly toxic goods, explosive
precursors and counted packages. Many small variances in one direction are how diversion hides: their sum is watched.
"""

from ledger.core.quantity import kg
from ledger.rules.accounts import Holding
from ledger.rules.draft import Draft

ZERO_LISTS = frozenset({"highly_toxic", "explosive_precursor"})
COUNTED_KINDS = frozenset({"drum", "cylinder", "bag", "bottle", "ibc"})


def tolerance_mg(draft: Draft, batch: str, mg: int, container: str = "-") -> int:
    """The tolerance on ``mg`` of a batch, rounded down; nought for goods whose every gram counts."""
    known = draft.state.batch(batch)
    assert known is not None
    product = draft.state.product(known.product)
    assert product is not None
    if ZERO_LISTS & set(product.lists):
        return 0
    if container != "-":
        vessel = draft.state.container(container)
        assert vessel is not None
        if vessel.kind in COUNTED_KINDS:
            return 0
    return mg * draft.rules.parameter("tolerance@1", f"{product.state}_ppm") // 10**6


def absorb(draft: Draft, holding: Holding, booked: int, actual: int, at: str) -> None:
    """Bring a holding from its booked to its actual mass: within tolerance variance, beyond it lost or found."""
    gap = booked - actual
    within = abs(gap) <= tolerance_mg(draft, holding.batch, booked, holding.container)
    if gap > 0:
        draft.move(holding.batch, holding, "variance" if within else "lost", gap, at)
    elif gap < 0:
        draft.move(holding.batch, "variance" if within else "found", holding, -gap, at)
    if gap:
        rule = "tolerance@1" if within else "shortage@1" if gap > 0 else "surplus@1"
        draft.note(holding.batch, rule, {"kg": kg(gap)})
    if gap and within:
        watch(draft, holding.batch)


def watch(draft: Draft, batch: str) -> None:
    """Note when the variances of a batch, those drafted included, sum to more than the dated share of its mass."""
    known = draft.state.batch(batch)
    assert known is not None
    drafted = sum(
        move.mg if move.target == "variance" else -move.mg
        for move in draft.moves
        if move.batch == batch and "variance" in (move.source, move.target)
    )
    strayed = known.totals.get("variance", 0) + drafted
    made = -sum(mg for pool, mg in known.totals.items() if mg < 0 and pool != "variance")
    limit = made * draft.rules.parameter("variance_in_sum@1", "most_ppm") // 10**6
    if abs(strayed) > limit:
        draft.note(batch, "variance_in_sum@1", {"kg": kg(strayed), "limit_kg": kg(limit)})
