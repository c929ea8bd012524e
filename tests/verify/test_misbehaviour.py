"""Proofs against a log: what proves, what proves nothing, and that no honest log can be framed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import heads, merkle
from ledger.core.bundle import Entry, Evidence, Policy
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.heads import HeadProof
from ledger.core.misbehaviour import Fork, Leaf, Misbehaviour, Withheld
from ledger.core.note import Signer, add_signatures
from ledger.errors import FormatError, VerificationError
from ledger.verify import verify
from ledger.verify.compare import Compared, Held, contradiction, hold, judge_in
from ledger.verify.misbehaviour import judge_misbehaviour
from ledger.verify.report_text import render
from tests.support.ledger_bytes import (
    BATCH,
    LEDGER,
    ORIGIN,
    PRODUCER,
    LedgerBytes,
    record_only,
    seed_of,
    small_ledger,
    witness_vkey,
)
from tests.verify.breaking import breaks, codes

LOG = Signer(ORIGIN, seed_of("log"))
VKEY = LOG.verifier().vkey()


def forked() -> tuple[LedgerBytes, LedgerBytes]:
    """Two ledgers that are one until record 3, and then are not."""
    one, other = small_ledger(), LedgerBytes()
    other.open()
    other.admit(PRODUCER, "producer")
    other.produce(1000)
    other.consume(260)
    other.publish_heads()
    other.consume(40)
    other.consume(1)
    assert [a.hash == b.hash for a, b in zip(one.kept, other.kept, strict=False)] == [True] * 3 + [False] * 3
    return one, other


def withheld() -> LedgerBytes:
    """A ledger whose newest heads name record 2 as the last of the batch, though record 3 is."""
    ledger = LedgerBytes()
    ledger.open()
    ledger.admit(PRODUCER, "producer")
    ledger.produce(1000)
    honest = dict(ledger.chain_heads)
    ledger.consume(250)
    ledger.chain_heads = honest
    ledger.publish_heads()
    return ledger


def evidence_of_withheld(ledger: LedgerBytes) -> Evidence:
    """What that ledger shows later: record 3 is not there, and the published heads prove it."""
    pairs = {name: kept.hash for kept in ledger.kept[:3] for name in kept.links}
    return replace(ledger.evidence(leave_out=[3]), heads=heads.prove(list(pairs.items()), BATCH))


def made(found: Compared | None) -> Misbehaviour:
    assert found is not None
    assert found.outcome == "equivocation"
    assert found.misbehaviour is not None
    return found.misbehaviour


def same_size() -> Misbehaviour:
    one, other = forked()
    return made(contradiction(hold(one.checkpoint(5), [LOG.verifier()]), hold(other.checkpoint(5), [LOG.verifier()])))


def no_prefix() -> Misbehaviour:
    one, other = forked()
    held, tree = hold(one.checkpoint(5), [LOG.verifier()]), hold(other.checkpoint(), [LOG.verifier()])
    return made(judge_in(held, tree, tree, merkle.hash_reader(other.leaves())))


def other_leaf() -> Misbehaviour:
    one, other = forked()
    return made(contradiction(hold(one.receipt(3, size=4).encode()), hold(other.receipt(3).encode())))


def held_back() -> Misbehaviour:
    """Evidence of the ledger's own that shows record 3, against heads that name record 2."""
    ledger = withheld()
    whole = ledger.evidence(with_heads=False, size=4)
    found = contradiction(hold(evidence_of_withheld(ledger).encode()), hold(whole.encode()))
    return made(found)


KINDS: dict[str, Callable[[], Misbehaviour]] = {
    "same_size": same_size,
    "no_prefix": no_prefix,
    "other_leaf": other_leaf,
    "withheld": held_back,
}


def policy() -> Policy:
    return small_ledger().policy()


@pytest.mark.parametrize("name", KINDS)
def test_a_proof_is_read_back_and_holds(name: str) -> None:
    proof = KINDS[name]()
    assert Misbehaviour.parse(proof.encode()) == proof
    report = verify(proof.encode(), policy())
    kind = {"fork": "forked", "leaf": "leaf_replaced", "withheld": "record_withheld"}[proof.kind]
    assert codes(report) == ["misbehaviour", kind]
    assert report.misbehaviour
    assert not report.genuine


@pytest.mark.parametrize("name", KINDS)
def test_without_a_policy_it_says_whose_key_it_is_about(name: str) -> None:
    report = verify(KINDS[name]().encode())
    assert codes(report)[0] == "misbehaviour_not_pinned"
    for lang in ("zh", "en"):
        text = "\n".join(render(report, lang))
        assert VKEY in text
        assert "{" not in text


