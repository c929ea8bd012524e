"""Succession of organisations: what a successor may do for its predecessor, and what not.

A successor may act on the predecessor's holdings as on its own: move, count, use, sell, dispose of them. It inherits
no licence and no key: it acts under its own. The predecessor acts no more; it may still report what had happened.
"""

from collections.abc import Iterable, Iterator

from ledger.errors import Problem
from ledger.rules.draft import Draft
from ledger.rules.state import State

MAX_STEPS = 16
ORG = "org:"


def successors(state: State, org: str) -> Iterator[str]:
    """Who succeeded an organisation, the next one first; at most ``MAX_STEPS``, so that no circle holds anybody."""
    known = state.org(org)
    for _ in range(MAX_STEPS):
        if known is None or known.successor is None:
            return
        yield known.successor
        known = state.org(known.successor)


def acts_for(state: State, actor: str, org: str) -> bool:
    """Whether the actor is this organisation or succeeded it, in one step or several."""
    return actor == org or (org.startswith(ORG) and actor in successors(state, org))


def acts_for_any(state: State, actor: str, orgs: Iterable[str | None]) -> bool:
    """Whether the actor is one of these organisations or succeeded one."""
    return any(org is not None and acts_for(state, actor, org) for org in orgs)


def check_succeeded(draft: Draft) -> None:
    """Object to an act of an organisation that another one succeeded (``succeeded@1``); it may still govern itself."""
    known = None if draft.event.stage == "governance" else draft.state.org(draft.actor)
    if known is not None and known.successor is not None:
        problem = Problem("actor_succeeded", "/actor", {"successor": known.successor})
        draft.object("succeeded@1", problem, draft.actor)
