"""Racing submissions, from threads and from processes, never roll a witness back and never make it cosign a fork."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ledger.core import merkle
from ledger.core.addcheckpoint import AddCheckpoint, log_id
from ledger.core.checkpoint import Checkpoint
from ledger.core.note import parse_note
from ledger.witness.check import Answer, Witness
from tests.witness.logs import ORIGIN, leaves, note, request, witness

SIZES = range(1, 25)


def grow(made: Witness, forked_at: int | None) -> list[tuple[int, bytes]]:
    """Submit every size in turn, asking again with the size that the witness knows; return what was cosigned."""
    cosigned: list[tuple[int, bytes]] = []
    for size in SIZES:
        hashes, old = leaves(size, forked_at=forked_at), 0
        answer = made.add(request(old, hashes))
        while answer.status == 409 and int(answer.body) <= size:
            old = int(answer.body)
            answer = made.add(request(old, hashes))
        if answer.status == 200:
            cosigned.append((size, merkle.root_of_hashes(hashes)))
    return cosigned


def consistent(cosigned: list[tuple[int, bytes]]) -> bool:
    """Whether all of it is of one history: a size has one root, and all are of ours or all beyond the fork are not."""
    roots = dict(cosigned)
    ours = {size: merkle.root_of_hashes(leaves(size)) for size in SIZES}
    theirs = {size: merkle.root_of_hashes(leaves(size, forked_at=4)) for size in SIZES}
    assert all(roots[size] == root for size, root in cosigned), "two roots cosigned at one size"
    return all(ours[size] == root for size, root in cosigned) or all(theirs[size] == root for size, root in cosigned)


def submit(folder: Path, forked_at: int | None) -> list[tuple[int, bytes]]:
    return grow(witness(folder), forked_at)


def test_threads_that_submit_two_histories(tmp_path: Path) -> None:
    made = witness(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda at: grow(made, at), [None, 4] * 4))
    cosigned = [one for many in told for one in many]
    assert cosigned
    assert consistent(cosigned)


def test_processes_that_submit_two_histories(tmp_path: Path) -> None:
    witness(tmp_path)
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        told = pool.starmap(submit, [(tmp_path, None), (tmp_path, 4)] * 2)
    cosigned = [one for many in told for one in many]
    assert cosigned
    assert consistent(cosigned)
    newest = Checkpoint.parse(parse_note(witness(tmp_path).latest(log_id(ORIGIN)).body)[0])
    assert newest.size == max(size for size, _ in cosigned)


def test_of_two_answers_at_once_only_one_extends(tmp_path: Path) -> None:
    """Both were checked against size 5; the one that persists second must be told the new size."""
    made = witness(tmp_path)
    made.add(request(0, leaves(5)))
    together = threading.Barrier(8)

    def race(size: int) -> Answer:
        together.wait()
        return made.add(request(5, leaves(size, forked_at=5 if size % 2 else None)))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(race, range(6, 14)))
    assert sorted(answer.status for answer in answers) == [200, *[409] * 7]


def test_without_the_transaction_the_race_is_lost(tmp_path: Path) -> None:
    """The control: two witnesses that do not share their state cosign both histories."""
    told = [
        witness(tmp_path / name).add(AddCheckpoint(0, (), note(leaves(5, forked_at=at))).encode())
        for name, at in (("a", None), ("b", 2))
    ]
    assert [answer.status for answer in told] == [200, 200]
