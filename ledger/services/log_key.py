"""The log's private key: a key file whose public half the ledger itself records."""

from pathlib import Path

from ledger.core.keys import KEY_SIZE, private_key
from ledger.core.note import Signer
from ledger.services import key_file
from ledger.services.entropy import Entropy


def make(path: Path, origin: str, entropy: Entropy) -> Signer:
    """Make a key file with mode 0600. Raises ConfigurationError if there is a file already."""
    seed = entropy.bytes(KEY_SIZE)
    key_file.write(path, seed)
    return Signer(origin, private_key(seed))


def load(path: Path, origin: str) -> Signer:
    """Read a key file. Raises ConfigurationError: missing, of another size, or readable by others."""
    return Signer(origin, private_key(key_file.read(path)))
