"""Holds on batches, whole sites and containers: who places and lifts them, and what they stop.

A hold stops use, sale and packing of what it covers; counting, quarantine, return, sampling and disposal never. By
``hold@2`` a site or a container is held, too: then nothing that lies there is used, sold or packed, nothing but waste
is loaded away from the site, and what is in the container stays in it. By ``hold@1`` only batches are held.
"""

from collections.abc import Collection, Mapping
from typing import Final

from ledger.errors import Problem
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import ContainerState, SiteState
from ledger.rules.draft import Draft, Move, stop
from ledger.rules.jurisdiction import AUTHORITY, competent
from ledger.rules.verbs.notes import batches_of, vessels_of

FIRST: Final = "hold@1"
SECOND: Final = "hold@2"
PLACED: Final = "hold_placed"
WITHHELD: Final = frozenset({"quarantine", "hold"})
LOADED: Final = "transport.loaded"


def rule_of(draft: Draft) -> str:
    """The version of the rule that is in force."""
    return FIRST if draft.rules.level(SECOND, draft.actor, draft.recorded_at_ms) is None else SECOND


# --- placing and lifting ----------------------------------------------------------------------------------------------


def hold_changed(draft: Draft) -> None:
    """A hold on batches, a site or containers, by an authority or whose they are; lifted by who placed it."""
    batches, vessels = batches_of(draft), vessels_of(draft)
    site = draft.content("place").get("site")
    if not (batches or vessels or site is not None):
        raise stop("nothing_named", "/sections")
    if (vessels or site is not None) and rule_of(draft) == FIRST:
        raise stop("holds_on_batches_alone", "/sections", rule=SECOND)
    for place, batch in enumerate(batches):
        known = draft.state.batch(batch)
        assert known is not None
        _check(draft, known.producer or "", known.holds, f"/sections/product/batches/{place}", batch)
    for place, vessel in enumerate(vessels):
        container = draft.state.container(vessel)
        assert container is not None
        _check(draft, container.org, container.held, f"/sections/containers/items/{place}/container", vessel)
    if site is not None:
        _site(draft, str(site))


def _site(draft: Draft, ref: str) -> None:
    known, actor = draft.state.site(ref), draft.state.org(draft.actor)
    assert known is not None  # ``decide`` knows every site that a place names
    assert actor is not None
    _check(draft, known.org, known.held, "/sections/place/site", ref)
    placing = draft.event.verb == PLACED and draft.actor != known.org
    if placing and not competent(actor.jurisdiction, known.region, known.park):
        raise stop("outside_jurisdiction", "/actor", organisation=known.org)
    draft.chains.add(ref)


def _check(draft: Draft, whose: str, holds: Collection[str], at: str, ref: str) -> None:
    actor = draft.state.org(draft.actor)
    assert actor is not None
    if draft.actor != whose and AUTHORITY not in actor.roles:
        raise stop("not_for_this_actor", "/actor")
    if draft.event.verb != PLACED and draft.actor not in holds:
        raise stop("no_such_hold", at, batch=ref)


# --- what they stop ---------------------------------------------------------------------------------------------------


def check_holds(draft: Draft) -> None:
    """Object to moves of what is withheld, and of what lies at a held site or in a held container."""
    rule = rule_of(draft)
    if draft.kind.blocked:
        _check_status(draft, rule)
    loading = draft.event.header.type == LOADED
    if rule == FIRST or not (draft.kind.blocked or loading):
        return
    draft.state.require(ref for move in draft.moves for ref in (*_sites(move), *_vessels(move)))
    seen: set[str] = set()
    for move in draft.moves:
        for problem, ref in _stopped(draft, move, loading=loading):
            if ref not in seen:
                seen.add(ref)
                draft.object(rule, problem, ref)


def _check_status(draft: Draft, rule: str) -> None:
    for move in draft.moves:
        if isinstance(move.source, Holding) and move.source.status in WITHHELD:
            problem = Problem("status_wrong", move.field + "/status", {"required": "free"})
            draft.object(rule, problem, move.batch)


def _sites(move: Move) -> tuple[str, ...]:
    """The site that matter comes from. What is brought to a held site is not stopped: it has to be somewhere."""
    return (move.source.site,) if isinstance(move.source, Holding) and move.source.site is not None else ()


def _vessels(move: Move) -> tuple[str, ...]:
    ends = (move.source, move.target)
    return tuple(end.vessel for end in ends if isinstance(end, Holding) and end.vessel is not None)


def _stopped(draft: Draft, move: Move, *, loading: bool) -> list[tuple[Problem, str]]:
    """What stops a move, each with the site or container that is held."""
    source, target = move.source, move.target
    if loading and (not isinstance(source, Holding) or source.status == "waste"):
        return []
    same = isinstance(source, Holding) and isinstance(target, Holding) and source.vessel == target.vessel
    vessels = () if loading and same else _vessels(move)
    held = [draft.state.site(ref) for ref in _sites(move)]
    known: list[SiteState | ContainerState | None] = [*held, *(draft.state.container(ref) for ref in vessels)]
    return [(_problem(one, move.field), one.id) for one in known if one is not None and one.held]


def _problem(held: SiteState | ContainerState, at: str) -> Problem:
    first = first_of(held.held)
    if isinstance(held, SiteState):
        return Problem("site_on_hold", at, {"site": held.id, "by": first})
    return Problem("container_on_hold", at, {"container": held.id, "by": first})


def first_of(held: Mapping[str, int]) -> str:
    """Who placed the oldest of these holds."""
    return min(held, key=lambda who: held[who])
