"""What honest evidence says, whole and in part."""

from dataclasses import replace

from ledger.core.bundle import Entry
from tests.support.ledger_bytes import (
    BATCH,
    LEDGER,
    PRODUCER,
    SITE,
    STORE,
    Kept,
    LedgerBytes,
    header_only,
    record_only,
    small_ledger,
)
from tests.verify.breaking import codes, holds

STEPS = [
    "form", "sections", "events", "entries", "genesis", "log_key", "checkpoint", "inclusion", "signatures",
    "links", "chain", "heads", "effects", "kilograms", "policy",
]  # fmt: skip


def test_full_evidence_with_a_policy_is_genuine() -> None:
    ledger = small_ledger()
    report = holds(ledger.evidence(), ledger.policy())
    assert [step.name for step in report.steps] == STEPS
    assert all(step.ok for step in report.steps)
    assert report.genuine
    assert not report.demo
    assert codes(report) == ["genuine", "complete", "newer", "all_disclosed", "by_registrar", "by_attested", "adds_up"]
    assert report.accounts == (("produced", -1000 * 10**6), ("used", 300 * 10**6), (STORE, 700 * 10**6))
    assert sum(mg for _, mg in report.accounts) == 0


def test_without_a_policy_it_is_consistent_and_never_genuine() -> None:
    report = holds(small_ledger().evidence())
    assert not report.genuine
    assert codes(report)[0] == "consistent_not_pinned"
    assert not next(step for step in report.steps if step.name == "policy").ok


def test_completeness_is_stated_as_of_a_log_size_and_a_time() -> None:
    report = holds(small_ledger().evidence())
    complete = next(part for part in report.verdict if part.code == "complete")
    assert complete.facts == {"n": 4, "time": "2026-11-22T00:04:00.000Z", "records": 2, "newer": 1}


def test_nothing_newer_is_said_when_the_heads_are_the_last_record() -> None:
    assert "newer" not in codes(holds(small_ledger().evidence(size=5)))


def test_a_demo_says_so_with_and_without_a_policy() -> None:
    ledger = small_ledger(demo=True)
    assert holds(ledger.evidence()).demo
    report = holds(ledger.evidence(), ledger.policy())
    assert report.demo
    assert report.genuine


def test_without_heads_completeness_is_not_claimed() -> None:
    for evidence in (small_ledger().evidence(size=4), small_ledger().evidence(with_heads=False)):
        report = holds(evidence)
        assert "completeness_not_shown" in codes(report)
        assert not next(step for step in report.steps if step.name == "heads").ok


def test_bare_records_are_counted_and_kilograms_not_added_up() -> None:
    report = holds(small_ledger().evidence(show=record_only))
    hidden = next(part for part in report.verdict if part.code == "not_disclosed")
    assert hidden.facts == {"hidden": 3, "records": 3}
    assert next(part for part in report.verdict if part.code == "not_added_up").facts["withheld"] == 3
    assert "by_not_shown" in codes(report)
    assert report.accounts == ()
    assert [(line.type, line.actor, line.standing) for line in report.records] == [(None, None, "not_shown")] * 3


def test_headers_alone_still_prove_signatures() -> None:
    report = holds(small_ledger().evidence(show=header_only))
    assert [line.standing for line in report.records] == ["registrar", "attested", "attested"]
    assert "not_disclosed" in codes(report)


def test_one_withheld_section_is_named() -> None:
    def without_outputs(_: Kept, entry: Entry) -> Entry:
        return replace(entry, sections=tuple(item for item in entry.sections if item.name != "outputs"))

    report = holds(small_ledger().evidence(show=without_outputs))
    assert next(part for part in report.verdict if part.code == "not_disclosed").facts["hidden"] == 1
    assert "adds_up" in codes(report)


def test_an_erased_personal_section_hides_nothing() -> None:
    def without_personal(_: Kept, entry: Entry) -> Entry:
        return replace(entry, sections=tuple(item for item in entry.sections if item.name != "personal"))

    assert "all_disclosed" in codes(holds(small_ledger().evidence(show=without_personal)))


def test_a_site_chain_has_no_kilograms_to_add_up() -> None:
    report = holds(small_ledger().evidence(SITE))
    assert [step.name for step in report.steps] == [name for name in STEPS if name != "kilograms"]
    assert not {"adds_up", "not_added_up"} & set(codes(report))


def test_the_ledger_chain_itself_can_be_shown() -> None:
    report = holds(small_ledger().evidence(LEDGER))
    assert [line.type for line in report.records] == ["governance.ledger_opened", "governance.heads_published"]
    assert next(part for part in report.verdict if part.code == "complete").facts["newer"] == 1


def test_an_organisation_chain_shows_its_own_registrations() -> None:
    assert [line.index for line in holds(small_ledger().evidence(PRODUCER)).records] == [1]


def test_a_longer_life_adds_up() -> None:
    ledger = LedgerBytes()
    ledger.open()
    ledger.admit(PRODUCER, "producer")
    ledger.produce(5000)
    for _ in range(200):
        ledger.consume(1)
    ledger.publish_heads()
    report = holds(ledger.evidence(), ledger.policy())
    assert len(report.records) == 201
    assert dict(report.accounts)[(BATCH, *STORE[1:])] == 4800 * 10**6
