"""Governance: what each event changes of what is known, and on which chains it stands."""

from typing import Any

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.keys import sign
from ledger.core.possession import possession_bytes
from ledger.core.records import manifest_hash
from ledger.rules.aggregates import LedgerState, LocationState, OrgState, ProductState, SiteState
from tests.rules.refusals import key, registered
from tests.support.rulebook import (
    START_MS,
    World,
    findings,
    genesis,
    key_id,
    licence,
    manifest,
    opened,
    organisation,
    product,
    public_key,
    reference,
)


def ledger(w: World) -> LedgerState:
    found = w.book.values[str(w.book.ledger_id)]
    assert isinstance(found, LedgerState)
    return found


def org(w: World, ref: str) -> OrgState:
    found = w.book.values[ref]
    assert isinstance(found, OrgState)
    return found


def test_the_genesis_names_operator_keys_and_manifests(w: World) -> None:
    first = w.book.entries[0]
    assert set(first.effects) == {w.book.ledger_id, w.operator}
    assert ledger(w).rules == manifest_hash(w.book.manifest)
    assert ledger(w).reference == reference().hash
    assert (ledger(w).operator, ledger(w).demo) == (w.operator, True)


def test_manifests_are_published_before_use(w: World) -> None:
    new = manifest(levels={"order@1": "refuse"})
    entry = w.book.do("governance.rules_published", w.operator, {"rule": {"rules": new}})
    assert set(entry.effects) == {w.book.ledger_id}
    assert (ledger(w).rules, ledger(w).reference) == (manifest_hash(new), reference().hash)
    w.book.do("governance.rules_published", w.operator, {"rule": {"reference": {"tables": []}}})
    assert ledger(w).reference == manifest_hash({"tables": []})


def test_heads_carry_their_own_index(w: World) -> None:
    n = len(w.book.entries)
    root = manifest_hash({})
    w.book.do("governance.heads_published", w.operator, {"heads": {"n": n, "chains": 3, "root": root}})
    assert ledger(w).heads == n


def test_registrars_and_log_keys_change_with_the_registrars_signature() -> None:
    book, operator = opened(registrars=["registrar"])
    stated = genesis(book, operator, book.ref("ledger"), ["second"])["log"]
    book.do("governance.registrar_changed", operator, {"log": stated}, signers=["registrar"])
    stated = {**stated, "keys": [public_key("log 2")]}
    book.do("governance.log_key_rotated", operator, {"log": stated}, signers=["second"])
    found = book.values[str(book.ledger_id)]
    assert isinstance(found, LedgerState)
    assert (found.log_keys, found.registrars) == ((public_key("log 2"),), (public_key("second"),))


def test_without_registrars_the_operator_alone_changes_the_log(w: World) -> None:
    stated = genesis(w.book, w.operator, w.book.ref("ledger"), ["registrar"])["log"]
    w.book.do("governance.registrar_changed", w.operator, {"log": stated})
    assert ledger(w).registrars == (public_key("registrar"),)


def test_an_admission_binds_the_first_key() -> None:
    book, operator = opened(registrars=["registrar"])
    firm = book.ref("org")
    stated = {"organisation": organisation(firm, "producer", park="P", phone="110"), **key("first")}
    entry = book.do("governance.organisation_admitted", operator, stated, signers=["registrar", "first"])
    assert set(entry.effects) == {firm}
    found = book.values[firm]
    assert isinstance(found, OrgState)
    assert (found.vouched, found.roles, found.park) == (True, ("producer",), "P")
    assert found.keys[key_id("first")].raw == public_key("first")


def test_keys_are_endorsed_rotated_and_revoked(w: World) -> None:
    w = registered(w)
    w.book.do("governance.key_registered", w.maker, key("second"), signers=["first", "second"])
    rotated = key("third", replaces=key_id("second"))
    entry = w.book.do("governance.key_rotated", w.maker, rotated, signers=["second", "third"])
    assert org(w, w.maker).keys[key_id("second")].revoked == entry.index
    since = {"key": {"key_id": key_id("first"), "compromised_since": "2026-11-22T00:00:00+00:00"}}
    entry = w.book.do("governance.key_revoked", w.maker, since, signers=["third"])
    revoked = org(w, w.maker).keys[key_id("first")]
    assert (revoked.revoked, revoked.compromised_since) == (entry.index, START_MS)
    w.book.do("governance.key_revoked", w.maker, {"key": {"key_id": key_id("first")}}, signers=["third"])
    assert org(w, w.maker).keys[key_id("first")] == revoked


