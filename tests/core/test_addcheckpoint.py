"""Requests to witnesses: what is made is read back, and nothing else is read."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.addcheckpoint import MAX_REQUEST, AddCheckpoint, log_id, parse_size
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.lines import MAX_SIZE, b64std
from ledger.core.note import Signer
from ledger.errors import FormatError
from tests.core.refusals import refusal, refused

SIGNER = Signer("log.example/a", bytes(range(32)))
NOTE = sign_checkpoint(Checkpoint(SIGNER.name, 3, bytes(32)), [SIGNER])
HASH = b64std(bytes(32)).encode()


@given(st.integers(0, MAX_SIZE), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_a_request_is_read_back(old: int, proof: list[bytes]) -> None:
    made = AddCheckpoint(old, tuple(proof), NOTE)
    assert AddCheckpoint.parse(made.encode()) == made


def test_a_request_is_written_as_the_specification_has_it() -> None:
    assert AddCheckpoint(2, (bytes(32),), NOTE).encode() == b"old 2\n" + HASH + b"\n\n" + NOTE
    assert AddCheckpoint(0, (), NOTE).encode() == b"old 0\n\n" + NOTE


@given(st.binary(max_size=200))
def test_what_is_read_is_written_the_same(data: bytes) -> None:
    try:
        read = AddCheckpoint.parse(data)
    except FormatError:
        return
    assert read.encode() == data


@pytest.mark.parametrize(
    "head",
    [
        *(b"", b"old", b"old ", b"old 01", b"old -1", b"old 9223372036854775808", b"new 1", b"old 1 ", b"\nold 1"),
        *(b"old 1\nAAAA", b"old 1\n" + b"\n".join([HASH] * 64), b"old 1\n" + HASH + b"="),
    ],
)
def test_a_malformed_head_is_refused(head: bytes) -> None:
    with refused("add_checkpoint_malformed"):
        AddCheckpoint.parse(head + b"\n\n" + NOTE)


def test_a_request_without_a_note_is_refused() -> None:
    with refused("note_malformed"):
        AddCheckpoint.parse(b"old 0\n\nnothing\n")
    for data in (b"old 0\n", b"old 0\n" + NOTE[:10]):
        with refused("add_checkpoint_malformed"):
            AddCheckpoint.parse(data)


def test_a_request_is_bounded() -> None:
    line = b"\xe2\x80\x94 someone AAAAAAAA\n"
    assert AddCheckpoint.parse(b"old 0\n\n" + NOTE + line * 99).old == 0
    with refused("add_checkpoint_malformed"):
        AddCheckpoint.parse(b"old 0\n\n" + NOTE + line * (MAX_REQUEST // len(line)))


@pytest.mark.parametrize(("old", "proof"), [(-1, ()), (MAX_SIZE + 1, ()), (0, (b"",)), (0, (bytes(32),) * 64)])
def test_a_request_that_could_not_be_read_is_not_made(old: int, proof: tuple[bytes, ...]) -> None:
    with refused("add_checkpoint_malformed"):
        AddCheckpoint(old, proof, NOTE)


def test_the_size_in_an_answer() -> None:
    assert parse_size(b"0\n") == 0
    assert parse_size(b"20852163\n") == 20_852_163
    for data in (b"", b"1", b"1\n2\n", b"x\n", b"01\n", b"1" * 63 + b"\n", b"1" * 64 + b"\n"):
        assert refusal(parse_size, data) is not None, data


def test_a_log_is_named_by_the_hash_of_its_origin() -> None:
    assert log_id("log.example/a") == hashlib.sha256(b"log.example/a").hexdigest()
