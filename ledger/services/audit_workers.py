"""Processes that judge ranges of one log side by side, each with its own connection and its own read unit.

A worker may see a later state than the audit does: nothing that is evidence changes, but something may be erased
meanwhile. Therefore what a worker hands over is only ever "all in order", and what it found gone is looked at again.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from types import TracebackType
from typing import Final, Self, TypeVar

from sqlalchemy.engine import URL

from ledger.errors import HazledgerError, UnavailableError
from ledger.services.audit_ahead import AHEAD, Ahead, Scout
from ledger.services.audit_quick import Quick
from ledger.services.audit_range import CHUNK, RANGE, Ranged, judge_range
from ledger.store.unit_of_work import Store

MOST: Final = 64
PORTIONS: Final = 8
"""Into so many ranges a process's share of a short log is cut, or one would wait for the other's last one."""
T = TypeVar("T")


class Workers:
    """So many processes that read one store. Use as a context manager; they start with the first range."""

    def __init__(self, url: str | URL, count: int) -> None:
        """Have ``count`` >= 1 of them read the store at this URL."""
        self._count = count
        # Spawned, not forked: a server's threads may hold locks that nobody would release in a fork.
        self._pool = ProcessPoolExecutor(count, get_context("spawn"), _open, (url,))

    def __enter__(self) -> Self:
        """Return the workers."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them; what they are at is not waited for by anybody."""
        self._pool.shutdown(cancel_futures=True)

    def judge(self, origin: str, low: int, high: int) -> Iterator[tuple[int, int, Ranged | None]]:
        """Yield each range from ``low`` to ``high`` in order; None where the audit has to look itself.

        Raises UnavailableError (audit_worker_lost) where a worker ended, for want of memory for example.
        """
        share = (high - low) // (PORTIONS * self._count)
        yield from self._each(_judge, origin, range(low, high, min(RANGE, (share // CHUNK + 1) * CHUNK)))

    def scout(self, origin: str, low: int, high: int) -> Iterator[tuple[int, int, Sequence[Ahead] | None]]:
        """Yield in the same way what a full audit need not judge itself. Raises UnavailableError likewise."""
        yield from self._each(_scout, origin, range(low, high, AHEAD))

    def _each(
        self, task: Callable[[str, int, int], T | None], origin: str, ranges: range
    ) -> Iterator[tuple[int, int, T | None]]:
        ahead: deque[tuple[int, int, Future[T | None]]] = deque()
        starts = iter(ranges)
        try:
            while True:
                while len(ahead) < 2 * self._count + 1 and (start := next(starts, None)) is not None:
                    end = min(start + ranges.step, ranges.stop)
                    ahead.append((start, end, self._pool.submit(task, origin, start, end)))
                if not ahead:
                    return
                start, end, found = ahead.popleft()
                yield start, end, found.result()
        except BrokenProcessPool as error:
            raise UnavailableError("audit_worker_lost") from error


# --- inside a worker --------------------------------------------------------------------------------------------------

_store: Store
_quick: dict[str, Quick] = {}
_scouts: dict[str, Scout] = {}


def _open(url: str | URL) -> None:
    global _store  # noqa: PLW0603 - one process, one store
    _store = Store.open(url, readers=1)


def _judge(origin: str, low: int, high: int) -> Ranged | None:
    quick = _quick.setdefault(origin, Quick(origin))
    try:
        with _store.read() as unit:
            return judge_range(unit, quick, origin, low, high)
    except HazledgerError:  # the audit meets it itself, and says it better
        return None


def _scout(origin: str, low: int, high: int) -> list[Ahead] | None:
    scout = _scouts.setdefault(origin, Scout(origin))
    try:
        with _store.read() as unit:
            return scout.look(unit, low, high)
    except (HazledgerError, ValueError):
        return None
