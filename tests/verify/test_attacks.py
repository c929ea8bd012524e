"""Named attacks on evidence: each breaks at the step that is there to stop it."""

from dataclasses import replace

import pytest

from ledger.core.b64 import b64u
from ledger.core.bundle import Entry
from ledger.core.canonical import Json
from ledger.core.events import Signature, signing_bytes
from ledger.core.heads import HeadProof
from ledger.core.keys import sign
from ledger.core.note import Signer, add_signatures, parse_note
from ledger.core.records import Effects, Link, Posting
from ledger.core.sections import Disclosure
from tests.support.ledger_bytes import (
    BATCH,
    LEDGER,
    ORIGIN,
    PRODUCER,
    SITE,
    STORE,
    LedgerBytes,
    key_id_of,
    record_only,
    seed_of,
    small_ledger,
    witness_vkey,
)
from tests.verify.breaking import breaks, changed, holds


def opened(*, demo: bool = False) -> LedgerBytes:
    ledger = LedgerBytes(demo=demo)
    ledger.open()
    ledger.admit(PRODUCER, "producer")
    return ledger


# Bytes that were swapped or changed.


def test_swapped_record() -> None:
    other = small_ledger()
    other.kept[3] = replace(other.kept[3], record=replace(other.kept[3].record, recorded_at_ms=1_795_305_780_001))
    forged = other.entry(3, BATCH).record
    breaks(
        changed(small_ledger().evidence(), 3, lambda entry: replace(entry, record=forged)),
        "inclusion",
        "inclusion_not_proven",
    )


def test_swapped_section() -> None:
    def smaller(entry: Entry) -> Entry:
        lines: Disclosure = entry.sections[0]
        assert lines.name == "outputs"
        content: dict[str, Json] = {"lines": [{"batch": BATCH, "amount": "999.000", "unit": "kg"}]}
        return replace(entry, sections=(Disclosure(lines.salt, lines.name, content), *entry.sections[1:]))

    breaks(changed(small_ledger().evidence(), 2, smaller), "sections", "section_digest_wrong")


def test_section_that_the_header_does_not_list() -> None:
    extra = Disclosure(bytes(16), "agent", {})
    evidence = changed(small_ledger().evidence(), 0, lambda entry: replace(entry, sections=(extra, *entry.sections)))
    breaks(evidence, "sections", "section_digest_wrong")


def test_swapped_header() -> None:
    evidence = small_ledger().evidence()
    header = evidence.entries[2].header
    assert header is not None
    forged = replace(header, occurred_at="2026-11-21T00:00:00+00:00")
    breaks(changed(evidence, 2, lambda entry: replace(entry, header=forged)), "events", "event_hash_wrong")


def test_swapped_effects() -> None:
    def forged(entry: Entry) -> Entry:
        effects = Disclosure(bytes(16), "effects", Effects().content())
        return replace(entry, effects=effects)

    breaks(changed(small_ledger().evidence(), 3, forged), "effects", "effects_digest_wrong")


def test_swapped_link() -> None:
    ledger = small_ledger()
    link = ledger.kept[5].links[BATCH][0]
    breaks(
        changed(ledger.evidence(), 3, lambda entry: replace(entry, link=link, effects=None)),
        "links",
        "link_not_in_record",
    )


# Records that were left out.


def test_truncated_chain_tail_is_found_by_heads() -> None:
    breaks(small_ledger().evidence(size=5, leave_out=[3]), "heads", "head_not_proven")


def test_record_left_out_of_the_middle() -> None:
    breaks(small_ledger().evidence(leave_out=[3]), "chain", "chain_seq_wrong")


def test_first_record_left_out() -> None:
    breaks(small_ledger().evidence(leave_out=[2]), "chain", "chain_seq_wrong")


def test_whole_chain_left_out() -> None:
    breaks(small_ledger().evidence(leave_out=[2, 3, 5]), "links", "chain_not_shown")


def test_all_records_before_the_heads_left_out() -> None:
    # The remaining record claims to be the first of its chain; the heads know better.
    ledger = small_ledger()
    ledger.consume(1, links={BATCH: Link(BATCH, 0, None, b64u(bytes(32)))})
    breaks(ledger.evidence(leave_out=[2, 3, 5]), "heads", "head_not_proven")


def test_heads_left_out_although_a_proof_is_given() -> None:
    breaks(small_ledger().evidence(leave_out=[4]), "heads", "heads_not_shown")


def test_heads_section_withheld() -> None:
    evidence = changed(small_ledger().evidence(), 4, lambda entry: replace(entry, sections=()))
    breaks(evidence, "heads", "heads_not_shown")


