"""The time of the server, as a port: nothing below asks the machine."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time in epoch milliseconds."""

    def now_ms(self) -> int:
        """Return the time now."""


class SystemClock:
    """The clock of the machine."""

    def now_ms(self) -> int:
        """Return the time now."""
        return time.time_ns() // 1_000_000


class SetClock:
    """A clock that stands where it is set: for a demonstration and for tests."""

    def __init__(self, ms: int) -> None:
        """Stand at this time."""
        self._ms = ms

    def now_ms(self) -> int:
        """Return the time it was set to."""
        return self._ms

    def set(self, ms: int) -> None:
        """Stand at another time."""
        self._ms = ms
