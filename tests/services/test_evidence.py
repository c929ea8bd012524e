"""What leaves the ledger is accepted by the offline verifier, and nothing else is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.core.b64 import b64u
from ledger.core.bundle import Evidence, Receipt
from ledger.core.events import Header, event_hash, sign_header, signed_form
from ledger.core.keys import key_id, private_key, public_key
from ledger.core.note import Signer
from ledger.core.sections import Disclosure
from ledger.errors import FormatError, NotFoundError, RefusedError
from ledger.reference import Reference
from ledger.services.answers import Appended
from ledger.services.audit import audit
from ledger.services.evidence import Level, Shown
from ledger.verify import Report, verify
from tests.services.world import AUTH, OPERATOR, ORIGIN, PRODUCER, USCC, World, organisation, ref

REGISTRAR, KEY = bytes([1]) * 32, bytes([2]) * 32


def codes(report: Report) -> set[str]:
    return {part.code for part in report.verdict}


def signed_body(body: dict[str, Any], *seeds: bytes) -> dict[str, Any]:
    """State a simple body in the signed form."""
    disclosures = [Disclosure(bytes(16), name, content) for name, content in sorted(body["sections"].items())]
    header = Header.parse(
        {
            "spec": "hazledger/event@1",
            "origin": ORIGIN,
            **{name: body[name] for name in ("id", "type", "mode", "actor", "occurred_at", "refs")},
            "keys": [*sorted(key_id(public_key(seed)) for seed in seeds)],
            "not_after": None,
            "sections": {part.name: part.digest for part in disclosures},
        }
    )
    by_key = {key_id(public_key(seed)): private_key(seed) for seed in seeds}
    return signed_form(header, sign_header(header.encode(), by_key), disclosures)


@pytest.fixture
def lived(plant: World) -> World:
    plant.produce(1)
    plant.produce(2)
    plant.blend(3, 1, 2)
    plant.ledger.publish_heads()
    plant.lose(1, "5")
    return plant


def test_evidence_of_a_batch_is_genuine_complete_and_adds_up(lived: World) -> None:
    report = verify(lived.ledger.evidence(ref("batch", 1)), lived.ledger.policy())
    assert {"genuine", "demo", "complete", "newer", "all_disclosed", "adds_up", "by_attested"} == codes(report)
    assert len(report.records) == 3


def test_evidence_without_published_heads_says_so(plant: World) -> None:
    plant.produce(1)
    assert "completeness_not_shown" in codes(verify(plant.ledger.evidence(ref("batch", 1))))


@pytest.mark.parametrize("kind", ["ledger", "org", "site", "batch"])
def test_every_kind_of_chain_has_evidence(lived: World, kind: str) -> None:
    with lived.ledger.store.read() as unit:
        chains = [head.chain for head in unit.chains.iter_heads() if head.chain.startswith(kind + ":")]
    assert chains
    for chain in chains:
        assert verify(lived.ledger.evidence(chain), lived.ledger.policy()).genuine


@pytest.mark.parametrize(("level", "hidden"), [("record", True), ("header", True), ("sections", False)])
def test_what_is_withheld_is_named(lived: World, level: Level, *, hidden: bool) -> None:
    report = verify(lived.ledger.evidence(ref("batch", 1), lambda _header: Shown(level)), lived.ledger.policy())
    assert report.genuine
    assert ("not_disclosed" in codes(report)) is hidden


def test_one_section_is_withheld_and_the_rest_verifies(lived: World) -> None:
    whole = lived.ledger.evidence(ref("batch", 1))
    part = lived.ledger.evidence(ref("batch", 1), lambda _header: Shown("sections", frozenset({"place"})))
    assert b'"place",{' in whole
    assert b'"place",{' not in part
    report = verify(part, lived.ledger.policy())
    assert report.genuine
    assert "not_disclosed" in codes(report)


def test_a_foreign_chain_is_not_found(lived: World) -> None:
    with pytest.raises(NotFoundError):
        lived.ledger.evidence(ref("batch", 77))


def test_a_receipt_verifies(lived: World) -> None:
    with lived.ledger.store.read() as unit:
        row = unit.events.at(5)
    assert row is not None
    data = lived.ledger.receipt(row.actor, row.id)
    report = verify(data, lived.ledger.policy())
    assert report.genuine
    assert report.subject == event_hash(Receipt.parse(data).header.encode())
    with pytest.raises(NotFoundError):
        lived.ledger.receipt(OPERATOR, row.id)


def test_the_verdict_is_that_of_the_verifier(lived: World) -> None:
    verdict = lived.ledger.verdict(ref("batch", 1))
    assert verdict.intact
    assert (verdict.records, verdict.complete_n, verdict.newer) == (3, 8, 1)
    assert verdict.included == lived.ledger.log.state().size


def test_personal_content_never_leaves_in_evidence(plant: World) -> None:
    body = plant.produce_body(1)
    body["sections"]["personal"] = {"driver": "a name"}
    plant.ledger.append(plant.ledger.state(body, AUTH))
    data = plant.ledger.evidence(ref("batch", 1))
    assert b"a name" not in data
    assert verify(data).records


def test_signed_statements_carry_their_keys_with_them(tmp_path: Path, reference: Reference) -> None:
    world = World(tmp_path, reference)
    with world.create(public_key(REGISTRAR)) as ledger:
        admitted = world.body(
            "governance.organisation_admitted",
            OPERATOR,
            organisation=organisation(PRODUCER, "生产方", USCC[0], "producer"),
            key={"key": b64u(public_key(KEY)), "alg": "ed25519", "holder": PRODUCER},
        )
        with pytest.raises(RefusedError):
            ledger.append(ledger.state(admitted, AUTH))
        first = ledger.append(ledger.signed(signed_body(admitted, REGISTRAR, KEY), AUTH))
        assert isinstance(first, Appended)
        site = {
            "site": ref("site", 1),
            "names": {"zh": "厂区"},
            "region": "320500",
            "locations": [{"location": "tank-1", "kind": "tank"}],
        }
        body = world.body("governance.site_registered", PRODUCER, site=site)
        answer = ledger.append(ledger.signed(signed_body(body, KEY), AUTH))
        assert answer.receipt is not None
        assert answer.receipt() == ledger.receipt(PRODUCER, body["id"])
        report = verify(ledger.evidence(ref("site", 1)), ledger.policy())
        assert [line.standing for line in report.records] == ["registrar"]
        assert verify(ledger.receipt(PRODUCER, body["id"]), ledger.policy()).genuine
        parsed = Evidence.parse(ledger.evidence(ref("site", 1)))
        assert [entry.record.index for entry in parsed.entries] == [0, 1, 2]


def test_evidence_names_the_keys_that_signed_and_not_those_that_may(plant: World) -> None:
    """Both keys sign the checkpoint over the record of the new one; then it goes on alone."""
    old, new = plant.signer, Signer(ORIGIN, private_key(b"another log key".ljust(32)))
    first = plant.produce(1)
    log = {"origin": ORIGIN, "keys": [b64u(new.verifier().key)], "registrars": [], "demo": True}
    plant.ledger.rotate_log_key(plant.statement("governance.log_key_rotated", OPERATOR, log=log), new)
    _names(plant, first.index, old, new)
    plant.lose(1, "1")
    _names(plant, first.index, new)
    plant.ledger.close()
    plant.signer = new
    with plant.open():
        plant.lose(1, "1")
        _names(plant, first.index, new)


def _names(plant: World, index: int, *signers: Signer) -> None:
    """Evidence and receipt name just these keys, and hold."""
    ledger, subject = plant.ledger, ref("batch", 1)
    assert Evidence.parse(ledger.evidence(subject)).vkeys == tuple(sorted(one.verifier().vkey() for one in signers))
    assert verify(ledger.evidence(subject), ledger.policy()).genuine
    with ledger.store.read() as unit:
        row = unit.events.at(index)
    assert row is not None
    assert verify(ledger.receipt(row.actor, row.id), ledger.policy()).genuine
    assert audit(ledger.store, signer_state=plant.state_path)["findings"] == []


def test_a_wrong_signature_is_not_taken(plant: World) -> None:
    stated = signed_body(plant.produce_body(1), KEY)
    with pytest.raises(FormatError) as error:
        plant.ledger.signed(stated, AUTH)
    assert error.value.code == "unknown_key"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda body: body["disclosures"].pop(), "section_digest_wrong"),
        (lambda body: body["disclosures"].append(body["disclosures"][0]), "duplicate_item"),
        (lambda body: body.update(more=1), "unknown_name"),
        (lambda body: body.pop("signatures"), "name_missing"),
        (lambda body: body["header"].update(origin="other.example/log"), "wrong_origin"),
        (lambda body: body["signatures"].append({"key": "A" * 43, "sig": "A" * 86}), "signatures_not_as_listed"),
    ],
)
def test_a_signed_statement_must_be_whole(plant: World, change: Callable[[dict[str, Any]], object], code: str) -> None:
    stated = signed_body(plant.produce_body(1))
    change(stated)
    with pytest.raises(FormatError) as error:
        plant.ledger.signed(stated, AUTH)
    assert error.value.code == code


def test_a_signed_statement_again_gets_the_same_answer(plant: World) -> None:
    stated = signed_body(plant.produce_body(1))
    first = plant.ledger.append(plant.ledger.signed(stated, AUTH))
    again = plant.ledger.append(plant.ledger.signed(stated, AUTH))
    assert (again.index, again.repeated) == (first.index, True)