def alone(w: World) -> World:
    """The maker, of whose keys only one person's counts: the firm's own and a colleague's are revoked."""
    w = registered(w)
    w.book.do("governance.key_registered", w.maker, key("second"), signers=["first", "second"])
    w.book.do("governance.key_registered", w.maker, key("other", holder="user:2"), signers=["first", "other"])
    for name in ("other", "first"):
        w.book.do("governance.key_revoked", w.maker, {"key": {"key_id": key_id(name)}}, signers=["second"])
    return w


def test_who_alone_holds_keys_endorses_their_own_with_a_finding(w: World) -> None:
    w = alone(w)
    entry = w.book.do("governance.key_registered", w.maker, key("third"), signers=["second", "third"])
    assert findings(entry) == {"endorsement@1": {"holder": "user:1"}}


def test_another_person_a_registrar_and_a_rotation_need_no_second_look(w: World) -> None:
    w = registered(w)
    stated = key("other", holder="user:2")
    for name, section, signers in (
        ("key_registered", stated, ["first", "other"]),
        ("key_registered", key("second"), ["other", "second"]),
        ("key_registered", key("third"), ["registrar", "third"]),
        ("key_rotated", key("fourth", replaces=key_id("second")), ["second", "fourth"]),
        ("key_registered", key("firm", holder=w.maker), ["fourth", "firm"]),
    ):
        entry = w.book.do(f"governance.{name}", w.maker, section, signers=signers)
        assert findings(entry) == {}


def test_organisations_are_renamed_and_succeeded(w: World) -> None:
    names: dict[str, Json] = {"zh": "乙公司"}
    renamed = organisation(w.maker, names=names, phone="119")
    entry = w.book.do("governance.organisation_renamed", w.maker, {"organisation": renamed})
    assert set(entry.effects) == {w.maker}
    found = org(w, w.maker)
    assert (found.name_zh, found.name_en, found.former_names, found.phone) == ("乙公司", "", ("甲公司",), "119")
    moved = organisation(w.maker, names=names, region="310000")
    w.book.do("governance.organisation_renamed", w.operator, {"organisation": moved})
    assert (org(w, w.maker).former_names, org(w, w.maker).region) == (("甲公司",), "310000")
    succeeded = {"organisation": organisation(w.maker, names=names, successor=w.user)}
    w.book.do("governance.organisation_succeeded", w.operator, succeeded)
    assert org(w, w.maker).successor == w.user


def test_a_site_gets_a_new_list_of_locations(w: World) -> None:
    stated: dict[str, Any] = {
        "site": w.sites[w.maker],
        "names": {"zh": "二号库", "en": "Two"},
        "region": "110000",
        "park": "P",
        "phone": "110",
        "locations": [{"location": "T-1", "kind": "tank", "name": "tank one"}],
    }
    entry = w.book.do("governance.site_registered", w.maker, {"site": stated})
    assert set(entry.effects) == {w.sites[w.maker], w.maker}
    found = w.book.values[w.sites[w.maker]]
    assert isinstance(found, SiteState)
    assert found.locations == {"T-1": LocationState("tank", "tank one")}


def test_a_product_row_that_the_table_lacks_is_a_finding(w: World) -> None:
    row: dict[str, Json] = {"un": "1230", "name": "Methanol", "class": "9", "from": "2020-01-01"}
    rows: list[Json] = [
        {**row, "class": "3", "subsidiary": ["6.1"], "packing_group": "II"},
        row,
        {**row, "un": "0001"},
    ]
    stated = {**product(w.products["liquid"], un=rows), "yield": {"least_ppm": 1, "most_ppm": 2}}
    entry = w.book.do("governance.product_registered", w.maker, {"product": stated})
    assert [found.data["un"] for found in entry.effects[w.maker].findings] == ["1230", "0001"]
    found = w.book.values[w.products["liquid"]]
    assert isinstance(found, ProductState)
    assert (found.classes, found.un, found.yield_ppm) == (("3", "6.1", "9"), ("1230", "1230", "0001"), (1, 2))


