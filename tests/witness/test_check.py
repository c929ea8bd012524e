"""What a witness answers: every status of C2SP tlog-witness, the public vectors, and what it keeps."""

from itertools import pairwise
from pathlib import Path

import pytest

from ledger.core.addcheckpoint import AddCheckpoint, log_id
from ledger.core.b64 import b64u
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.lines import unb64std
from ledger.core.merkle import EMPTY_ROOT
from ledger.core.note import NoteSignature, Signer, Verifier, format_note, parse_note
from ledger.errors import ConfigurationError
from ledger.services.clock import SetClock
from ledger.verify import verify
from ledger.verify.compare import contradiction, hold
from ledger.witness.state import FILE, State
from tests.witness.logs import LOG, NOW_MS, ORIGIN, WITNESS, cosigned_at, leaves, note, request, witness


def statuses(folder: Path, *bodies: bytes) -> list[int]:
    made = witness(folder)
    return [made.add(body).status for body in bodies]


def test_the_first_checkpoint_is_cosigned_and_served(tmp_path: Path) -> None:
    made = witness(tmp_path)
    body = request(0, leaves(3))
    answer = made.add(body)
    assert answer.status == 200
    assert cosigned_at(note(leaves(3)), answer.body) == NOW_MS // 1000
    served = made.latest(log_id(ORIGIN))
    assert (served.status, served.body) == (200, note(leaves(3)) + answer.body)


def test_a_log_grows(tmp_path: Path) -> None:
    sizes = [0, 1, 2, 3, 7, 8, 100, 257]
    bodies = [request(old, leaves(new)) for old, new in pairwise(sizes)]
    assert statuses(tmp_path, *bodies) == [200] * len(bodies)


def test_the_same_size_again_makes_a_fresh_cosignature(tmp_path: Path) -> None:
    clock = SetClock(NOW_MS)
    made = witness(tmp_path, clock)
    made.add(request(0, leaves(5)))
    clock.set(NOW_MS + 60_000)
    answer = made.add(request(5, leaves(5)))
    assert cosigned_at(note(leaves(5)), answer.body) == NOW_MS // 1000 + 60


def test_a_clock_that_is_set_back_does_not_date_back(tmp_path: Path) -> None:
    clock = SetClock(NOW_MS)
    made = witness(tmp_path, clock)
    made.add(request(0, leaves(5)))
    clock.set(NOW_MS - 3_600_000)
    answer = made.add(request(5, leaves(6)))
    assert cosigned_at(note(leaves(6)), answer.body) == NOW_MS // 1000


def test_an_unknown_log_is_404(tmp_path: Path) -> None:
    other = Signer("other.example/log", bytes(range(32)))
    assert statuses(tmp_path, request(0, leaves(3), other)) == [404]
    made = witness(tmp_path)
    assert [made.latest(id).status for id in (log_id(ORIGIN), log_id(other.name), "", "x")] == [404] * 4


def test_a_log_whose_key_is_another_is_403(tmp_path: Path) -> None:
    forged = Signer(ORIGIN, bytes(range(2, 34)))
    wrong = bytearray(request(0, leaves(3)))
    wrong[-8] ^= 1
    assert statuses(tmp_path, request(0, leaves(3), forged), bytes(wrong)) == [403, 403]


@pytest.mark.parametrize("body", [b"", b"old 0\n\n", b"old 0\n\nnothing\n", b"old x\n\n" + note(leaves(1))])
def test_what_is_malformed_is_400(tmp_path: Path, body: bytes) -> None:
    assert statuses(tmp_path, body) == [400]


def test_an_old_size_above_the_checkpoints_is_400(tmp_path: Path) -> None:
    assert statuses(tmp_path, request(0, leaves(5)), AddCheckpoint(5, (), note(leaves(3))).encode()) == [200, 400]


def test_a_note_that_is_no_checkpoint_is_400(tmp_path: Path) -> None:
    text = f"{ORIGIN}\nno size\n".encode()
    body = AddCheckpoint(0, (), format_note(text, [LOG.sign(text)])).encode()
    assert statuses(tmp_path, body) == [400]


def test_another_old_size_is_409_with_the_size_that_is_known(tmp_path: Path) -> None:
    made = witness(tmp_path)
    made.add(request(0, leaves(5)))
    answers = [made.add(request(old, leaves(8))) for old in (0, 3, 6)]
    assert {(answer.status, answer.body, answer.media_type) for answer in answers} == {
        (409, b"5\n", "text/x.tlog.size")
    }
    assert witness(tmp_path / "new").add(request(3, leaves(8))).body == b"0\n"


@pytest.mark.parametrize(
    "body",
    [
        AddCheckpoint(5, (), note(leaves(8))).encode(),
        AddCheckpoint(5, (bytes(32),) * 4, note(leaves(8))).encode(),
        request(5, leaves(8, forked_at=4)),
        AddCheckpoint(5, (), note(leaves(5, forked_at=2))).encode(),
        AddCheckpoint(5, (bytes(32),), note(leaves(5))).encode(),
    ],
    ids=["no proof", "a wrong one", "of a fork", "another root at this size", "a proof for the same size"],
)
def test_what_is_not_shown_to_extend_is_422_and_changes_nothing(tmp_path: Path, body: bytes) -> None:
    assert statuses(tmp_path, request(0, leaves(5)), body, request(5, leaves(8))) == [200, 422, 200]


