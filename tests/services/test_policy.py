"""The one policy: closed unless a table opens it, for every kind of organisation, role and relation."""

import itertools

import pytest

from ledger.rules.jurisdiction import EVERYWHERE, Jurisdiction
from ledger.rules.statements import TYPES
from ledger.services import policy
from ledger.services.policy import PUBLIC, Allow, Deny, Object, Presence, Subject, can_state, decide
from ledger.services.policy_tables import (
    ACTIONS,
    CLOSED,
    GROUPS,
    LEVELS,
    OPERATOR_ONLY,
    PEOPLE_ONLY,
    ROLES,
    STATES,
    WATCHED,
)

ENTERPRISES = ("producer", "trader", "user", "warehouse", "carrier", "disposer")
ME, OTHER = "org:me", "org:other"
SHANGHAI = Presence("310116", "", frozenset({"3"}))


def subject(kind: str = "producer", *roles: str, **more: object) -> Subject:
    chosen = frozenset(roles or ("operator",))
    return Subject(org=ME, kinds=frozenset({kind}), roles=chosen, **more)  # type: ignore[arg-type]


def regulator(role: str = "investigator", bounds: Jurisdiction = EVERYWHERE, **more: object) -> Subject:
    return subject("authority", role, jurisdiction=bounds, purpose="case 12", day="2026-11-29", **more)


def code(decision: policy.Decision) -> str | None:
    assert isinstance(decision, Deny)
    return decision.code


def code_of(decision: policy.Decision) -> str | None:
    return decision.code if isinstance(decision, Deny) else ""


def test_every_kind_and_role_has_its_row() -> None:
    groups = set(GROUPS.values())
    assert set(ACTIONS) == set(STATES) == groups
    for group in groups:
        allowed = {role for role, where in ROLES.items() if group in where}
        assert set(ACTIONS[group]) == allowed
        assert set(STATES[group]) <= allowed
        assert {"self.read"} <= set.intersection(*(set(actions) for actions in ACTIONS[group].values()))


def test_the_public_may_do_nothing_that_is_asked_here() -> None:
    for action in {action for rows in ACTIONS.values() for actions in rows.values() for action in actions}:
        assert code(decide(PUBLIC, action)) == "login_required"
        assert code(decide(PUBLIC, action, Object(owners=frozenset({ME})))) == "login_required"
    assert code(can_state(PUBLIC, "storage.moved")) == "login_required"


@pytest.mark.parametrize("kind", [*ENTERPRISES, "authority", "park", "operator", "witness"])
def test_what_no_table_lists_is_denied(kind: str) -> None:
    for role in ROLES:
        who = subject(kind, role, purpose="case 12")
        assert code(decide(who, "unheard.of")) == "action_not_allowed"
        assert code(can_state(who, "unheard.of")) in {"type_not_for_role", "action_not_allowed"}
    assert code(decide(subject(kind, "nobody"), "self.read")) == "action_not_allowed"
    assert code(decide(subject("emergency", *ROLES), "self.read")) == "action_not_allowed"


@pytest.mark.parametrize("kind", ENTERPRISES)
def test_an_enterprise_sees_its_own_and_what_it_had_and_of_the_past_what_is_open(kind: str) -> None:
    who = subject(kind)
    for owners, parties, upstream, stage, level in (
        ({ME}, {OTHER}, False, "storage", "sections"),
        ({OTHER}, {ME}, False, "transport", "sections"),
        ({OTHER}, {OTHER}, True, "production", "sections"),
        ({OTHER}, {OTHER}, True, "governance", "sections"),
        ({OTHER}, {OTHER}, True, "operation", "record"),
    ):
        thing = Object(frozenset(owners), frozenset(parties), upstream=upstream, stage=stage)
        assert decide(who, "batch.read", thing) == Allow(level)  # type: ignore[arg-type]
    foreign = decide(who, "batch.read", Object(frozenset({OTHER}), presences=(SHANGHAI,), stage="production"))
    assert isinstance(foreign, Deny)
    assert foreign.hidden


def test_a_regulator_sees_what_is_was_or_will_be_where_and_what_it_is_competent_for() -> None:
    thing = Object(frozenset({OTHER}), presences=(SHANGHAI, Presence("370686", "", frozenset({"8"}))), stage="use")
    for bounds, seen in (
        (EVERYWHERE, True),
        (Jurisdiction(regions=("31",)), True),
        (Jurisdiction(regions=("310000",)), True),
        (Jurisdiction(regions=("320500",)), False),
        (Jurisdiction(regions=("31",), classes=("6",)), False),
        (Jurisdiction(regions=("31",), classes=("8",)), False),  # class 8 lies elsewhere
        (Jurisdiction(regions=("37",), classes=("8",)), True),
        (Jurisdiction(parks=("Park 1",)), False),
        (Jurisdiction(classes=("highly_toxic",)), False),
    ):
        decision = decide(regulator(bounds=bounds), "batch.read", thing)
        assert decision == (Allow("sections") if seen else Deny())