@pytest.mark.parametrize("name", KINDS)
def test_one_changed_byte_anywhere_proves_nothing(name: str) -> None:
    data = KINDS[name]().encode()
    survivors = []
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1 << position % 8
        try:
            verify(bytes(changed), policy())
        except VerificationError:
            continue
        survivors.append(position)
    assert survivors == []


# No honest log can be framed.


def grown(size: int) -> list[bytes]:
    return [b"%d" % index for index in range(size)]


@given(st.data())
def test_an_honest_log_cannot_be_framed_with_its_own_proofs(data: st.DataObject) -> None:
    second = data.draw(st.integers(1, 40))
    first = data.draw(st.integers(0, second))
    leaves = [merkle.leaf_hash(entry) for entry in grown(second)]
    nodes = merkle.hash_reader(leaves)
    roots = [merkle.root_of_hashes(leaves[:first]), merkle.root_of_hashes(leaves)]
    notes = [
        sign_checkpoint(Checkpoint(ORIGIN, size, root), [LOG])
        for size, root in zip((first, second), roots, strict=True)
    ]
    path = list(merkle.consistency_proof(first, second, nodes))
    root = roots[0]
    for _ in range(data.draw(st.integers(0, 3))):
        match data.draw(st.sampled_from(["root", "drop", "add", "change"])):
            case "root":
                root = data.draw(st.sampled_from([*leaves, *roots, bytes(32)]))
            case "drop" if path:
                path.pop(data.draw(st.integers(0, len(path) - 1)))
            case "add":
                path.insert(data.draw(st.integers(0, len(path))), data.draw(st.sampled_from([*leaves, *roots])))
            case _ if path:
                path[data.draw(st.integers(0, len(path) - 1))] = data.draw(st.sampled_from([*leaves, *roots]))
    stated = Misbehaviour(ORIGIN, (notes[0], notes[1]), ((VKEY,), (VKEY,)), Fork(root, tuple(path)))
    with pytest.raises(VerificationError):
        judge_misbehaviour(stated)


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_a_fork_is_proven_wherever_it_lies(first: int, second: int, data: st.DataObject) -> None:
    first, second = sorted((first, second))
    at = data.draw(st.integers(0, first - 1))
    ours = [merkle.leaf_hash(entry) for entry in grown(first)]
    theirs = [*ours[:at], *(merkle.leaf_hash(b"other %d" % index) for index in range(at, second))]
    held = [
        hold(sign_checkpoint(Checkpoint(ORIGIN, len(leaves), merkle.root_of_hashes(leaves)), [LOG]), [LOG.verifier()])
        for leaves in (ours, theirs)
    ]
    found = contradiction(held[1], held[0]) or judge_in(held[0], held[1], held[1], merkle.hash_reader(theirs))
    assert verify(made(found).encode()).misbehaviour


def test_two_receipts_that_agree_prove_nothing() -> None:
    ledger = small_ledger()
    one, other = hold(ledger.receipt(3, size=4).encode()), hold(ledger.receipt(3).encode())
    assert contradiction(one, other) is None
    proof = other_leaf()
    assert isinstance(proof.proof, Leaf)
    record, path = one.leaves[3]
    same = replace(proof.proof, records=(record, record), paths=(path, other.leaves[3][1]))
    stated = Misbehaviour(ORIGIN, (one.note, other.note), ((VKEY,), (VKEY,)), same)
    breaks(stated.encode(), "contradiction", "histories_agree")


def test_heads_that_name_the_last_record_prove_nothing() -> None:
    ledger = small_ledger()
    early, late = hold(ledger.evidence(size=4).encode()), hold(ledger.evidence().encode())
    assert contradiction(early, late) is None
    tree = merkle.hash_reader(ledger.leaves())
    assert judge_in(early, late, late, tree) == Compared("consistent", merkle.consistency_proof(4, 6, tree))


def test_evidence_that_withholds_a_record_verifies_by_itself() -> None:
    """The control: without the older evidence nobody finds it."""
    ledger = withheld()
    assert verify(evidence_of_withheld(ledger).encode(), ledger.policy()).genuine


# What a proof must hold to.


def of_withheld(**changes: Entry | HeadProof) -> Misbehaviour:
    stated = held_back()
    assert isinstance(stated.proof, Withheld)
    return replace(stated, proof=replace(stated.proof, **changes))  # type: ignore[arg-type]


def test_the_keys_must_be_the_logs() -> None:
    proof = same_size()
    witness = Signer("w.example", seed_of("w.example"))
    text = proof.checkpoints[0].partition(b"\n\n")[0] + b"\n"
    note = add_signatures(proof.checkpoints[0], [witness.cosign(text, 1)])
    keys = tuple(sorted((VKEY, witness_vkey("w.example"))))
    stated = replace(proof, checkpoints=(note, proof.checkpoints[1]), vkeys=(keys, proof.vkeys[1]))
    breaks(stated.encode(), "checkpoints", "misbehaviour_key_not_of_log")


