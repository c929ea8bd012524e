"""Organisations, their keys and licences: what the state says of them, and what a successor may do."""

import itertools

from ledger.core.canonical import Json
from ledger.rules.aggregates import KeyOwnerState, LicenceState, OrgState
from ledger.rules.jurisdiction import Jurisdiction
from ledger.rules.keys import flagged, people
from ledger.rules.succession import MAX_STEPS, acts_for
from tests.rules.refusals import key, registered
from tests.rules.refused_parties import authority_of, succeed
from tests.rules.test_guards import reasons
from tests.rules.test_transport import PLATE, planned
from tests.support.rulebook import (
    MINUTE,
    START_MS,
    World,
    findings,
    key_id,
    licence,
    line,
    lines,
    manifest,
    organisation,
    postings,
    world,
)


def org(w: World, ref: str) -> OrgState:
    found = w.book.values[ref]
    assert isinstance(found, OrgState)
    return found


def licences(w: World, ref: str, kind: str) -> list[LicenceState]:
    return [item for item in org(w, ref).licences if item.kind == kind]


# -- licences


def test_a_licence_of_itself_is_self_declared_and_one_by_an_authority_attested(w: World) -> None:
    w.book.do("governance.licence_registered", w.user, licence(w.book, w.user, "storage", authority="省应急管理厅"))
    w.book.do("governance.licence_registered", w.authority, licence(w.book, w.user, "operation"))
    assert [(item.kind, item.attested, item.authority) for item in org(w, w.user).licences[-2:]] == [
        ("storage", False, "省应急管理厅"),
        ("operation", True, ""),
    ]


def test_an_authority_acts_where_it_is_competent(w: World) -> None:
    police = authority_of(w, regions=["110000"], classes=["3"])
    stated = licence(w.book, w.user, "purchase_permit", classes=["3", "6.1"], number="P-1")
    w.book.do("governance.licence_registered", police, stated)
    change = {"licence": {"licence": stated["licence"]["licence"], "organisation": w.user}}
    w.book.do("governance.licence_suspended", police, change)
    assert licences(w, w.user, "purchase_permit")[0].suspended
    w.book.do("governance.licence_reinstated", police, change)
    assert not licences(w, w.user, "purchase_permit")[0].suspended


def test_a_suspension_is_of_the_paper_however_often_it_was_registered(w: World) -> None:
    for number in ("A-1", "a 1", "B-1"):
        w.book.do("governance.licence_registered", w.user, licence(w.book, w.user, "storage", number=number))
    w.book.do("governance.licence_registered", w.user, licence(w.book, w.user, "production", number="A-1"))
    named = licences(w, w.user, "storage")[0].id
    w.book.do("governance.licence_suspended", w.authority, {"licence": {"licence": named, "organisation": w.user}})
    assert [item.suspended for item in licences(w, w.user, "storage")] == [True, True, False]
    assert [item.suspended for item in licences(w, w.user, "production")] == [False]


def test_an_authority_may_register_a_suspended_number_anew(w: World) -> None:
    w.book.do("governance.licence_registered", w.user, licence(w.book, w.user, "storage", number="A-1"))
    named = licences(w, w.user, "storage")[0].id
    w.book.do("governance.licence_suspended", w.authority, {"licence": {"licence": named, "organisation": w.user}})
    w.book.do("governance.licence_registered", w.authority, licence(w.book, w.user, "storage", number="A-1"))
    assert [item.suspended for item in licences(w, w.user, "storage")] == [True, False]


def test_vehicles_and_people_have_licences_of_their_own(w: World) -> None:
    driver = w.book.ref("user")
    for kind, subject in (("vehicle", PLATE), ("driver", driver), ("escort", driver)):
        stated = licence(w.book, w.carrier, kind, subject=subject)
        w.book.do("governance.licence_registered", w.carrier, stated)
    assert [item.subject for item in org(w, w.carrier).licences] == ["", PLATE, driver, driver]


