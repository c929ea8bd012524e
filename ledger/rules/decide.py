"""The decision: what an event does, by the named rules, on what earlier records say. Pure and replayable.

``decide`` depends on nothing but the event, ``recorded_at``, the state before it, and the named rules and reference
data: the append path and the audit call the same function.
"""

from collections.abc import Mapping

from ledger.core.canonical import Json, encode
from ledger.core.effects import Effects, Finding, Share
from ledger.core.records import Posting
from ledger.errors import FormatError, Problem
from ledger.reference import Reference
from ledger.rules.accounts import Holding
from ledger.rules.chains import MAX_CHAINS, chains, of_holding
from ledger.rules.corrections import corrected
from ledger.rules.decision import Accepted, Decision, Refused
from ledger.rules.draft import Draft, Stop, stop
from ledger.rules.event import Event
from ledger.rules.guards import check_guards
from ledger.rules.identity import check_identity
from ledger.rules.manifest import RuleSet
from ledger.rules.settle import settle
from ledger.rules.state import State
from ledger.rules.statements import check_event
from ledger.rules.times import check_times
from ledger.rules.verbs import VERBS
from ledger.rules.verbs.trading import check_transfer


def decide(state: State, event: Event, recorded_at_ms: int, rules: RuleSet, reference: Reference) -> Decision:
    """Decide an event. Raises ``NotLoaded`` when the state lacks a key; never any other error of its own."""
    try:
        draft = Draft(event, check_event(event), state, recorded_at_ms, rules, reference)
        check_times(draft)
        check_identity(draft)
        _check_references(draft)
        check_transfer(draft)
        (corrected if event.verb == "event_corrected" else VERBS[event.verb])(draft)
        _check_places(draft)
        check_guards(draft)
        return _conclude(draft, settle(draft))
    except Stop as stopped:
        return Refused((stopped.problem,))
    except FormatError as error:
        return Refused((Problem(error.code, error.field, error.params),))


def _check_references(draft: Draft) -> None:
    for section, name, known, code in (
        ("place", "site", draft.state.site, "unknown_site"),
        ("product", "product", draft.state.product, "unknown_product"),
    ):
        stated = draft.content(section).get(name)
        if stated is None or draft.event.verb == "product_registered":
            continue
        if known(str(stated)) is None:
            raise Stop(Problem(code, f"/sections/{section}/{name}", {name: str(stated)}))
    _check_location(draft)


def _check_location(draft: Draft) -> None:
    place = draft.content("place")
    site = draft.state.site(str(place["site"])) if "site" in place else None
    for name in ("location", "to_location"):
        stated = place.get(name)
        if site is not None and stated is not None and stated not in site.locations:
            raise Stop(Problem("unknown_location", f"/sections/place/{name}", {"location": str(stated)}))


def _check_places(draft: Draft) -> None:
    """Whatever mass is moved to is known: owner, custodian, container, and site and location, or a vehicle."""
    targets = {move.target: move.field for move in draft.moves if isinstance(move.target, Holding)}
    draft.state.require(key for target in targets for key in (target.owner, target.custodian, *of_holding(target)))
    for target, at in targets.items():
        for known, code, name, key in (
            (draft.state.org, "unknown_organisation", "owner", target.owner),
            (draft.state.party, "unknown_organisation", "custodian", target.custodian),
            (draft.state.site, "unknown_site", "place", target.site),
            (draft.state.container, "unknown_container", "container", target.vessel),
        ):
            if key is not None and known(key) is None:
                raise stop(code, f"{at}/{name}", **{code.removeprefix("unknown_"): key})
        site = None if target.site is None else draft.state.site(target.site)
        location = target.place.partition("/")[2]
        if site is not None and location not in site.locations:
            raise stop("unknown_location", at + "/place", location=location)


def _conclude(draft: Draft, postings: Mapping[str, tuple[Posting, ...]]) -> Decision:
    if draft.objections and not draft.report:
        return Refused(tuple(problem for _, problem in draft.objections))
    linked = chains(draft.chains, postings) or (draft.actor,)
    if len(linked) > MAX_CHAINS:
        return Refused((Problem("too_many_chains", "/sections", {"most": MAX_CHAINS}),))
    main = next((chain for chain in linked if chain.startswith("batch:")), linked[0])
    if draft.objections:
        reasons = sorted({(rule, problem.code) for rule, problem in draft.objections})
        data: dict[str, Json] = {"reasons": [{"rule": rule, "problem": code} for rule, code in reasons]}
        draft.note(main, "would_have_been_refused@1", data)
    effects = {chain: _effects(draft, chain, main, linked, postings) for chain in linked}
    return Accepted(effects)


def _effects(
    draft: Draft, chain: str, main: str, linked: tuple[str, ...], postings: Mapping[str, tuple[Posting, ...]]
) -> Effects:
    findings = {
        (rule, encode(dict(data))): Finding(rule, data)
        for where, rule, data in draft.findings
        if where == chain or (chain == main and where not in linked)
    }
    shares = tuple(Share(lot, ppb) for lot, ppb in draft.births.get(chain, {}).items())
    return Effects(postings.get(chain, ()), shares, tuple(findings.values()))
