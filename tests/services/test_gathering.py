"""How many statements share a transaction: those that wait, and those that are just coming with them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import pytest

from ledger.services.answers import Appended
from ledger.services.append import LOOKS, Pace, Sequencer
from ledger.services.appender import Appender
from ledger.services.intake import Submission

STATEMENT = cast("Submission", object())
WAIT_S = 30


class Groups:
    """An appender that answers at once, but for the first time, when it waits until told; it keeps the sizes."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.entered, self.go = threading.Event(), threading.Event()

    def recover(self) -> None:
        return None

    def publish_checkpoint(self) -> bool:
        return False

    def append(self, submissions: Sequence[Submission]) -> list[Appended]:
        self.sizes.append(len(submissions))
        self.entered.set()
        assert self.go.wait(WAIT_S)
        return [Appended(0, "", "", 0, repeated=False, findings=())] * len(submissions)


@contextmanager
def crowd(waiting: int, coming: Callable[[Sequencer], None], pace: Pace = Pace()) -> Iterator[Groups]:  # noqa: B008 - frozen
    """One statement alone, then ``waiting`` at once; at every look after that ``coming`` is called."""
    groups = Groups()
    sequencer = Sequencer(cast("Appender", groups), pace)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.services.append.sleep", lambda _seconds: coming(sequencer))
        sequencer.start()
        first = sequencer.submit(STATEMENT)
        assert groups.entered.wait(WAIT_S)
        answers = [sequencer.submit(STATEMENT) for _ in range(waiting)]
        groups.go.set()
        for answer in (first, *answers):
            answer.result(WAIT_S)
        yield groups
        sequencer.close()


def test_who_is_just_coming_shares_the_transaction() -> None:
    left = [3, 2]

    def coming(sequencer: Sequencer) -> None:
        for _ in range(left.pop() if left else 0):
            sequencer.submit(STATEMENT)

    with crowd(2, coming) as groups:
        assert groups.sizes == [1, 7]


def test_nobody_waits_for_ever_for_those_who_come() -> None:
    def coming(sequencer: Sequencer) -> None:
        sequencer.submit(STATEMENT)

    with crowd(2, coming) as groups:
        assert groups.sizes[:2] == [1, 2 + LOOKS]


def test_a_transaction_that_is_full_does_not_wait() -> None:
    def never(_sequencer: Sequencer) -> None:
        pytest.fail("it waited")

    with crowd(4, never, Pace(max_batch=2)) as groups:
        assert groups.sizes == [1, 2, 2]


def test_who_comes_alone_never_waits() -> None:
    def never(_sequencer: Sequencer) -> None:
        pytest.fail("it waited")

    groups = Groups()
    groups.go.set()
    sequencer = Sequencer(cast("Appender", groups))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.services.append.sleep", never)
        sequencer.start()
        for _ in range(3):
            sequencer.append(STATEMENT)
        sequencer.close()
    assert groups.sizes == [1, 1, 1]