def test_other_batch_given_for_the_one_asked_for() -> None:
    ledger = small_ledger()
    evidence = replace(ledger.evidence(SITE), chain=BATCH)
    breaks(evidence, "links", "link_of_another_chain")


# Signatures and keys.


def test_forged_signature() -> None:
    ledger = opened()
    ledger.produce(1)
    kept = ledger.kept[2]
    forged = Signature(key_id_of("producer"), b64u(sign(seed_of("thief"), signing_bytes(kept.header.encode()))))
    breaks(
        changed(ledger.evidence(), 2, lambda entry: replace(entry, signatures=(forged,))),
        "events",
        "signatures_digest_wrong",
    )


def lying_about_signatures(signers: list[str], claimed: list[str]) -> LedgerBytes:
    ledger = opened()
    ledger.register_key(PRODUCER, "producer-2", ["producer", "producer-2"])
    ledger.append("storage.counted", PRODUCER, {}, [BATCH], signers=signers, claimed=claimed)
    return ledger


def test_forged_signature_that_the_ledger_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    def sign_other_bytes(private: bytes, msg: bytes) -> bytes:
        return sign(private, msg + b" ")

    ledger = opened()
    monkeypatch.setattr("tests.support.ledger_bytes.keys.sign", sign_other_bytes)
    ledger.append("storage.counted", PRODUCER, {}, [BATCH], signers=["producer"])
    monkeypatch.undo()
    breaks(ledger.evidence(), "signatures", "signature_wrong")


def test_missing_signature() -> None:
    ledger = lying_about_signatures([], ["producer"])
    breaks(ledger.evidence(), "signatures", "signatures_not_as_listed")


def test_surplus_signature() -> None:
    ledger = lying_about_signatures(["producer", "producer-2"], ["producer"])
    breaks(ledger.evidence(), "signatures", "signatures_not_as_listed")


def test_signature_by_another_key_than_listed() -> None:
    ledger = lying_about_signatures(["producer-2"], ["producer"])
    breaks(ledger.evidence(), "signatures", "signatures_not_as_listed")


def test_key_registered_later_than_used() -> None:
    ledger = opened()
    ledger.produce(1, signers=["producer-2"])
    ledger.register_key(PRODUCER, "producer-2", ["producer", "producer-2"])
    breaks(ledger.evidence(), "signatures", "key_registered_later")


def test_key_never_registered() -> None:
    ledger = opened()
    ledger.produce(1, signers=["thief"])
    breaks(ledger.evidence(), "signatures", "key_not_registered")


def test_registration_withheld() -> None:
    breaks(small_ledger().evidence(leave_out=[1]), "signatures", "key_not_registered")


# The log.


def test_wrong_origin() -> None:
    evidence = replace(small_ledger().evidence(), origin="trace.example.org/log")
    breaks(evidence, "entries", "origin_differs")


def test_event_of_another_ledger_replayed() -> None:
    ledger = opened()
    ledger.append("storage.counted", PRODUCER, {}, [BATCH], origin="trace.example.org/log")
    breaks(ledger.evidence(), "entries", "origin_differs")


def test_genesis_of_another_origin() -> None:
    ledger = LedgerBytes()
    log = {**ledger.log_section(["log"], []), "origin": "trace.example.org/log"}
    ledger.append("governance.ledger_opened", PRODUCER, {"log": log}, [LEDGER])
    breaks(ledger.evidence(LEDGER), "genesis", "origin_differs")


def test_substituted_genesis() -> None:
    true, false = small_ledger(), small_ledger(demo=True)
    assert holds(false.evidence()).demo
    breaks(false.evidence(), "policy", "policy_other_genesis", true.policy())


def test_genesis_taken_from_another_ledger() -> None:
    foreign = small_ledger(demo=True).evidence().entries[0]
    evidence = changed(small_ledger().evidence(), 0, lambda _: foreign)
    breaks(evidence, "inclusion", "inclusion_not_proven")


@pytest.mark.parametrize("leave_out", [[0], [0, 1]])
def test_genesis_left_out(leave_out: list[int]) -> None:
    breaks(small_ledger().evidence(leave_out=leave_out), "genesis", "genesis_not_shown")


def test_genesis_without_its_log_section() -> None:
    evidence = changed(small_ledger().evidence(), 0, lambda entry: replace(entry, sections=()))
    breaks(evidence, "genesis", "genesis_not_shown")


def test_genesis_as_a_bare_record() -> None:
    evidence = changed(small_ledger().evidence(), 0, lambda entry: Entry(entry.record, entry.path))
    breaks(evidence, "genesis", "genesis_not_shown")


