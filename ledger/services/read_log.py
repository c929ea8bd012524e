"""The log of reads: what regulators and parks read becomes leaves of an append-only Merkle log of its own.

Its origin is that of the ledger's log with "/reads" behind it, and the log's key signs its head under that name. The
process that writes signs with each read; a process that only serves reads appends its own, and the next one that can
signs them too. A tree that is not the one that was signed is not signed on: reading goes on, and the audit finds it.
"""

import json
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from ledger.core.merkle import EMPTY_ROOT, inclusion_proof, leaf_hash
from ledger.core.reads import TEXTS, origin_of_reads, read_bytes, read_hash
from ledger.core.sections import SALT_SIZE
from ledger.core.tilereader import RightEdge, TileReader
from ledger.core.tlogproof import TlogProof
from ledger.errors import (
    ConfigurationError,
    FormatError,
    HazledgerError,
    IntegrityError,
    NotFoundError,
    UnavailableError,
)
from ledger.services.entropy import Entropy
from ledger.services.log import Tiles, reader_of, root_of
from ledger.services.read_kept import KeptHead
from ledger.services.signer_state import Signed
from ledger.store.rows import ReadHeadRow, ReadRow, Tile
from ledger.store.unit_of_work import Store, Unit, WriteUnit

RETRY_S: Final = 1.0
MOST_FORMER: Final = 1_000_000
"""Reads of before there was this log that get their places in one transaction."""
log = logging.getLogger("hazledger.reads")

Sign = Callable[[int, bytes], bytes]
"""Signs a head of the log of reads, by size and root; returns the note. Raises UnavailableError: not here."""


def bytes_of(row: ReadRow, origin: str) -> bytes:
    """Return the canonical bytes of a read that has its place; ``origin``: of the ledger's log. Raises FormatError."""
    if row.idx is None or row.salt is None:
        raise FormatError("read_without_place")
    texts = {name: getattr(row, name) for name in TEXTS}
    return read_bytes(origin_of_reads(origin), row.idx, texts, row.at_ms, row.salt)


