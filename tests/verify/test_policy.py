"""What a policy adds: origin, first record, log key, witnesses."""

import json
from dataclasses import replace

import pytest

from ledger.core.bundle import Policy
from ledger.core.note import Signer, add_signatures, parse_note
from ledger.errors import VerificationError
from ledger.verify import read_policy
from tests.support.ledger_bytes import (
    BATCH,
    OPERATOR,
    ORIGIN,
    LedgerBytes,
    seed_of,
    small_ledger,
    witness_vkey,
)
from tests.verify.breaking import breaks, codes, holds

W1, W2, W3 = "w1.example", "w2.example", "w3.example"


def test_policy_of_another_origin() -> None:
    ledger = small_ledger()
    policy = replace(ledger.policy(), origin="trace.example.org/log")
    breaks(ledger.evidence(), "policy", "policy_other_origin", policy)
    breaks(ledger.receipt(2), "policy", "policy_other_origin", policy)


def test_policy_of_another_log_key() -> None:
    ledger = small_ledger()
    policy = replace(ledger.policy(), log_keys=ledger.vkeys(["another"]))
    breaks(ledger.evidence(), "policy", "policy_other_log_key", policy)
    breaks(ledger.receipt(2), "policy", "policy_other_log_key", policy)


def test_policy_of_another_genesis() -> None:
    ledger = small_ledger()
    policy = replace(ledger.policy(), genesis=ledger.kept[1].hash)
    breaks(ledger.evidence(), "policy", "policy_other_genesis", policy)


def test_log_key_rotation_is_followed() -> None:
    ledger = small_ledger()
    old = ledger.policy()
    section = ledger.log_section(["log-2"], ["registrar"])
    ledger.append("governance.log_key_rotated", OPERATOR, {"log": section}, [BATCH])
    ledger.log_keys = ("log", "log-2")
    assert holds(ledger.evidence(), old).genuine  # the overlap: both sign
    ledger.log_keys = ("log-2",)
    assert holds(ledger.evidence(), ledger.policy()).genuine
    breaks(ledger.evidence(), "policy", "policy_other_log_key", old)
    ledger.log_keys = ("log",)
    breaks(ledger.evidence(), "log_key", "log_key_superseded", old)


