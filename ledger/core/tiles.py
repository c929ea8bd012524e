"""Tiles and entry bundles of C2SP tlog-tiles v0.1.0: names, which exist, and what their bytes say.

A tile (L, n) holds up to 256 hashes: entry i is the root of the complete subtree at tree level
8 * L, index n * 256 + i. A full tile is 8,192 bytes and never changes; a partial tile is a prefix of it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.core.lines import MAX_SIZE
from ledger.errors import FormatError

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 256
HASH_SIZE: Final = 32
FULL_TILE_SIZE: Final = TILE_WIDTH * HASH_SIZE
ENTRIES: Final = -1
"""The level that stands for entry bundles; they are cut like the tiles of level 0."""

MAX_LEVEL: Final = 63
MAX_ENTRY_SIZE: Final = 0xFFFF
_PATH: Final = re.compile(
    r"tile/(?:(?P<level>[0-9]|[1-5][0-9]|6[0-3])|entries)"
    r"/(?P<groups>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class TileId:
    """Name of a tile: level 0..63 or `ENTRIES`, number n, width 1..256 (256 = full)."""

    level: int
    n: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """The path below the log's prefix. FormatError `tile_path_malformed`."""
        return tile_path(self.level, self.n, self.width)


def tile_path(level: int, n: int, width: int = TILE_WIDTH) -> str:
    """Return e.g. "tile/0/x001/x234/067" or "tile/entries/000.p/3". FormatError `tile_path_malformed`."""
    fitting = ENTRIES <= level <= MAX_LEVEL and 0 <= n <= MAX_SIZE and 1 <= width <= TILE_WIDTH
    if not fitting:
        raise FormatError("tile_path_malformed")
    number, rest = f"{n % 1000:03d}", n // 1000
    while rest:
        number, rest = f"x{rest % 1000:03d}/{number}", rest // 1000
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{'entries' if level == ENTRIES else level}/{number}{partial}"


def parse_tile_path(path: str) -> TileId:
    """Reverse of `tile_path`; one spelling per tile. FormatError `tile_path_malformed`."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise FormatError("tile_path_malformed")
    level, width = match["level"], match["width"]
    tile = TileId(
        ENTRIES if level is None else int(level),
        int(match["groups"].replace("x", "").replace("/", "")),
        TILE_WIDTH if width is None else int(width),
    )
    if tile.path != path:
        raise FormatError("tile_path_malformed")
    return tile


def tile_width(level: int, n: int, size: int) -> int:
    """Return how many hashes (or entries) tile (level, n) has in a tree of `size`; 0 = there is no such tile."""
    hashes = size >> (TILE_HEIGHT * max(level, 0))
    return max(0, min(TILE_WIDTH, hashes - n * TILE_WIDTH))


def tiles_of(size: int) -> Iterator[TileId]:
    """All hash tiles of a tree, level by level from 0, partial ones last on their level."""
    level = 0
    while hashes := size >> (TILE_HEIGHT * level):
        yield from _row(level, 0, hashes)
        level += 1


def bundles_of(size: int) -> Iterator[TileId]:
    """All entry bundles of a tree, the partial one last."""
    return _row(ENTRIES, 0, size)


def completed_tiles(old: int, new: int) -> Iterator[TileId]:
    """Return the full tiles that a tree of `new` leaves has and one of `old` leaves had not, level by level."""
    level = 0
    while new >> (TILE_HEIGHT * (level + 1)):
        shift = TILE_HEIGHT * (level + 1)
        for n in range(old >> shift, new >> shift):
            yield TileId(level, n)
        level += 1


def _row(level: int, first: int, hashes: int) -> Iterator[TileId]:
    for n in range(first, hashes // TILE_WIDTH):
        yield TileId(level, n)
    if hashes % TILE_WIDTH:
        yield TileId(level, hashes // TILE_WIDTH, hashes % TILE_WIDTH)


def check_tile(data: bytes, width: int) -> bytes:
    """Return the first `width` hashes of a tile's bytes: a full or wider tile is cut to size.

    FormatError `tile_wrong_length`: too short, longer than full, or not whole hashes.
    """
    if len(data) % HASH_SIZE or not width * HASH_SIZE <= len(data) <= FULL_TILE_SIZE:
        raise FormatError("tile_wrong_length", params={"actual": len(data), "expected": width * HASH_SIZE})
    return data[: width * HASH_SIZE]


def entry_bundle(entries: Iterable[bytes]) -> bytes:
    """Return 1..256 entries, each behind its length as a big-endian uint16.

    FormatError: `entry_too_long` (above 65,535 bytes), `bundle_malformed` (none or more than 256).
    """
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_SIZE:
            raise FormatError("entry_too_long", params={"actual": len(entry), "max": MAX_ENTRY_SIZE})
        parts.append(len(entry).to_bytes(2, "big") + entry)
    if not 1 <= len(parts) <= TILE_WIDTH:
        raise FormatError("bundle_malformed")
    return b"".join(parts)


def parse_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    """Return exactly `width` entries of a bundle. FormatError `bundle_malformed`: cut short, or bytes left over."""
    entries: list[bytes] = []
    at = 0
    while at < len(data) and len(entries) < width:
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise FormatError("bundle_malformed")
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data) or len(entries) != width:
        raise FormatError("bundle_malformed")
    return tuple(entries)


def split_hashes(data: bytes) -> tuple[bytes, ...]:
    """Return the hashes of a tile one by one. FormatError `tile_wrong_length`."""
    if len(data) % HASH_SIZE:
        raise FormatError("tile_wrong_length", params={"actual": len(data), "expected": FULL_TILE_SIZE})
    return tuple(data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE))


def join_hashes(hashes: Sequence[bytes]) -> bytes:
    """Reverse of `split_hashes`."""
    return b"".join(hashes)
