"""Printed codes: issued for a thing or on a roll, claimed, printed again, voided; and codes of other systems.

A code is bound once and for ever. Issued without a target it is on a roll; its issuer claims it later by issuing it
with one. Issued again for the thing it stands for, it is printed again. Who issued it, or owns or has the thing it
stands for, may void it and print it again; nobody else. By ``label_authority@2`` nobody else binds a code to it either;
before, anybody could.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from ledger.core.scanned import alias_of
from ledger.errors import Problem
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import Aggregate, CodeState
from ledger.rules.draft import Draft, Stop, stop
from ledger.rules.event import Entry
from ledger.rules.gs1 import assigner, gtin_of
from ledger.rules.state import CODE, State
from ledger.rules.succession import acts_for, acts_for_any

FIRST: Final = "label_authority@1"
SECOND: Final = "label_authority@2"
GTIN: Final = "gtin@1"
Changes = dict[str, Aggregate | int]
Items = list[Mapping[str, object]]


def _items(contents: Mapping[str, Mapping[str, object]]) -> Items:
    stated = contents.get("containers", {}).get("items", [])
    assert isinstance(stated, list)
    return [item for item in stated if isinstance(item, dict)]


def _aliases(item: Mapping[str, object]) -> list[str]:
    stated = item.get("aliases", [])
    assert isinstance(stated, list)
    return [alias_of(str(text)) for text in stated]


# --- decisions -------------------------------------------------------------------------------------------------------


def label_issued(draft: Draft) -> None:
    """Bind codes to what they name, which is known; or issue them on a roll."""
    items = _items(draft.event.contents)
    draft.state.require(CODE + text for item in items for text in (str(item["code"]), *_aliases(item)))
    seen: set[str] = set()
    for place, item in enumerate(items):
        at = f"/sections/containers/items/{place}"
        code, target = str(item["code"]), str(item.get("target", ""))
        twice = code in seen and rule_of(draft) is not None
        known = draft.state.code(code)
        if twice or (known is not None and not _again(draft, known, target)):
            raise Stop(Problem("code_taken", f"{at}/code", {"code": code}))
        seen.add(code)
        if target:
            _named(draft, target, f"{at}/target")
            _check_target(draft, item, target, f"{at}/target")
        else:
            draft.chains.add(draft.actor)
        _bind(draft, item, target, at)


def rule_of(draft: Draft) -> str | None:
    """The newest version of the rule that is in force, or None."""
    return next((name for name in (SECOND, FIRST) if _level(draft, name) is not None), None)


def _level(draft: Draft, rule: str) -> str | None:
    return draft.rules.level(rule, draft.actor, draft.recorded_at_ms)


def _forbid(draft: Draft, rule: str, problem: Problem) -> None:
    """A report is no way round it: nobody is bound to, or loses, a label because somebody reported it."""
    if _level(draft, rule) == "refuse":
        raise Stop(problem)
    draft.object(rule, problem)


def _check_target(draft: Draft, item: Mapping[str, object], target: str, at: str) -> None:
    """Only who made, owns or has a thing binds a code to it, or runs the place."""
    if _level(draft, SECOND) is None:
        return
    head, _, location = target.partition("/")
    site = draft.state.site(head) if head.startswith("site:") else None
    if site is not None and location not in site.locations:
        raise stop("unknown_location", at, location=location)
    keepers = {org for org in _keepers(draft.state, head) if org}
    if head.startswith("batch:"):
        batch = draft.state.batch(head)
        assert batch is not None
        keepers |= {batch.founder} | _holders(draft, head, item.get("held"))
    if not acts_for_any(draft.state, draft.actor, keepers):
        _forbid(draft, SECOND, Problem("label_target_not_yours", at, {"target": target}))


def _holders(draft: Draft, batch: str, held: object) -> set[str]:
    """Who owns and who has what is in the stated cell of a batch; nobody where it is empty or none is stated."""
    if not isinstance(held, dict):
        return set()
    named = {name: str(held[name]) for name in ("owner", "custodian", "place")}
    cell = Holding(batch, **named, container=str(held.get("container", "-")), status=str(held.get("status", "free")))
    return {cell.owner, cell.custodian} if draft.state.balance(cell) > 0 else set()


def _again(draft: Draft, known: CodeState, target: str) -> bool:
    """Whether a known code is claimed from a roll, or printed again for what it stands for."""
    if known.voided is not None or not target:
        return False
    if not known.target:
        return known.org == draft.actor
    return known.target == target and authorised(draft, known)


def _named(draft: Draft, target: str, at: str) -> None:
    head = target.partition("/")[0]
    lookup = {
        "batch": draft.state.batch,
        "container": draft.state.container,
        "shipment": draft.state.shipment,
        "site": draft.state.site,
    }
    if lookup[head.partition(":")[0]](head) is None:
        raise stop("unknown_target", at, target=target)
    draft.chains.add(head)


def _bind(draft: Draft, item: Mapping[str, object], target: str, at: str) -> None:
    """Codes of other systems: each stands for one thing, and never looks like a code of ours."""
    for place, text in enumerate(_aliases(item)):
        known = draft.state.code(text)
        if not text or not target or (known is not None and known.target != target):
            raise stop("alias_taken", f"{at}/aliases/{place}", alias=text[:80])
        _check_gtin(draft, text, f"{at}/aliases/{place}")


def _check_gtin(draft: Draft, text: str, at: str) -> None:
    """Only who registered its company prefix, or succeeded who did, binds a GTIN."""
    gtin = gtin_of(text)
    if gtin is None or _level(draft, GTIN) is None:
        return
    owner = assigner(draft.state, gtin)
    if owner is None:
        _forbid(draft, GTIN, Problem("gtin_unregistered", at, {"gtin": gtin}))
    elif not acts_for(draft.state, draft.actor, owner):
        _forbid(draft, GTIN, Problem("gtin_not_yours", at, {"gtin": gtin}))


def label_voided(draft: Draft) -> None:
    """Void codes. A voided code resolves for ever, to a page that says so."""
    draft.chains.add(draft.actor)
    rule = rule_of(draft)
    if rule is None:
        return
    items = _items(draft.event.contents)
    draft.state.require(CODE + str(item["code"]) for item in items)
    for place, item in enumerate(items):
        code, at = str(item["code"]), f"/sections/containers/items/{place}/code"
        known = draft.state.code(code)
        if known is None:
            raise Stop(Problem("label_unknown", at, {"code": code}))
        if not authorised(draft, known):
            _forbid(draft, rule, Problem("label_not_yours", at, {"code": code}))


def authorised(draft: Draft, known: CodeState) -> bool:
    """Whether the actor issued a code, succeeded who did, or owns or has what it stands for."""
    issuer = draft.state.org(known.org)
    if draft.actor == known.org or (issuer is not None and issuer.successor == draft.actor):
        return True
    return draft.actor in _keepers(draft.state, known.target.partition("/")[0])


def _keepers(state: State, target: str) -> frozenset[str | None]:
    """Who owns a thing or has it."""
    match target.partition(":")[0]:
        case "container":
            vessel = state.container(target)
            assert vessel is not None  # it was known when the code was bound to it
            trip = state.shipment(vessel.holder) if vessel.holder.startswith("shipment:") else None
            return frozenset({vessel.org, vessel.holder}) | (frozenset() if trip is None else trip.carriers)
        case "batch":
            batch = state.batch(target)
            return frozenset() if batch is None else frozenset({batch.producer})
        case "shipment":
            trip = state.shipment(target)
            return frozenset() if trip is None else frozenset(trip.parties)
        case "site":
            site = state.site(target)
            return frozenset() if site is None else frozenset({site.org})
    return frozenset()


# --- what a record changes -------------------------------------------------------------------------------------------


def _issued(state: State, entry: Entry, changes: Changes) -> None:
    items = _items(entry.event.contents)
    state.require(CODE + text for item in items for text in (str(item["code"]), *_aliases(item)))
    actor = entry.event.header.actor
    for item in items:
        target = str(item.get("target", ""))
        for text in (str(item["code"]), *_aliases(item)):
            pending = changes.get(CODE + text)
            known = pending if isinstance(pending, CodeState) else state.code(text)
            if known is None:
                changes[CODE + text] = CodeState(actor, target, entry.index)
            elif not known.target:
                changes[CODE + text] = replace(known, target=target)


def _voided(state: State, entry: Entry, changes: Changes) -> None:
    codes = [str(item["code"]) for item in _items(entry.event.contents)]
    state.require(CODE + code for code in codes)
    for code in codes:
        known = state.code(code)
        if known is not None and known.voided is None:
            changes[CODE + code] = replace(known, voided=entry.index)


LABELS: Mapping[str, Callable[[State, Entry, Changes], None]] = {"label_issued": _issued, "label_voided": _voided}
