"""Whose signature it is: registrars, endorsements, revocation, log position."""

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.times import format_recorded, format_utc
from ledger.verify.report_text import render
from tests.support.ledger_bytes import (
    BATCH,
    OPERATOR,
    PRODUCER,
    USER,
    LedgerBytes,
    key_id_of,
    public_of,
)
from tests.verify.breaking import breaks, codes, holds


def opened(signers: list[str] | None = None, registrars: tuple[str, ...] = ("registrar",)) -> LedgerBytes:
    ledger = LedgerBytes(registrars=registrars)
    ledger.open()
    ledger.admit(PRODUCER, "producer", ["registrar"] if signers is None else signers)
    return ledger


def counted(ledger: LedgerBytes, *signers: str, actor: str = PRODUCER) -> None:
    ledger.append("storage.counted", actor, {}, [BATCH], signers=signers)


def standing(ledger: LedgerBytes, *, policy: bool = False) -> str:
    return holds(ledger.evidence(), ledger.policy() if policy else None).records[-1].standing


def test_a_registrar_vouches_for_the_first_key() -> None:
    ledger = opened()
    counted(ledger, "producer")
    assert standing(ledger) == "registrar"
    assert standing(ledger, policy=True) == "registrar"


def test_without_a_registrar_identity_rests_on_the_ledger_only() -> None:
    ledger = opened([], ())
    counted(ledger, "producer")
    assert standing(ledger) == "ledger"
    assert "by_ledger" in codes(holds(ledger.evidence(), ledger.policy()))


def test_a_registrar_that_the_policy_does_not_trust_vouches_for_nothing() -> None:
    ledger = opened()
    counted(ledger, "producer")
    report = holds(ledger.evidence(), ledger.policy(registrars=["another"]))
    assert report.genuine
    assert report.records[-1].standing == "ledger"


def test_a_registrar_of_the_policy_counts_before_the_ledger_names_it() -> None:
    ledger = opened(["later"], ())
    counted(ledger, "producer")
    assert holds(ledger.evidence(), ledger.policy(registrars=["later"])).records[-1].standing == "registrar"
    breaks(ledger.evidence(), "signatures", "key_not_registered")


def test_a_vouched_key_vouches_for_a_later_one_of_its_organisation() -> None:
    ledger = opened()
    ledger.register_key(PRODUCER, "producer-2", ["producer", "producer-2"])
    counted(ledger, "producer", "producer-2")
    assert standing(ledger) == "registrar"


def test_a_key_that_signed_only_for_itself_is_not_vouched_for() -> None:
    ledger = opened()
    ledger.register_key(PRODUCER, "producer-2", ["producer-2"])
    counted(ledger, "producer", "producer-2")
    assert standing(ledger) == "ledger"


def test_a_registration_is_itself_signed_by_a_vouched_party() -> None:
    ledger = opened()
    ledger.register_key(PRODUCER, "producer-2", ["producer", "producer-2"])
    assert [line.standing for line in holds(ledger.evidence(PRODUCER)).records] == ["registrar", "registrar"]


def test_a_registrar_endorses_a_later_key() -> None:
    ledger = opened([], ())
    ledger.registrars = ("registrar",)
    ledger.append(
        "governance.registrar_changed", OPERATOR, {"log": ledger.log_section(["log"], ["registrar"])}, [BATCH]
    )
    ledger.register_key(PRODUCER, "producer-2", ["producer-2", "registrar"])
    counted(ledger, "producer-2")
    assert standing(ledger) == "registrar"


def test_a_registrar_that_was_replaced_no_longer_counts() -> None:
    ledger = opened()
    ledger.append("governance.registrar_changed", OPERATOR, {"log": ledger.log_section(["log"], ["new"])}, [BATCH])
    ledger.admit(USER, "user", ["registrar"])
    breaks(ledger.evidence(), "signatures", "key_not_registered")


def test_a_registrar_signs_nothing_but_governance() -> None:
    ledger = opened()
    counted(ledger, "registrar")
    breaks(ledger.evidence(), "signatures", "key_not_registered")


def test_key_of_another_organisation() -> None:
    ledger = opened()
    ledger.admit(USER, "user")
    counted(ledger, "producer", actor=USER)
    breaks(ledger.evidence(), "signatures", "key_of_another")


def test_revoked_key() -> None:
    ledger = opened()
    counted(ledger, "producer")
    ledger.revoke_key(PRODUCER, "producer")
    assert standing(ledger) == "registrar"
    counted(ledger, "producer")
    breaks(ledger.evidence(), "signatures", "key_revoked")


def test_a_revocation_by_another_organisation_does_nothing() -> None:
    ledger = opened()
    ledger.revoke_key(USER, "producer")
    counted(ledger, "producer")
    assert standing(ledger) == "registrar"


def test_a_revocation_whose_section_is_withheld_does_nothing() -> None:
    ledger = opened()
    ledger.append("governance.key_revoked", PRODUCER, {}, [PRODUCER])
    counted(ledger, "producer")
    assert standing(ledger) == "registrar"


def test_a_rotated_key_no_longer_counts() -> None:
    ledger = opened()
    ledger.register_key(PRODUCER, "producer-2", ["producer", "producer-2"], replaces=key_id_of("producer"))
    counted(ledger, "producer-2")
    assert standing(ledger) == "registrar"
    counted(ledger, "producer")
    breaks(ledger.evidence(), "signatures", "key_revoked")


def moment(ms: int) -> str:
    return format_utc(ms)


