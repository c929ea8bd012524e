"""A new key for the log, other rules, and a log that succeeds another: as the operator does it, judged from outside."""

import base64
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.bootstrap import reader, writer
from ledger.core.b64 import b64u
from ledger.core.bundle import Evidence, Policy
from ledger.core.canonical import Json
from ledger.core.note import Signer, parse_note
from ledger.errors import HazledgerError, VerificationError
from ledger.services import log_key, rotation
from ledger.services.append import Sequencer
from ledger.services.appender import Appender
from ledger.services.intake import Auth
from ledger.services.ledger import Ledger
from ledger.services.operate import Operator
from ledger.services.signer_state import SignerState
from ledger.verify import verify
from tests.support.operated import ORIGIN, USCC, Operated

Vouched = Callable[..., str]


def code(error: BaseException | None) -> str:
    assert isinstance(error, HazledgerError), error
    return error.code


def policy(operated: Operated, name: str = "policy.json") -> Policy:
    file = operated.folder / name
    operated.ok("log", "policy", file)
    return Policy.parse(file.read_bytes())


def evidence(operated: Operated) -> bytes:
    file = operated.folder / "evidence.json"
    operated.ok("evidence", operated.operator, "-o", file)
    return file.read_bytes()


def audits_clean(operated: Operated) -> None:
    assert operated.audit()["findings"] == []
    assert "clean" in operated.ok("audit", "--depth", "evidence")


@pytest.fixture
def plain(operated: Operated) -> Operated:
    """Without registrars."""
    operated.init()
    operated.ok("heads")
    return operated


@pytest.fixture
def vouched(operated: Operated) -> Operated:
    """With one registrar."""
    _, public = operated.registrar()
    operated.init("--registrar", public)
    operated.ok("heads")
    return operated


def test_the_old_key_hands_over_and_the_new_one_goes_on(plain: Operated) -> None:
    old, old_key = policy(plain), (plain.data / "log.key").read_bytes()
    said = plain.ok("log", "rotate-key")
    bridge = evidence(plain)
    assert len(parse_note(Evidence.parse(bridge).checkpoint)[1]) == 2
    assert verify(bridge, old).genuine, "who pins the old key sees that it handed over"
    new = policy(plain)
    assert new.log_keys[:1] == old.log_keys
    assert new.log_keys[1] in said
    assert verify(bridge, new).genuine
    plain.ok("heads")
    later = evidence(plain)
    assert Evidence.parse(later).vkeys == new.log_keys[1:]
    assert verify(later, new).genuine
    with pytest.raises(VerificationError, match="policy_other_log_key"):
        verify(later, old)
    aside = next(plain.data.glob("log.key.retired-*"))
    assert (aside.read_bytes(), aside.stat().st_mode & 0o777) == (old_key, 0o600)
    assert (plain.data / "log.key").stat().st_mode & 0o777 == 0o600
    assert not (plain.data / "log.key.new").exists()
    assert plain.ok("log", "key").strip() == new.log_keys[1]
    audits_clean(plain)


def test_the_old_key_no_longer_opens_the_log_nor_comes_back(plain: Operated) -> None:
    plain.ok("log", "rotate-key")
    key = plain.data / "log.key"
    aside, present = next(plain.data.glob("log.key.retired-*")), key.read_bytes()
    key.write_bytes(aside.read_bytes())
    assert code(plain.run("heads").exception) == "log_key_not_recorded"
    key.write_bytes(present)
    waiting = plain.data / "log.key.new"
    waiting.write_bytes(aside.read_bytes())
    waiting.chmod(0o600)
    assert code(plain.run("log", "rotate-key").exception) == "log_key_used_before"
    assert key.read_bytes() == present
    audits_clean(plain)


def test_registrars_sign_for_the_new_key(vouched: Operated) -> None:
    assert code(vouched.run("log", "rotate-key").exception) == "registrar_signature_missing"
    draft, signed, key = (vouched.folder / name for name in ("draft.json", "signed.json", "registrar.key"))
    vouched.ok("log", "rotate-key", "--draft", draft)
    assert json.loads(draft.read_bytes())["type"] == "governance.log_key_rotated"
    vouched.ok("registrar", "sign", draft, "--key", key, "-o", signed)
    old = policy(vouched)
    assert "verifier key" in vouched.ok("log", "rotate-key", "--signed", signed)
    vouched.ok("log", "rotate-key", "--registrar-key", key)
    vouched.ok("heads")
    assert len(policy(vouched).log_keys) == len(old.log_keys) + 2
    assert verify(evidence(vouched), policy(vouched)).genuine
    key_now = (vouched.data / "log.key").read_bytes()
    assert "recorded before" in vouched.ok("log", "rotate-key", "--signed", signed)
    assert (vouched.data / "log.key").read_bytes() == key_now
    vouched.ok("heads")
    audits_clean(vouched)


