"""Organisations are admitted by a registrar whose key never touches the server."""

import json

import pytest

from ledger.bootstrap import reader
from ledger.errors import FormatError, HazledgerError, RefusedError
from ledger.rules import codec
from ledger.rules.aggregates import OrgState
from tests.support.operated import Operated


@pytest.fixture
def vouched(operated: Operated) -> Operated:
    """A ledger with one registrar."""
    _, public = operated.registrar()
    assert operated.init("--registrar", public, "--policy", operated.folder / "policy.json").exit_code == 0
    return operated


def organisation(operated: Operated, ref: str) -> OrgState | None:
    with reader(operated.settings) as ledger, ledger.store.read() as unit:
        body = unit.projections.load_states([ref])[ref]
    known = None if body is None else codec.load(ref, body)
    assert known is None or isinstance(known, OrgState)
    return known


def test_an_admission_signed_offline_is_recorded_once(vouched: Operated) -> None:
    _, first_key = vouched.registrar("org.key")
    org, file = vouched.admission(vouched.folder / "registrar.key", "--public-key", first_key)
    receipt = vouched.folder / "receipt.json"
    assert "record 1 " in vouched.ok("state", file, "--receipt", receipt)
    assert "recorded before" in vouched.ok("state", file)
    known = organisation(vouched, org)
    assert known is not None
    assert (known.vouched, known.roles, [key.raw for key in known.keys.values()]) == (True, ("producer",), [first_key])
    assert "Genuine" in vouched.ok("verify", receipt, "--policy", vouched.folder / "policy.json")
    vouched.ok("heads")
    evidence = vouched.folder / "org.json"
    vouched.ok("evidence", org, "-o", evidence)
    assert "registrar" in vouched.ok("verify", evidence, "--policy", vouched.folder / "policy.json")
    assert vouched.audit()["findings"] == []


def test_the_key_of_somebody_else_vouches_for_nobody(vouched: Operated) -> None:
    other, _ = vouched.registrar("other.key")
    org, file = vouched.admission(other)
    refused = vouched.run("state", file).exception
    assert isinstance(refused, FormatError)
    assert refused.code == "unknown_key"
    assert organisation(vouched, org) is None


def test_an_unsigned_admission_is_refused_where_there_are_registrars(vouched: Operated) -> None:
    _, file = vouched.admission(vouched.folder / "registrar.key")
    signed = json.loads(file.read_bytes())
    header = signed["header"]
    plain = {name: header[name] for name in ("id", "type", "mode", "actor", "occurred_at")}
    plain["sections"] = {name: content for _, name, content in signed["disclosures"]}
    file.write_text(json.dumps(plain))
    refused = vouched.run("state", file).exception
    assert isinstance(refused, RefusedError)
    assert refused.code == "registrar_signature_missing"


def test_a_signature_made_for_later_is_refused_until_then(vouched: Operated) -> None:
    _, file = vouched.admission(vouched.folder / "registrar.key", "--at", "2039-01-01T00:00:00+08:00")
    refused = vouched.run("state", file).exception
    assert isinstance(refused, RefusedError)
    assert refused.code == "occurred_in_future"


def test_the_key_file_is_private_and_never_overwritten(operated: Operated) -> None:
    path, public = operated.registrar()
    assert path.stat().st_mode & 0o777 == 0o600
    assert operated.ok("registrar", "public", path).strip() == public
    again = operated.run("registrar", "keygen", path).exception
    assert isinstance(again, HazledgerError)
    assert again.code == "log_key_exists"
    nowhere = operated.run("registrar", "keygen", operated.folder / "none" / "x.key").exception
    assert isinstance(nowhere, HazledgerError)
    assert nowhere.code == "key_file_unwritable"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"keys": []}, "unknown_name", "/keys"),
        ({"origin": None}, "name_missing", "/origin"),
        ({"type": "governance.nothing"}, "unknown_event_type", "/type"),
        ({"sections": {"colour": {}}}, "section_name_unknown", "/sections/colour"),
        ({"sections": {}}, "section_missing", "/sections/organisation"),
        ({"refs": [{"rel": "previous", "hash": "x"}]}, "base64_not_canonical", "/refs/0/hash"),
    ],
)
def test_a_draft_that_could_never_be_recorded_is_not_signed(
    operated: Operated, change: dict[str, object], code: str, field: str
) -> None:
    key, _ = operated.registrar()
    org = "org:0190a000-0000-7000-8000-000000000001"
    stated = {"organisation": org, "names": {"zh": "甲"}, "uscc": "91110000600037341L", "region": "320500"}
    draft = {
        "origin": "trace.example/log",
        "type": "governance.organisation_admitted",
        "actor": org,
        "sections": {"organisation": stated},
        **change,
    }
    file = operated.folder / "draft.json"
    file.write_text(json.dumps({name: value for name, value in draft.items() if value is not None}))
    refused = operated.run("registrar", "sign", file, "--key", key, "-o", operated.folder / "signed.json").exception
    assert isinstance(refused, FormatError)
    assert (refused.code, refused.field) == (code, field)
    assert not (operated.folder / "signed.json").exists()
