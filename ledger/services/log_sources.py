"""A log as it is served, in a folder or at an address: its checkpoint and the nodes of its tree (C2SP tlog-tiles).

Nothing that is read here is believed: whoever uses the nodes compares what they hash to with what was signed.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from ledger.core.checkpoint import Checkpoint
from ledger.core.note import MAX_NOTE_SIZE, parse_note
from ledger.core.tilereader import TileCache, TileReader
from ledger.core.tiles import FULL_TILE_SIZE, TILE_WIDTH, TileId, tile_path
from ledger.errors import NotFoundError
from ledger.services.calls import Caller, CallError

FOUND: Final = 200
AGENT: Final = "hazledger-log/1"

Get = Callable[[str, int], bytes | None]
"""(path below the log, most bytes) -> what is there, or None."""


class LogSource:
    """The checkpoint that is served, and the nodes of its tree."""

    def __init__(self, get: Get, place: str) -> None:
        """Read the checkpoint. Raises NotFoundError, FormatError."""
        self._get = get
        self._place = place
        self.note = self._need("checkpoint", MAX_NOTE_SIZE)
        self.size = Checkpoint.parse(parse_note(self.note)[0]).size
        self.nodes = TileReader(self.size, self._tile, TileCache())

    def _tile(self, tile: TileId) -> bytes:
        """A partial tile may have gone once the full one is there, which is as good."""
        found = self._get(tile_path(tile.level, tile.n, tile.width), FULL_TILE_SIZE)
        if found is None and tile.width < TILE_WIDTH:
            return self._need(tile_path(tile.level, tile.n), FULL_TILE_SIZE)
        return self._need(tile_path(tile.level, tile.n, tile.width), FULL_TILE_SIZE) if found is None else found

    def _need(self, path: str, most: int) -> bytes:
        found = self._get(path, most)
        if found is None:
            raise NotFoundError("log_file_missing", params={"path": path, "place": self._place})
        return found


def in_folder(folder: Path) -> LogSource:
    """Read the log that ``hazledger log export`` wrote, or another tool."""

    def get(path: str, most: int) -> bytes | None:
        try:
            with (folder / path).open("rb") as file:
                return file.read(most)
        except OSError:
            return None

    return LogSource(get, str(folder))


def at_url(url: str) -> LogSource:
    """Read the log that is served below an address; for a person's own command, which may ask any address."""
    caller = Caller(private=True, agent=AGENT)

    def get(path: str, most: int) -> bytes | None:
        try:
            reply = caller("GET", f"{url.rstrip('/')}/{path}", most=most)
        except CallError as error:
            raise NotFoundError("log_not_reachable", params={"place": url[:200], "reason": error.word}) from error
        return reply.body if reply.status == FOUND else None

    return LogSource(get, url)
