"""Proofs of many chains: what honest ones say, and at which step forged ones break."""

import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.bundle import Evidence
from ledger.core.note import Signer, parse_note
from ledger.core.proof import (
    Index,
    Listed,
    Span,
    Subject,
    Title,
    part_digest,
    read_document,
    read_part,
    sign_index,
)
from ledger.errors import FormatError, VerificationError
from ledger.verify import verify, verify_lines
from ledger.verify.report import Report
from ledger.verify.report_text import STEPS
from tests.support.ledger_bytes import (
    BATCH,
    SITE,
    START_MS,
    STEP_MS,
    LedgerBytes,
    record_only,
    seed_of,
    uid,
    witness_vkey,
)
from tests.support.proof_bytes import (
    DAY,
    DEAL,
    REGION,
    TRANSFER,
    busy_ledger,
    deal,
    proof,
    region,
    site_day,
    span,
)
from tests.verify.breaking import breaks, codes

HASHES = st.sampled_from([part_digest(bytes([n])) for n in range(20)])
TIMES = st.integers(0, 10**12)


def facts(report: Report, code: str) -> dict[str, int | str]:
    return dict(next(part.facts for part in report.verdict if part.code == code))


# What honest proofs say.


def test_a_sites_day_shows_nothing_left_out() -> None:
    ledger = busy_ledger()
    report = verify(site_day(ledger), ledger.policy())
    assert report.genuine
    assert all(step.ok for step in report.steps), report.steps
    assert codes(report) == [
        "genuine", "about_site", "chains_complete", "period_covered", "list_signed", "all_disclosed", "by_attested",
    ]  # fmt: skip
    assert facts(report, "chains_complete")["n"] == 6
    assert facts(report, "about_site") == {"chains": 1, "records": 4}


def test_a_transfer_shows_its_chains_and_adds_up_its_batch() -> None:
    report = verify(deal())
    assert not report.genuine
    assert [step.name for step in report.steps if not step.ok] == ["heads", "policy"], "the heads are older than it"
    assert facts(report, "chains_not_complete") == {"chains": 1}
    assert "batches_add_up" in codes(report)
    assert facts(report, "by_registrar") == {"records": 3}


def test_a_region_counts_each_record_of_a_cut_chain_once() -> None:
    report = verify(region())
    assert facts(report, "about_region") == {"chains": 2, "records": 6 + 5}
    assert facts(report, "chains_withheld") == {"withheld": 2}
    assert "period_covered" in codes(report)


def test_withheld_records_are_counted_and_their_kilograms_are_not_claimed() -> None:
    report = verify(deal(show=record_only))
    assert facts(report, "not_disclosed") == {"hidden": 6, "records": 7}
    assert facts(report, "batches_not_added_up") == {"batches": 1, "rest": 1}


def test_a_period_that_no_heads_cover_is_said_to_be_open() -> None:
    late = Subject("site", SITE, DAY.from_ms, START_MS + 7 * STEP_MS)
    report = verify(proof(late, [span(busy_ledger(), SITE, 1)]))
    assert facts(report, "period_open")["time"] == "2026-11-22T00:06:00.000Z"
    assert not next(step.ok for step in report.steps if step.name == "period")


def test_a_day_on_which_nothing_happened_is_proven_by_the_record_before_it() -> None:
    quiet = Subject("site", SITE, START_MS + 5 * STEP_MS + 1, START_MS + 6 * STEP_MS)
    report = verify(proof(quiet, [span(busy_ledger(), SITE, 3, 3)]))
    assert facts(report, "about_site") == {"chains": 1, "records": 1}
    assert "period_covered" in codes(report)


def test_an_unsigned_index_is_told() -> None:
    report = verify(proof(DAY, [span(busy_ledger(), SITE, 1)], signer=None))
    assert "list_not_signed" in codes(report)
    assert not next(step.ok for step in report.steps if step.name == "seal")


def test_a_demo_and_a_compromised_key_are_told() -> None:
    ledger = busy_ledger(demo=True)
    since = "2026-11-22T00:01:30+00:00"
    ledger.revoke_key("org:" + uid(2), "producer", ["registrar"], compromised_since=since)
    ledger.publish_heads()
    report = verify(proof(DEAL, [ledger.evidence(BATCH), ledger.evidence(TRANSFER)]))
    assert report.demo
    assert facts(report, "key_compromised") == {"records": 3, "since": "2026-11-22T00:01:30.000Z"}


def test_witnesses_are_counted_and_a_quorum_is_asked_for() -> None:
    ledger, name = busy_ledger(), "witness.example.org/w1"
    evidence = ledger.evidence(BATCH, witnesses=(name,))
    data = proof(Subject("region", "33", 0, DAY.to_ms), [evidence])
    assert facts(verify(data), "cosigned") == {"witnesses": 1}
    met = ledger.policy(tlog_policy=f"witness w {witness_vkey(name)}\nquorum w\n".encode())
    assert codes(verify(data, met))[:2] == ["genuine", "quorum_met"]
    other = ledger.policy(tlog_policy=f"witness w {witness_vkey('w2')}\nquorum w\n".encode())
    breaks(data, "policy", "witness_quorum_not_met", other)


