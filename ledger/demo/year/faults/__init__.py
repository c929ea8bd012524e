"""The faults of the year: each a short life in which one thing goes wrong, and what has to find it."""

from collections.abc import Callable
from typing import Final

from ledger.demo.life import DAY
from ledger.demo.world import World
from ledger.demo.year.cast import LAPSED, RENEWING
from ledger.demo.year.faults.bad import PLAIN, TOXIC, Bad
from ledger.demo.year.faults.counts import difference, shortage, spill, surplus, theft, trickle, unexplained
from ledger.demo.year.faults.papers import (
    backdated,
    bad_quality,
    corrected,
    expired,
    held,
    no_order,
    overfilled,
    recalled,
    silent_carrier,
    unconfirmed,
    uninspected,
    unlicensed,
)
from ledger.demo.year.faults.stock import crammed, over_design, together, too_much, unseparated
from ledger.demo.year.faults.terms import forgotten, lost_scans, never_came, never_sent, unanswered, unfiled
from ledger.demo.year.faults.trade import (
    ended_permit,
    lapsed_buyer,
    made_good,
    not_theirs,
    on_paper,
    out_of_order,
    poor_yield,
    said_twice,
    signed_alone,
    sold_by_others,
    strange_driver,
    strange_row,
    turned_away,
    unanswered_request,
    without_sheet,
)
from ledger.demo.year.lives import begin, makers, stores, users
from ledger.demo.year.truth import Fault

Plot = Callable[[Bad], None]
PLOTS: Final[tuple[Plot, ...]] = (
    shortage,
    surplus,
    trickle,
    theft,
    spill,
    unexplained,
    difference,
    backdated,
    unconfirmed,
    silent_carrier,
    no_order,
    bad_quality,
    recalled,
    held,
    expired,
    overfilled,
    uninspected,
    corrected,
    unlicensed,
    unanswered,
    never_sent,
    never_came,
    unfiled,
    forgotten,
    lost_scans,
    turned_away,
    made_good,
    on_paper,
    out_of_order,
    strange_driver,
    signed_alone,
    lapsed_buyer,
    not_theirs,
    strange_row,
    poor_yield,
    without_sheet,
    unanswered_request,
    said_twice,
    sold_by_others,
    ended_permit,
    too_much,
    together,
)
"""Faults that happen again and again, to one firm or another."""
ONCE: Final[tuple[Plot, ...]] = (over_design, crammed, unseparated)
"""Faults of one site."""
GOODS: Final = {
    "too_much": "chlorine",
    **dict.fromkeys(("unfiled", "forgotten", "signed_alone", "ended_permit"), TOXIC),
}
"""Plots about something else than methanol."""
LAST_START: Final = 110 * DAY
"""Faults begin so long before the end of the year, so that time has made of them what it makes."""


def bad_life(world: World, number: int, plot: Plot, start_ms: int, until_ms: int) -> Bad:
    """A life in which a plot goes wrong."""
    product = GOODS.get(plot.__name__, PLAIN)
    life = begin(world, number, start_ms, product)
    dice = life.dice
    bad = Bad(life, dice.one_of(makers(world)), dice.one_of(stores(world)), dice.one_of(users()), until_ms)
    plot(bad)
    return bad


def standing(world: World, until_ms: int) -> list[Fault]:
    """Faults that the cast itself brings: a licence that has ended, and one that ends soon."""
    found = []
    for name, kind, rule in (
        (LAPSED, "licence ended", "licence_ended@1"),
        (RENEWING, "licence ends soon", "licence_expiring@1"),
    ):
        licence = world.licence_of(name, "use")
        found.append(Fault(kind, rule, name, chain=world.orgs[name], part=licence, since_ms=until_ms))
    return found
