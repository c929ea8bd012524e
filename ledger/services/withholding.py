"""Following holds through the records: whose goods each one stops, who brings goods under it later, who is told.

The projector calls ``settle`` for each stretch of records, after it wrote what they changed. A stretch ends with each
hold that is placed or lifted, so that whom it reaches is who had goods there at its record, however they are batched.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.rules.accounts import Holding
from ledger.rules.aggregates import BatchState, ContainerState, SiteState
from ledger.rules.event import Entry
from ledger.rules.state import Value
from ledger.services.recalling import orgs_with, owners_of
from ledger.store.rows import HoldReachRow
from ledger.store.unit_of_work import Unit

PLACED = "governance.hold_placed"
RELEASED = "governance.hold_released"


class Brought(NamedTuple):
    """In record ``idx`` goods of these organisations came under the holds of ``by`` on a thing."""

    idx: int
    ref: str
    by: tuple[str, ...]
    orgs: tuple[str, ...]


@dataclass
class Withholding:
    """What a stretch of records did that holds follow; ``last``: the placing or lifting that ends it."""

    brought: list[Brought] = field(default_factory=list)
    last: Entry | None = None
    owners: dict[str, str] = field(default_factory=dict)

    def arrived(self, index: int, holding: Holding, lookup: Callable[[str], Value]) -> None:
        """Take up matter that came into a holding."""
        for ref in (holding.batch, holding.site, holding.vessel):
            by = () if ref is None else _held_by(lookup(ref))
            if ref is not None and by:
                orgs = orgs_with(holding.owner, holding.custodian, lookup)
                self.brought.append(Brought(index, ref, by, orgs))

    def ends(self, entry: Entry, lookup: Callable[[str], Value]) -> None:
        """Take up a record that places or lifts a hold, if it does; whose the thing is is told, too."""
        if not ends_a_stretch(entry):
            return
        self.last = entry
        for ref in things_of(entry):
            state = lookup(ref)
            if isinstance(state, SiteState | ContainerState):
                self.owners[ref] = state.org


def ends_a_stretch(entry: Entry) -> bool:
    """Whether whom holds reach has to be known as of this record."""
    return entry.event.header.type in (PLACED, RELEASED)


def things_of(entry: Entry) -> list[str]:
    """Return the batches, the site and the containers that a hold names, sorted."""
    contents = entry.event.contents
    batches = contents.get("product", {}).get("batches", [])
    items = contents.get("containers", {}).get("items", [])
    found = {str(batch) for batch in batches} if isinstance(batches, list) else set[str]()
    if isinstance(items, list):
        found |= {str(item["container"]) for item in items if isinstance(item, dict)}
    site = contents.get("place", {}).get("site")
    return sorted(found | ({str(site)} if site is not None else set()))


def settle(unit: Unit, done: Withholding) -> None:
    """Write what a stretch of records means for holds."""
    if done.brought:
        _bring(unit, done.brought)
    entry = done.last
    if entry is None:
        return
    things, actor = things_of(entry), entry.event.header.actor
    if entry.event.header.type == PLACED:
        told = _reached(unit, things) | set(done.owners.items()) | {(ref, actor) for ref in things}
        unit.withheld.add(HoldReachRow(org, entry.index, ref, actor, entry.index) for ref, org in told)
        orgs = {org for _, org in told}
    else:
        orgs = {row.org for row in unit.withheld.open(things) if row.placed_by == actor}
        unit.withheld.lift(actor, things, idx=entry.index)
    unit.projections.add_more_concerns({(org, entry.index) for org in orgs})


def _bring(unit: Unit, brought: Iterable[Brought]) -> None:
    """Note who brought goods under a hold that there is."""
    holds: dict[tuple[str, str], set[int]] = {}
    for row in unit.withheld.open(one.ref for one in brought):
        if row.org == row.placed_by:
            holds.setdefault((row.ref, row.placed_by), set()).add(row.hold)
    found: dict[tuple[str, int, str], HoldReachRow] = {}
    for one in sorted(brought):
        for by in one.by:
            for hold in holds.get((one.ref, by), ()):
                for org in one.orgs:
                    found.setdefault((org, hold, one.ref), HoldReachRow(org, hold, one.ref, by, one.idx))
    unit.withheld.add(found.values())


def _reached(unit: Unit, things: list[str]) -> set[tuple[str, str]]:
    """Who has goods under each of these things, or is to get them."""
    wanted = set(things)
    return {
        (ref, org)
        for row, orgs in owners_of(unit, unit.withheld.stock_under(things))
        for ref in {row.batch, row.place.partition("/")[0], row.container} & wanted
        for org in orgs
    }


def _held_by(state: Value) -> tuple[str, ...]:
    match state:
        case BatchState():
            return state.holds
        case SiteState() | ContainerState():
            return tuple(sorted(state.held))
        case _:
            return ()
