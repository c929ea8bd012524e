"""The public log as C2SP tlog-tiles serves it: checkpoint, tiles of every signed size, entry bundles, proofs.

Only complete tiles are stored; a partial one is cut from records or from the complete tiles below it. Nothing signed
is shown before the commit is known and the signer state is on disk: ``released`` says up to where that is so.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from ledger.core.merkle import EMPTY_ROOT, Frontier, consistency_proof, inclusion_proof, leaf_hash, root_of_nodes
from ledger.core.note import Verifier
from ledger.core.tilereader import RightEdge, TileCache, TileReader, tile_root
from ledger.core.tiles import ENTRIES, TILE_WIDTH, TileId, entry_bundle, join_hashes, parse_tile_path, tile_width
from ledger.errors import FormatError, IntegrityError, NotFoundError
from ledger.services.witnessing import cosigned
from ledger.services.witnessing.roster import Roster
from ledger.store.rows import CheckpointRow
from ledger.store.unit_of_work import Store, Unit

_ROOTS: Final = 65_536
FRESH_MS: Final = 60_000
"""A cosigned checkpoint is shown instead of the newest published one while it was published so much earlier at most."""


@dataclass(frozen=True, slots=True)
class LogState:
    """The newest signed state of the log: size, root (32 bytes) and the signed note."""

    size: int
    root: bytes
    note: bytes


class LogService:
    """Reads of the log. Safe for several threads."""

    def __init__(self, store: Store) -> None:
        """Read from a store; without a writer in this process what is published is what is released."""
        self.store = store
        self._released: LogState | None = None
        self._published: bytes | None = None
        self._cache = TileCache()
        self._roots: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._on_release: list[Callable[[], None]] = []
        self._on_show: list[Callable[[], None]] = []
        self._roster: Roster | None = None
        self._chosen: bytes | None = None

    # --- what the writer says --------------------------------------------------------------------------------

    def release(self, row: CheckpointRow) -> None:
        """Say that this checkpoint is committed and on record outside: it may leave."""
        self._released = LogState(row.size, row.root, row.note)
        for told in self._on_release:
            told()

    def on_release(self, told: Callable[[], None]) -> None:
        """Have a function called whenever more may leave; it must not block, for the writer calls it."""
        self._on_release.append(told)

    def forget(self) -> None:
        """Read every tile again: what was read before may not be what is there now."""
        self._cache = TileCache()
        self._roots = OrderedDict()

    def show(self, note: bytes) -> None:
        """Make this checkpoint the published one."""
        self._published = note
        for told in self._on_show:
            told()

    def on_show(self, told: Callable[[], None]) -> None:
        """Have a function called whenever a checkpoint is published; it must not block, for the writer calls it."""
        self._on_show.append(told)

    # --- witnesses -------------------------------------------------------------------------------------------

    def watch(self, roster: Roster) -> None:
        """Show the cosignatures of these witnesses from now on."""
        self._roster = roster

    def refresh(self) -> None:
        """Choose anew which checkpoint is shown: after witnesses were asked, whatever they answered."""
        with self.store.read() as unit:
            self._chosen = self._choose(unit)

    @property
    def roster(self) -> Roster | None:
        """The witnesses that were chosen."""
        return self._roster

    @property
    def witness_keys(self) -> tuple[Verifier, ...]:
        """The keys of the witnesses that were chosen."""
        return () if self._roster is None else self._roster.verifiers

    def cosigned(self, unit: Unit) -> LogState | None:
        """Return the newest published state that a quorum cosigned, its note with their lines; None: there is none."""
        newest = None if self._roster is None else unit.log.last_published()
        if self._roster is None or newest is None:
            return None
        found = cosigned.newest(unit, self._roster, newest.size)
        return None if found is None else LogState(found.size, found.root, found.note)

    def _choose(self, unit: Unit) -> bytes | None:
        """Return what is shown as the checkpoint: one that a quorum cosigned if it is fresh, else the newest."""
        newest = unit.log.last_published()
        if self._roster is None or newest is None:
            return None if newest is None else newest.note
        found = cosigned.newest(unit, self._roster, newest.size)
        if found is None or newest.at_ms - found.at_ms > FRESH_MS:
            found = cosigned.at(unit, self._roster, newest.size)
        return newest.note if found is None else found.note

    # --- what others ask -------------------------------------------------------------------------------------

    def state(self) -> LogState:
        """Return the newest signed state that may leave. Raises NotFoundError before there is one."""
        known = self._released
        if known is not None:
            return known
        with self.store.read() as unit:
            row = unit.log.last_published()
            if row is None:
                raise NotFoundError("log_empty")
            return LogState(row.size, self.root(unit, row.size), row.note)

    def checkpoint(self) -> bytes:
        """Return the newest published note. Raises NotFoundError before there is one."""
        known = self._chosen or self._published
        if known is not None:
            return known
        with self.store.read() as unit:
            note = self._choose(unit)
        if note is None:
            raise NotFoundError("log_empty")
        return note

    def tile(self, path: str) -> bytes:
        """Return a tile or entry bundle by what follows ``tile/``: "0/x001/067", "1/000.p/5", "entries/000.p/70".

        Raises NotFoundError: not a path of the form, or not part of the signed log.
        """
        try:
            wanted = parse_tile_path("tile/" + path)
        except FormatError:
            raise NotFoundError("tile_not_there", params={"path": path[:80]}) from None
        size = self.state().size
        if tile_width(wanted.level, wanted.n, size) < wanted.width:
            raise NotFoundError("tile_not_there", params={"path": path[:80]})
        with self.store.read() as unit:
            return self.read_tile(unit, wanted)

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the inclusion path of a record, in a log of ``size`` (default: the signed one). Raises FormatError."""
        known = self.state().size
        wanted = known if size is None else min(size, known)
        return inclusion_proof(index, wanted, TileReader(wanted, self._fetch, self._cache))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the consistency proof between two sizes. Raises FormatError, NotFoundError beyond the signed size."""
        if new > self.state().size:
            raise NotFoundError("log_not_so_large", params={"size": new})
        with self.store.read() as unit:
            return consistency_proof(old, new, self.reader(unit, new))

    def _fetch(self, tile: TileId) -> bytes:
        """Read one tile in a unit of its own: what is in memory needs none."""
        with self.store.read() as unit:
            return self.read_tile(unit, tile)

    # --- inside a unit ---------------------------------------------------------------------------------------

    def prove(self, unit: Unit, index: int, size: int) -> tuple[bytes, ...]:
        """Return the inclusion path of a record in a log of ``size``. Raises FormatError ``leaf_not_in_tree``."""
        return inclusion_proof(index, size, self.reader(unit, size))

    def root(self, unit: Unit, size: int) -> bytes:
        """Return the root of the first ``size`` records, from what is stored."""
        return root_of_nodes(size, self.reader(unit, size)) if size else EMPTY_ROOT

    def reader(self, unit: Unit, size: int) -> TileReader:
        """Return the nodes of a log of ``size``."""
        return TileReader(size, lambda tile: self.read_tile(unit, tile), self._cache)

    def read_tile(self, unit: Unit, tile: TileId) -> bytes:
        """Return the bytes of a tile or bundle that exists. Raises IntegrityError if something stored is missing."""
        return Tiles(unit.log, self._roots).read(tile)


class Leaves(Protocol):
    """The rows of a log: data of its leaves, and complete tiles."""

    def record_hashes(self, start: int, stop: int) -> list[bytes]:
        """Return the data of leaves ``start <= i < stop``."""

    def tile(self, level: int, n: int) -> bytes | None:
        """Return a complete tile."""


class Tiles:
    """The tiles and bundles that the rows of a log make; ``roots`` remembers those of complete tiles."""

    def __init__(self, log: Leaves, roots: "OrderedDict[tuple[int, int], bytes] | None" = None) -> None:
        """Read from a log's rows in one unit."""
        self._log = log
        self._roots = OrderedDict() if roots is None else roots

    def read(self, tile: TileId) -> bytes:
        """Return the bytes of a tile or bundle that exists. Raises IntegrityError if something stored is missing."""
        start = tile.n * TILE_WIDTH
        if tile.level == ENTRIES:
            return entry_bundle(self._log.record_hashes(start, start + tile.width))
        if tile.width == TILE_WIDTH:
            stored = self._log.tile(tile.level, tile.n)
            if stored is None:
                raise IntegrityError("tile_missing", params={"level": tile.level, "n": tile.n})
            return stored
        if tile.level == 0:
            return join_hashes([leaf_hash(data) for data in self._log.record_hashes(start, start + tile.width)])
        return join_hashes([self._root_below(tile.level - 1, n) for n in range(start, start + tile.width)])

    def _root_below(self, level: int, n: int) -> bytes:
        known = self._roots.get((level, n))
        if known is None:
            known = self._roots[level, n] = tile_root(self.read(TileId(level, n)))
            if len(self._roots) > _ROOTS:
                self._roots.pop(next(iter(self._roots)), None)
        return known


def reader_of(edge: RightEdge, completed: Mapping[TileId, bytes] = MappingProxyType({})) -> TileReader:
    """Return the nodes at a right edge, and those in tiles that were just completed."""

    def fetch(tile: TileId) -> bytes:
        return completed[tile] if tile.width == TILE_WIDTH else edge.partial(tile.level)

    return TileReader(edge.size, fetch)


def root_of(nodes: TileReader) -> bytes:
    """Return the root of the tree whose right edge is read: every node it needs lies in a partial tile."""
    return Frontier.read(nodes.size, nodes).root() if nodes.size else EMPTY_ROOT
