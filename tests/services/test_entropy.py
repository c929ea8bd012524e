import os

import pytest

from ledger.services.entropy import PAGE, SeededEntropy, SystemEntropy, draw


def test_no_byte_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", SeededEntropy(b"system").bytes)
    stream = SeededEntropy(b"system").bytes(3 * PAGE)
    random = SystemEntropy()
    given = [random.bytes(16) for _ in range(PAGE // 8)]
    assert b"".join(given) == stream[: 2 * PAGE]
    assert random.bytes(PAGE + 1) != stream[: PAGE + 1]
    assert len(set(given)) == len(given)


def test_a_fork_begins_with_bytes_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    random = SystemEntropy()
    random.bytes(16)
    left = random._page
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert random.bytes(16) not in left


def test_what_is_drawn_at_once_is_what_is_drawn_one_by_one() -> None:
    one, all_at_once = SeededEntropy(b"s"), SeededEntropy(b"s")
    assert draw(all_at_once, 5, 16) == [one.bytes(16) for _ in range(5)]
    assert draw(all_at_once, 0, 16) == []