def test_a_regulator_does_not_see_everything() -> None:
    assert decide(regulator(bounds=EVERYWHERE), "batch.read", Object(frozenset({OTHER}))) == Deny()
    assert (
        decide(subject("authority", "investigator", purpose="x"), "batch.read", Object(presences=(SHANGHAI,))) == Deny()
    )


def test_a_park_sees_its_park_and_states_nothing() -> None:
    own = policy.bounds_of(("park",), EVERYWHERE, "Park 1")
    assert own == Jurisdiction(parks=("Park 1",))
    assert policy.bounds_of(("park",), EVERYWHERE, "") == Jurisdiction(parks=(policy.NOWHERE,))
    who = subject("park", "investigator", jurisdiction=own, purpose="round 3")
    assert decide(who, "batch.read", Object(presences=(Presence("310116", "Park 1"),))) == Allow("sections")
    assert decide(who, "batch.read", Object(presences=(Presence("310116", "Park 2"),))) == Deny()
    for kind in TYPES:
        assert not can_state(who, kind)
        assert not can_state(subject("park", *ROLES, purpose="round 3"), kind)


def test_jurisdiction_counts_for_who_supervises_alone() -> None:
    assert policy.bounds_of(("producer",), EVERYWHERE, "Park 1") is None
    assert policy.bounds_of(("authority",), EVERYWHERE, "") == EVERYWHERE
    thing = Object(frozenset({OTHER}), presences=(SHANGHAI,))
    assert decide(subject("producer", jurisdiction=EVERYWHERE), "batch.read", thing) == Deny()


def test_the_operator_sees_master_data_and_headers_but_no_terms() -> None:
    who = subject("operator", "operator")
    strangers = Object(frozenset({OTHER}), stage="operation", named=frozenset({OTHER}))
    assert decide(who, "batch.read", strangers) == Allow("header")
    assert decide(who, "batch.read", Object(frozenset({OTHER}), stage="governance")) == Allow("sections")
    for section in ("commercial", "inputs", "place"):
        asked = Object(frozenset({OTHER}), stage="operation", section=section)
        assert decide(who, "batch.read", asked) == Deny()


def test_commercial_terms_are_for_those_they_name() -> None:
    def terms(who: Subject, **more: object) -> bool:
        facts = {"owners": frozenset({OTHER}), "stage": "operation", "section": "commercial", **more}
        return bool(decide(who, "batch.read", Object(**facts)))  # type: ignore[arg-type]

    assert terms(subject(), owners=frozenset({ME}))
    assert terms(subject(), parties=frozenset({ME}), named=frozenset({ME}))
    assert not terms(subject("carrier"), parties=frozenset({ME}), named=frozenset({OTHER}))
    assert not terms(subject("carrier", "driver"), owners=frozenset({ME}))
    assert terms(regulator(authority="market"), presences=(SHANGHAI,))
    assert not terms(regulator(authority="fire"), presences=(SHANGHAI,))
    assert not terms(regulator("responder", authority="police"), presences=(SHANGHAI,))
    assert not terms(regulator(), presences=(SHANGHAI,))


def test_personal_data_are_for_those_who_act_on_them() -> None:
    def person(who: Subject, **more: object) -> bool:
        facts = {"owners": frozenset({OTHER}), "stage": "transport", "section": "personal", **more}
        return bool(decide(who, "batch.read", Object(**facts)))  # type: ignore[arg-type]

    assert person(subject("carrier", "driver"), owners=frozenset({ME}))
    assert not person(subject(), parties=frozenset({ME}), named=frozenset({ME}))
    assert person(regulator("responder", authority="emergency"), presences=(SHANGHAI,))
    assert not person(regulator("auditor", authority="police"), presences=(SHANGHAI,))
    assert set(CLOSED) == {"commercial", "personal"}


def test_without_the_second_factor_one_may_only_enrol() -> None:
    for kind, role in itertools.product(GROUPS, ROLES):
        weak = subject(kind, role, strong=False, purpose="case 12")
        allowed = {action for action in policy.actions_of(weak) if decide(weak, action)}
        assert allowed <= {"self.read", "account.manage"}
        assert not any(can_state(weak, event_type) for event_type in TYPES)


def test_administrators_and_whoever_sees_others_must_have_a_second_factor() -> None:
    assert policy.needs_second_factor(("producer",), ("operator", "admin"))
    assert not policy.needs_second_factor(("producer",), ("operator", "viewer"))
    for kind in ("authority", "park", "operator"):
        assert policy.needs_second_factor((kind, "emergency"), ("viewer",))


