"""One portable file from either database and back into either: a SQLite file with the same tables.

A backup is read in one read unit: a state that was committed, while writers go on. It appears under its name only when
it is complete and on disk. A restore goes into an empty place, forgets logins (a login link used since could be used
again), and proves nothing: whoever restores audits next and obeys the signer state.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.engine import URL

from ledger.errors import ConfigurationError, ConflictError, FormatError
from ledger.store.engines import Backend, Engines, open_engines, sqlite_url
from ledger.store.faults import StoreFaultError
from ledger.store.migrate import current_revision, head_revision, migrate, migrate_engine
from ledger.store.operations import Operations
from ledger.store.sql import insert_many
from ledger.store.tables import meta, metadata
from ledger.store.unit_of_work import ReadUnit, Store

MARK: Final = "backup"
SPEC: Final = "hazledger/backup@1"

Progress = Callable[[str, int], None]
"""Told after each chunk: the table and how many of its rows are copied."""


def backup(store: Store, path: Path, *, progress: Progress | None = None) -> dict[str, int]:
    """Write a backup to ``path``, which must not exist. Returns rows by table. Raises ConflictError."""
    _refuse_existing(path)
    with store.read() as source, _complete(path) as part:
        migrate(sqlite_url(part))
        with _opened(part) as engines, engines.writer.begin() as target:
            copied = copy_tables(source, target, "sqlite", progress=progress)
            insert_many("sqlite", meta, ("value",)).run(target, [(MARK, SPEC)])
    return copied


def restore(path: Path, url: str | URL, *, progress: Progress | None = None) -> dict[str, int]:
    """Make a new store at ``url`` from a backup, of this version or an older one. Returns rows by table.

    Raises FormatError if ``path`` is no backup, ConflictError if there is a store already.
    """
    target = open_engines(url, readers=1)
    try:
        with tempfile.TemporaryDirectory() as folder, _readable(path, Path(folder)) as source:
            if target.path is None:
                return _restore_server(source, target, progress)
            _refuse_existing(target.path)
            with _complete(target.path) as part:
                migrate(sqlite_url(part))
                with _opened(part) as engines:
                    return _fill(source, engines, progress)
    finally:
        target.dispose()


def copy_tables(
    source: ReadUnit, target: Connection, backend: Backend, *, progress: Progress | None = None
) -> dict[str, int]:
    """Copy every row of every table into a connection's transaction; rows of ``meta`` replace those there."""
    copied = dict.fromkeys(metadata.tables, 0)
    for name, table in metadata.tables.items():
        into = insert_many(backend, table, ("value",) if table is meta else ())
        with closing(source.streams.chunks(table)) as chunks:
            for chunk in chunks:
                into.run(target, chunk)
                copied[name] += len(chunk)
                if progress is not None:
                    progress(name, copied[name])
    return copied


def _restore_server(source: Store, target: Engines, progress: Progress | None) -> dict[str, int]:
    revision = current_revision(target.writer)
    if revision is None:
        migrate_engine(target.writer)
    elif revision != head_revision() or not _empty(target):
        raise ConflictError("store_exists", params={"path": target.url.render_as_string()})
    return _fill(source, target, progress)


def _fill(source: Store, target: Engines, progress: Progress | None) -> dict[str, int]:
    with source.read() as unit, target.writer.begin() as connection:
        copied = copy_tables(unit, connection, target.backend, progress=progress)
        connection.execute(delete(meta).where(meta.c.name == MARK))
        Operations(connection, target.backend).end_all_logins()
    return copied


def _empty(target: Engines) -> bool:
    with target.reader.connect() as connection:
        counts = (connection.scalar(select(func.count()).select_from(table)) for table in metadata.tables.values())
        return not any(counts)


@contextmanager
def _readable(path: Path, folder: Path) -> Iterator[Store]:
    """Open a backup; one of an older version is upgraded in a copy, never itself."""
    if not path.is_file():
        raise ConfigurationError("store_missing", params={"path": str(path)})
    try:
        with _opened(path) as engines:
            revision = current_revision(engines.reader)
    except StoreFaultError as error:
        raise FormatError("not_a_backup", params={"path": path.name}) from error
    if revision is None:
        raise FormatError("not_a_backup", params={"path": path.name})
    if revision != head_revision():
        path = Path(shutil.copyfile(path, folder / "copy.sqlite3"))
        migrate(sqlite_url(path))
    store = Store.open(sqlite_url(path), readers=1)
    try:
        with store.read() as unit:
            if unit.operations.fact(MARK) != SPEC:
                raise FormatError("not_a_backup", params={"path": path.name})
        yield store
    finally:
        store.close()


@contextmanager
def _opened(path: Path) -> Iterator[Engines]:
    engines = open_engines(sqlite_url(path), readers=1)
    try:
        yield engines
    finally:
        engines.dispose()


@contextmanager
def _complete(path: Path) -> Iterator[Path]:
    """Yield a path to write to; afterwards make it one file, put it on disk and give it its name, or remove it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
        part = Path(folder) / path.name
        yield part
        with _opened(part) as engines:
            raw = engines.writer.raw_connection()
            try:
                raw.cursor().execute("PRAGMA journal_mode=DELETE")
            finally:
                raw.close()
        part.chmod(0o600)
        _to_disk(part)
        os.link(part, path)  # unlike a rename it never replaces a file that appeared meanwhile
        _to_disk(path.parent)


def _to_disk(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise ConflictError("store_exists", params={"path": str(path)})