def test_a_first_checkpoint_needs_no_proof_and_the_empty_log_its_root(tmp_path: Path) -> None:
    empty = [sign_checkpoint(Checkpoint(ORIGIN, 0, root), [LOG]) for root in (bytes(32), EMPTY_ROOT)]
    bodies = [AddCheckpoint(0, (bytes(32),), note(leaves(3))).encode()]
    bodies += [AddCheckpoint(0, (), signed).encode() for signed in empty]
    assert statuses(tmp_path, *bodies) == [422, 422, 200]


def test_what_was_seen_outlives_the_process(tmp_path: Path) -> None:
    assert statuses(tmp_path, request(0, leaves(5))) == [200]
    assert statuses(tmp_path, request(0, leaves(6)), request(5, leaves(6))) == [409, 200]


def test_a_log_that_forks_is_caught_with_the_proof_in_hand(tmp_path: Path) -> None:
    made = witness(tmp_path)
    made.add(request(0, leaves(5)))
    for _ in range(3):
        assert made.add(AddCheckpoint(0, (), note(leaves(5, forked_at=2))).encode()).status == 409
    assert made.add(AddCheckpoint(5, (), note(leaves(5, forked_at=3))).encode()).status == 422
    kept = made.state.conflicts(ORIGIN)
    assert len(kept) == 2
    for conflict in kept:
        found = contradiction(hold(conflict.seen, [LOG.verifier()]), hold(conflict.shown, [LOG.verifier()]))
        assert found is not None
        assert found.misbehaviour is not None
        assert verify(found.misbehaviour.encode()).misbehaviour


def test_lines_of_strangers_are_not_kept(tmp_path: Path) -> None:
    made = witness(tmp_path)
    text, lines = parse_note(note(leaves(3)))
    spam = [NoteSignature(f"spam-{n}", b"abcd", b"x" * 100) for n in range(99)]
    answer = made.add(AddCheckpoint(0, (), format_note(text, [*lines, *spam])).encode())
    assert made.latest(log_id(ORIGIN)).body == note(leaves(3)) + answer.body


def test_the_state_itself_refuses_to_go_back(tmp_path: Path) -> None:
    made = witness(tmp_path)
    made.add(request(0, leaves(5)))
    module = made.state._module
    connection = module.connect(tmp_path / FILE, isolation_level=None)
    for statement in (
        "UPDATE seen SET size = 4",
        "UPDATE seen SET root = zeroblob(32)",
        "UPDATE seen SET time_s = 1",
        "DELETE FROM seen",
    ):
        with pytest.raises(module.Error, match="never"):
            connection.execute(statement)
    connection.close()


def test_a_state_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / FILE).write_bytes(b"no database at all" * 100)
    for folder in (tmp_path / "file", tmp_path / "bad"):
        with pytest.raises(ConfigurationError) as caught:
            State(folder)
        assert caught.value.code == "witness_state_unusable"


# The vectors of another witness's tests: FiloSottile/torchwood, cmd/litewitness/testdata/litewitness.txt.

SIGSUM = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
SIGSUM_KEY = Verifier(SIGSUM, bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"))
TREES = {
    1: (
        "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=",
    ),
    3: (
        "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=",
        "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=",
    ),
    5: (
        "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=",
        "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=",
    ),
}
ONE_TO_THREE = ("KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
ONE_TO_FIVE = (
    "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=",
    "KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
)
THREE_TO_FIVE = (
    "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=",
    "KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
)


def submission(old: int, size: int, proof: tuple[str, ...] = (), *, signed: bool = True) -> bytes:
    root, signature = TREES[size]
    line = signature if signed else signature[:-6] + "AAAAA="
    text = f"{SIGSUM}\n{size}\n{root}\n\n\u2014 {SIGSUM} {line}\n".encode()
    return AddCheckpoint(old, tuple(unb64std(node, "note_malformed", 32) for node in proof), text).encode()


def test_the_vectors_of_another_witness(tmp_path: Path) -> None:
    made = witness(tmp_path, None, SIGSUM_KEY)
    cases = [
        (submission(0, 1), 200),
        (submission(0, 1, signed=False), 403),
        (submission(1, 3), 422),
        (submission(1, 3, THREE_TO_FIVE), 422),
        (submission(1, 3, ONE_TO_THREE), 200),
        (submission(1, 5, ONE_TO_FIVE), 409),
        (submission(3, 5, THREE_TO_FIVE), 200),
        (submission(0, 5), 409),
    ]
    answers = [made.add(body) for body, _ in cases]
    assert [answer.status for answer in answers] == [status for _, status in cases]
    assert (answers[5].body, answers[7].body) == (b"3\n", b"5\n")
    assert b64u(WITNESS.verifier(4).key_id)