def test_a_rotation_through_a_server_changes_its_key_while_it_runs(plain: Operated) -> None:
    with plain.served():
        assert "verifier key" in plain.ok("log", "rotate-key")
        plain.ok("heads")
    plain.ok("heads")
    assert verify(evidence(plain), policy(plain)).genuine
    audits_clean(plain)


def test_a_key_that_the_server_does_not_hold_is_never_recorded(plain: Operated) -> None:
    with reader(plain.settings) as ledger:
        recorded = ledger.recorded()
    key = plain.registrar("x.key")[1]
    log: dict[str, Json] = {"origin": ORIGIN, "keys": [key], "registrars": [], "demo": False}
    with writer(plain.settings) as ledger:
        by = Operator(ledger, Auth("local", "uid:0"), plain.data / "log.key")
        with pytest.raises(HazledgerError) as refused:
            ledger.append(by._own("governance.log_key_rotated", {"log": log}))
    assert refused.value.code == "log_key_not_held"
    with reader(plain.settings) as ledger:
        assert ledger.recorded() == recorded


@pytest.mark.parametrize("change", [{"origin": "other.example/log"}, {"demo": True}, {"registrars": ["x"]}])
def test_a_rotation_changes_nothing_else(
    plain: Operated, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:

    if "registrars" in change:
        change = {"registrars": [plain.registrar("r.key")[1]]}
    stated = rotation.sections

    def changed(ledger: Ledger, signer: Signer) -> dict[str, Json]:
        log = stated(ledger, signer)["log"]
        assert isinstance(log, dict)
        made: dict[str, Json] = {**log, **change}
        return {"log": made}

    monkeypatch.setattr(rotation, "sections", changed)
    refused = plain.run("log", "rotate-key").exception
    assert isinstance(refused, HazledgerError)
    assert (refused.code, refused.field) == ("log_section_differs", f"/sections/log/{next(iter(change))}")
    monkeypatch.undo()
    assert plain.run("heads").exit_code == 0


class _Cut(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("place", ["before", "committed"])
def test_a_rotation_cut_short_is_finished_by_the_next_start(
    plain: Operated, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_arguments: object) -> None:
        raise _Cut

    before = (plain.data / "log.key").read_bytes()
    with monkeypatch.context() as patch:
        if place == "before":
            patch.setattr(Sequencer, "rotate", cut)
        else:
            patch.setattr("ledger.services.log_key.take_over", cut)
        assert isinstance(_caught(plain), _Cut)
    assert (plain.data / "log.key").read_bytes() == before
    waiting = (plain.data / "log.key.new").read_bytes()
    plain.ok("heads")
    assert (plain.data / "log.key").read_bytes() == (before if place == "before" else waiting)
    assert (plain.data / "log.key.new").exists() == (place == "before")
    assert verify(evidence(plain), policy(plain)).genuine
    audits_clean(plain)


def _caught(operated: Operated) -> BaseException | None:
    try:
        return operated.run("log", "rotate-key").exception
    except _Cut as error:
        return error


def test_a_rotation_whose_signer_state_failed_goes_on_after_recovery(
    plain: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with writer(plain.settings) as ledger:
        by = Operator(ledger, Auth("local", "uid:0"), plain.data / "log.key")
        with monkeypatch.context() as patch:
            patch.setattr(SignerState, "write", full)
            with pytest.raises(HazledgerError):
                by.do("rotate", {})
        ledger.recover()
        assert by.do("heads", {})["repeated"] is False
        assert len(ledger.recorded().former_log_keys) == 1
    plain.ok("heads")
    assert not (plain.data / "log.key.new").exists()
    audits_clean(plain)


def test_a_checkpoint_by_a_retired_key_is_found(plain: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    plain.ok("log", "rotate-key")
    sign = Appender._sign
    retired = next(plain.data.glob("log.key.retired-*"))

    def by_retired(self: Appender, edge: Any) -> Any:  # noqa: ANN401 - a right edge
        self._ports = dataclasses.replace(self._ports, signer=log_key.load(retired, self.origin))
        return sign(self, edge)

    with monkeypatch.context() as patch:
        patch.setattr(Appender, "_sign", by_retired)
        plain.ok("heads")
    kinds = {finding["kind"] for finding in plain.audit()["findings"]}
    assert {"checkpoint_wrong", "published_checkpoint_wrong"} <= kinds


# --- rules ---------------------------------------------------------------------------------------------------------


def changed_rules(operated: Operated) -> Path:
    manifest = json.loads(operated.ok("rules", "show"))
    next(rule for rule in manifest["rules"] if rule["rule"] == "licence@1")["level"] = "observe"
    file = operated.folder / "rules.json"
    file.write_text(json.dumps(manifest))
    return file


def test_published_rules_decide_from_the_next_record_on(plain: Operated) -> None:
    with reader(plain.settings) as ledger:
        former = ledger.recorded().rules
    file = changed_rules(plain)
    said = plain.ok("rules", "publish", file)
    with reader(plain.settings) as ledger:
        rules = ledger.recorded().rules
    assert rules != former
    assert rules in said
    plain.ok("heads")
    assert json.loads(plain.ok("rules", "show")) == json.loads(file.read_bytes())
    bodies = [entry["rules"] for entry in records(plain)]
    assert set(bodies[:-1]) == {former}
    assert bodies[-1] == rules
    audits_clean(plain)


def records(operated: Operated) -> list[dict[str, Any]]:
    with reader(operated.settings) as ledger, ledger.store.read() as unit:
        rows = [unit.log.record(n) for n in range(unit.log.size())]
    return [json.loads(row.body) for row in rows if row is not None]


def test_rules_are_published_with_a_registrars_signature_and_decide_within_one_transaction(vouched: Operated) -> None:
    file, key = changed_rules(vouched), vouched.folder / "registrar.key"
    assert code(vouched.run("rules", "publish", file).exception) == "registrar_signature_missing"
    draft, signed = vouched.folder / "draft.json", vouched.folder / "signed.json"
    vouched.ok("rules", "publish", file, "--draft", draft)
    vouched.ok("registrar", "sign", draft, "--key", key, "-o", signed)
    assert code(vouched.run("state", signed).exception) == "server_only"
    vouched.ok("rules", "publish", file, "--signed", signed)
    vouched.ok("rules", "publish", file, "--registrar-key", key)
    with writer(vouched.settings) as ledger:
        body = json.loads(signed.read_bytes())
        assert ledger.append(ledger.signed(body, Auth("local", "uid:0"), own=True)).repeated
    audits_clean(vouched)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"spec": "other"}, "manifest_not_of_form"),
        ({"rules": [{"rule": "nothing@1", "level": "warn", "from": "2020-01-01", "parameters": {}}]}, "unknown_rule"),
        ({"rules": [{"rule": "licence@1", "level": "maybe", "from": "2020-01-01", "parameters": {}}]}, "not_a_choice"),
    ],
)
def test_a_manifest_that_is_none_is_refused(plain: Operated, change: dict[str, Any], expected: str) -> None:
    file = changed_rules(plain)
    file.write_text(json.dumps({**json.loads(file.read_bytes()), **change}))
    assert code(plain.run("rules", "publish", file).exception) == expected


