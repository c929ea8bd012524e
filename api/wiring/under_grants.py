"""Under which grants a regulator or park reads: what its own jurisdiction does not show it, and somebody shows it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from api.views import Principal
from api.wiring.known import Known
from api.wiring.sight import Sight, batch_sight, full, subject_of
from ledger.rules.aggregates import ContainerState, OrgState, SiteState
from ledger.rules.jurisdiction import competent
from ledger.services.identity.reads import MOST_SUBJECT
from ledger.store.rows import GrantRow

NAMED: Final = re.compile(
    r"(batch|site|organisation|org|transfer|shipment|container|firm)(?:e?s)?[/:]"
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
)
CODE: Final = re.compile(r"/Q/([0-9A-Z]{16})(?![0-9A-Z])")
ORGS: Final = {"firm": "org", "organisation": "org"}
MOST: Final = 20
"""Things of one address that are looked at."""
MOST_NAMED: Final = 4
MARK: Final = " sight:"
"""What stands in a recorded read before the hash of each grant under which it was made."""


def grants_of(known: Known, viewer: Principal, address: str) -> tuple[str, ...]:
    """Return the grants in force without which the viewer would not see what an address names, sorted."""
    subject = subject_of(known, viewer)
    if subject.org is None or not subject.shown:
        return ()
    rows = [row for row in known.unit.authorities.grants(subject.org) if _in_force(row, subject.org, known.now_ms)]
    refs = dict.fromkeys(_refs(known, address))
    return tuple(sorted({row.event for ref in list(refs)[:MOST] for row in _opening(known, viewer, ref, rows)}))


def with_grants(address: str, grants: Sequence[str]) -> str:
    """Return an address as a read records it, with the grants behind it; it is cut, they are not."""
    marks = "".join(MARK + event for event in grants[:MOST_NAMED])
    return address[: MOST_SUBJECT - len(marks)] + marks


def parted(subject: str) -> tuple[str, tuple[str, ...]]:
    """Return the address of a recorded read, and the grants under which it was made."""
    address, *events = subject.split(MARK)
    return address, tuple(events)


def _in_force(row: GrantRow, org: str, now_ms: int) -> bool:
    return row.getter == org and row.until_ms > now_ms and row.withdrawn_idx is None


def _refs(known: Known, address: str) -> Iterator[str]:
    """What an address names: batches, sites and organisations; of deals and containers the batches they are about."""
    for code in CODE.findall(address):
        row = known.unit.queries.code(code)
        if row is not None:
            yield from _expanded(known, row.target.partition("/")[0])
    for kind, uuid in NAMED.findall(address):
        yield from _expanded(known, f"{ORGS.get(kind, kind)}:{uuid}")


def _expanded(known: Known, ref: str) -> Iterator[str]:
    kind = ref.partition(":")[0]
    if kind in ("transfer", "shipment"):
        yield from known.dealings.goods(ref)
    elif kind == "container":
        state = known.get(ref, ContainerState)
        yield from () if state is None else state.contents
    else:
        yield ref


def _opening(known: Known, viewer: Principal, ref: str, rows: Iterable[GrantRow]) -> list[GrantRow]:
    """The grants that show a thing which the viewer's own jurisdiction does not cover."""
    if ref.startswith("batch:"):
        sight = batch_sight(known, viewer, ref)
        if _without(sight, ref):
            return []
        return [row for row in rows if known.unit.authorities.touches((row.thing,), ref)]
    state = known.get(ref, SiteState) if ref.startswith("site:") else known.get(ref, OrgState)
    bounds = Sight(known, viewer).subject.jurisdiction
    if state is None or bounds is None or competent(bounds, state.region, state.park):
        return []
    things = {ref, state.org} if isinstance(state, SiteState) else {ref}
    return [row for row in rows if row.thing in things]


def _without(sight: Sight, batch: str) -> bool:
    """Whether the batch is seen in full without anything that is shown for a time."""
    sight.presences = tuple(at for at in sight.presences if not at.shown)
    return full(sight.batch(batch))
