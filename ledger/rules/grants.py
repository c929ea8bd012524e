"""Sight for a limited time: an authority shows another one, or a park, what lies in its own jurisdiction alone.

A grant names batches, a site, or an organisation, and until when. It is on the chains of who gives and who gets it. The
policy asks ``GrantState.holds``; a batch that is shown is shown with its ancestry, like one of the own jurisdiction.
"""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Final

from ledger.core.times import parse_stated
from ledger.rules.aggregates import Aggregate, GrantState, OrgState
from ledger.rules.draft import Draft, reference, stop
from ledger.rules.event import Content, Entry
from ledger.rules.jurisdiction import AUTHORITY, competent
from ledger.rules.licences import DAY
from ledger.rules.requests import acting_authority
from ledger.rules.state import State

Changes = MutableMapping[str, Aggregate | int]
GRANT: Final = "grant:"
RULE: Final = "sight@1"
WATCHING: Final = frozenset({AUTHORITY, "park"})


def sight_granted(draft: Draft) -> None:
    """An authority shows what lies in its jurisdiction: sites and firms are judged here, batches by the policy."""
    actor = acting_authority(draft)
    to = str(draft.content("parties")["to"])
    got = draft.state.org(to)
    if got is None:
        raise stop("unknown_organisation", "/sections/parties/to", organisation=to)
    if to == draft.actor or WATCHING.isdisjoint(got.roles):
        raise stop("not_another_authority", "/sections/parties/to")
    if not things_of(draft.event.contents):
        raise stop("nothing_named", "/sections")
    _check_time(draft)
    _check_things(draft, actor)
    draft.chains.update((draft.actor, to))


def _check_time(draft: Draft) -> None:
    at = "/sections/time/planned_to"
    until = parse_stated(str(draft.content("time")["planned_to"]))
    most = draft.rules.parameter(RULE, "most_days")
    if until <= draft.recorded_at_ms:
        raise stop("grant_over_already", at)
    if until > draft.recorded_at_ms + most * DAY:
        raise stop("grant_too_long", at, days=most)


def _check_things(draft: Draft, actor: OrgState) -> None:
    things = things_of(draft.event.contents)
    draft.state.require(things)
    for thing in things:
        if thing.startswith("batch:"):
            if draft.state.batch(thing) is None:
                raise stop("unknown_batch", "/sections/product/batches", batch=thing)
            continue
        known = draft.state.site(thing) if thing.startswith("site:") else draft.state.org(thing)
        if known is None:  # an organisation: ``decide`` knows every site that a place names
            raise stop("unknown_organisation", "/sections/parties/from", organisation=thing)
        if not competent(actor.jurisdiction, known.region, known.park):
            raise stop("outside_jurisdiction", "/actor", organisation=thing)


def sight_withdrawn(draft: Draft) -> None:
    """Who gave it takes it back before its time."""
    event, at = reference(draft, "counterpart")
    known = draft.state.grant(event)
    if known is None:
        raise stop("unknown_grant", at + "/hash", event=event)
    if known.by != draft.actor:
        raise stop("not_for_this_actor", "/actor")
    if known.withdrawn is not None:
        raise stop("grant_withdrawn_before", at + "/hash")
    draft.chains.update((known.by, known.to))


def things_of(contents: Mapping[str, Content]) -> tuple[str, ...]:
    """What a grant shows: batches, a site, an organisation; sorted."""
    batches = contents.get("product", {}).get("batches", [])
    assert isinstance(batches, list)
    found = {str(batch) for batch in batches}
    found.update(str(contents[name][part]) for name, part in _ONE if part in contents.get(name, {}))
    return tuple(sorted(found))


_ONE: Final = (("place", "site"), ("parties", "from"))


def _granted(_state: State, entry: Entry, changes: Changes) -> None:
    contents = entry.event.contents
    changes[GRANT + entry.event.hash] = GrantState(
        id=entry.event.hash,
        by=entry.event.header.actor,
        to=str(contents["parties"]["to"]),
        things=things_of(contents),
        until=parse_stated(str(contents["time"]["planned_to"])),
        granted=entry.index,
    )


def _withdrawn(state: State, entry: Entry, changes: Changes) -> None:
    event = next(ref.hash for ref in entry.event.header.refs if ref.rel == "counterpart")
    known = state.grant(event)
    assert known is not None
    changes[GRANT + event] = replace(known, withdrawn=entry.index)


GRANTS: Mapping[str, Callable[[State, Entry, Changes], None]] = {
    "sight_granted": _granted,
    "sight_withdrawn": _withdrawn,
}
"""Verbs of grants -> what they change (part of ``evolve``)."""