def test_a_part_stands_alone() -> None:
    lines = region().splitlines()
    assert "complete" in codes(verify(lines[1]))
    assert verify(lines[3]).spec == "hazledger/span@1"
    assert not any(step.name == "kilograms" for step in verify(lines[3]).steps)


def test_a_further_part_costs_a_line_of_the_index_and_no_more() -> None:
    ledger = busy_ledger()
    for _ in range(60):
        ledger.consume(1)
    ledger.publish_heads()
    whole = [span(ledger, SITE, at, at + 1, heads=False) for at in range(64)]
    subject = Subject("region", "3302", 0, START_MS + 70 * STEP_MS)

    def peak(count: int) -> int:
        lines = proof(subject, whole[:count], signer=None).splitlines(keepends=True)
        tracemalloc.start()
        verify_lines(iter(lines))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(2)
    assert (peak(64) - peak(8)) / 56 < 4096 < peak(2) / 10


def test_lines_and_bytes_are_judged_alike() -> None:
    for data in (site_day(), busy_ledger().evidence().encode()):
        assert verify_lines(io.BytesIO(data)) == verify(data)


# What forged ones break.


def test_a_file_that_is_cut_off() -> None:
    data = site_day()
    lines = data.splitlines(keepends=True)
    for cut in (data[:-1], lines[0], b"".join(lines[:2]), lines[0][:-1]):
        breaks(cut, "form", "proof_cut_off")


def test_a_part_left_out() -> None:
    lines = deal().splitlines(keepends=True)
    breaks(b"".join([lines[0], lines[2], lines[3]]), "parts", "part_not_as_listed")


def test_a_part_left_out_of_file_and_index() -> None:
    known = busy_ledger()
    data = proof(DEAL, [known.evidence(BATCH), known.evidence(TRANSFER)])
    lines = data.splitlines(keepends=True)
    index = Index.parse(lines[3][:-1])
    forged = replace(index, parts=index.parts[1:]).encode() + b"\n"
    breaks(b"".join([lines[0], lines[2], forged]), "seal", "seal_of_another_index")


def test_the_chain_of_the_subject_left_out() -> None:
    breaks(proof(DEAL, [busy_ledger().evidence(BATCH)]), "parts", "subject_not_shown")


def test_a_part_put_in_from_another_state_of_the_log() -> None:
    ledger = busy_ledger()
    older = ledger.evidence(BATCH, size=8)
    breaks(proof(DEAL, [older, ledger.evidence(TRANSFER)]), "parts", "part_of_another_view")


def test_parts_in_another_order_or_twice() -> None:
    ledger = busy_ledger()
    batch, own = ledger.evidence(BATCH), ledger.evidence(TRANSFER)
    listed = [Listed(part.chain, 0, part_digest(part.encode())) for part in (batch, own)]
    breaks(proof(DEAL, [own, batch], listed=listed), "parts", "span_not_continued")
    breaks(proof(DEAL, [batch, batch, own], listed=listed), "parts", "span_not_continued")


def test_records_left_out_between_two_parts() -> None:
    ledger = busy_ledger()
    cut = [span(ledger, SITE, 0, 1, heads=False), span(ledger, SITE, 2)]
    breaks(proof(REGION, cut), "parts", "span_not_continued")


def test_a_continuation_by_another_record() -> None:
    ledger, other = busy_ledger(), busy_ledger()
    first = span(ledger, SITE, 0, 2, heads=False)
    forged = Span(2, replace(span(other, SITE, 3).evidence))
    breaks(proof(REGION, [first, forged]), "chain", "chain_seq_wrong")


def test_a_period_whose_first_records_are_left_out() -> None:
    breaks(proof(DAY, [span(busy_ledger(), SITE, 2)]), "period", "span_begins_late")


def test_a_transfer_of_which_only_the_end_is_shown() -> None:
    ledger = busy_ledger()
    parts: list[Evidence | Span] = [span(ledger, BATCH, 2), ledger.evidence(TRANSFER)]
    breaks(proof(DEAL, parts), "period", "span_begins_late")


def test_a_hidden_end_of_a_period_is_found_by_the_heads() -> None:
    breaks(proof(DAY, [span(busy_ledger(), SITE, 1, 2)]), "heads", "head_not_proven")


def test_an_index_sealed_by_a_thief() -> None:
    breaks(proof(DAY, [span(busy_ledger(), SITE, 1)], signer="thief"), "seal", "note_not_signed")


