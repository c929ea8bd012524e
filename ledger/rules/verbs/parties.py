"""Verbs about organisations and their licences: names and successors, licences and who suspends them.

What an organisation may say of itself ends where it would grant itself something: roles, what it governs, and where an
authority finds it are changed by the operator alone, under a registrar's signature where there is one.
"""

from typing import Final

from ledger.core.canonical import Json
from ledger.rules.aggregates import LicenceState, OrgState
from ledger.rules.draft import Draft, stop
from ledger.rules.event import Content
from ledger.rules.gs1 import check_prefixes
from ledger.rules.jurisdiction import competent, jurisdiction_of
from ledger.rules.licences import same_number
from ledger.rules.statements.sections import ABOUT_PEOPLE, ABOUT_VEHICLES
from ledger.rules.succession import successors
from ledger.rules.verbs.governance import actor_of, by_authority, ledger_of, vouched

ORGANISATION: Final = "/sections/organisation"
GRANTED: Final = ("roles", "authority", "jurisdiction", "region", "park", "uscc")
"""Members of the section that the operator alone may change."""


def organisation_changed(draft: Draft) -> None:
    """A new name, other roles, or a successor, on the organisation's own chain."""
    stated = draft.content("organisation")
    org = str(stated["organisation"])
    known = draft.state.org(org)
    if known is None:
        raise stop("unknown_organisation", ORGANISATION + "/organisation", organisation=org)
    itself = draft.actor == org
    if not itself and draft.actor != ledger_of(draft).operator:
        raise stop("not_for_this_actor", "/actor")
    granted = [name for name in GRANTED if name in stated and _differs(known, name, stated[name])]
    if granted and draft.actor != ledger_of(draft).operator:
        raise stop("granted_by_operator", f"{ORGANISATION}/{granted[0]}", member=granted[0])
    if draft.event.verb == "organisation_succeeded":
        _check_successor(draft, known, stated)
    elif "successor" in stated and stated["successor"] != known.successor:
        raise stop("unknown_name", ORGANISATION + "/successor")
    if granted or (draft.event.verb == "organisation_succeeded" and not itself):
        vouched(draft)
    check_prefixes(draft)
    draft.chains.add(org)


def _differs(known: OrgState, name: str, stated: Json) -> bool:
    if isinstance(stated, list):
        return set(known.roles) != set(stated)
    if isinstance(stated, dict):
        return known.jurisdiction != jurisdiction_of(stated)
    return bool(getattr(known, name) != stated)


def _check_successor(draft: Draft, known: OrgState, stated: Content) -> None:
    successor = str(stated.get("successor"))
    if "successor" not in stated or draft.state.org(successor) is None:
        raise stop("unknown_organisation", ORGANISATION + "/successor", organisation=successor)
    if successor == known.id or known.id in successors(draft.state, successor):
        raise stop("successor_circular", ORGANISATION + "/successor", organisation=successor)
    if known.successor not in (None, successor) and draft.actor == known.id:
        raise stop("already_succeeded", ORGANISATION + "/successor", successor=str(known.successor))


def licence_registered(draft: Draft) -> None:
    """A licence of an organisation, stated by itself (self-declared) or by an authority (attested)."""
    stated = draft.content("licence")
    org = str(stated["organisation"])
    known = draft.state.org(org)
    if known is None:
        raise stop("unknown_organisation", "/sections/licence/organisation", organisation=org)
    by_authority(draft, org)
    if str(stated["valid_to"]) < str(stated["valid_from"]):
        raise stop("validity_reversed", "/sections/licence/valid_to")
    if any(item.id == stated["licence"] for item in known.licences):
        raise stop("licence_exists", "/sections/licence/licence")
    _check_subject(stated)
    if draft.actor != org:
        _check_jurisdiction(draft, known, _listed(stated, "classes"), _listed(stated, "products"))
    elif any(item.suspended and same_number(item.number, str(stated["number"])) for item in known.licences):
        raise stop("licence_number_suspended", "/sections/licence/number", number=str(stated["number"]))
    draft.chains.add(org)


def _listed(stated: Content, name: str) -> tuple[str, ...]:
    items = stated.get(name, [])
    assert isinstance(items, list)
    return tuple(str(item) for item in items)


def _check_subject(stated: Content) -> None:
    kind, subject = str(stated["kind"]), stated.get("subject")
    at = "/sections/licence/subject"
    if kind in (*ABOUT_VEHICLES, *ABOUT_PEOPLE):
        if subject is None:
            raise stop("subject_missing", at, kind=kind)
        if str(subject).startswith("user:") != (kind in ABOUT_PEOPLE):
            raise stop("subject_not_of_kind", at, kind=kind)
    elif subject is not None:
        raise stop("subject_not_of_kind", at, kind=kind)


def _check_jurisdiction(draft: Draft, org: OrgState, classes: tuple[str, ...], products: tuple[str, ...]) -> None:
    """An authority acts on licences of organisations in its region or park, for goods of its classes."""
    draft.state.require(products)
    of_products = [known.classes for product in products if (known := draft.state.product(product)) is not None]
    concerned = {*classes, *(name for names in of_products for name in names)}
    if not competent(actor_of(draft).jurisdiction, org.region, org.park, concerned):
        raise stop("outside_jurisdiction", "/actor", organisation=org.id)


def licence_changed(draft: Draft) -> None:
    """An authority suspends or reinstates a licence: every one of that kind under the same number."""
    stated = draft.content("licence")
    org = str(stated["organisation"])
    known = draft.state.org(org)
    licence = None if known is None else find(known, str(stated["licence"]))
    if known is None or licence is None:
        raise stop("unknown_licence", "/sections/licence/licence", licence=str(stated["licence"]))
    by_authority(draft)
    _check_jurisdiction(draft, known, licence.classes, licence.products)
    draft.chains.add(org)


def find(org: OrgState, licence: str) -> LicenceState | None:
    """The licence of an organisation by its id."""
    return next((item for item in org.licences if item.id == licence), None)
