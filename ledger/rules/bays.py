"""What may be put where: judged by the site's approved, dated table, for every event that brings goods to a location.

An act is refused, a report gets a finding (rule ``costorage@1``). A safety officer can let it pass: the reason of kind
``override``, stated by an agent in that role, is recorded with a finding. That its stater has the role was checked
before the rules are asked.
"""

from typing import Final

from ledger.errors import Problem
from ledger.rules.accounts import Holding
from ledger.rules.costorage import clash, has_table
from ledger.rules.draft import Draft
from ledger.rules.products import product_of_new

RULE: Final = "costorage@1"
OVERRIDE: Final = "override"
OFFICER: Final = "safety_officer"


def overridden(draft: Draft) -> bool:
    """Whether a safety officer lets it pass, with a reason."""
    return draft.content("reason").get("kind") == OVERRIDE and draft.content("agent").get("role") == OFFICER


def check_bays(draft: Draft) -> None:
    """Object for each location to which a product comes that the site's table keeps apart from what lies there."""
    if draft.rules.level(RULE, draft.actor, draft.recorded_at_ms) is None:
        return
    coming = _coming(draft)
    draft.state.require("bay:" + place for place in coming)
    for place in sorted(coming):
        _check(draft, place, coming[place])


def _coming(draft: Draft) -> dict[str, dict[str, str]]:
    """Locations of sites with a table in force -> products that come there from elsewhere -> the field that says so."""
    found: dict[str, dict[str, str]] = {}
    for move in draft.moves:
        target, source = move.target, move.source
        if not isinstance(target, Holding) or target.site is None:
            continue
        if isinstance(source, Holding) and source.place == target.place:
            continue
        site = draft.state.site(target.site)
        if site is not None and has_table(site, draft.event.occurred_ms):
            found.setdefault(target.place, {}).setdefault(_product(draft, move.batch), move.field)
    return found


def _product(draft: Draft, batch: str) -> str:
    known = draft.state.batch(batch)
    return product_of_new(draft.state, draft.event.contents) if known is None else known.product


def _check(draft: Draft, place: str, coming: dict[str, str]) -> None:
    site = draft.state.site(place.partition("/")[0])
    assert site is not None
    there = _there(draft, place)
    draft.state.require({*coming, *there})
    for product, field in coming.items():
        new = draft.state.product(product)
        known = (draft.state.product(other) for other in (*there, *coming))
        others = [item for item in known if item is not None]
        pair = None if new is None else clash(site, place, new, others)
        if pair is not None:
            _object(draft, place, pair, field)
            return


def _there(draft: Draft, place: str) -> list[str]:
    """Products that lie there once everything that the event takes away is gone."""
    bay = draft.state.bay(place)
    left = {} if bay is None else dict(bay.stored)
    for move in draft.moves:
        if isinstance(move.source, Holding) and move.source.place == place:
            product = _product(draft, move.batch)
            left[product] = left.get(product, 0) - move.mg
    return sorted(product for product, mg in left.items() if mg > 0)


def _object(draft: Draft, place: str, pair: tuple[str, str], field: str) -> None:
    site, _, location = place.partition("/")
    new, old = pair
    if overridden(draft):
        draft.note(site, RULE, {"location": location, "coming": new, "there": old, "overridden": True})
        return
    params: dict[str, str | int] = {"location": location, "coming": new, "there": old}
    draft.object(RULE, Problem("kept_apart", field + "/place", params), site)