class ReadLogService:
    """Appends to the log of reads of one store, and proves from it. Safe for several threads.

    With a ``journal`` a read is on disk there before ``note`` returns, and moves into the store when the store can be
    written: it never waits for the ledger's writer. One process alone may have the journal.
    """

    def __init__(self, store: Store, origin: Callable[[], str], entropy: Entropy, sign: Sign) -> None:
        """Append to this store; ``origin``: tells that of the ledger's log."""
        self._store = store
        self._origin = origin
        self._entropy = entropy
        self._sign = sign
        self._kept: KeptHead | None = None
        self._roots: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._journal: Path | None = None
        self._lock = threading.Lock()
        self._waiting: list[ReadRow] = []
        self._some = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def keep(self, kept: KeptHead) -> None:
        """Keep every head that is signed from now on outside the database, too, and sign on nothing that forgets it."""
        self._kept = kept

    # --- noting ------------------------------------------------------------------------------------------------------

    def note(self, row: ReadRow) -> None:
        """Record a read before it is shown. Raises UnavailableError, StoreBusyError: it cannot be recorded."""
        if self._thread is None or self._journal is None:
            self.append([row])
            return
        with self._lock:
            _write(self._journal, row)
            self._waiting.append(row)
        self._some.set()

    def start(self, journal: Path) -> None:
        """Take up what a journal holds from before, and have a thread move what comes into the store."""
        self._journal = journal
        self._waiting += _read(journal)
        self._some.set()
        self._thread = threading.Thread(target=self._run, name="reads", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Move what waits into the store and stop; what cannot be moved stays in the journal for the next one."""
        self._stop.set()
        self._some.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stop.is_set() or self._waiting:
            self._some.wait()
            self._some.clear()
            if not self._move() and self._stop.wait(RETRY_S):
                return
            if self._waiting:
                self._some.set()

    def _move(self) -> bool:
        with self._lock:
            moving = [*self._waiting]
        if not moving:
            return True
        try:
            self.append(moving)
        except HazledgerError as error:
            log.warning("%d reads wait in the journal: %s", len(moving), error)
            return False
        with self._lock:
            del self._waiting[: len(moving)]
            if not self._waiting and self._journal is not None:
                self._journal.unlink(missing_ok=True)
        return True

    # --- appending ---------------------------------------------------------------------------------------------------

    def append(self, rows: Sequence[ReadRow]) -> None:
        """Append reads in one transaction, those of before there was a log first, and sign the head if this can."""
        origin = self._origin()
        with self._store.write() as unit:
            was = unit.reads.hold()
            there = unit.reads.known([(row.org, row.id) for row in rows])
            former = unit.reads.without_place(MOST_FORMER) if was is None else []
            new = [row for row in rows if (row.org, row.id) not in there]
            size = 0 if was is None else was.size
            placed = [self._placed(row, size + at, origin) for at, row in enumerate([*former, *new])]
            for row in placed[: len(former)]:
                unit.reads.place(row)
            for row in placed[len(former) :]:
                unit.reads.append(row)
            now = self._grow(unit, was, placed)
        if self._kept is not None and placed and now.signed == now.size:
            self._kept.keep(Signed(origin_of_reads(origin), now.signed, now.root, now.note))

    def _placed(self, row: ReadRow, index: int, origin: str) -> ReadRow:
        placed = row._replace(idx=index, salt=self._entropy.bytes(SALT_SIZE))
        return placed._replace(hash=read_hash(bytes_of(placed, origin)))

    def _grow(self, unit: WriteUnit, was: ReadHeadRow | None, placed: Sequence[ReadRow]) -> ReadHeadRow:
        before = was or ReadHeadRow(0, 0, EMPTY_ROOT, b"")
        now = before._replace(size=before.size + len(placed))
        edge = self._edge(unit, before)
        if edge is not None:
            completed = edge.extend([leaf_hash(row.hash or b"") for row in placed])
            unit.reads.insert_tiles([Tile(tile.level, tile.n, data) for tile, data in completed])
            root = root_of(reader_of(edge, dict(completed)))
            with suppress(UnavailableError):  # the process that writes signs with its next read
                now = ReadHeadRow(now.size, now.size, root, self._sign(now.size, root))
        unit.reads.move(was, now)
        return now

    def _edge(self, unit: Unit, before: ReadHeadRow) -> RightEdge | None:
        """The tree as it is stored; None where it is not the one that was signed and kept, or not all there."""
        tiles = Tiles(unit.reads, self._roots).read

        def root_at(size: int) -> bytes:
            return before.root if size == before.signed else root_of(TileReader(size, tiles))

        try:
            if root_of(TileReader(before.signed, tiles)) == before.root:
                if self._kept is not None:
                    self._kept.check(origin_of_reads(self._origin()), before.size, root_at)
                return RightEdge.read(before.size, tiles)
        except (ConfigurationError, FormatError, IntegrityError) as error:
            log.error("the log of reads is not all there: %s", error)  # noqa: TRY400 - no fault of this code
            return None
        log.error("the log of reads is not the one that was signed at %d: not signed on", before.signed)
        return None

    # --- showing -----------------------------------------------------------------------------------------------------

    def head(self) -> ReadHeadRow | None:
        """Return the head; None before the first read."""
        with self._store.read() as unit:
            return unit.reads.head()

    def prove(self, org: str, ref: str) -> bytes:
        """Return the proof (C2SP tlog-proof) that a read of an organisation is in the log, with its bytes as extra.

        Raises NotFoundError (read_unknown), UnavailableError (read_not_signed): the head that covers it is not signed.
        """
        with self._store.read() as unit:
            row = unit.reads.one(org, ref)
            head = unit.reads.head()
            if row is None or row.idx is None:
                raise NotFoundError("read_unknown", None, {"id": ref[:60]})
            if head is None or row.idx >= head.signed:
                raise UnavailableError("read_not_signed", retry_after_s=60)
            path = inclusion_proof(row.idx, head.signed, self._nodes(unit, head.signed))
            return TlogProof(row.idx, path, head.note, bytes_of(row, self._origin())).encode()

    def _nodes(self, unit: Unit, size: int) -> TileReader:
        return TileReader(size, Tiles(unit.reads).read)


# --- the journal ------------------------------------------------------------------------------------------------------


def _write(path: Path, row: ReadRow) -> None:
    line = json.dumps(row[:8], ensure_ascii=False).encode() + b"\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UnavailableError("read_not_recorded", params={"reason": str(error)}, retry_after_s=30) from error


def _read(path: Path) -> list[ReadRow]:
    """The reads in a journal; a last line that was not finished was never shown."""
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")[:-1]
    return [ReadRow(*json.loads(line)) for line in lines if line]