def test_programs_manage_no_people_whatever_their_roles() -> None:
    for kind, role in itertools.product(GROUPS, ROLES):
        program = subject(kind, role, program=True, purpose="case 12")
        denied = {action for action in policy.actions_of(program) if code_of(decide(program, action)) == "people_only"}
        assert denied == policy.actions_of(program) & PEOPLE_ONLY
    assert can_state(subject("producer", "admin", program=True), "governance.site_registered")


def test_a_watcher_says_what_it_reads_for() -> None:
    silent = subject("authority", "auditor", jurisdiction=EVERYWHERE)
    for action in WATCHED:
        assert code(decide(silent, action)) == "purpose_missing"
    assert decide(silent, "self.read")
    assert decide(regulator("auditor"), "batch.read")
    assert decide(subject("producer", "viewer"), "batch.read")


# --- stating ----------------------------------------------------------------------------------------------------------


def stated(kind: str, role: str) -> set[str]:
    return {event_type for event_type in TYPES if can_state(subject(kind, role, purpose="case 12"), event_type)}


def test_a_viewer_states_nothing_and_an_auditor_neither() -> None:
    assert stated("producer", "viewer") == set()
    assert stated("authority", "auditor") == set()
    assert stated("witness", "admin") == set()


def test_a_driver_states_transport_steps_alone() -> None:
    found = stated("carrier", "driver")
    assert {event_type.partition(".")[0] for event_type in found} == {"transport"}
    assert {"transport.departed", "transport.unloaded", "transport.incident_reported"} <= found
    assert "transport.shipment_planned" not in found
    assert "transport.event_corrected" not in found


def test_holds_and_recalls_are_a_safety_officers() -> None:
    safety = {"governance.hold_placed", "governance.hold_released", "governance.recall_ordered"}
    assert safety <= stated("producer", "safety_officer")
    assert safety.isdisjoint(stated("producer", "operator") | stated("producer", "admin"))
    assert stated("producer", "operator") < stated("producer", "safety_officer")
    assert safety <= stated("authority", "investigator")


def test_an_override_is_a_safety_officers() -> None:
    assert can_state(subject("producer", "safety_officer"), "storage.moved", override=True)
    assert code(can_state(subject("producer", "operator"), "storage.moved", override=True)) == "type_not_for_role"


def test_keys_and_sites_are_an_administrators() -> None:
    master = {"governance.key_registered", "governance.key_revoked", "governance.site_registered"}
    assert master <= stated("producer", "admin")
    assert master.isdisjoint(stated("producer", "operator"))
    assert "storage.moved" not in stated("producer", "admin")


def test_everybody_who_states_ends_the_own_key_and_no_other() -> None:
    for kind, role in (("producer", "operator"), ("carrier", "driver"), ("authority", "investigator")):
        for verb in ("key_rotated", "key_revoked"):
            assert not can_state(subject(kind, role), f"governance.{verb}")
            assert can_state(subject(kind, role), f"governance.{verb}", own=True)
        assert not can_state(subject(kind, role), "governance.key_registered", own=True)
    assert not can_state(subject("producer", "viewer"), "governance.key_revoked", own=True)


def test_what_the_operator_alone_may_state() -> None:
    assert stated("operator", "admin") >= OPERATOR_ONLY
    for kind, role in itertools.product([*ENTERPRISES, "authority", "park", "witness"], ROLES):
        assert OPERATOR_ONLY.isdisjoint(stated(kind, role))
    assert code(can_state(subject("producer", "admin"), "governance.organisation_admitted")) == "operator_only"


def test_a_key_that_reads_states_nothing() -> None:
    key = subject("producer", "operator", writes=False)
    assert decide(key, "batch.read")
    assert code(decide(key, "event.append")) == "key_reads_only"
    assert code(can_state(key, "storage.moved")) == "key_reads_only"


def test_every_type_can_be_stated_by_somebody() -> None:
    found = {event_type for kind, role in itertools.product(GROUPS, ROLES) for event_type in stated(kind, role)}
    server = {name for name, kind in TYPES.items() if kind.server_only}
    assert set(TYPES) - server <= found


def test_roles_are_offered_by_kind() -> None:
    assert policy.roles_for(("carrier",)) == ("admin", "operator", "driver", "safety_officer", "viewer")
    assert policy.roles_for(("authority", "emergency")) == ("admin", "auditor", "investigator", "responder")
    assert policy.roles_for(("emergency",)) == ()


def test_no_level_is_above_what_a_relation_gives() -> None:
    for (group, relation, _), level in LEVELS.items():
        if relation == "none":
            assert group == "operator"
        if (group, relation) == ("enterprise", "upstream"):
            assert level in {"sections", "record"}
