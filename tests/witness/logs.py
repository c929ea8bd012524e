"""Small logs that sign whatever they are told, and witnesses that watch them."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from ledger.core import merkle
from ledger.core.addcheckpoint import AddCheckpoint
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.note import COSIGNATURE, Signer, Verifier, add_signatures, open_note, parse_signatures
from ledger.services.clock import SetClock
from ledger.witness.check import Witness
from ledger.witness.state import State

ORIGIN = "log.example/a"
LOG = Signer(ORIGIN, bytes(range(32)))
WITNESS = Signer("w1.example", bytes(range(1, 33)))
NOW_MS = 1_795_305_600_000


def leaves(size: int, *, forked_at: int | None = None) -> list[bytes]:
    """Leaf hashes; from ``forked_at`` on those of another history."""
    at = size if forked_at is None else forked_at
    return [merkle.leaf_hash(b"%d" % n if n < at else b"other %d" % n) for n in range(size)]


def note(hashes: Iterable[bytes], signer: Signer = LOG) -> bytes:
    hashes = list(hashes)
    return sign_checkpoint(Checkpoint(signer.name, len(hashes), merkle.root_of_hashes(hashes)), [signer])


def request(old: int, hashes: list[bytes], signer: Signer = LOG) -> bytes:
    """What an honest client sends."""
    proof = merkle.consistency_proof(old, len(hashes), merkle.hash_reader(hashes))
    return AddCheckpoint(old, proof, note(hashes, signer)).encode()


def witness(folder: Path, clock: SetClock | None = None, *more: Verifier) -> Witness:
    logs = {ORIGIN: (LOG.verifier(),), **{key.name: (key,) for key in more}}
    return Witness(WITNESS, logs, State(folder), clock or SetClock(NOW_MS))


def cosigned_at(checkpoint: bytes, answer: bytes) -> int:
    """The time of a cosignature, which must verify over the checkpoint (C2SP tlog-witness: how a client checks it)."""
    key = WITNESS.verifier(COSIGNATURE)
    _, found = open_note(add_signatures(checkpoint, parse_signatures(answer)), [key])
    assert found[0].time_s is not None
    return found[0].time_s


def copied(folder: Path, to: Path) -> Path:
    """Copy a witness's folder."""
    shutil.copytree(folder, to)
    return to
