"""Signed notes (C2SP signed-note v1.0.0) with Ed25519 and timestamped cosignature keys.

Types 0x01 (Ed25519 over the text) and 0x04 (cosignature/v1 of C2SP tlog-cosignature) are known;
lines of any other key or type are carried along and ignored.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.core import keys
from ledger.core.lines import MAX_SIZE, b64std, is_line, parse_lines, unb64std
from ledger.errors import FormatError, VerificationError

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
MAX_NOTE_SIZE: Final = 1_000_000
MAX_SIGNATURES: Final = 100
KEY_ID_SIZE: Final = 4

_DASH: Final = "\u2014 "
_VKEY: Final = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
_SKEY_PREFIX: Final = "PRIVATE+KEY+"


def is_key_name(name: str) -> bool:
    """Whether a name is non-empty UTF-8 without spaces, control characters or plus."""
    return is_line(name) and not any(char == "+" or char.isspace() for char in name)


def note_key_id(name: str, kind: int, key: bytes) -> bytes:
    """Return the first four bytes of SHA-256(name || LF || type || key)."""
    return hashlib.sha256(name.encode("utf-8") + bytes((0x0A, kind)) + key).digest()[:KEY_ID_SIZE]


def cosigned_message(text: bytes, time_s: int) -> bytes:
    """Return what a cosignature/v1 signs: header line, time line (POSIX seconds) and the whole note text."""
    return b"cosignature/v1\ntime %d\n" % time_s + text


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: who, and the bytes after the 4-byte key id."""

    name: str
    key_id: bytes
    body: bytes

    def line(self) -> bytes:
        """Return the line with its LF."""
        return f"{_DASH}{self.name} {b64std(self.key_id + self.body)}\n".encode()

    @classmethod
    def parse(cls, line: str) -> "NoteSignature":
        """Read a line without its LF. FormatError `note_malformed`."""
        name, space, blob = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not space or not is_key_name(name):
            raise FormatError("note_malformed")
        data = unb64std(blob, "note_malformed")
        if len(data) <= KEY_ID_SIZE:
            raise FormatError("note_malformed")
        return cls(name, data[:KEY_ID_SIZE], data[KEY_ID_SIZE:])


