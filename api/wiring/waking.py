"""Answers of the writer's thread, brought to the event loop: one wake-up for all that came meanwhile.

The writer answers a whole transaction at once. Waking the loop for each answer would cost more than making it.
"""

import asyncio
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


class Waking:
    """Waits on one event loop for futures of other threads."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Serve this loop."""
        self.loop = loop
        self._done: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()
        self._called = False

    def wait(self, answer: "Future[T]") -> "asyncio.Future[T]":
        """Return a future of the loop with the same result; giving it up leaves ``answer`` as it is."""
        waiter: asyncio.Future[T] = self.loop.create_future()
        answer.add_done_callback(partial(self._take, waiter))
        return waiter

    def _take(self, waiter: "asyncio.Future[T]", answer: "Future[T]") -> None:
        """On the answering thread. What is appended before ``_called`` is read is seen by the call that reset it."""
        self._done.append((waiter, answer))
        if not self._called and not self.loop.is_closed():
            self._called = True
            self.loop.call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        self._called = False
        while self._done:
            waiter, answer = self._done.popleft()
            if waiter.done():  # its request has gone
                continue
            error = answer.exception()
            if error is None:
                waiter.set_result(answer.result())
            else:
                waiter.set_exception(error)
