"""What regulators read, as a log of its own: every read is proven, and none is changed, added or taken away unseen."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.core.canonical import parse
from ledger.core.merkle import leaf_hash
from ledger.core.note import Verifier
from ledger.core.reads import check_read, read_hash
from ledger.core.tlogproof import TlogProof
from ledger.errors import FormatError, NotFoundError, UnavailableError, VerificationError
from ledger.services.audit import audit_evidence
from ledger.services.read_kept import KeptHead, beside, last_kept
from ledger.services.read_log import ReadLogService
from ledger.store.rows import ReadRow
from tests.services.world import ORIGIN, REGULATOR, World

READS = ORIGIN + "/reads"


def row(n: int, org: str = REGULATOR) -> ReadRow:
    return ReadRow(
        org, f"r{n:04}", 1_790_000_000_000 + n, f"user:{n}", "s1", "batch.read", f"/batches/{n}", f"case {n}"
    )


def kinds(world: World) -> set[str]:
    found: Any = audit_evidence(world.ledger.store, signer_state=world.state_path)["findings"]
    return {one["kind"] for one in found}


def change(world: World, statement: str, *values: object) -> None:
    with world.ledger.store.engines.writer.begin() as connection:
        assert connection.exec_driver_sql(statement, values).rowcount >= 1


def keys(world: World) -> list[Verifier]:
    return [Verifier(READS, world.ledger.verifier.key)]


@pytest.fixture
def read(lived: World) -> World:
    """A ledger of which four things were read."""
    for n in range(4):
        lived.ledger.reads.note(row(n))
    return lived


def test_every_read_is_proven_by_the_signed_head(read: World) -> None:
    head = read.ledger.reads.head()
    assert head is not None
    assert (head.size, head.signed) == (4, 4)
    for n in range(4):
        proof = TlogProof.parse(read.ledger.reads.prove(REGULATOR, f"r{n:04}"))
        assert proof.extra is not None
        shown = proof.verify(leaf_hash(read_hash(proof.extra)), READS, keys(read))
        assert (shown.checkpoint.size, proof.index) == (4, n)
        told = check_read(parse(proof.extra))
        assert (told["purpose"], told["subject"], told["index"]) == (f"case {n}", f"/batches/{n}", n)
    assert kinds(read) == set()


def test_a_proof_is_of_that_read_and_of_that_log_alone(read: World) -> None:
    proof = TlogProof.parse(read.ledger.reads.prove(REGULATOR, "r0002"))
    assert proof.extra is not None
    with pytest.raises(VerificationError):
        proof.verify(leaf_hash(read_hash(proof.extra.replace(b"case 2", b"case 9"))), READS, keys(read))
    with pytest.raises((VerificationError, FormatError)):  # the ledger's own log has another name
        proof.verify(leaf_hash(read_hash(proof.extra)), ORIGIN, [read.ledger.verifier])
    with pytest.raises(NotFoundError, match="read_unknown"):
        read.ledger.reads.prove("org:another", "r0002")


def test_two_equal_reads_have_different_leaves(lived: World) -> None:
    """Else whoever sees the log could guess who reads what."""
    lived.ledger.reads.append([row(1), row(1, "org:other")._replace(org=REGULATOR, id="r9999")])
    with lived.ledger.store.read() as unit:
        first, second = unit.reads.iterate()
    assert first.hash != second.hash
    assert first.salt != second.salt


@pytest.mark.parametrize(
    ("statement", "values", "kind"),
    [
        ("UPDATE reads SET purpose = 'no purpose' WHERE id = ?", ("r0001",), "read_altered"),
        ("UPDATE reads SET user = 'user:9' WHERE id = ?", ("r0003",), "read_altered"),
        ("UPDATE reads SET at_ms = at_ms + 1 WHERE id = ?", ("r0000",), "read_altered"),
        ("UPDATE reads SET hash = zeroblob(32) WHERE id = ?", ("r0001",), "read_altered"),
        ("UPDATE reads SET idx = NULL WHERE id = ?", ("r0001",), "read_altered"),
        ("UPDATE reads SET idx = idx + 9 WHERE id = ?", ("r0003",), "read_missing"),
        ("DELETE FROM reads WHERE id = ?", ("r0001",), "read_missing"),
        ("DELETE FROM reads WHERE id = ?", ("r0003",), "read_missing"),
        ("DELETE FROM reads WHERE org = ?", (REGULATOR,), "read_missing"),
        ("DELETE FROM read_head WHERE id = ?", (1,), "read_log_wrong"),
        ("UPDATE read_head SET size = 3, signed = 3 WHERE id = ?", (1,), "read_log_wrong"),
        ("UPDATE read_head SET root = zeroblob(32) WHERE id = ?", (1,), "read_log_wrong"),
        ("UPDATE read_head SET id = 2 WHERE id = ?", (1,), "read_log_wrong"),
    ],
)
def test_a_changed_or_deleted_read_is_found(read: World, statement: str, values: tuple[object, ...], kind: str) -> None:
    change(read, statement, *values)
    assert kind in kinds(read)


def test_a_read_that_was_rewritten_with_its_hash_is_not_the_one_that_was_signed(read: World) -> None:
    from ledger.services.read_log import bytes_of

    with read.ledger.store.read() as unit:
        known = unit.reads.one(REGULATOR, "r0001")
    assert known is not None
    forged = known._replace(purpose="nothing in particular")
    change(
        read,
        "UPDATE reads SET purpose = ?, hash = ? WHERE id = 'r0001'",
        forged.purpose,
        read_hash(bytes_of(forged, ORIGIN)),
    )
    assert kinds(read) == {"read_log_wrong", "read_log_cut"}
    read.ledger.reads.note(row(9))  # reading goes on, but nothing is signed on a tree that is not the signed one
    head = read.ledger.reads.head()
    assert head is not None
    assert (head.size, head.signed) == (5, 4)
    assert "read_log_wrong" in kinds(read)
    with pytest.raises(UnavailableError, match="read_not_signed"):
        read.ledger.reads.prove(REGULATOR, "r0009")


def test_the_log_grows_over_tiles_and_stays_proven(lived: World) -> None:
    for start in range(0, 600, 150):
        lived.ledger.reads.append([row(n) for n in range(start, start + 150)])
    assert kinds(lived) == set()
    proof = TlogProof.parse(lived.ledger.reads.prove(REGULATOR, "r0007"))
    assert proof.extra is not None
    assert proof.verify(leaf_hash(read_hash(proof.extra)), READS, keys(lived)).checkpoint.size == 600
    change(lived, "UPDATE read_tiles SET data = zeroblob(8192) WHERE n = 0")
    assert "read_log_wrong" in kinds(lived)


def test_reads_of_before_there_was_a_log_come_first(lived: World) -> None:
    with lived.ledger.store.write() as unit:
        for n in (1, 2):
            unit.sessions.add_read(row(n))
    assert kinds(lived) == set()
    lived.ledger.reads.note(row(3))
    with lived.ledger.store.read() as unit:
        assert [(known.idx, known.id) for known in unit.reads.iterate()] == [(0, "r0001"), (1, "r0002"), (2, "r0003")]
    assert kinds(lived) == set()


def test_a_server_without_the_key_appends_and_the_writer_signs_later(lived: World) -> None:
    def nobody(_size: int, _root: bytes) -> bytes:
        raise UnavailableError("writing_stopped", params={"reason": "test"})

    other = ReadLogService(lived.ledger.store, lambda: ORIGIN, lived.entropy, nobody)
    other.note(row(1))
    head = other.head()
    assert head is not None
    assert (head.size, head.signed) == (1, 0)
    assert kinds(lived) == set()
    lived.ledger.reads.note(row(2))
    assert lived.ledger.reads.head()[:2] == (2, 2)  # type: ignore[index]
    assert kinds(lived) == set()


# --- the head that is kept outside the database -----------------------------------------------------------------------


def rows(world: World) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """What the database says of the log of reads."""
    with world.ledger.store.engines.writer.begin() as connection:
        return [
            (table, [tuple(one) for one in connection.exec_driver_sql(f"SELECT * FROM {table}")])
            for table in ("read_head", "read_tiles", "reads")
        ]


def put_back(world: World, was: list[tuple[str, list[tuple[Any, ...]]]]) -> None:
    """Have the database say what it said before, signature and all."""
    with world.ledger.store.engines.writer.begin() as connection:
        for table, content in was:
            connection.exec_driver_sql(f"DELETE FROM {table}")
            for one in content:
                marks = ", ".join("?" * len(one))
                connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", one)


def test_a_log_of_reads_that_was_cut_is_found(read: World) -> None:
    """Rows, tree and an older signed head agree: without the head outside nobody could tell."""
    was = rows(read)
    read.ledger.reads.append([row(8), row(9)])
    assert kinds(read) == set()
    put_back(read, was)
    assert kinds(read) == {"read_log_cut"}
    found: Any = audit_evidence(read.ledger.store)["findings"]
    assert found == [], "the control: what is inside the database alone is in order"


def test_nothing_is_signed_on_a_log_of_reads_that_was_cut(read: World) -> None:
    was = rows(read)
    read.ledger.reads.append([row(8), row(9)])
    put_back(read, was)
    for n in range(20, 24):  # as long as before, and longer: another history all the same
        read.ledger.reads.note(row(n))
    head = read.ledger.reads.head()
    assert head is not None
    assert (head.size, head.signed) == (8, 4)
    assert kinds(read) == {"read_log_cut"}
    beside(read.state_path).rename(read.folder / "kept")  # an operator looked, and goes on from what is there
    read.ledger.reads.note(row(30))
    assert read.ledger.reads.head()[:2] == (9, 9)  # type: ignore[index]
    assert kinds(read) == set()


def test_the_head_outside_is_not_taken_on_trust(read: World) -> None:
    path = beside(read.state_path)
    kept = path.read_bytes()
    path.write_bytes(b"{}")
    assert kinds(read) == {"read_log_wrong"}
    read.ledger.reads.note(row(5))
    assert read.ledger.reads.head()[:2] == (5, 4)  # type: ignore[index]
    path.write_bytes(read.state_path.read_bytes())
    assert kinds(read) == {"read_log_wrong"}, "the head of another log"
    path.write_bytes(kept)
    assert kinds(read) == set()
    read.ledger.reads.note(row(6))
    assert read.ledger.reads.head()[:2] == (6, 6)  # type: ignore[index]


def test_a_head_that_cannot_be_kept_stops_no_reading(read: World) -> None:
    read.state_path.parent.rename(read.folder / "gone")
    read.ledger.reads.note(row(5))
    assert read.ledger.reads.head()[:2] == (5, 5)  # type: ignore[index]
    (read.folder / "gone").rename(read.state_path.parent)
    assert kinds(read) == set()


def test_an_older_head_is_not_kept_over_a_newer_one(read: World) -> None:
    known = last_kept(read.state_path)
    assert known is not None
    KeptHead(read.state_path).keep(replace(known, size=3))
    assert last_kept(read.state_path) == known


# --- the journal ------------------------------------------------------------------------------------------------------


def test_reading_does_not_wait_for_the_writer(lived: World, tmp_path: Path) -> None:
    journal = tmp_path / "reads.journal"
    lived.ledger.reads.start(journal)
    noted = threading.Event()

    def note() -> None:
        lived.ledger.reads.note(row(1))
        noted.set()

    with lived.ledger.store.write():  # the writer is at it, for as long as it likes
        thread = threading.Thread(target=note)
        thread.start()
        assert noted.wait(30)
        assert b"case 1" in journal.read_bytes()
    thread.join()
    lived.ledger.reads.close()
    assert not journal.exists()
    assert lived.ledger.reads.head()[:2] == (1, 1)  # type: ignore[index]


def test_what_a_killed_server_left_in_its_journal_is_taken_up(lived: World, tmp_path: Path) -> None:
    from ledger.services import read_log

    journal = tmp_path / "reads.journal"
    for n in (1, 2):
        read_log._write(journal, row(n))
    lived.ledger.reads.note(row(1))  # it had moved one already
    with journal.open("ab") as file:
        file.write(b'["half a li')
    lived.ledger.reads.start(journal)
    lived.ledger.reads.close()
    with lived.ledger.store.read() as unit:
        assert [known.id for known in unit.reads.iterate()] == ["r0001", "r0002"]
    assert not journal.exists()


def test_what_cannot_be_written_down_is_not_shown(lived: World, tmp_path: Path) -> None:
    lived.ledger.reads.start(tmp_path / "no such folder" / "reads.journal")
    with pytest.raises(UnavailableError, match="read_not_recorded"):
        lived.ledger.reads.note(row(1))
