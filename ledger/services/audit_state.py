"""What was audited last: a small file that the next audit goes on from, sealed with a key of whoever audits.

Who could write one of their own could have the next audit begin behind records that nobody read, though never hide a
change of the log itself: what is new is held to the signed root. So the file says by HMAC-SHA256 (RFC 2104) that it was
written here; the key lies elsewhere than the database and its backups. An older file that was sealed here can be put
back: then more is read, not less.
"""

import hmac
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import Json, encode, parse
from ledger.core.checkpoint import Checkpoint
from ledger.core.heads import stream_root
from ledger.core.keys import KEY_SIZE
from ledger.core.note import parse_note
from ledger.core.shape import closed_object, int_at, spec_at, text_at
from ledger.errors import ConfigurationError, FormatError
from ledger.services import key_file
from ledger.services.audit_since import Start
from ledger.services.entropy import SystemEntropy
from ledger.store.unit_of_work import Unit

SPEC: Final = "hazledger/audit-state@2"
FORMER: Final = "hazledger/audit-state@1"
"""Without a seal: read where somebody vouches for the file by naming it."""
_NAMES: Final = ("spec", "origin", "size", "root", "chains", "heads", "depth", "at")
_PREFIX: Final = SPEC.encode() + b"\n"
_MAX: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Audited:
    """A state of a log in which an audit found nothing wrong: origin, size, root, chains, root over their heads.

    ``depth``: how deep the records up to ``size`` were read; ``at``: when, as RFC 3339 in UTC.
    """

    origin: str
    size: int
    root: bytes
    chains: int
    heads: bytes
    depth: str
    at: str

    @property
    def start(self) -> Start:
        """Where the next audit goes on."""
        return Start(self.size, self.root, self.chains, self.heads)

    @classmethod
    def parse(cls, data: bytes) -> "Audited":
        """Read the bytes of such a file, of this version or the former one; the seal is left unread. FormatError."""
        return _read(data)[0]

    def body(self) -> dict[str, Json]:
        """Return what is sealed."""
        return {
            "spec": SPEC,
            "origin": self.origin,
            "size": self.size,
            "root": b64u(self.root),
            "chains": self.chains,
            "heads": b64u(self.heads),
            "depth": self.depth,
            "at": self.at,
        }

    def seal(self, key: bytes) -> bytes:
        """Return the seal under a key: HMAC-SHA256 over the version, a line feed, and the JCS bytes of the rest."""
        return hmac.digest(key, _PREFIX + encode(self.body()), "sha256")


def _read(data: bytes) -> tuple[Audited, bytes | None]:
    """Read a file; returns what it says, and its seal if its version has one."""
    found = parse(data)
    sealed = not (isinstance(found, dict) and found.get("spec") == FORMER)
    members = closed_object(found, (*_NAMES, "seal") if sealed else _NAMES)
    spec_at(members, SPEC if sealed else FORMER)
    said = Audited(
        text_at(members["origin"], "/origin"),
        int_at(members["size"], 1, _MAX, "/size"),
        unb64u(text_at(members["root"], "/root"), 32, field="/root"),
        int_at(members["chains"], 0, _MAX, "/chains"),
        unb64u(text_at(members["heads"], "/heads"), 32, field="/heads"),
        text_at(members["depth"], "/depth"),
        text_at(members["at"], "/at"),
    )
    return said, unb64u(text_at(members["seal"], "/seal"), 32, field="/seal") if sealed else None


@dataclass(frozen=True, slots=True)
class StateFile:
    """Where it lies, and the file of 32 bytes that it is sealed with: made, with mode 0600, when it is missing."""

    path: Path
    key: Path

    def last(self, origin: str) -> Audited | None:
        """Return what was audited last; None if nothing was.

        Raises ConfigurationError: not of its form, not sealed with this key, another log.
        """
        try:
            found, seal = _read(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, FormatError) as error:
            params = {"path": str(self.path), "reason": str(error)}
            raise ConfigurationError("audit_state_unreadable", params=params) from error
        if seal is None or not self.key.exists() or not hmac.compare_digest(seal, found.seal(key_file.read(self.key))):
            raise ConfigurationError("audit_state_not_sealed", params={"path": str(self.path), "key": str(self.key)})
        if found.origin != origin:
            raise ConfigurationError("audit_state_other_log", params={"expected": origin, "actual": found.origin})
        return found

    def keep(self, audited: Audited) -> None:
        """Put it on disk in the place of the one before. Raises ConfigurationError."""
        if not self.key.exists():
            key_file.write(self.key, SystemEntropy().bytes(KEY_SIZE))
        content = {**audited.body(), "seal": b64u(audited.seal(key_file.read(self.key)))}
        part = self.path.with_name(self.path.name + ".new")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(encode(content) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
            key_file.sync_folder(self.path.parent)
        except OSError as error:
            raise ConfigurationError(
                "audit_state_unwritable", params={"path": str(self.path), "reason": str(error)}
            ) from None


def audited(unit: Unit, origin: str, size: int, root: bytes, depth: str, at: str) -> Audited:
    """Return what to note after an audit of a log of ``size`` that found nothing."""
    chains, heads = stream_root((head.chain, head.hash) for head in unit.chains.iter_heads(size))
    return Audited(origin, size, root, chains, heads, depth, at)


def start_of(data: bytes, origin: str) -> Start:
    """Return where to go on from by a file: an audit state, or a checkpoint that somebody kept.

    Whoever names the file vouches for it: the seal is not read, for it may be of another auditor. The checkpoint's root
    is compared with the log's, so its signature adds nothing. Raises FormatError.
    """
    if data.startswith(b"{"):
        state = Audited.parse(data)
        found, start = state.origin, state.start
    else:
        checkpoint = Checkpoint.parse(parse_note(data)[0])
        found, start = checkpoint.origin, Start(checkpoint.size, checkpoint.root)
    if found != origin:
        raise FormatError("origin_differs", params={"expected": origin, "actual": found})
    return start