def test_a_policy_may_be_formatted_freely() -> None:
    policy = small_ledger().policy(tlog_policy=b"quorum none\n")
    free = json.dumps(json.loads(policy.encode()), indent=4).encode() + b"\n"
    assert read_policy(free) == policy
    assert read_policy(policy.encode()) == policy


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"spec": "hazledger/policy@2"}, "spec_unknown"),
        ({"origin": "with space"}, "origin_not_of_form"),
        ({"log_keys": []}, "list_length"),
        ({"log_keys": ["x"]}, "vkey_malformed"),
        ({"log_keys": [witness_vkey(W1)] * 2}, "duplicate_item"),
        ({"genesis": "x"}, "base64_not_canonical"),
        ({"registrars": ["AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]}, "key_small_order"),
        ({"registrars": ["AA"]}, "base64_wrong_size"),
        ({"more": 1}, "unknown_name"),
        ({"tlog_policy": "quorum none"}, "wrong_kind"),
    ],
)
def test_policy_that_is_not_of_the_form(change: dict[str, object], code: str) -> None:
    members = json.loads(small_ledger().policy().encode()) | change
    with pytest.raises(VerificationError) as caught:
        read_policy(json.dumps(members).encode())
    assert (caught.value.step, caught.value.code) == ("policy", code)


# Witnesses.


def witnessed(text: str, *witnesses: str) -> tuple[LedgerBytes, Policy]:
    ledger = small_ledger()
    lines = [f"witness {name[:2]} {witness_vkey(name)}" for name in (W1, W2, W3)]
    return ledger, ledger.policy(tlog_policy="\n".join([*lines, *text.splitlines(), ""]).encode())


@pytest.mark.parametrize(
    ("text", "signed", "met"),
    [
        ("quorum none", [], True),
        ("quorum w1", [W1], True),
        ("quorum w1", [W2, W3], False),
        ("group g any w1 w2\nquorum g", [W2], True),
        ("group g any w1 w2\nquorum g", [W3], False),
        ("group g all w1 w2\nquorum g", [W1, W2], True),
        ("group g all w1 w2\nquorum g", [W1], False),
        ("group g 2 w1 w2 w3\nquorum g", [W1, W3], True),
        ("group g 2 w1 w2 w3\nquorum g", [W3], False),
        ("group a any w1 w2\ngroup b all a w3\nquorum b", [W2, W3], True),
        ("group a any w1 w2\ngroup b all a w3\nquorum b", [W1, W2], False),
        ("# a comment\n\nquorum w1", [W1], True),
    ],
)
def test_witness_quorum(text: str, signed: list[str], met: bool) -> None:  # noqa: FBT001
    ledger, policy = witnessed(text)
    for bundle in (ledger.evidence(witnesses=signed), ledger.receipt(2, witnesses=signed)):
        if met:
            assert codes(holds(bundle, policy))[:2] == ["genuine", "quorum_met"]
        else:
            breaks(bundle, "policy", "witness_quorum_not_met", policy)


def test_witnesses_that_no_policy_names_are_said_to_be_so() -> None:
    ledger = small_ledger()
    for policy in (None, ledger.policy()):
        assert "cosigned" in codes(holds(ledger.evidence(witnesses=[W1]), policy))


def test_a_log_is_no_witness_of_itself() -> None:
    ledger = small_ledger()
    text = parse_note(ledger.checkpoint())[0]
    signer = Signer(ORIGIN, seed_of("log"))
    own = signer.verifier(4).vkey()
    note = add_signatures(ledger.checkpoint(), [signer.cosign(text, 1)])
    evidence = replace(ledger.evidence(), checkpoint=note, vkeys=tuple(sorted([*ledger.vkeys(), own])))
    policy = ledger.policy(tlog_policy=f"witness w {own}\nquorum w\n".encode())
    assert "cosigned" not in codes(holds(evidence))
    breaks(evidence, "policy", "witness_quorum_not_met", policy)


def test_a_plain_signature_is_no_cosignature() -> None:
    ledger = small_ledger()
    text = parse_note(ledger.checkpoint())[0]
    signer = Signer(W1, seed_of(W1))
    note = add_signatures(ledger.checkpoint(), [signer.sign(text)])
    vkeys = tuple(sorted([*ledger.vkeys(), signer.verifier().vkey()]))
    evidence = replace(ledger.evidence(), checkpoint=note, vkeys=vkeys)
    _, policy = witnessed("quorum w1")
    breaks(evidence, "policy", "witness_quorum_not_met", policy)


def test_the_log_named_in_the_witness_policy_must_have_signed() -> None:
    ledger = small_ledger()
    good, other = ledger.vkeys()[0], ledger.vkeys(["another"])[0]
    assert holds(ledger.evidence(), ledger.policy(tlog_policy=f"log {good} https://x\nquorum none\n".encode())).genuine
    policy = ledger.policy(tlog_policy=f"log {other}\nquorum none\n".encode())
    breaks(ledger.evidence(), "policy", "policy_other_log_key", policy)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum w9",
        "quorum none\nquorum none",
        "quorum",
        "witness w1 x\nquorum none",
        f"witness w1 {witness_vkey('w4.example')}\nquorum none",
        f"witness again {witness_vkey(W1)}\nquorum none",
        f"witness none {witness_vkey('w4.example')}\nquorum none",
        "group g any\nquorum none",
        "group g any w9\nquorum none",
        "group g any w1 w1\nquorum none",
        "group g any w1\ngroup h any w1\nquorum none",
        "group g 0 w1\nquorum none",
        "group g 2 w1\nquorum none",
        "group g most w1\nquorum none",
        "group w1 any w2\nquorum none",
        "log x\nquorum none",
        "other\nquorum none",
    ],
)
def test_witness_policy_that_is_not_of_the_form(text: str) -> None:
    ledger, policy = witnessed(text)
    breaks(ledger.evidence(), "policy", "tlog_policy_malformed", policy)


def test_a_witness_may_have_an_address() -> None:
    ledger = small_ledger()
    policy = ledger.policy(tlog_policy=f"witness w {witness_vkey(W1)} https://w\nquorum w\n".encode())
    assert holds(ledger.evidence(witnesses=[W1]), policy).genuine