def test_an_index_with_a_line_that_nobody_can_verify() -> None:
    part = span(busy_ledger(), SITE, 1)
    lines = proof(DAY, [part]).splitlines(keepends=True)
    index = Index.parse(lines[2][:-1])
    assert index.seal is not None
    stranger = Signer("stranger.example", seed_of("stranger")).sign(parse_note(index.seal)[0]).line()
    lines[2] = replace(index, seal=index.seal + stranger).encode() + b"\n"
    breaks(b"".join(lines), "seal", "checkpoint_line_unknown")


def test_a_seal_moved_to_another_subject() -> None:
    part = span(busy_ledger(), SITE, 1)
    lines = proof(DAY, [part]).splitlines(keepends=True)
    later = replace(DAY, to_ms=(DAY.to_ms or 0) - 1)
    lines[0] = Title(part.evidence.origin, later).encode() + b"\n"
    breaks(b"".join(lines), "seal", "seal_of_another_index")


def test_chains_said_to_be_withheld_by_another_number() -> None:
    lines = region().splitlines(keepends=True)
    lines[-1] = replace(Index.parse(lines[-1][:-1]), withheld=0).encode() + b"\n"
    breaks(b"".join(lines), "seal", "seal_of_another_index")


def test_a_receipt_is_no_part() -> None:
    lines = site_day().splitlines(keepends=True)
    lines[1] = busy_ledger().receipt(2).encode() + b"\n"
    breaks(b"".join(lines), "form", "not_a_choice")


def test_a_broken_part_names_its_place() -> None:
    lines = deal().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"text":"x"', b'"text":"y"')
    error = breaks(b"".join(lines), "sections", "section_digest_wrong")
    assert error.field == "/parts/1/entries/2/sections"


def test_more_parts_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    data = deal()
    monkeypatch.setattr("ledger.verify.proof.MAX_PARTS", 1)
    breaks(data, "form", "list_length")


@pytest.mark.parametrize("make", [site_day, deal, region])
def test_one_flipped_byte_anywhere_fails(make: object) -> None:
    assert callable(make)
    data: bytes = make()
    survivors = []
    for position in range(0, len(data), 53):
        changed = bytearray(data)
        changed[position] ^= 1 << position % 8
        try:
            verify(bytes(changed))
        except VerificationError as error:
            survivors += [] if error.step in STEPS else [position]
        else:
            survivors.append(position)
    assert survivors == []


# Shapes.


def test_subjects_of_another_form() -> None:
    def refused(code: str, kind: str, ref: str, from_ms: int | None = None, to_ms: int | None = None) -> None:
        with pytest.raises(FormatError) as caught:
            Subject(kind, ref, from_ms, to_ms)
        assert caught.value.code == code

    refused("not_a_choice", "batch", BATCH)
    refused("ref_wrong_kind", "site", BATCH, 0, 1)
    refused("region_not_of_form", "region", "330", 0, 1)
    refused("region_not_of_form", "region", "３３", 0, 1)
    refused("period_not_of_form", "site", SITE)
    refused("period_not_of_form", "site", SITE, 1)
    refused("period_not_of_form", "transfer", TRANSFER, 0, 1)
    refused("period_not_of_form", "site", SITE, 1, 1)


def test_an_index_out_of_order() -> None:
    one, two = Listed(BATCH, 0, part_digest(b"")), Listed(SITE, 0, part_digest(b""))
    for parts in ((two, one), (one, one), ()):
        with pytest.raises(FormatError):
            Index(parts, 0, None)
    with pytest.raises(FormatError):
        Index((one,), -1, None)


SUBJECTS = st.one_of(
    st.just(DEAL),
    st.tuples(TIMES, TIMES)
    .filter(lambda pair: pair[0] < pair[1])
    .flatmap(
        lambda pair: st.sampled_from([Subject("site", SITE, *pair), Subject("region", "33", *pair)]),
    ),
)


@settings(max_examples=60)
@given(subject=SUBJECTS, digests=st.lists(HASHES, min_size=1, max_size=5), withheld=st.integers(0, 9))
def test_what_is_written_is_read(subject: Subject, digests: list[str], withheld: int) -> None:
    title = Title("trace.example.cn/log", subject)
    assert Title.parse(title.encode()) == title
    parts = [Listed(SITE, at, digest) for at, digest in enumerate(digests)]
    for index in (
        Index(tuple(parts), withheld, None),
        sign_index(title, parts, withheld, Signer(title.origin, seed_of("log"))),
    ):
        assert Index.parse(index.encode()) == index


def documents() -> Iterator[Evidence | Span]:
    ledger: LedgerBytes = busy_ledger()
    yield from (ledger.evidence(), span(ledger, SITE, 1), span(ledger, SITE, 0))


def test_documents_are_read_as_they_were_written() -> None:
    for document in documents():
        assert read_document(document.encode()) == document
        assert read_part(document.encode()) == (document if isinstance(document, Span) else Span(0, document))
        if isinstance(document, Span):
            assert Span.parse(document.encode()) == document
