"""Private keys as files: 32 raw bytes that nobody but their owner can read. Never in the database."""

import os
import stat
from pathlib import Path
from typing import Final

from ledger.core.keys import KEY_SIZE
from ledger.errors import ConfigurationError

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def write(path: Path, seed: bytes) -> None:
    """Make a key file with mode 0600, on disk when this returns.

    Raises ConfigurationError if there is a file already, or if it cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError("log_key_exists", params={"path": str(path)}) from None
    except OSError as error:
        raise ConfigurationError("key_file_unwritable", params={"path": str(path), "reason": str(error)}) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(seed)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def read(path: Path) -> bytes:
    """Return the seed in a key file. Raises ConfigurationError: missing, of another size, or readable by others."""
    try:
        seed = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        raise ConfigurationError("log_key_unreadable", params={"path": str(path), "reason": str(error)}) from error
    if len(seed) != KEY_SIZE:
        raise ConfigurationError("log_key_unreadable", params={"path": str(path), "reason": f"{len(seed)} bytes"})
    if os.name != "nt" and mode & _OTHERS:
        raise ConfigurationError("log_key_not_private", params={"path": str(path)})
    return seed


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk, where the system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
