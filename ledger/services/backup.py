"""Backup and restore of a whole ledger, for either database; a restore is audited before anybody relies on it.

The log key and the signer state are not in a backup. A restored ledger writes on only where the signer state agrees
(``signer_state``): an older copy cannot fork the log.
"""

from collections.abc import Callable
from pathlib import Path

from ledger.core.canonical import Json
from ledger.services.audit import audit
from ledger.store import backup as archive
from ledger.store.unit_of_work import Store

Progress = Callable[[str, int], None]


def backup(store: Store, path: Path, progress: Progress | None = None) -> dict[str, int]:
    """Write a backup; returns rows by table. Raises ConflictError if the file exists."""
    return archive.backup(store, path, progress=progress)


def restore(path: Path, url: str, progress: Progress | None = None) -> dict[str, Json]:
    """Restore into an empty place and audit it; returns the audit's result. Raises FormatError, ConflictError."""
    archive.restore(path, url, progress=progress)
    store = Store.open(url)
    try:
        return audit(store)
    finally:
        store.close()