@dataclass(frozen=True, slots=True)
class Verifier:
    """A named public key: `kind` is `ED25519` or `COSIGNATURE`, `key` its 32 raw bytes.

    FormatError: `note_key_name`, `note_key_kind`, and those of `keys.check_public_key`.
    """

    name: str
    key: bytes
    kind: int = ED25519

    def __post_init__(self) -> None:
        """Refuse what could not verify anything."""
        if not is_key_name(self.name):
            raise FormatError("note_key_name")
        if self.kind not in (ED25519, COSIGNATURE):
            raise FormatError("note_key_kind", params={"kind": self.kind})
        keys.check_public_key(self.key)

    @property
    def key_id(self) -> bytes:
        """The four bytes that with the name pick this key."""
        return note_key_id(self.name, self.kind, self.key)

    def vkey(self) -> str:
        """Return the verifier key text: name+hex id+base64(type || key)."""
        return f"{self.name}+{self.key_id.hex()}+{b64std(bytes((self.kind,)) + self.key)}"

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Reverse of `vkey`. FormatError: `vkey_malformed` (also an id that is not the key's), those of the class."""
        match = _VKEY.fullmatch(vkey)
        if match is None:
            raise FormatError("vkey_malformed")
        blob = unb64std(match[3], "vkey_malformed")
        verifier = cls(match[1], blob[1:], blob[0])
        if verifier.key_id.hex() != match[2]:
            raise FormatError("vkey_malformed")
        return verifier

    def time_of(self, signature: NoteSignature) -> int | None:
        """Return the POSIX seconds a cosignature states; None for a plain signature."""
        return int.from_bytes(signature.body[:8], "big") if self.kind == COSIGNATURE else None

    def verify(self, text: bytes, signature: NoteSignature) -> bool:
        """Whether the signature (of this name and id) is this key's over the note text."""
        if self.kind == ED25519:
            return keys.verify(self.key, signature.body, text)
        time_s = int.from_bytes(signature.body[:8], "big")
        return time_s <= MAX_SIZE and keys.verify(self.key, signature.body[8:], cosigned_message(text, time_s))


@dataclass(frozen=True, slots=True)
class Signer:
    """A named private key that signs note texts (type 0x01) or, with `cosign`, states a time too (type 0x04)."""

    name: str
    private: keys.PrivateKey

    def verifier(self, kind: int = ED25519) -> Verifier:
        """Return the public side. FormatError: those of `Verifier`."""
        return Verifier(self.name, keys.public_key(self.private), kind)

    def sign(self, text: bytes) -> NoteSignature:
        """Sign a note text with type 0x01. FormatError `note_text_malformed`."""
        check_text(text)
        return NoteSignature(self.name, self.verifier().key_id, keys.sign(self.private, text))

    def cosign(self, text: bytes, time_s: int) -> NoteSignature:
        """Sign a checkpoint's text with type 0x04 at a time in POSIX seconds.

        FormatError: `note_text_malformed`, `cosignature_time` (not within 0..2**63-1).
        """
        check_text(text)
        if not 0 <= time_s <= MAX_SIZE:
            raise FormatError("cosignature_time")
        sig = keys.sign(self.private, cosigned_message(text, time_s))
        return NoteSignature(self.name, self.verifier(COSIGNATURE).key_id, time_s.to_bytes(8, "big") + sig)

    @classmethod
    def parse(cls, skey: str) -> "Signer":
        """Read a private key text of Go's note package. FormatError `skey_malformed`."""
        match = _VKEY.fullmatch(skey.removeprefix(_SKEY_PREFIX))
        if match is None or not skey.startswith(_SKEY_PREFIX):
            raise FormatError("skey_malformed")
        blob = unb64std(match[3], "skey_malformed", 1 + keys.KEY_SIZE)
        signer = cls(match[1], keys.private_key(blob[1:]))
        if blob[0] != ED25519 or signer.verifier().key_id.hex() != match[2]:
            raise FormatError("skey_malformed")
        return signer


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """A signature that verified; `time_s` is the POSIX time of a cosignature, else None."""

    verifier: Verifier
    signature: NoteSignature
    time_s: int | None


def check_text(text: bytes) -> bytes:
    """Return a note text if it can be signed. FormatError `note_text_malformed`."""
    parse_lines(text, "note_text_malformed")
    return text


def format_note(text: bytes, signatures: Sequence[NoteSignature]) -> bytes:
    """Join text, blank line and signature lines. FormatError: `note_text_malformed`, `note_too_large`."""
    check_text(text)
    note = text + b"\n" + b"".join(signature.line() for signature in signatures)
    if len(note) > MAX_NOTE_SIZE or not 1 <= len(signatures) <= MAX_SIGNATURES:
        raise FormatError("note_too_large", params={"max": MAX_NOTE_SIZE, "signatures": MAX_SIGNATURES})
    return note


def sign_note(text: bytes, signers: Iterable[Signer]) -> bytes:
    """Sign a text with each of at least one signer. FormatError: `note_text_malformed`, `note_too_large`."""
    return format_note(text, [signer.sign(text) for signer in signers])


def parse_note(note: bytes) -> tuple[bytes, tuple[NoteSignature, ...]]:
    """Split a note at its last blank line into text and signatures; nothing is verified.

    FormatError: `note_malformed`; `note_too_large` (above 1,000,000 bytes or 100 signatures).
    """
    if len(note) > MAX_NOTE_SIZE:
        raise FormatError("note_too_large", params={"max": MAX_NOTE_SIZE, "signatures": MAX_SIGNATURES})
    parse_lines(note, "note_malformed")
    at = note.rfind(b"\n\n")
    if at < 0:
        raise FormatError("note_malformed")
    return note[: at + 1], parse_signatures(note[at + 2 :])


def parse_signatures(data: bytes) -> tuple[NoteSignature, ...]:
    """Read one or more signature lines, such as a witness answers. FormatError: as `parse_note`."""
    lines = parse_lines(data, "note_malformed")
    if len(lines) > MAX_SIGNATURES:
        raise FormatError("note_too_large", params={"max": MAX_NOTE_SIZE, "signatures": MAX_SIGNATURES})
    return tuple(NoteSignature.parse(line) for line in lines)


def add_signatures(note: bytes, signatures: Iterable[NoteSignature]) -> bytes:
    """Append signature lines to a note, leaving out lines it has already. FormatError: as `parse_note`."""
    text, present = parse_note(note)
    return format_note(text, list(dict.fromkeys((*present, *signatures))))


def open_note(note: bytes, verifiers: Iterable[Verifier]) -> tuple[bytes, tuple[VerifiedSignature, ...]]:
    """Return a note's text and the signatures of known keys, in their order, the first of each key.

    FormatError: as `parse_note`; `note_keys_ambiguous` (two known keys share name and id).
    VerificationError (step "signature"): `note_signature_wrong` if any line of a known key fails,
    `note_not_signed` if no known key signed.
    """
    known: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        if known.setdefault((verifier.name, verifier.key_id), verifier) != verifier:
            raise FormatError("note_keys_ambiguous", params={"name": verifier.name})
    text, signatures = parse_note(note)
    verified: dict[Verifier, VerifiedSignature] = {}
    for signature in signatures:
        signed_by = known.get((signature.name, signature.key_id))
        if signed_by is None:
            continue
        if not signed_by.verify(text, signature):
            raise VerificationError("note_signature_wrong", "signature", params={"name": signature.name})
        verified.setdefault(signed_by, VerifiedSignature(signed_by, signature, signed_by.time_of(signature)))
    if not verified:
        raise VerificationError("note_not_signed", "signature")
    return text, tuple(verified.values())
