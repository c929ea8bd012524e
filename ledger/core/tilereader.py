"""Nodes of the Merkle tree out of tiles: proofs from stored tiles, and the growing right edge.

The nodes inside a tile are hashed once, when it is first needed, and kept in a `TileCache` that the
caller owns and may share between readers of different sizes and between threads.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from ledger.core.merkle import HASH_SIZE, parents
from ledger.core.tiles import (
    TILE_HEIGHT,
    TILE_WIDTH,
    TileId,
    check_tile,
    join_hashes,
    split_hashes,
    tile_width,
    tiles_of,
)
from ledger.errors import FormatError

TileFetch: TypeAlias = Callable[[TileId], bytes]
"""Bytes of a tile; a wider one of the same level and number is as good, the reader cuts it."""

Expanded: TypeAlias = tuple[bytes, ...]
"""The complete nodes of a tile by height 0..8 above its entries, each row concatenated."""

TileKey: TypeAlias = tuple[int, int, int]
"""Level, number, width."""

_LOW_BITS: Final = TILE_HEIGHT - 1
_MASKS: Final = tuple((TILE_WIDTH >> height) - 1 for height in range(TILE_HEIGHT))


def expand(data: bytes) -> Expanded:
    """Return the rows of complete nodes inside a full or partial tile, its own entries first."""
    rows = [data]
    below: Sequence[bytes] = split_hashes(data)
    while len(below) > 1:
        below = parents(below[: len(below) & ~1])
        rows.append(join_hashes(below))
    return tuple(rows)


def tile_root(data: bytes) -> bytes:
    """Return the root of a full tile, which is one entry of the tile above. FormatError `tile_wrong_length`."""
    nodes: Sequence[bytes] = split_hashes(check_tile(data, TILE_WIDTH))
    while len(nodes) > 1:
        nodes = parents(nodes)
    return nodes[0]


class TileCache:
    """The most recently used expanded tiles, at most `capacity` of them (about 17 kB each).

    Threads may share it: each of its steps is one operation of the dictionary, and a tile that another thread has
    dropped in between is just not held any more.
    """

    __slots__ = ("_capacity", "_tiles")

    def __init__(self, capacity: int = 256) -> None:
        """Hold at most `capacity` >= 1 tiles."""
        self._capacity = capacity
        self._tiles: OrderedDict[TileKey, Expanded] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of tiles held."""
        return len(self._tiles)

    def get(self, key: TileKey) -> Expanded | None:
        """Return an expanded tile if it is held."""
        found = self._tiles.pop(key, None)
        if found is not None:
            self._tiles[key] = found
        return found

    def put(self, key: TileKey, rows: Expanded) -> None:
        """Hold a tile, dropping the one not used for longest."""
        self._tiles.pop(key, None)
        self._tiles[key] = rows
        if len(self._tiles) > self._capacity:
            self._tiles.popitem(last=False)


class TileReader:
    """The `NodeReader` of a tree of `size` leaves over its tiles. Made per question; not thread-safe itself."""

    __slots__ = ("_cache", "_fetch", "_here", "size")

    def __init__(self, size: int, fetch: TileFetch, cache: TileCache | None = None) -> None:
        """Read the tiles of `size` through `fetch`, remembering them in `cache` if given."""
        self.size = size
        self._fetch = fetch
        self._cache = cache
        # What this question has touched: one proof asks for many nodes of few tiles.
        self._here: dict[tuple[int, int], Expanded] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """Return node (level, index).

        FormatError: `node_not_in_tree`; `tile_wrong_length` if a fetched tile is too short.
        """
        height = level & _LOW_BITS
        key = (level >> 3, index >> (TILE_HEIGHT - height))
        rows = self._here.get(key)
        if rows is None:
            rows = self._here[key] = self._load(*key)
        at = (index & _MASKS[height]) * HASH_SIZE
        if height < len(rows) and (node := rows[height][at : at + HASH_SIZE]):
            return node
        raise FormatError("node_not_in_tree", params={"level": level, "index": index})

    def _load(self, level: int, n: int) -> Expanded:
        width = tile_width(level, n, self.size)
        if width == 0:
            return ()
        key = (level, n, width)
        rows = None if self._cache is None else self._cache.get(key)
        if rows is None:
            rows = expand(check_tile(self._fetch(TileId(*key)), width))
            if self._cache is not None:
                self._cache.put(key, rows)
        return rows


class RightEdge:
    """The unfinished tiles of a growing tree: at most 255 hashes a level.

    A writer pushes leaf hashes and stores each tile the moment it is complete; every partial tile of
    the present size can be read off.
    """

    __slots__ = ("_levels", "_size")

    def __init__(self) -> None:
        """Start with the empty tree."""
        self._levels: list[list[bytes]] = []
        self._size = 0

    @classmethod
    def read(cls, size: int, fetch: TileFetch) -> "RightEdge":
        """Take up a tree of `size` leaves from its partial tiles. FormatError `tile_wrong_length`."""
        edge = cls()
        edge._size = size
        for tile in tiles_of(size):
            if len(edge._levels) == tile.level:
                edge._levels.append([])
            if tile.width < TILE_WIDTH:
                edge._levels[tile.level] = list(split_hashes(check_tile(fetch(tile), tile.width)))
        return edge

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    def push(self, leaf: bytes) -> list[tuple[TileId, bytes]]:
        """Append a leaf hash; return the tiles completed by it, lowest level first."""
        completed: list[tuple[TileId, bytes]] = []
        entry, level = leaf, 0
        while True:
            if len(self._levels) == level:
                self._levels.append([])
            row = self._levels[level]
            row.append(entry)
            if len(row) < TILE_WIDTH:
                break
            data = join_hashes(row)
            completed.append((TileId(level, self._size >> (TILE_HEIGHT * (level + 1))), data))
            row.clear()
            entry, level = tile_root(data), level + 1
        self._size += 1
        return completed

    def extend(self, leaves: Iterable[bytes]) -> list[tuple[TileId, bytes]]:
        """Append leaf hashes in order; return all tiles completed by them."""
        rest = [*leaves]
        completed: list[tuple[TileId, bytes]] = []
        while rest:
            if not self._levels:
                self._levels.append([])
            room = TILE_WIDTH - 1 - len(self._levels[0])
            self._levels[0] += rest[:room]
            self._size += len(rest[:room])
            if len(rest) > room:
                completed += self.push(rest[room])
            rest = rest[room + 1 :]
        return completed

    def partial(self, level: int) -> bytes:
        """Return the bytes of the partial tile at the right edge of a level; empty if there is none."""
        return join_hashes(self._levels[level]) if level < len(self._levels) else b""

    def copy(self) -> "RightEdge":
        """An independent edge of the same tree."""
        edge = RightEdge()
        edge._size = self._size
        edge._levels = [list(row) for row in self._levels]
        return edge


def partial_from_below(tile: TileId, fetch_full: TileFetch) -> bytes:
    """Make a tile of level >= 1 from the full tiles one level down, for a store that keeps only full ones."""
    first = tile.n * TILE_WIDTH
    return join_hashes([tile_root(fetch_full(TileId(tile.level - 1, n))) for n in range(first, first + tile.width)])