def test_reference_data_that_the_program_lacks_are_not_published(plain: Operated) -> None:
    with writer(plain.settings) as ledger:
        by = Operator(ledger, Auth("local", "uid:0"), plain.data / "log.key")
        with pytest.raises(HazledgerError) as refused:
            ledger.append(by._own("governance.rules_published", {"rule": {"reference": {"tables": []}}}))
        assert refused.value.code == "reference_not_available"
        assert by.do("heads", {})["repeated"] is False


# --- succession ----------------------------------------------------------------------------------------------------


def succession(operated: Operated, origin: str, *more: str | Path) -> tuple[str, ...]:
    stated = ("--origin", origin, "--name-zh", "运营方", "--uscc", USCC[0], "--region", "320500")
    return tuple(map(str, ("log", "succeed", *stated, "--reason", "磁盘损坏", *more)))


def test_a_successor_names_the_former_log_its_last_checkpoint_and_why(plain: Operated, tmp_path: Path) -> None:
    policy(plain)
    state = json.loads(plain.state.read_bytes())
    after = Operated(tmp_path / "after")
    more = ("--checkpoint", plain.state, "--former-policy", plain.folder / "policy.json")
    assert code(after.run(*succession(after, ORIGIN, *more)).exception) == "successor_needs_new_origin"
    said = after.run(*succession(after, "trace.example/log-2", *more))
    assert said.exit_code == 0, said.exception
    with reader(after.settings) as ledger, ledger.store.read() as unit:
        opened = {name: json.loads(body)[2] for name, body in unit.events.disclosures(0).items() if body is not None}
    assert opened["log"]["former_origin"] == ORIGIN
    assert opened["log"]["former_checkpoint"] == state["note"]
    assert opened["reason"]["text"] == "磁盘损坏"
    audits_clean(after)


def test_the_last_checkpoint_is_checked_where_a_policy_is_given(plain: Operated, tmp_path: Path) -> None:
    policy(plain)
    state = json.loads(plain.state.read_bytes())
    note = bytearray(base64.urlsafe_b64decode(state["note"] + "=="))
    (tmp_path / "note").write_bytes(note)
    after = Operated(tmp_path / "after")
    warned = after.run(*succession(after, "trace.example/log-2", "--checkpoint", tmp_path / "note"))
    assert "nobody checked" in warned.stderr
    note[len(ORIGIN) + 1] ^= 1
    (tmp_path / "note").write_bytes(note)
    other = Operated(tmp_path / "other")
    more = ("--checkpoint", tmp_path / "note", "--former-policy", plain.folder / "policy.json")
    refused = other.run(*succession(other, "trace.example/log-3", *more)).exception
    assert isinstance(refused, HazledgerError)
    assert not other.data.exists()
    assert b64u(bytes(note)) != state["note"]
