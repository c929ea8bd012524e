"""A witness's own key: ``witness.key`` with mode 0600, and beside it ``witness.vkey``, which names it."""

from pathlib import Path
from typing import Final

from ledger.core.keys import KEY_SIZE, private_key
from ledger.core.note import COSIGNATURE, Signer, Verifier
from ledger.errors import ConfigurationError, FormatError
from ledger.services import key_file
from ledger.services.entropy import Entropy

KEY: Final = "witness.key"
VKEY: Final = "witness.vkey"


def make(folder: Path, name: str, entropy: Entropy) -> Verifier:
    """Make the key of a witness named ``name``. Raises FormatError (name), ConfigurationError (there is one)."""
    seed = entropy.bytes(KEY_SIZE)
    verifier = Signer(name, private_key(seed)).verifier(COSIGNATURE)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_file.write(folder / KEY, seed)
    (folder / VKEY).write_text(verifier.vkey() + "\n", encoding="utf-8")
    return verifier


def load(folder: Path) -> Signer:
    """Return the key of the witness in a folder. Raises ConfigurationError: none, not private, not as it is named."""
    path = folder / VKEY
    try:
        verifier = Verifier.parse(path.read_text(encoding="utf-8").strip())
    except OSError as error:
        raise ConfigurationError("witness_key_missing", params={"path": str(folder), "reason": str(error)}) from error
    except (FormatError, UnicodeDecodeError) as error:
        raise ConfigurationError("witness_key_mismatch", params={"path": str(path)}) from error
    signer = Signer(verifier.name, private_key(key_file.read(folder / KEY)))
    if signer.verifier(COSIGNATURE) != verifier:
        raise ConfigurationError("witness_key_mismatch", params={"path": str(path)})
    return signer
