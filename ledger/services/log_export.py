"""The log as static files (C2SP tlog-tiles): any web server, or a folder, serves it to public tools."""

from collections.abc import Callable
from itertools import chain
from pathlib import Path

from ledger.core.checkpoint import Checkpoint
from ledger.core.note import parse_note
from ledger.core.tiles import bundles_of, tile_path, tiles_of
from ledger.services.log import LogService

Progress = Callable[[int, int], None]
"""Told how many files are written, and 0 while their number is not known."""


def export(log: LogService, folder: Path, progress: Progress | None = None) -> int:
    """Write ``checkpoint``, ``tile/...`` and ``tile/entries/...`` of the published log; returns the number of files.

    A folder of an earlier export is brought up to date: full tiles that are there stay as they are, and the checkpoint
    is written last. Raises NotFoundError for an empty log.
    """
    note = log.checkpoint()
    size = Checkpoint.parse(parse_note(note)[0]).size
    written = 0
    with log.store.read() as unit:
        for tile in chain(tiles_of(size), bundles_of(size)):
            target = folder / tile_path(tile.level, tile.n, tile.width)
            if target.exists():
                continue
            _write(target, log.read_tile(unit, tile))
            written += 1
            if progress is not None:
                progress(written, 0)
    _write(folder / "checkpoint", note)
    return written + 1


def _write(target: Path, data: bytes) -> None:
    """A reader sees the whole file or none of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.write_bytes(data)
    part.replace(target)
