"""The machine that a client runs on: its clock and its patience. The one place of the client that asks for the time."""

import time
from dataclasses import dataclass
from typing import Protocol


class Machine(Protocol):
    """Tells the time, and waits."""

    def now_ms(self) -> int:
        """Return the time in epoch milliseconds."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


@dataclass(frozen=True, slots=True)
class ThisMachine:
    """The machine itself."""

    def now_ms(self) -> int:
        """Return the time in epoch milliseconds."""
        return time.time_ns() // 1_000_000

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
