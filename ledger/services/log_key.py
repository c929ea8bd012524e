"""The log's private key: a key file whose public half the ledger itself records."""

from collections.abc import Collection
from pathlib import Path

from ledger.core.b64 import b64u
from ledger.core.keys import KEY_SIZE, key_id, private_key, public_key
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


def incoming(path: Path) -> Path:
    """Where the next key waits for its record: beside the present one."""
    return path.with_name(path.name + ".new")


def current(path: Path, origin: str, recorded: Collection[str]) -> Signer:
    """Read the key that the ledger records; finish a rotation that was cut short after its record was written.

    ``recorded``: raw public keys in base64url. Raises ConfigurationError as ``load``.
    """
    next_path = incoming(path)
    if next_path.exists():
        following = load(next_path, origin)
        if b64u(following.verifier().key) in recorded:
            take_over(path)
    return load(path, origin)


def take_over(path: Path) -> Path | None:
    """Put the next key in the place of the present one, which is kept aside; return where."""
    aside = None
    if path.exists():
        aside = path.with_name(f"{path.name}.retired-{key_id(public_key(private_key(key_file.read(path))))[:8]}")
        aside.unlink(missing_ok=True)
        aside.hardlink_to(path)
    incoming(path).replace(path)
    key_file.sync_folder(path.parent)
    return aside