# -- organisations


def test_the_operator_grants_a_role_and_what_it_governs(w: World) -> None:
    limits: dict[str, Json] = {"regions": ["33"], "parks": ["P"], "classes": ["6.1"]}
    stated = organisation(
        w.user, "authority", authority="fire", jurisdiction=limits, address="北京市一路 1 号", park="P"
    )
    w.book.do("governance.organisation_renamed", w.operator, {"organisation": stated})
    found = org(w, w.user)
    assert (found.roles, found.authority, found.address) == (("authority",), "fire", "北京市一路 1 号")
    assert found.jurisdiction == Jurisdiction(("33",), ("P",), ("6.1",))
    # It may state again what it is, in another order of words, and leave out what stays.
    again = organisation(w.user, "authority", authority="fire", jurisdiction=limits)
    w.book.do("governance.organisation_renamed", w.user, {"organisation": again})
    assert org(w, w.user) == found


def test_the_registrar_vouches_for_a_granted_role(w: World) -> None:
    w = registered(w)
    stated = {"organisation": organisation(w.maker, "authority")}
    w.book.do("governance.organisation_renamed", w.operator, stated, signers=["registrar"])
    assert org(w, w.maker).roles == ("authority",)


# -- keys


def test_a_key_has_one_owner_for_ever(w: World) -> None:
    w = registered(w)
    w.book.do("governance.key_registered", w.maker, key("second"), signers=["first", "second"])
    for name in ("first", "second"):
        assert w.book.values["key:" + key_id(name)] == KeyOwnerState(w.maker)
    firm = w.book.ref("org")
    stated = {"organisation": organisation(firm), **key("third")}
    w.book.do("governance.organisation_admitted", w.operator, stated, signers=["registrar", "third"])
    assert w.book.values["key:" + key_id("third")] == KeyOwnerState(firm)


def test_people_are_counted_by_holder_and_devices_are_none(w: World) -> None:
    w = registered(w)
    for name, holder in (("a1", "user:a"), ("a2", "user:a"), ("b1", "user:b"), ("pda", "device:7")):
        w.book.do("governance.key_registered", w.maker, key(name, holder=holder), signers=["first", name])
    known = org(w, w.maker)
    assert people(known, [key_id("a1"), key_id("a2"), key_id("pda"), key_id("first")]) == {"user:a"}
    assert people(known, [key_id("a1"), key_id("b1"), key_id("nobody")]) == {"user:a", "user:b"}


def test_what_was_recorded_since_a_key_is_compromised_is_flagged(w: World) -> None:
    w = registered(w)
    w.book.do("governance.key_registered", w.maker, key("second"), signers=["first", "second"])
    entry = w.book.entries[-1]
    for since in ("2026-11-22T02:00:00+00:00", "2026-11-22T01:00:00+00:00", "2026-11-22T03:00:00+00:00"):
        stated = {"key": {"key_id": key_id("second"), "compromised_since": since}}
        entry = w.book.do("governance.key_revoked", w.maker, stated, signers=["first"])
    moment = START_MS + 60 * MINUTE
    known = org(w, w.maker).keys[key_id("second")]
    assert (known.compromised_since, known.reported) == (moment, entry.index - 1)
    keys = [key_id("first"), key_id("second"), key_id("nobody")]
    assert flagged(org(w, w.maker), keys, moment - 1) == {}
    assert flagged(org(w, w.maker), keys, moment) == {key_id("second"): moment}


# -- succession


def test_a_successor_acts_on_the_stock_of_its_predecessor(w: World) -> None:
    batch = w.produce(100)
    stated = {"inputs": lines(line(batch, 1, owner=w.maker, custodian=w.maker)), "place": w.place(w.maker)}
    assert [p.code for p in w.book.refuse("storage.sampled", w.user, stated)] == ["not_custodian"]
    succeed(w, w.maker, w.user)
    entry = w.book.do("storage.sampled", w.user, stated)
    assert postings(entry, batch) == {w.cell(batch, w.maker): -1, "sampled": 1}