def test_one_key_must_have_signed_both_unless_a_policy_pins_both() -> None:
    proof = same_size()
    other = Signer(ORIGIN, seed_of("log-2"))
    note = sign_checkpoint(Checkpoint.parse(proof.checkpoints[1].partition(b"\n\n")[0] + b"\n"), [other])
    vkey = other.verifier().vkey()
    stated = replace(proof, checkpoints=(proof.checkpoints[0], note), vkeys=((VKEY,), (vkey,)))
    breaks(stated.encode(), "policy", "misbehaviour_no_common_key")
    breaks(stated.encode(), "policy", "policy_other_log_key", policy())
    both = replace(policy(), log_keys=tuple(sorted((VKEY, vkey))))
    assert verify(stated.encode(), both).misbehaviour


def test_a_proof_against_another_log_is_not_one_against_this_log() -> None:
    breaks(same_size().encode(), "policy", "policy_other_origin", replace(policy(), origin="other.example/log"))


def test_heads_that_do_not_name_the_record_prove_nothing() -> None:
    breaks(of_withheld(proof=HeadProof(0, 1, ())).encode(), "contradiction", "heads_not_of_place")
    stated = held_back()
    assert isinstance(stated.proof, Withheld)
    swapped = of_withheld(head=replace(stated.proof.record, link=None))
    breaks(swapped.encode(), "contradiction", "inclusion_not_proven")
    ledger = withheld()
    breaks(of_withheld(head=ledger_bare(ledger, 1)).encode(), "contradiction", "head_not_proven")
    breaks(of_withheld(published=ledger_bare(ledger, 2)).encode(), "contradiction", "heads_not_shown")
    breaks(of_withheld(record=ledger_bare(ledger, 3, 4)).encode(), "contradiction", "link_not_in_record")
    site = ledger.entry(3, next(chain for chain in ledger.kept[3].links if chain != BATCH))
    of_site = of_withheld(record=replace(site, effects=None, path=stated.proof.record.path))
    breaks(of_site.encode(), "contradiction", "link_of_another_chain")
    older = replace(ledger.entry(2, BATCH, 4), effects=None)
    breaks(of_withheld(record=older).encode(), "contradiction", "histories_agree")


def ledger_bare(ledger: LedgerBytes, index: int, size: int | None = None) -> Entry:
    return replace(ledger.entry(index, None, size), sections=(), header=None, signatures=())


def test_a_proof_shows_nothing_that_is_not_checked() -> None:
    ledger, stated = withheld(), held_back()
    assert isinstance(stated.proof, Withheld)
    breaks(of_withheld(head=ledger.entry(2, BATCH)).encode(), "contradiction", "entry_not_asked_for")
    more = replace(ledger.entry(3, BATCH, 4))
    breaks(of_withheld(record=more).encode(), "contradiction", "entry_not_asked_for")
    shown = ledger.entry(3, BATCH, 4)
    foreign = replace(shown.record, origin="other.example/log")
    breaks(of_withheld(record=replace(shown, record=foreign, effects=None)).encode(), "contradiction", "origin_differs")
    wrong = replace(shown, effects=None, sections=ledger.kept[2].sections)
    breaks(of_withheld(record=wrong).encode(), "contradiction", "section_digest_wrong")


