"""Offline proofs c2sp.org/tlog-proof@v1."""

import base64
import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import merkle, note
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.lines import MAX_SIZE
from ledger.core.note import COSIGNATURE, Signer, Verifier
from ledger.core.tlogproof import MAX_EXTRA_SIZE, TlogProof
from ledger.errors import HazledgerError, VerificationError
from tests.core import trees
from tests.core.refusals import refused

ORIGIN = "log.example/a"
LOG = Signer(ORIGIN, b"\x07" * 32)
WITNESSES = [Signer(f"witness{i}.example", bytes([i]) * 32) for i in (11, 12, 13)]
KNOWN = [witness.verifier(COSIGNATURE) for witness in WITNESSES]
SIZE = 70
HASHES = [merkle.leaf_hash(entry) for entry in trees.entries(SIZE)]
READER = merkle.hash_reader(HASHES)


@functools.cache
def signed() -> bytes:
    checkpoint = Checkpoint(ORIGIN, SIZE, merkle.root_of_hashes(HASHES))
    lines = [witness.cosign(checkpoint.encode(), 100 + at) for at, witness in enumerate(WITNESSES[:2])]
    return note.add_signatures(sign_checkpoint(checkpoint, [LOG]), lines)


def proof_of(index: int, extra: bytes | None = None) -> TlogProof:
    return TlogProof(index, merkle.inclusion_proof(index, SIZE, READER), signed(), extra)


def fails(proof: TlogProof, leaf: bytes, code: str, step: str, *, origin: str = ORIGIN, quorum: int = 2) -> None:
    with pytest.raises(VerificationError) as caught:
        proof.verify(leaf, origin, [LOG.verifier()], KNOWN, quorum)
    assert (caught.value.code, caught.value.step) == (code, step)


def test_bytes_of_a_proof() -> None:
    assert proof_of(0, b"opaque").encode().startswith(b"c2sp.org/tlog-proof@v1\nextra b3BhcXVl\nindex 0\n")
    lines = proof_of(69).encode().decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 69"]
    assert [base64.b64decode(line) for line in lines[2 : lines.index("")]] == trees.path(69, trees.entries(SIZE))
    assert "\n".join(lines[lines.index("") + 1 :]).encode() == signed()


def test_proof_in_a_log_of_one_leaf_has_no_path() -> None:
    alone = sign_checkpoint(Checkpoint(ORIGIN, 1, HASHES[0]), [LOG])
    proof = TlogProof(0, (), alone)
    assert proof.encode() == b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + alone
    assert TlogProof.parse(proof.encode()) == proof
    assert proof.verify(HASHES[0], ORIGIN, [LOG.verifier()]).cosignatures == ()


@given(st.integers(0, SIZE - 1), st.none() | st.binary(min_size=1, max_size=100))
def test_proofs_are_reversible_and_verify(index: int, extra: bytes | None) -> None:
    proof = proof_of(index, extra)
    assert TlogProof.parse(proof.encode()) == proof
    verified = proof.verify(HASHES[index], ORIGIN, [LOG.verifier()], KNOWN, 2)
    assert verified.checkpoint.size == SIZE
    assert [signature.verifier for signature in verified.log_signatures] == [LOG.verifier()]
    assert [signature.time_s for signature in verified.cosignatures] == [100, 101]


def test_longest_extra_is_reversible() -> None:
    proof = proof_of(3, bytes(MAX_EXTRA_SIZE))
    assert TlogProof.parse(proof.encode()) == proof


ENCODED = proof_of(5, b"extra").encode()


@given(st.integers(0, len(ENCODED) - 1), st.integers(1, 255))
def test_altered_proof_never_shows_anything_else(at: int, change: int) -> None:
    altered = ENCODED[:at] + bytes([ENCODED[at] ^ change]) + ENCODED[at + 1 :]
    try:
        proof = TlogProof.parse(altered)
        verified = proof.verify(HASHES[5], ORIGIN, [LOG.verifier()], KNOWN)
    except HazledgerError:
        return
    # Only what nobody signed may differ: the extra, or a line that is now of an unknown key.
    assert (proof.index, proof.path, verified.checkpoint.root) == (5, proof_of(5).path, merkle.root_of_hashes(HASHES))