def test_a_successor_sells_and_takes_over_what_its_predecessor_owned(w: World) -> None:
    batch = w.produce(100)
    succeed(w, w.maker, w.user)
    held = line(batch, 10, owner=w.maker, custodian=w.maker)
    to = {"parties": {"to": w.user}, "place": w.place(w.maker), "inputs": lines(held)}
    assert "ownership@1" not in findings(w.book.do("operation.returned", w.user, to))
    received = {"inputs": lines({**held, "owner": w.user}), "place": w.place(w.maker)}
    entry = w.book.do("storage.received", w.user, received)
    assert "counterparty_unconfirmed@1" not in findings(entry)


def test_a_successor_inherits_no_licence(w: World) -> None:
    batch = w.produce(100)
    succeed(w, w.maker, w.carrier)
    stated = {"inputs": lines(line(batch, 1, owner=w.maker, custodian=w.maker)), "place": w.place(w.maker)}
    assert [p.code for p in w.book.refuse("use.consumed", w.carrier, stated)] == ["no_licence"]


def test_the_predecessor_reports_but_acts_no_more(w: World) -> None:
    batch = w.produce(100)
    succeed(w, w.maker, w.user)
    assert reasons(w.book.do("storage.sampled", w.maker, w.use(batch, 1), "report")) == ["actor_succeeded"]
    w.book.do("governance.organisation_renamed", w.maker, {"organisation": organisation(w.maker)})
    assert org(w, w.maker).successor == w.user


def test_the_operator_corrects_a_succession(w: World) -> None:
    succeed(w, w.maker, w.user)
    stated = {"organisation": organisation(w.maker, successor=w.carrier)}
    w.book.do("governance.organisation_succeeded", w.operator, stated)
    assert org(w, w.maker).successor == w.carrier


def test_a_long_line_of_successors_ends() -> None:
    w = world(manifest(without=["succeeded@1"]))
    firms = [w.book.ref("org") for _ in range(MAX_STEPS + 2)]
    for firm in firms:
        w.book.do("governance.organisation_admitted", w.operator, {"organisation": organisation(firm)})
    for before, after in itertools.pairwise(firms):
        succeed(w, before, after)
    assert w.book.ask(lambda state: acts_for(state, firms[MAX_STEPS], firms[0]))
    assert not w.book.ask(lambda state: acts_for(state, firms[MAX_STEPS + 1], firms[0]))
    nobody = w.book.ref("org")
    assert not w.book.ask(lambda state: acts_for(state, w.user, nobody))


# -- shipments


def test_a_shipment_knows_what_it_carries_and_what_was_said_of_the_trip(w: World) -> None:
    ref, batch = w.book.ref("shipment"), w.produce(100)
    w.book.do("transport.shipment_planned", w.carrier, planned(w, ref))
    loaded = {
        "transport": {"shipment": ref, "trailer": "B2"},
        "parties": {"carrier": w.carrier},
        **w.use(batch, 60),
    }
    w.book.do("transport.loaded", w.maker, loaded)
    shipment = w.book.values[ref]
    assert dict(shipment.cargo) == {batch: 60 * 10**6}  # type: ignore[union-attr]
    assert shipment.statement["trailer"] == "B2"  # type: ignore[union-attr]
    assert shipment.statement["vehicle"] == PLATE  # type: ignore[union-attr]
    taken = {
        "inputs": lines(line(batch, 60, owner=w.maker, custodian=ref, place="vehicle:" + PLATE)),
        "place": w.place(w.user),
        "transport": {"shipment": ref, "trailer": "B3"},
    }
    w.book.do("storage.received", w.user, taken)
    shipment = w.book.values[ref]
    assert dict(shipment.cargo) == {}  # type: ignore[union-attr]
    assert shipment.statement["trailer"] == "B2"  # type: ignore[union-attr]