def test_containers_of_many_kinds(w: World) -> None:
    items: list[Json] = [
        {"container": w.book.ref("container"), "kind": "cylinder", "serial": "S-1", "water_capacity_l": "40"},
        {"container": w.book.ref("container"), "kind": "tank", "capacity_kg": "1000"},
    ]
    entry = w.book.do("governance.container_registered", w.user, {"containers": {"items": items}})
    assert len(entry.effects) == 3
    assert w.book.vessel(next(c for c in entry.effects if c.startswith("container:"))).org == w.user


def test_an_authority_registers_a_licence_of_another(w: World) -> None:
    stated = licence(w.book, w.user, "storage")
    assert set(w.book.do("governance.licence_registered", w.authority, stated).effects) == {w.user}


def test_two_ids_of_one_matter(w: World) -> None:
    one, two = w.produce(), w.produce()
    for who in (w.operator, w.authority):
        w.book.do("governance.batches_same_as", who, {"product": {"batches": [one, two]}})
    assert (w.book.batch(one).same_as, w.book.batch(two).same_as) == ((two,), (one,))


def test_a_hold_may_name_a_batch_twice(w: World) -> None:
    batch = w.produce()
    w.book.do("governance.hold_placed", w.authority, {"product": {"batches": [batch, batch]}})
    assert w.book.batch(batch).holds == (w.authority,)


def test_a_finding_is_resolved_on_its_chain(w: World) -> None:
    batch = w.produce()
    lost = w.book.do("use.loss_or_theft_reported", w.maker, w.use(batch, 1))
    stated = {"finding": {"event": lost.event.hash, "rule": "loss@1", "resolution": "found in bay 3"}}
    assert set(w.book.do("governance.finding_resolved", w.maker, stated).effects) == {batch}


def test_erasure_is_announced_by_the_actor_or_the_operator(w: World) -> None:
    batch = w.produce()
    used = w.book.do("use.consumed", w.maker, {**w.use(batch, 1), "personal": {"name": "somebody"}})
    refs = [("erases", used.event.hash)]
    for who in (w.maker, w.operator):
        for section in ("personal", "auth"):
            reason: dict[str, Json] = {"text": "article 47", "kind": section}
            entry = w.book.do("governance.section_erased", who, {"reason": reason}, refs=refs)
            assert set(entry.effects) == {who}


def test_a_recall_says_what_is_on_hand(w: World) -> None:
    batch = w.produce(100)
    entry = w.book.do("governance.recall_ordered", w.authority, {"product": {"batches": [batch]}})
    assert findings(entry) == {"recall@1": {"on_hand_kg": "100"}}
    assert w.book.batch(batch).recalled == entry.index


def test_a_proof_of_possession_stands_for_the_new_keys_signature(w: World) -> None:
    """Whoever endorses a key need not be where it is; the proof says for whom, in which log, it was made."""
    w = registered(w)
    entry = w.book.do("governance.key_registered", w.maker, proven(w, "second"), signers=["first"])
    assert org(w, w.maker).keys[key_id("second")].added == entry.index
    for wrong in (
        proven(w, "third", holder="user:2"),
        proven(w, "third", organisation=w.user),
        proven(w, "third", origin="another.example/log"),
        proven(w, "third", by="second"),
    ):
        (problem,) = w.book.refuse("governance.key_registered", w.maker, wrong, signers=["first"])
        assert (problem.code, problem.field) == ("possession_not_proven", "/sections/key/proof")


def proven(w: World, name: str, by: str = "", **other: str) -> dict[str, Any]:
    """A key section with a proof over what it says, or over something else."""
    said = key(name)
    parts = {
        "origin": ledger(w).origin,
        "organisation": w.maker,
        "key": said["key"]["key"],
        "holder": "user:1",
        **other,
    }
    said["key"]["proof"] = b64u(sign((by or name).encode().ljust(32, b"-")[:32], possession_bytes(**parts)))
    return said