def test_genesis_that_hides_whether_it_is_a_demo() -> None:
    ledger = LedgerBytes()
    log = ledger.log_section(["log"], [])
    del log["demo"]
    ledger.append("governance.ledger_opened", PRODUCER, {"log": log}, [LEDGER])
    breaks(ledger.evidence(LEDGER), "genesis", "section_not_of_form")


@pytest.mark.parametrize("keys", [None, "text", [1]])
def test_genesis_without_a_list_of_log_keys(keys: Json) -> None:
    ledger = LedgerBytes()
    content: dict[str, Json] = {**ledger.log_section(["log"], []), "keys": keys}
    ledger.append("governance.ledger_opened", PRODUCER, {"log": content}, [LEDGER])
    breaks(ledger.evidence(LEDGER), "log_key", "section_not_of_form")


def test_replaced_checkpoint_by_an_older_one() -> None:
    ledger = small_ledger()
    breaks(replace(ledger.evidence(), checkpoint=ledger.checkpoint(5)), "inclusion", "inclusion_not_proven")


def test_replaced_checkpoint_by_one_of_another_log() -> None:
    ledger = small_ledger()
    other = LedgerBytes(origin="trace.example.org/log")
    other.open()
    breaks(replace(ledger.evidence(), checkpoint=other.checkpoint()), "checkpoint", "note_not_signed")


def test_checkpoint_signed_by_a_key_that_the_ledger_never_named() -> None:
    ledger = small_ledger()
    ledger.log_keys = ("thief",)
    breaks(ledger.evidence(), "log_key", "log_key_not_named")


def test_checkpoint_text_signed_for_another_origin() -> None:
    ledger = small_ledger()
    text = b"trace.example.org/log\n" + parse_note(ledger.checkpoint())[0].partition(b"\n")[2]
    note = text + b"\n" + Signer(ORIGIN, seed_of("log")).sign(text).line()
    breaks(replace(ledger.evidence(), checkpoint=note), "checkpoint", "checkpoint_wrong_origin")


def test_checkpoint_with_an_extension_line() -> None:
    ledger = small_ledger()
    text = parse_note(ledger.checkpoint())[0] + b"more\n"
    note = text + b"\n" + Signer(ORIGIN, seed_of("log")).sign(text).line()
    breaks(replace(ledger.evidence(), checkpoint=note), "checkpoint", "checkpoint_extensions")


def test_checkpoint_with_a_line_that_nobody_can_verify() -> None:
    ledger = small_ledger()
    text = parse_note(ledger.checkpoint())[0]
    stranger = Signer("stranger.example", seed_of("stranger")).sign(text)
    note = add_signatures(ledger.checkpoint(), [stranger])
    breaks(replace(ledger.evidence(), checkpoint=note), "checkpoint", "checkpoint_line_unknown")


def test_witness_named_who_did_not_sign() -> None:
    ledger = small_ledger()
    vkeys = tuple(sorted([*ledger.vkeys(), witness_vkey("w.example")]))
    breaks(replace(ledger.evidence(), vkeys=vkeys), "checkpoint", "checkpoint_line_unknown")


def test_no_log_key_named() -> None:
    ledger = small_ledger()
    breaks(replace(ledger.evidence(), vkeys=(witness_vkey("w.example"),)), "log_key", "log_key_missing")


def test_leaf_claims_another_index() -> None:
    ledger = small_ledger()
    ledger.kept[4] = replace(ledger.kept[4], record=replace(ledger.kept[4].record, index=40))
    entry = ledger.entry(4, LEDGER)
    evidence = ledger.evidence(LEDGER, leave_out=[4])
    breaks(replace(evidence, entries=(*evidence.entries, entry)), "inclusion", "inclusion_not_proven")


# A lying ledger whose log is consistent.


def test_fork_of_a_chain_in_one_consistent_log() -> None:
    ledger = opened()
    ledger.produce(1000)
    first = ledger.chain_heads[BATCH][1]
    ledger.consume(250)
    ledger.consume(900, links={BATCH: Link(BATCH, 1, first, b64u(bytes(32)))})
    ledger.publish_heads()
    breaks(ledger.evidence(leave_out=[4]), "heads", "head_not_proven")
    breaks(ledger.evidence(), "chain", "chain_seq_wrong")
    holds(ledger.evidence(leave_out=[3]))  # the branch that was published


def test_chain_that_skips_its_predecessor() -> None:
    ledger = opened()
    ledger.produce(1000)
    ledger.consume(1)
    ledger.consume(1, links={BATCH: Link(BATCH, 2, ledger.kept[2].hash, b64u(bytes(32)))})
    breaks(ledger.evidence(), "chain", "chain_prev_wrong")


