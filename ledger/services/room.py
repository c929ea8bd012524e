"""Room on the disks: nothing new is written where little is left, so that what was begun can still be finished.

A database on a server has no disk here; the signer state always has.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from ledger.errors import UnavailableError
from ledger.store.unit_of_work import free_bytes

MIB: Final = 2**20
RETRY_S: Final = 30

Measure = Callable[[Path], int]


class Room:
    """The disks that writing needs, and how much must be free on each of them."""

    def __init__(self, paths: Iterable[Path], least_bytes: int, measure: Measure = free_bytes) -> None:
        """Take the files that are written; ``least_bytes`` 0: nothing is measured."""
        self._paths = tuple(paths) if least_bytes else ()
        self._least = least_bytes
        self._measure = measure

    def lack(self) -> UnavailableError | None:
        """Return what is lacking, as it is told to who wants to write; None while there is room.

        A disk that cannot be measured is not known to be full: writing itself will tell.
        """
        for path in self._paths:
            try:
                free = self._measure(path)
            except OSError:
                continue
            if free < self._least:
                params: dict[str, str | int] = {
                    "folder": str(path.parent),
                    "free_mib": free // MIB,
                    "least_mib": self._least // MIB,
                }
                return UnavailableError("disk_low", params=params, retry_after_s=RETRY_S)
        return None
