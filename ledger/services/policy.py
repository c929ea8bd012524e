"""The one policy: who may do and see what. Deny by default; data where possible; pure.

``decide(subject, action, object)`` answers ``Allow(level)`` or ``Deny(code)``. Routes, pages, streams, webhooks and
exports ask it and have no rules of their own. ``Deny.hidden`` says that the asker may not know of the object: 404.

A subject is an organisation (its kinds: the roles it was admitted with) and a person or program in it (roles of users).
The relation of the two follows from the facts of the object:

    own        the organisation owns, made or stated it
    party      it had or has the matter in an event, or was named in it
    upstream   an event in the past of a batch to which it has a relation
    ward       a regulator's or park's: its jurisdiction covers where the batch, or anything made of it, is, was or is
               about to be, and what it is
    none       nothing of these

Levels: ``record`` shows a hash, ``header`` who stated what type of event when, ``sections`` what was stated; the
sections ``commercial`` and ``personal`` have rules of their own (``section.read``).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from ledger.rules.jurisdiction import EVERYWHERE, Jurisdiction, competent
from ledger.services.authority_matrix import may_act, sees
from ledger.services.policy_tables import (
    ACTIONS,
    CHANGES,
    CLOSED,
    GROUPS,
    LEVELS,
    OPEN_STAGES,
    OPERATOR_ONLY,
    PEOPLE_ONLY,
    ROLES,
    STATES,
    STRONG,
    UNFACTORED,
    WATCHED,
    WATCHERS,
    Group,
    Level,
)

__all__ = [
    "NOWHERE",
    "PUBLIC",
    "Allow",
    "Decision",
    "Deny",
    "Level",
    "Object",
    "Presence",
    "Relation",
    "Subject",
    "actions_of",
    "bounds_of",
    "can_state",
    "decide",
    "needs_second_factor",
    "relation",
    "roles_for",
    "supervises",
    "watches",
]

Relation = Literal["own", "party", "upstream", "ward", "none"]


@dataclass(frozen=True, slots=True)
class Presence:
    """A place at which a batch, or something made of it, is, was or is about to be, and the classes of that.

    Region and park empty: what is at no place yet, which only a jurisdiction without places covers. ``shown``: who is
    shown it now by an authority, for a limited time.
    """

    region: str
    park: str
    classes: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks. ``org`` None: the public. ``strong``: it showed a second factor, or may do without.

    ``program``: an API client or key. ``writes``: False for an API key of the first form. ``purpose``: what a regulator
    or park reads for. ``shown``: batches, sites and organisations that another authority shows it for a time. ``day``:
    of the question, YYYY-MM-DD, by which the matrix of authorities is read; "" is before the first.
    """

    org: str | None = None
    kinds: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    user: str | None = None
    authority: str = ""
    jurisdiction: Jurisdiction | None = None
    strong: bool = True
    program: bool = False
    writes: bool = True
    purpose: str = ""
    shown: tuple[str, ...] = ()
    day: str = ""

    @property
    def groups(self) -> frozenset[Group]:
        """What the organisation counts as: enterprise, regulator, park, operator, witness."""
        return _groups_of(self.kinds)

    @property
    def watches(self) -> bool:
        """Whether its reads of others are recorded with a purpose."""
        return watches(self.kinds)


@lru_cache(maxsize=1_024)
def _groups_of(kinds: frozenset[str]) -> frozenset[Group]:
    return frozenset(GROUPS[kind] for kind in kinds if kind in GROUPS)


PUBLIC: Final = Subject()
NOWHERE: Final = "-"


@dataclass(frozen=True, slots=True)
class Object:
    """What is asked about. ``owners`` own, made or stated it; ``parties`` have or had the matter, or are named in it.

    ``upstream``: the asker has a relation to the batch in whose life this event stands. ``presences``: where a batch or
    what was made of it is, was or is about to be. ``stage`` and ``type`` of an event; ``section``: of its sections one.
    """

    owners: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    upstream: bool = False
    presences: tuple[Presence, ...] = ()
    stage: str = ""
    type: str = ""
    section: str = ""
    named: frozenset[str] = field(default_factory=frozenset)
    """Organisations that an event names as seller, buyer, consignor or consignee: they know its commercial terms."""


@dataclass(frozen=True, slots=True)
class Allow:
    """It may, and sees this much."""

    level: Level = "sections"

    def __bool__(self) -> bool:
        """Allowed."""
        return True


@dataclass(frozen=True, slots=True)
class Deny:
    """It may not; ``code`` is the problem that says why, None where the asker may not know of the object at all."""

    code: str | None = None

    @property
    def hidden(self) -> bool:
        """Whether the answer is that there is no such thing."""
        return self.code is None

    def __bool__(self) -> bool:
        """Denied."""
        return False


Decision = Allow | Deny


def decide(subject: Subject, action: str, object: Object | None = None) -> Decision:
    """Whether the subject may do this to the object, or at all (None)."""
    refusal = _refusal(subject, action)
    if refusal is not None:
        return Deny(refusal)
    if object is None:
        return Allow()
    if object.section:
        return Allow() if _section(subject, object) else Deny()
    level = _level(subject, relation(subject, object), object.stage)
    return Deny() if level is None else Allow(level)


