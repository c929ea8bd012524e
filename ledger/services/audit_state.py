"""What was audited last: a small file that the next audit goes on from.

It is as good as the place where it lies: who can change it can have an audit go on from a state that nobody audited.
What it cannot do is hide a change of the log itself, for the new records are held to the signed root.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import Json, encode, parse
from ledger.core.checkpoint import Checkpoint
from ledger.core.heads import stream_root
from ledger.core.note import parse_note
from ledger.core.shape import closed_object, int_at, spec_at, text_at
from ledger.errors import ConfigurationError, FormatError
from ledger.services.audit_since import Start
from ledger.services.key_file import sync_folder
from ledger.store.unit_of_work import Unit

SPEC: Final = "hazledger/audit-state@1"
_NAMES: Final = ("spec", "origin", "size", "root", "chains", "heads", "depth", "at")
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
        """Read the bytes of such a file. Raises FormatError."""
        members = closed_object(parse(data), _NAMES)
        spec_at(members, SPEC)
        return cls(
            text_at(members["origin"], "/origin"),
            int_at(members["size"], 1, _MAX, "/size"),
            unb64u(text_at(members["root"], "/root"), 32, field="/root"),
            int_at(members["chains"], 0, _MAX, "/chains"),
            unb64u(text_at(members["heads"], "/heads"), 32, field="/heads"),
            text_at(members["depth"], "/depth"),
            text_at(members["at"], "/at"),
        )

    def write(self, path: Path) -> None:
        """Put it on disk in the place of the one before. Raises ConfigurationError."""
        content: dict[str, Json] = {
            "spec": SPEC,
            "origin": self.origin,
            "size": self.size,
            "root": b64u(self.root),
            "chains": self.chains,
            "heads": b64u(self.heads),
            "depth": self.depth,
            "at": self.at,
        }
        part = path.with_name(path.name + ".new")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(encode(content) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            sync_folder(path.parent)
        except OSError as error:
            raise ConfigurationError(
                "audit_state_unwritable", params={"path": str(path), "reason": str(error)}
            ) from None


def audited(unit: Unit, origin: str, size: int, root: bytes, depth: str, at: str) -> Audited:
    """Return what to note after an audit of a log of ``size`` that found nothing."""
    chains, heads = stream_root((head.chain, head.hash) for head in unit.chains.iter_heads(size))
    return Audited(origin, size, root, chains, heads, depth, at)


def last(path: Path, origin: str) -> Audited | None:
    """Return what was audited last; None if nothing was. Raises ConfigurationError: not of its form, another log."""
    try:
        found = Audited.parse(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, FormatError) as error:
        raise ConfigurationError("audit_state_unreadable", params={"path": str(path), "reason": str(error)}) from error
    if found.origin != origin:
        raise ConfigurationError("audit_state_other_log", params={"expected": origin, "actual": found.origin})
    return found


def start_of(data: bytes, origin: str) -> Start:
    """Return where to go on from by a file: an audit state, or a checkpoint that somebody kept.

    The checkpoint's root is compared with the log's, so its signature adds nothing. Raises FormatError.
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
