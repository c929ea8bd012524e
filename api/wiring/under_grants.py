"""Under which grants a regulator or park reads: what its own jurisdiction does not show it, and somebody shows it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from api.views import Principal
from api.wiring.known import Known
from api.wiring.sight import Sight, batch_sight, full, subject_of
from ledger.rules.aggregates import ContainerState, OrgState, SiteState
from ledger.rules.jurisdiction import competent
from ledger.store.rows import GrantRow

NAMED: Final = re.compile(
    r"(batch|site|organisation|org|transfer|shipment|container|firm)(?:e?s)?[/:]"
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
)
CODE: Final = re.compile(r"/Q/([0-9A-Z]{16})(?![0-9A-Z])")
ORGS: Final = {"firm": "org", "organisation": "org"}
MOST: Final = 20
"""Things of one address that are looked at."""
MARK: Final = " sight:"
"""What stands in a recorded read before the hash of each grant under which it was made."""
TYPED: Final = MARK.replace(" ", "+")
"""How the same is recorded where a reader typed it: a read claims no grant by its words."""
BATCHES: Final = frozenset({"batches", "containers", "transfers", "shipments", "filings", "recalls"})
SITES: Final = frozenset({"sites"})
BOTH: Final = frozenset({"stock", "findings", "overview", "find", "desk", "proof", "proofs"})
"""Lists, by the beginning of their addresses, that draw from batches, from sites, or from both."""
AROUND: Final = re.compile(r"/(?:trace|recall)(?:[.?]|$)")
"""What shows other things around the one that it names, as far as they are seen at all: drawn as from a list."""
LIST: Final = re.compile(r"(?:/api/v1)?(?:/export)?/([a-z]+)(?:[/.?:]|$)")


def grants_of(known: Known, viewer: Principal, address: str) -> tuple[str, ...]:
    """Return the grants in force without which the viewer would not see what an address shows, sorted.

    Of a list, and of a trace, those that add something to what it draws from, whether or not the page at hand has a
    line of it.
    """
    subject = subject_of(known, viewer)
    if subject.org is None or not subject.shown:
        return ()
    rows = known.unit.authorities.in_force(subject.org, at_ms=known.now_ms)
    refs = list(dict.fromkeys(_refs(known, address)))[:MOST]
    found = {row.event for ref in refs for row in _opening(known, viewer, ref, rows)}
    if AROUND.search(address) or not any(ref.startswith(("batch:", "site:")) for ref in refs):
        found |= {row.event for row in _widening(known, viewer, address, rows)}
    return tuple(sorted(found))


def plain(address: str) -> str:
    """Return an address as a read records it: nothing in it looks like a grant."""
    return address.replace(MARK, TYPED)


def marked(grants: Iterable[str]) -> str:
    """Return what a read records of the grants under which it was made: all of them."""
    return "".join(MARK + event for event in grants)


def parted(subject: str) -> tuple[str, tuple[str, ...]]:
    """Return the address of a recorded read, and the grants under which it was made."""
    address, *events = subject.split(MARK)
    return address, tuple(events)


def _widening(known: Known, viewer: Principal, address: str, rows: Sequence[GrantRow]) -> list[GrantRow]:
    """The grants that add batches or sites to a list of what the viewer supervises."""
    named, bounds = LIST.match(address), subject_of(known, viewer).jurisdiction
    if named is None or bounds is None:
        return []
    things = tuple(dict.fromkeys(row.thing for row in rows))
    adding: frozenset[str] = frozenset()
    if named[1] in BATCHES | BOTH:
        adding |= known.unit.authorities.adding_batches(things, bounds)
    if named[1] in SITES | BOTH:
        adding |= known.unit.authorities.adding_sites(things, bounds)
    return [row for row in rows if row.thing in adding]


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
