"""A new key for the log: made beside the old one, named by a record, and put in its place once that is committed.

Wherever this is cut short, the next start goes on with the key that the ledger records (``log_key.current``).
"""

from collections.abc import Mapping
from pathlib import Path

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.note import Signer
from ledger.services import log_key
from ledger.services.answers import Appended
from ledger.services.entropy import Entropy
from ledger.services.intake import Submission
from ledger.services.ledger import Ledger

TYPE = "governance.log_key_rotated"


def prepare(path: Path, origin: str, entropy: Entropy) -> Signer:
    """Return the key that comes next: the one that waits beside the present one, or a new one."""
    waiting = log_key.incoming(path)
    return log_key.load(waiting, origin) if waiting.exists() else log_key.make(waiting, origin, entropy)


def sections(ledger: Ledger, signer: Signer) -> Mapping[str, Json]:
    """What the record of a rotation states: the new key, and all else as it stands."""
    known = ledger.recorded()
    log: dict[str, Json] = {
        "origin": known.origin,
        "keys": [b64u(signer.verifier().key)],
        "registrars": [*known.registrars],
        "demo": known.demo,
    }
    return {"log": log}


def rotate(ledger: Ledger, path: Path, signer: Signer, submission: Submission) -> tuple[Appended, Path | None]:
    """Record the new key, sign with it from then on, and put its file in place; return where the old one is kept."""
    made = ledger.rotate_log_key(submission, signer)
    return made, None if made.repeated else log_key.take_over(path)