def test_what_a_key_signed_since_it_was_compromised_is_told() -> None:
    ledger = opened()
    counted(ledger, "producer")
    counted(ledger, "producer")
    counted(ledger)
    since = holds(ledger.evidence()).records[1].recorded_at_ms
    ledger.revoke_key(PRODUCER, "producer", compromised_since=moment(since))
    report = holds(ledger.evidence())
    assert [line.compromised_since_ms for line in report.records] == [None, since, None]
    assert [line.standing for line in report.records] == ["registrar", "registrar", "attested"]
    told = next(part for part in report.verdict if part.code == "key_compromised")
    assert told.facts == {"records": 1, "since": format_recorded(since)}
    assert any("later reported compromised since" in text for text in render(report, "en"))


def test_of_two_reports_the_earlier_moment_counts() -> None:
    ledger = opened()
    counted(ledger, "producer")
    recorded = holds(ledger.evidence()).records[-1].recorded_at_ms
    ledger.revoke_key(PRODUCER, "producer", compromised_since=moment(recorded - 60_000))
    ledger.revoke_key(PRODUCER, "producer", compromised_since=moment(recorded + 60_000))
    ledger.revoke_key(PRODUCER, "producer")
    line = holds(ledger.evidence()).records[-1]
    assert line.compromised_since_ms == recorded - 60_000


def test_what_was_recorded_before_the_moment_is_not_flagged() -> None:
    ledger = opened()
    counted(ledger, "producer")
    recorded = holds(ledger.evidence()).records[-1].recorded_at_ms
    ledger.revoke_key(PRODUCER, "producer", compromised_since=moment(recorded + 60_000))
    report = holds(ledger.evidence())
    assert report.records[-1].compromised_since_ms is None
    assert "key_compromised" not in codes(report)


def test_a_report_of_compromise_by_another_organisation_flags_nothing() -> None:
    ledger = opened()
    counted(ledger, "producer")
    recorded = holds(ledger.evidence()).records[-1].recorded_at_ms
    ledger.revoke_key(USER, "producer", compromised_since=moment(recorded - 60_000))
    assert "key_compromised" not in codes(holds(ledger.evidence()))


def test_the_admission_that_a_compromised_key_signed_is_flagged_on_its_chain() -> None:
    ledger = LedgerBytes(registrars=("registrar",))
    ledger.open()
    ledger.admit(PRODUCER, "producer", ["registrar", "producer"])
    recorded = holds(ledger.evidence(PRODUCER)).records[-1].recorded_at_ms
    ledger.revoke_key(PRODUCER, "producer", compromised_since=moment(recorded - 60_000))
    flags = [line.compromised_since_ms is not None for line in holds(ledger.evidence(PRODUCER)).records]
    assert flags == [True, False]


def test_a_moment_of_another_form_is_refused() -> None:
    ledger = opened()
    counted(ledger, "producer")
    ledger.revoke_key(PRODUCER, "producer", compromised_since="yesterday")
    breaks(ledger.evidence(), "signatures", "time_not_of_form")


def test_key_registered_twice() -> None:
    ledger = opened()
    ledger.register_key(PRODUCER, "producer", ["producer"])
    counted(ledger)
    breaks(ledger.evidence(), "signatures", "key_registered_twice")


def test_two_organisations_may_share_a_key() -> None:
    ledger = opened()
    ledger.admit(USER, "producer")
    counted(ledger, "producer", actor=USER)
    assert standing(ledger) == "registrar"


def admission(key: Json, organisation: dict[str, Json] | None) -> LedgerBytes:
    ledger = LedgerBytes()
    ledger.open()
    sections: dict[str, dict[str, Json]] = {"key": {"key": key, "alg": "ed25519"}}
    if organisation is not None:
        sections["organisation"] = organisation
    ledger.append("governance.organisation_admitted", OPERATOR, sections, [BATCH], signers=["registrar"])
    return ledger


def test_small_order_key() -> None:
    ledger = admission(b64u(bytes([1]) + bytes(31)), {"organisation": PRODUCER})
    breaks(ledger.evidence(), "signatures", "key_small_order")


def test_key_of_another_length() -> None:
    breaks(admission("AA", {"organisation": PRODUCER}).evidence(), "signatures", "base64_wrong_size")


def test_key_section_of_another_form() -> None:
    breaks(admission(1, {"organisation": PRODUCER}).evidence(), "signatures", "section_not_of_form")


def test_admission_that_does_not_say_of_whom() -> None:
    breaks(admission(b64u(public_of("producer")), None).evidence(), "signatures", "section_not_of_form")


def test_key_of_another_algorithm() -> None:
    ledger = LedgerBytes()
    ledger.open()
    content: dict[str, Json] = {"key": b64u(public_of("producer")), "alg": "sm2"}
    ledger.append("governance.key_registered", PRODUCER, {"key": content}, [BATCH])
    breaks(ledger.evidence(), "signatures", "section_not_of_form")


def test_admission_without_a_key_registers_none() -> None:
    ledger = LedgerBytes()
    ledger.open()
    sections: dict[str, dict[str, Json]] = {"organisation": {"organisation": PRODUCER}}
    ledger.append("governance.organisation_admitted", OPERATOR, sections, [BATCH], signers=["registrar"])
    report = holds(ledger.evidence())
    assert report.records[-1].standing == "registrar"


def test_the_verdict_counts_each_kind_of_answer() -> None:
    ledger = opened()
    ledger.register_key(PRODUCER, "producer-2", ["producer-2"])
    counted(ledger, "producer")
    counted(ledger, "producer-2")
    counted(ledger)
    report = holds(ledger.evidence())
    assert [code for code in codes(report) if code.startswith("by_")] == ["by_registrar", "by_ledger", "by_attested"]


def test_the_key_that_broke_is_named() -> None:
    ledger = opened()
    counted(ledger, "thief")
    assert breaks(ledger.evidence(), "signatures", "key_not_registered").params["key"] == key_id_of("thief")