@given(st.integers(0, len(ENCODED) - 1), st.integers(0, len(ENCODED)))
def test_cut_proof_is_refused(start: int, length: int) -> None:
    piece = ENCODED[start : start + length]
    if piece != ENCODED:
        with pytest.raises(HazledgerError):
            TlogProof.parse(piece).verify(HASHES[5], ORIGIN, [LOG.verifier()], KNOWN, 2)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v2\nindex 0",
        "index 0",
        "c2sp.org/tlog-proof@v1\nindex",
        "c2sp.org/tlog-proof@v1\nindex 00",
        "c2sp.org/tlog-proof@v1\nindex -1",
        f"c2sp.org/tlog-proof@v1\nindex {MAX_SIZE + 1}",
        "c2sp.org/tlog-proof@v1\nextra AAAA",
        "c2sp.org/tlog-proof@v1\nextra \nindex 0",
        "c2sp.org/tlog-proof@v1\nextra AB==\nindex 0",
        "c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA",
        "c2sp.org/tlog-proof@v1\nextra AAAA\nextra AAAA\nindex 0",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA",
        "c2sp.org/tlog-proof@v1\r\nindex 0",
        "c2sp.org/tlog-proof@v1\nindex 0" + ("\n" + base64.b64encode(bytes(32)).decode()) * 64,
        "c2sp.org/tlog-proof@v1\nextra " + base64.b64encode(bytes(MAX_EXTRA_SIZE + 1)).decode() + "\nindex 0",
        "c2sp.org/tlog-proof@v1\nextra " + "A" * 80_000 + "\nindex 0",
    ],
)
def test_malformed_heads(head: str) -> None:
    with refused("tlog_proof_malformed"):
        TlogProof.parse(head.encode() + b"\n\n" + signed())


def test_malformed_wholes() -> None:
    for data in (b"c2sp.org/tlog-proof@v1\nindex 0\n" + signed()[:20], b"", bytes(2_000_000)):
        with refused("tlog_proof_malformed"):
            TlogProof.parse(data)
    with refused("note_malformed"):
        TlogProof.parse(b"c2sp.org/tlog-proof@v1\nindex 0\n\ntext\n")
    with refused("checkpoint_malformed"):
        TlogProof.parse(b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + note.sign_note(b"text\n", [LOG]))


@pytest.mark.parametrize(
    ("index", "path", "extra"),
    [
        (-1, (), None),
        (MAX_SIZE + 1, (), None),
        (0, (bytes(31),), None),
        (0, (bytes(32),) * 64, None),
        (0, (), b""),
        (0, (), bytes(MAX_EXTRA_SIZE + 1)),
    ],
)
def test_values_that_no_proof_can_state(index: int, path: tuple[bytes, ...], extra: bytes | None) -> None:
    with refused("tlog_proof_malformed"):
        TlogProof(index, path, signed(), extra)


def test_wrong_leaf_index_path_or_origin() -> None:
    fails(proof_of(5), HASHES[6], "inclusion_not_proven", "inclusion")
    fails(TlogProof(6, proof_of(5).path, signed()), HASHES[5], "inclusion_not_proven", "inclusion")
    fails(TlogProof(5, proof_of(6).path, signed()), HASHES[5], "inclusion_not_proven", "inclusion")
    fails(TlogProof(SIZE, (), signed()), HASHES[5], "inclusion_not_proven", "inclusion")
    fails(proof_of(5), HASHES[5], "checkpoint_wrong_origin", "origin", origin="log.example/b")


def test_witness_quorum() -> None:
    proof = proof_of(5)
    fails(proof, HASHES[5], "witness_quorum_missing", "witnesses", quorum=3)
    with pytest.raises(VerificationError, match="witness_quorum_missing"):
        proof.verify(HASHES[5], ORIGIN, [LOG.verifier()], (), 1)
    assert len(proof.verify(HASHES[5], ORIGIN, [LOG.verifier()], KNOWN[:1], 1).cosignatures) == 1


def test_log_is_no_witness_of_itself_and_plain_signatures_are_no_cosignatures() -> None:
    text = note.parse_note(signed())[0]
    plain, alias = WITNESSES[2], Signer("alias.example", LOG.private)
    lines = [LOG.sign(text), LOG.cosign(text, 1), plain.sign(text), alias.cosign(text, 1)]
    proof = TlogProof(5, proof_of(5).path, note.format_note(text, lines))
    known = [LOG.verifier(COSIGNATURE), plain.verifier(), alias.verifier(COSIGNATURE)]
    witnesses: list[Verifier] = [*known, *KNOWN]
    with pytest.raises(VerificationError, match="witness_quorum_missing"):
        proof.verify(HASHES[5], ORIGIN, [LOG.verifier()], witnesses, 1)


def test_one_witness_key_under_two_names_counts_once() -> None:
    text = note.parse_note(signed())[0]
    alias = Signer("alias.example", WITNESSES[0].private)
    lines = [LOG.sign(text), WITNESSES[0].cosign(text, 1), alias.cosign(text, 1)]
    proof = TlogProof(5, proof_of(5).path, note.format_note(text, lines))
    with pytest.raises(VerificationError, match="witness_quorum_missing"):
        proof.verify(HASHES[5], ORIGIN, [LOG.verifier()], [KNOWN[0], alias.verifier(COSIGNATURE)], 2)


def test_forged_checkpoint_is_refused() -> None:
    forger = Signer(ORIGIN, b"\x66" * 32)
    checkpoint = Checkpoint(ORIGIN, 1, HASHES[5])
    fails(TlogProof(0, (), sign_checkpoint(checkpoint, [forger])), HASHES[5], "note_not_signed", "signature")
    line = note.NoteSignature(ORIGIN, LOG.verifier().key_id, forger.sign(checkpoint.encode()).body)
    fails(
        TlogProof(0, (), note.format_note(checkpoint.encode(), [line])),
        HASHES[5],
        "note_signature_wrong",
        "signature",
    )
