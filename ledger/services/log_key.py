"""The log's private key: a file of 32 raw bytes that nobody but its owner can read. Never in the database."""

import os
import stat
from pathlib import Path
from typing import Final

from ledger.core.keys import KEY_SIZE, private_key
from ledger.core.note import Signer
from ledger.errors import ConfigurationError
from ledger.services.entropy import Entropy

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def make(path: Path, origin: str, entropy: Entropy) -> Signer:
    """Make a key file with mode 0600. Raises ConfigurationError if there is a file already."""
    seed = entropy.bytes(KEY_SIZE)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError("log_key_exists", params={"path": str(path)}) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(seed)
        file.flush()
        os.fsync(file.fileno())
    return Signer(origin, private_key(seed))


def load(path: Path, origin: str) -> Signer:
    """Read a key file. Raises ConfigurationError: missing, of another size, or readable by others."""
    try:
        seed = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        raise ConfigurationError("log_key_unreadable", params={"path": str(path), "reason": str(error)}) from error
    if len(seed) != KEY_SIZE:
        raise ConfigurationError("log_key_unreadable", params={"path": str(path), "reason": f"{len(seed)} bytes"})
    if os.name != "nt" and mode & _OTHERS:
        raise ConfigurationError("log_key_not_private", params={"path": str(path)})
    return Signer(origin, private_key(seed))
