"""Opening a production ledger: what is made, what is said, and what is refused without leaving anything behind."""

import json
from pathlib import Path

import pytest

from ledger.bootstrap import reader
from ledger.errors import HazledgerError
from ledger.services.entropy import SystemEntropy
from ledger.services.ledger import Ledger
from ledger.services.read_kept import beside
from tests.support.operated import ORIGIN, USCC, Operated


def code(error: BaseException | None) -> str:
    assert isinstance(error, HazledgerError), error
    return error.code


def test_init_makes_a_ledger_that_audits_and_a_policy_that_judges_its_evidence(operated: Operated) -> None:
    _, public = operated.registrar()
    policy = operated.folder / "policy.json"
    said = operated.init("--registrar", public, "--policy", policy)
    assert said.exit_code == 0, said.exception
    assert said.stderr == ""
    for path in (operated.data / "log.key", operated.state):
        assert path.stat().st_mode & 0o777 == 0o600
    pinned = json.loads(policy.read_bytes())
    assert (pinned["spec"], pinned["origin"], pinned["registrars"]) == ("hazledger/policy@1", ORIGIN, [public])
    assert pinned["genesis"] in said.stdout
    assert pinned["log_keys"][0] in said.stdout
    with reader(operated.settings) as ledger:
        recorded = ledger.recorded()
    assert (recorded.demo, recorded.registrars, recorded.operator in said.stdout) == (False, (public,), True)
    evidence = operated.folder / "operator.json"
    operated.ok("heads")
    operated.ok("evidence", recorded.operator, "-o", evidence)
    assert "Genuine" in operated.ok("verify", evidence, "--policy", policy)
    assert operated.audit()["findings"] == []


def test_without_registrars_it_warns(operated: Operated) -> None:
    said = operated.init()
    assert said.exit_code == 0
    assert "no registrar key" in said.stderr


def test_a_second_init_is_refused_and_changes_nothing(operated: Operated) -> None:
    operated.init()
    key, state = (operated.data / "log.key").read_bytes(), operated.state.read_bytes()
    assert code(operated.init().exception) == "ledger_exists"
    assert (operated.data / "log.key").read_bytes() == key
    assert operated.state.read_bytes() == state


def test_the_signer_state_of_another_ledger_is_never_overwritten(operated: Operated) -> None:
    operated.init()
    state = operated.state.read_bytes()
    stated = ("init", "--origin", "other.example/log", "--name-zh", "甲", "--uscc", USCC[1], "--region", "320500")
    refused = operated.run(*stated, "--data", operated.folder / "other")
    assert code(refused.exception) == "signer_state_in_use"
    assert operated.state.read_bytes() == state
    assert not (operated.folder / "other").exists()
    operated.state.rename(beside(operated.state))  # nor the head of its log of reads
    refused = operated.run(*stated, "--data", operated.folder / "other")
    assert code(refused.exception) == "signer_state_in_use"
    assert beside(operated.state).read_bytes() == state


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--uscc", "91110000600037341X", "check_digit_wrong"),
        ("--region", "000000", "unknown_region"),
        ("--origin", "No Origin", "origin_not_of_form"),
        ("--registrar", "AAAA", "base64_wrong_size"),
        ("--registrar", "A" * 43, "key_small_order"),
        ("--organisation", "org:1", "ref_not_of_form"),
    ],
)
def test_what_is_not_of_its_form_is_refused_and_leaves_nothing(
    operated: Operated, option: str, value: str, expected: str
) -> None:
    assert code(operated.init(option, value).exception) == expected
    assert not operated.data.exists()
    assert not operated.state.parent.exists()


def test_the_signer_state_needs_a_place_of_its_own(operated: Operated) -> None:
    inside = {"HAZLEDGER_SIGNER_STATE": str(operated.data / "state.json")}
    stated = ("init", "--origin", ORIGIN, "--name-zh", "甲", "--uscc", USCC[0], "--region", "320500")
    assert code(operated.run(*stated, env=inside).exception) == "signer_state_inside_data"
    assert code(operated.run(*stated, env={"HAZLEDGER_SIGNER_STATE": ""}).exception) == "setting_missing"
    assert code(operated.run(*stated, env={"HAZLEDGER_ENVIRONMENT": "demo"}).exception) == "environment_mismatch"
    assert not operated.data.exists()


def test_a_key_file_that_is_there_is_not_used_again(operated: Operated) -> None:
    operated.data.mkdir()
    key = operated.data / "log.key"
    key.write_bytes(SystemEntropy().bytes(32))
    before = key.read_bytes()
    assert code(operated.init().exception) == "log_key_exists"
    assert key.read_bytes() == before


def test_a_failure_after_the_key_was_made_leaves_no_key(operated: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_more: object) -> Ledger:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "create", fail)
        assert isinstance(operated.init().exception, OSError)
    assert not (operated.data / "log.key").exists()
    assert operated.init().exit_code == 0


def test_a_ledger_does_not_start_with_another_key(operated: Operated) -> None:
    operated.init()
    key: Path = operated.data / "log.key"
    right = key.read_bytes()
    key.write_bytes(SystemEntropy().bytes(32))
    assert code(operated.run("heads").exception) == "log_key_not_recorded"
    key.write_bytes(right[:31])
    assert code(operated.run("heads").exception) == "log_key_unreadable"
    key.write_bytes(right)
    key.chmod(0o640)
    assert code(operated.run("heads").exception) == "log_key_not_private"
    key.unlink()
    assert code(operated.run("heads").exception) == "log_key_unreadable"
    key.write_bytes(right)
    key.chmod(0o600)
    assert operated.run("heads").exit_code == 0
    assert code(operated.run("heads", env={"HAZLEDGER_ENVIRONMENT": "demo"}).exception) == "environment_mismatch"
