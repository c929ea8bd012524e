"""What authorities ask for, and what is answered: findings assigned, corrections requested, sites inspected.

A request is open, answered, closed. It stands on the chains of who asks and who is asked, an inspection on its site's,
too. The one who asked closes it or opens it anew; nothing else ends it.
"""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any, Final

from ledger.core.times import parse_stated
from ledger.rules.aggregates import Aggregate, OrgState, RequestState
from ledger.rules.draft import Draft, reference, stop
from ledger.rules.event import Entry, FormerEvent
from ledger.rules.jurisdiction import AUTHORITY, competent
from ledger.rules.state import State

Changes = MutableMapping[str, Aggregate | int]
REQUEST: Final = "request:"
ANSWERED_BY: Final = "counterpart"
CLOSINGS: Final = ("accepted", "reopened")


# --- asking -----------------------------------------------------------------------------------------------------------


def finding_assigned(draft: Draft) -> None:
    """An authority passes a finding to another one, which answers."""
    acting_authority(draft)
    to = str(draft.content("parties")["to"])
    asked = draft.state.org(to)
    if asked is None:
        raise stop("unknown_organisation", "/sections/parties/to", organisation=to)
    if to == draft.actor or AUTHORITY not in asked.roles:
        raise stop("not_another_authority", "/sections/parties/to")
    former = _former(draft)
    rule = draft.content("finding")["rule"]
    if not any(found.rule == rule for effects in former.entry.effects.values() for found in effects.findings):
        raise stop("no_such_finding", "/sections/finding/rule")
    _ask(draft, to)


def correction_requested(draft: Draft) -> None:
    """An authority asks who stated an event to correct one of its sections, or to say why it stands."""
    acting_authority(draft)
    header = _former(draft).entry.event.header
    section = str(draft.content("finding")["section"])
    if section not in header.sections:
        raise stop("section_not_stated", "/sections/finding/section", section=section)
    if header.actor == draft.actor:
        raise stop("not_for_this_actor", "/actor")
    _ask(draft, header.actor)


def inspection_recorded(draft: Draft) -> None:
    """An authority inspected a site in its jurisdiction; what failed is for the site's organisation to answer."""
    site = str(draft.content("place")["site"])
    known = draft.state.site(site)
    assert known is not None  # ``decide`` knows every site that a place names
    actor = acting_authority(draft)
    if not competent(actor.jurisdiction, known.region, known.park):
        raise stop("outside_jurisdiction", "/actor", organisation=known.org)
    draft.chains.add(site)
    _ask(draft, known.org)


def _ask(draft: Draft, to: str) -> None:
    until = draft.content("time").get("answer_by")
    if until is not None and parse_stated(str(until)) <= draft.event.occurred_ms:
        raise stop("answer_before_request", "/sections/time/answer_by")
    draft.chains.update((draft.actor, to))


def acting_authority(draft: Draft) -> OrgState:
    """The authority that acts; stop where the actor is none."""
    known = draft.state.org(draft.actor)
    assert known is not None
    if AUTHORITY not in known.roles:
        raise stop("not_for_this_actor", "/actor")
    return known


def _former(draft: Draft) -> FormerEvent:
    event = str(draft.content("finding")["event"])
    former = draft.state.former(event)
    if former is None:
        raise stop("unknown_event", "/sections/finding/event", event=event)
    return former


# --- answering --------------------------------------------------------------------------------------------------------


def request_answered(draft: Draft) -> None:
    """Who was asked answers: what was done, or why nothing is to be done."""
    known, at = _asked(draft)
    if draft.actor != known.to:
        raise stop("not_for_this_actor", "/actor")
    if known.status != "open":
        raise stop("request_not_open", at, status=known.status)
    draft.chains.update((known.by, known.to))


def request_closed(draft: Draft) -> None:
    """Who asked accepts the answer, or opens the request anew; it may also close what nobody answered."""
    known, at = _asked(draft)
    if draft.actor != known.by:
        raise stop("not_for_this_actor", "/actor")
    reopened = draft.content("reason")["kind"] == "reopened"
    if known.status == "closed" or (reopened and known.status != "answered"):
        raise stop("request_not_open", at, status=known.status)
    draft.chains.update((known.by, known.to))


def _asked(draft: Draft) -> tuple[RequestState, str]:
    event, at = reference(draft, ANSWERED_BY)
    known = draft.state.request(event)
    if known is None:
        raise stop("unknown_request", at + "/hash", event=event)
    return known, at + "/hash"


# --- what changes -----------------------------------------------------------------------------------------------------


def _open(state: State, entry: Entry, changes: Changes) -> None:
    contents = entry.event.contents
    about = contents.get("finding", {})
    site = str(contents.get("place", {}).get("site", ""))
    until = contents.get("time", {}).get("answer_by")
    passed = entry.event.verb == "inspection_recorded" and contents["condition"]["result"] == "pass"
    changes[REQUEST + entry.event.hash] = RequestState(
        id=entry.event.hash,
        kind=entry.event.verb,
        by=entry.event.header.actor,
        to=_to(state, contents, site, str(about.get("event", ""))),
        event=str(about.get("event", "")),
        rule=str(about.get("rule", "")),
        section=str(about.get("section", "")),
        site=site,
        status="closed" if passed else "open",
        asked=entry.index,
        due=None if until is None else parse_stated(str(until)),
    )


def _to(state: State, contents: Mapping[str, Mapping[str, Any]], site: str, event: str) -> str:
    if site:
        known = state.site(site)
        assert known is not None
        return known.org
    if "parties" in contents:
        return str(contents["parties"]["to"])
    former = state.former(event)
    assert former is not None
    return former.entry.event.header.actor


def _move(state: State, entry: Entry, changes: Changes) -> None:
    event = next(ref.hash for ref in entry.event.header.refs if ref.rel == ANSWERED_BY)
    known = state.request(event)
    assert known is not None
    if entry.event.verb == "request_answered":
        moved = replace(known, status="answered", answered=entry.index)
    elif entry.event.contents["reason"]["kind"] == "reopened":
        moved = replace(known, status="open")
    else:
        moved = replace(known, status="closed", closed=entry.index)
    changes[REQUEST + event] = moved


REQUESTS: Mapping[str, Callable[[State, Entry, Changes], None]] = {
    "finding_assigned": _open,
    "correction_requested": _open,
    "inspection_recorded": _open,
    "request_answered": _move,
    "request_closed": _move,
}
"""Verbs of requests -> what they change (part of ``evolve``)."""