def _refusal(subject: Subject, action: str) -> str | None:
    if subject.org is None:
        return "login_required"
    if not subject.strong and action not in UNFACTORED:
        return "second_factor_missing"
    if action not in actions_of(subject):
        return "action_not_allowed"
    if subject.program and action in PEOPLE_ONLY:
        return "people_only"
    if action in CHANGES and not subject.writes:
        return "key_reads_only"
    if action in WATCHED and subject.watches and not subject.purpose:
        return "purpose_missing"
    return None


def actions_of(subject: Subject) -> frozenset[str]:
    """Every action that one of its roles may try in its kind of organisation."""
    return _actions_of(subject.groups, subject.roles)


@lru_cache(maxsize=1_024)
def _actions_of(groups: frozenset[Group], roles: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    for group in groups:
        for role in roles:
            found |= ACTIONS[group].get(role, frozenset())
    return frozenset(found)


def relation(subject: Subject, object: Object) -> Relation:
    """The closest relation of a subject to an object."""
    if subject.org is None:
        return "none"
    if subject.org in object.owners:
        return "own"
    if subject.org in object.parties:
        return "party"
    if supervises(subject, object.presences):
        return "ward"
    return "upstream" if object.upstream else "none"


def supervises(subject: Subject, presences: Iterable[Presence]) -> bool:
    """Whether a regulator's or park's jurisdiction covers one of these places, or it is shown what is there."""
    bounds = subject.jurisdiction
    if bounds is None or not subject.watches:
        return False
    return any(subject.org in at.shown or competent(bounds, at.region, at.park, at.classes) for at in presences)


def _level(subject: Subject, relation: Relation, stage: str) -> Level | None:
    stages = "open" if stage in OPEN_STAGES else "closed"
    found = {LEVELS.get((group, relation, stages)) for group in subject.groups}
    levels: tuple[Level, ...] = ("sections", "header", "record")
    return next((level for level in levels if level in found), None)


def _section(subject: Subject, object: Object) -> bool:
    """Whether the subject may see a section of an event whose sections it may see at all."""
    known = relation(subject, object)
    if _level(subject, known, object.stage) != "sections":
        return False
    if known == "ward" and not sees(subject.authority, object.type, object.section, subject.day):
        return False
    rule = CLOSED.get(object.section)
    if rule is None:
        return True
    if known == "own":
        return not subject.roles.isdisjoint(rule.own)
    if known == "party":
        return subject.org in object.named and not subject.roles.isdisjoint(rule.named)
    return known == "ward" and not subject.roles.isdisjoint(rule.ward)


# --- stating ----------------------------------------------------------------------------------------------------------


def can_state(subject: Subject, event_type: str, *, override: bool = False, own: bool = False) -> Decision:
    """Whether the subject's roles may state an event of this type, before the rules see it. Not replayed.

    ``own``: about the subject itself, such as its own key.
    ``override``: the statement overrides a refusal with a reason, which is a safety officer's to do.
    """
    refusal = _refusal(subject, "event.append")
    if refusal is not None:
        return Deny(refusal)
    if event_type in OPERATOR_ONLY and "operator" not in subject.kinds:
        return Deny("operator_only")
    if "regulator" in subject.groups and subject.day and not may_act(subject.authority, event_type, subject.day):
        return Deny("act_of_other_authority")
    roles = {"safety_officer"} & subject.roles if override else subject.roles
    stage, _, verb = event_type.partition(".")
    for group in subject.groups:
        for role in roles:
            rule = STATES[group].get(role)
            if rule is not None and rule.covers(stage, verb, own=own):
                return Allow()
    return Deny("type_not_for_role")


# --- roles ------------------------------------------------------------------------------------------------------------


def roles_for(kinds: Iterable[str]) -> tuple[str, ...]:
    """The roles that users of such an organisation may have, in a fixed order."""
    groups = {GROUPS[kind] for kind in kinds if kind in GROUPS}
    return tuple(role for role, where in ROLES.items() if not where.isdisjoint(groups))


def watches(kinds: Iterable[str]) -> bool:
    """Whether what such an organisation reads of others is recorded with a purpose."""
    return any(GROUPS.get(kind) in WATCHERS for kind in kinds)


def needs_second_factor(kinds: Iterable[str], roles: Iterable[str]) -> bool:
    """Whether users with these roles must show a second factor: administrators, and all who see what is others'."""
    return "admin" in roles or not {GROUPS.get(kind) for kind in kinds}.isdisjoint(STRONG)


def bounds_of(kinds: Iterable[str], stated: Jurisdiction, park: str) -> Jurisdiction | None:
    """What an organisation supervises: an authority what was stated of it, a park that or else the park it is in."""
    known = frozenset(kinds)
    if "authority" in known:
        return stated
    if "park" not in known:
        return None
    return stated if stated != EVERYWHERE else Jurisdiction(parks=(park or NOWHERE,))
