"""Builds a ledger of the year, and what is true of it."""

from ledger.core.b64 import unb64u
from ledger.core.times import format_utc
from ledger.demo.build import Built, Plan, Progress, build
from ledger.demo.year.cast import YearWorld
from ledger.demo.year.story import DAYS, NATURAL, Told, tell
from ledger.demo.year.truth import Truth
from ledger.reference import Reference
from ledger.services.clock import SetClock
from ledger.services.ledger import Ledger

EVENTS = 300_000
LEAST = 5_000


def plan_of(events: int, seed: int, until_ms: int) -> Plan:
    """The plan of a year that ends at a moment."""
    return Plan(events, seed, until_ms, DAYS)


def build_year(
    ledger: Ledger, clock: SetClock, plan: Plan, reference: Reference, progress: Progress
) -> tuple[Built, Truth]:
    """Tell the year to an empty ledger that has its genesis; return what was built and what is true of it."""
    world = YearWorld(plan.seed, plan.start_ms, plan.until_ms, reference, plan.operator())
    told = Told()
    built = build(ledger, clock, plan, reference, progress, (world, tell(world, plan.events, told)))
    hashes = {str(one.event_hash) for fault in told.faults for one in fault.said}
    index_of: dict[str, int] = {}
    with ledger.store.read() as unit:
        for name in sorted(hashes):
            row = unit.events.by_hash(unb64u(name, 32))
            assert row is not None
            index_of[name] = row.idx
    faults = tuple(fault.content(index_of) for fault in told.faults)
    return built, Truth(plan.seed, built.events, format_utc(plan.until_ms), faults, NATURAL)