def test_a_proof_that_could_not_be_read_back_is_not_made() -> None:
    proof = same_size()
    with pytest.raises(FormatError):
        replace(proof, vkeys=((), (VKEY,)))
    with pytest.raises(FormatError):
        replace(proof, checkpoints=(b"x", proof.checkpoints[1]))
    with pytest.raises(FormatError):
        Fork(b"short", ())
    with pytest.raises(FormatError):
        Leaf(-1, (bytes(32), bytes(32)), ((), ()))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"kind":"leaf"', b'"kind":"other"', "not_a_choice"),
        (b'"kind":"leaf"', b'"kind":"fork"', "unknown_name"),
        (b'"index":3', b'"index":-3', "number_out_of_range"),
        (b"hazledger/misbehaviour@1", b"hazledger/misbehaviour@2", "not_a_choice"),
    ],
)
def test_a_document_that_is_not_of_the_form(old: bytes, new: bytes, code: str) -> None:
    data = other_leaf().encode()
    assert data.count(old) == 1
    breaks(data.replace(old, new), "form", code)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"vkeys":[[', b'"vkeys":[["a"],['),
        (b'"vkeys":[["' + VKEY.encode() + b'"],', b'"vkeys":['),
        (b'"records":["', b'"records":["' + b"A" * 43 + b'","'),
    ],
)
def test_lists_of_two_have_two(old: bytes, new: bytes) -> None:
    data = other_leaf().encode()
    assert data.count(old) == 1
    breaks(data.replace(old, new), "form", "list_length")


# Comparing.


def test_what_is_compared_must_be_of_one_log() -> None:
    elsewhere = Signer("other.example/log", seed_of("log"))
    note = sign_checkpoint(Checkpoint(elsewhere.name, 5, bytes(32)), [elsewhere])
    other = hold(note, [elsewhere.verifier()])
    with pytest.raises(VerificationError) as caught:
        contradiction(hold(small_ledger().checkpoint(), [LOG.verifier()]), other)
    assert caught.value.code == "checkpoint_wrong_origin"


def test_a_note_alone_needs_a_key() -> None:
    with pytest.raises(VerificationError) as caught:
        hold(small_ledger().checkpoint())
    assert caught.value.code == "log_key_missing"
    with pytest.raises(VerificationError) as caught:
        hold(b"nonsense")
    assert (caught.value.code, caught.value.step) == ("note_malformed", "form")


def test_cosignatures_do_not_hinder() -> None:
    ledger = small_ledger()
    held = hold(ledger.evidence(witnesses=["w.example"]).encode())
    assert contradiction(held, hold(ledger.checkpoint(), [LOG.verifier()])) == Compared("same")
    assert held.keys == (LOG.verifier(),)


def empty(root: bytes) -> Held:
    return hold(sign_checkpoint(Checkpoint(ORIGIN, 0, root), [LOG]), [LOG.verifier()])


def test_the_empty_log_is_the_beginning_of_every_log() -> None:
    held = hold(small_ledger().checkpoint(), [LOG.verifier()])
    assert contradiction(empty(merkle.EMPTY_ROOT), held) == Compared("consistent")
    assert verify(made(contradiction(held, empty(bytes(32)))).encode()).misbehaviour


def test_a_tree_that_is_too_small_leaves_it_open() -> None:
    ledger = small_ledger()
    held = [hold(ledger.checkpoint(size), [LOG.verifier()]) for size in (3, 4, 5, 6)]
    assert judge_in(held[2], held[3], held[0], merkle.hash_reader(ledger.leaves(3))) is None
    assert judge_in(held[0], held[3], held[1], merkle.hash_reader(ledger.leaves(4))) is None


def test_a_tree_of_a_third_history_is_held_against_each() -> None:
    one, other = forked()
    third = LedgerBytes(seed="third")
    third.open()
    for kg in range(1, 9):
        third.produce(kg)
    tree = hold(third.checkpoint(), [LOG.verifier()])
    pair = hold(one.checkpoint(5), [LOG.verifier()]), hold(other.checkpoint(), [LOG.verifier()])
    found = made(judge_in(*pair, tree, merkle.hash_reader(third.leaves())))
    assert found.checkpoints == (pair[0].note, tree.note)
    assert verify(found.encode()).misbehaviour


def test_a_tree_that_is_not_its_checkpoints_is_refused() -> None:
    one, other = forked()
    held = hold(one.checkpoint(), [LOG.verifier()])
    with pytest.raises(VerificationError) as caught:
        judge_in(held, held, held, merkle.hash_reader(other.leaves(6)))
    assert (caught.value.step, caught.value.code) == ("tree", "tree_not_of_checkpoint")
    with pytest.raises(VerificationError) as caught:
        judge_in(held, held, held, merkle.hash_reader(one.leaves(2)))
    assert (caught.value.step, caught.value.code) == ("tree", "node_not_in_tree")


def test_evidence_whose_heads_nobody_published_is_no_proof() -> None:
    """A forger's evidence names a false head: it does not become a proof against the log."""
    ledger = small_ledger()
    honest = ledger.evidence()
    forged = replace(ledger.evidence(leave_out=[3]), heads=HeadProof(0, 3, (bytes(32), bytes(32))))
    assert contradiction(hold(honest.encode()), hold(forged.encode())) == Compared("same")


def test_evidence_without_heads_or_of_another_chain_says_nothing() -> None:
    ledger = withheld()
    whole = hold(ledger.evidence(with_heads=False).encode())
    for other in (ledger.evidence(LEDGER), ledger.evidence(with_heads=False)):
        assert contradiction(whole, hold(other.encode())) == Compared("same")
    hidden = replace(ledger.evidence(leave_out=[3]), entries=whole_without_heads(ledger))
    assert contradiction(whole, hold(hidden.encode())) == Compared("same")
    bare = hold(ledger.evidence(show=record_only, leave_out=[2, 3]).encode())
    assert contradiction(whole, bare) == Compared("same")


def whole_without_heads(ledger: LedgerBytes) -> tuple[Entry, ...]:
    return tuple(entry for entry in ledger.evidence().entries if entry.record.index != 4)
