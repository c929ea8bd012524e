"""The last signed checkpoint, in a file outside the data and its backups: a restored backup cannot fork the log.

Before anything is signed, the log must be a consistent extension of what this file says was signed before.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import encode, parse
from ledger.core.shape import closed_object, int_at, spec_at, text_at
from ledger.errors import ConfigurationError, FormatError, IntegrityError
from ledger.services.key_file import sync_folder

SPEC: Final = "hazledger/signer-state@1"
_NAMES: Final = ("spec", "origin", "size", "root", "note")
_MAX: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint that was signed: origin, size, root (32 bytes), the note."""

    origin: str
    size: int
    root: bytes
    note: bytes


def read_state(data: bytes) -> Signed:
    """Read the bytes of a signer state. Raises FormatError."""
    members = closed_object(parse(data), _NAMES)
    spec_at(members, SPEC)
    return Signed(
        text_at(members["origin"], "/origin"),
        int_at(members["size"], 0, _MAX, "/size"),
        unb64u(text_at(members["root"], "/root"), 32, field="/root"),
        unb64u(text_at(members["note"], "/note"), field="/note"),
    )


class SignerState:
    """The file. It is replaced atomically and is on disk when ``write`` returns."""

    def __init__(self, path: Path) -> None:
        """Take its place; its folder must exist when something is written."""
        self.path = path

    def read(self) -> Signed | None:
        """Return what was signed last; None if there is no file. Raises ConfigurationError: not of its form."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigurationError("signer_state_unreadable", params={"reason": str(error)}) from error
        try:
            return read_state(data)
        except FormatError as error:
            raise ConfigurationError("signer_state_unreadable", params={"reason": str(error)}) from error

    def write(self, signed: Signed) -> None:
        """Replace the file and put it on disk. Raises OSError."""
        body = encode(
            {
                "spec": SPEC,
                "origin": signed.origin,
                "size": signed.size,
                "root": b64u(signed.root),
                "note": b64u(signed.note),
            }
        )
        part = self.path.with_name(self.path.name + ".new")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(body + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)
        sync_folder(self.path.parent)

    def check(self, origin: str, size: int, root_at: Callable[[int], bytes]) -> Signed | None:
        """Return what was signed last, if a log of ``size`` extends it; ``root_at`` gives the log's root at a size.

        Raises IntegrityError: the file is missing though the log is not empty, names another log, or says more than or
        something else than the log. Then nothing may be signed.
        """
        signed = self.read()
        if signed is None:
            if size:
                raise IntegrityError("signer_state_missing", params={"path": str(self.path), "size": size})
            return None
        if signed.origin != origin:
            raise IntegrityError("signer_state_other_log", params={"expected": origin, "actual": signed.origin})
        if signed.size > size:
            raise IntegrityError("log_behind_signer", params={"size": size, "signed": signed.size})
        if root_at(signed.size) != signed.root:
            raise IntegrityError("log_forks_signer", params={"signed": signed.size})
        return signed