def test_heads_published_for_another_place_in_the_log() -> None:
    ledger = opened()
    ledger.produce(1)
    ledger.publish_heads(n=2)
    breaks(ledger.evidence(), "heads", "heads_not_of_place")


def test_heads_proof_of_another_number_of_chains() -> None:
    evidence = small_ledger().evidence()
    assert evidence.heads is not None
    other = HeadProof(evidence.heads.index, evidence.heads.size + 1, evidence.heads.path)
    breaks(replace(evidence, heads=other), "heads", "heads_not_of_place")


def test_heads_of_another_form() -> None:
    ledger = opened()
    ledger.produce(1)
    ledger.publish_heads(more=1)
    breaks(ledger.evidence(), "heads", "unknown_name")


def test_time_that_runs_backwards() -> None:
    ledger = opened()
    ledger.produce(1)
    ledger.append("storage.counted", PRODUCER, {}, [BATCH], earlier_ms=10**7)
    breaks(ledger.evidence(), "entries", "time_runs_backwards")


def test_one_event_recorded_twice() -> None:
    ledger = opened()
    ledger.produce(1)
    ledger.produce(1)
    first = ledger.kept[2]
    second = ledger.kept[3]
    ledger.kept[3] = replace(
        first, record=replace(second.record, event=first.record.event, signatures=first.record.signatures)
    )
    evidence = ledger.evidence(leave_out=[3])
    twice = replace(ledger.entry(3, None), link=second.links[BATCH][0])
    breaks(replace(evidence, entries=(*evidence.entries, twice)), "entries", "event_twice")


def test_surplus_entry() -> None:
    ledger = opened()
    ledger.append("governance.site_registered", PRODUCER, {}, [PRODUCER])
    ledger.produce(1)
    evidence = ledger.evidence()
    surplus = (*evidence.entries[:2], ledger.entry(2, None), *evidence.entries[2:])
    breaks(replace(evidence, entries=surplus), "entries", "entry_not_asked_for")


def test_surplus_bare_record() -> None:
    ledger = opened()
    ledger.produce(1)
    evidence = changed(ledger.evidence(), 1, lambda entry: Entry(entry.record, entry.path))
    breaks(evidence, "entries", "entry_not_asked_for")


# Kilograms.


def posting(*postings: Posting, chain: str = BATCH) -> LedgerBytes:
    ledger = opened()
    ledger.produce(100)
    ledger.append("storage.counted", PRODUCER, {}, {chain: Effects(postings=postings)})
    return ledger


def test_omitted_posting() -> None:
    breaks(posting(Posting("used", 10**6)).evidence(), "effects", "postings_not_zero")


def test_posting_to_the_account_of_another_batch() -> None:
    other = ("batch:" + "01987a00-0000-7000-8000-0000000000ff", *STORE[1:])
    ledger = posting(Posting("found", -(10**6)), Posting(other, 10**6))
    breaks(ledger.evidence(), "effects", "posting_of_another_batch")


def test_posting_on_a_chain_that_is_no_batch() -> None:
    ledger = posting(Posting("used", 10**6), Posting(STORE, -(10**6)), chain=SITE)
    breaks(ledger.evidence(SITE), "effects", "postings_outside_batch")


def test_overdrawn_holding() -> None:
    ledger = posting(Posting("used", 101 * 10**6), Posting(STORE, -101 * 10**6))
    error = breaks(ledger.evidence(), "kilograms", "account_negative")
    assert error.params["milligrams"] == -(10**6)


def test_sink_that_gives_back_more_than_it_took() -> None:
    ledger = posting(Posting("used", -(10**6)), Posting(STORE, 10**6))
    breaks(ledger.evidence(), "kilograms", "account_negative")


def test_source_that_takes_more_than_it_gave() -> None:
    ledger = posting(Posting("found", 10**6), Posting(STORE, -(10**6)))
    breaks(ledger.evidence(), "kilograms", "source_positive")


def test_balance_beyond_what_an_account_can_hold() -> None:
    ledger = opened()
    ledger.produce(10**12 - 1)
    ledger.produce(10**12 - 1)
    breaks(ledger.evidence(), "kilograms", "balance_too_large")


def test_overdraw_hidden_behind_withheld_effects_is_not_called_sound() -> None:
    ledger = posting(Posting("used", 101 * 10**6), Posting(STORE, -101 * 10**6))
    report = holds(ledger.evidence(show=record_only))
    assert "not_added_up" in [part.code for part in report.verdict]
