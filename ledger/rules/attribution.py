"""Attribution of lots: what share of a batch may come from which lot, in parts per billion (design: mass accounts).

Shares are upper bounds, fixed when a batch is born: ``ppb(lot) = ceil(sum(mg_i * ppb_i) / sum(mg_i))``, its own is
10**9. Shares below a dated threshold fold into one bound under ``-``, which any lot of the batch's ancestry may have
on top of its own share: ``most_ppb``.
"""

from collections.abc import Iterable, Mapping

OWN = 10**9
FOLDED = "-"
MAX_SHARES = 256


def mixed(parts: Iterable[tuple[int, Mapping[str, int]]]) -> dict[str, int]:
    """The shares of a mixture of ``(milligrams, shares)`` parts; empty when the parts weigh nothing."""
    listed = list(parts)
    total = sum(mg for mg, _ in listed)
    weighted: dict[str, int] = {}
    for mg, shares in listed:
        for lot, ppb in shares.items():
            weighted[lot] = weighted.get(lot, 0) + mg * ppb
    return {lot: -(-amount // total) for lot, amount in weighted.items()} if total else {}


def born(batch: str, parts: Iterable[tuple[int, Mapping[str, int]]], threshold_ppb: int) -> dict[str, int]:
    """The shares of a new batch: its own, its ancestors', small ones and those beyond 256 folded into a bound."""
    lots = mixed(parts)
    bound = lots.pop(FOLDED, 0)
    ranked = sorted(lots.items(), key=lambda item: (-item[1], item[0]))
    kept = {lot: ppb for lot, ppb in ranked[: MAX_SHARES - 2] if ppb >= threshold_ppb}
    folded = [ppb for lot, ppb in lots.items() if lot not in kept]
    shares = {batch: OWN, **kept}
    bound = min(OWN, bound + max(folded, default=0))
    return {**shares, FOLDED: bound} if bound else shares


def most_ppb(shares: Mapping[str, int], lot: str) -> int:
    """The share that a lot of the ancestry has at most: what is stated of it, and what is folded."""
    return min(OWN, shares.get(lot, 0) + shares.get(FOLDED, 0))


def at_most(mg: int, ppb: int) -> int:
    """At most how many milligrams of a lot are in ``mg`` of a batch with that share: ``ceil(mg * ppb / 10**9)``."""
    return -(-mg * ppb // OWN)
