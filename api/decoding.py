"""Pictures decoded beside the event loop: as many at once as there are cores, a few more wait, the rest is told so."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from labels.reading import read_codes
from ledger.errors import UnavailableError

AT_ONCE: Final = min(os.cpu_count() or 1, 4)
MOST_WAITING: Final = 4 * AT_ONCE


class Decoder:
    """Decodes pictures in threads of its own."""

    def __init__(self) -> None:
        """Begin with nothing to do; the threads start with the first picture."""
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="decode")
        self._waiting = 0

    async def codes(self, picture: bytes) -> tuple[str, ...]:
        """Return the codes in a picture. FormatError: none that can be read; UnavailableError: too many wait."""
        if self._waiting >= MOST_WAITING:
            raise UnavailableError("scan_decoder_busy", retry_after_s=1)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, read_codes, picture)
        finally:
            self._waiting -= 1
