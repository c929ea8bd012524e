r"""The signed code of a transport paper: which shipment, which record, when, and a digest of what is printed.

``payload`` = version (1 byte, 1) || shipment UUID (16) || record index (5, big-endian) || issued (4, minutes since the
epoch) || first 16 bytes of SHA-256("hazledger/waybill@1\n" || JCS(particulars)). The log's key signs the note text
``hazledger/waybill@1 LF origin LF base64url(payload) LF`` (C2SP signed-note, type 0x01): its first line keeps it apart
from every checkpoint. The code is payload and signature in Crockford's base32, which a QR symbol holds in its
alphanumeric mode.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.base32 import ALPHABET, READ, spell
from ledger.core.canonical import Json, digest, encode
from ledger.core.ids import check_ref
from ledger.core.note import NoteSignature, Signer, Verifier
from ledger.errors import FormatError, VerificationError

TAG: Final = "hazledger/waybill@1"
VERSION: Final = 1
DIGEST_SIZE: Final = 16
PAYLOAD_SIZE: Final = 1 + 16 + 5 + 4 + DIGEST_SIZE
SIGNATURE_SIZE: Final = 64
CODE_LENGTH: Final = -(-(PAYLOAD_SIZE + SIGNATURE_SIZE) * 8 // 5)
MINUTE_MS: Final = 60_000

SHIPMENT: Final = "shipment:"

_GROUPS: Final = ((1, 5), (5, 7), (7, 9), (9, 11), (11, 17))


@dataclass(frozen=True, slots=True)
class Waybill:
    """What a code says; ``shipment`` is "shipment:<uuid>", ``index`` the record of its dispatch."""

    shipment: str
    index: int
    issued_min: int
    particulars: bytes

    def payload(self) -> bytes:
        """Return the bytes that are signed. FormatError `waybill_not_of_form`: out of range."""
        try:
            name = bytes.fromhex(check_ref(self.shipment, ("shipment",))[1].replace("-", ""))
            head = bytes((VERSION,)) + name + self.index.to_bytes(5, "big") + self.issued_min.to_bytes(4, "big")
        except (FormatError, OverflowError):
            raise FormatError("waybill_not_of_form") from None
        if len(self.particulars) != DIGEST_SIZE:
            raise FormatError("waybill_not_of_form")
        return head + self.particulars

    @classmethod
    def parse(cls, payload: bytes) -> "Waybill":
        """Read the bytes. FormatError `waybill_not_of_form`."""
        if len(payload) != PAYLOAD_SIZE or payload[0] != VERSION:
            raise FormatError("waybill_not_of_form")
        name = SHIPMENT + "-".join(payload[start:stop].hex() for start, stop in _GROUPS)
        index, issued = int.from_bytes(payload[17:22], "big"), int.from_bytes(payload[22:26], "big")
        return cls(name, index, issued, payload[26:])


def particulars(printed: Mapping[str, Json]) -> bytes:
    """Return the digest of what a paper prints: 16 bytes."""
    return digest(TAG, encode(dict(printed)))[:DIGEST_SIZE]


def note_text(origin: str, payload: bytes) -> bytes:
    """Return the note text that the log's key signs."""
    return f"{TAG}\n{origin}\n{b64u(payload)}\n".encode()


def sign_waybill(waybill: Waybill, signer: Signer) -> str:
    """Return the signed code. FormatError `waybill_not_of_form`."""
    payload = waybill.payload()
    return _base32(payload + signer.sign(note_text(signer.name, payload)).body)


def open_waybill(code: str, verifiers: Iterable[Verifier]) -> Waybill:
    """Return what a code says if one of the log's keys signed it; case and the letters I, L and O are forgiven.

    Nothing of a code is read before its signature was checked: whatever was altered in one, it is not genuine.
    FormatError `waybill_not_of_form`: no code, or one of another version, that a key signed; VerificationError
    `waybill_not_signed` (step "signature").
    """
    data, spare = _unbase32(code)
    payload, signature = data[:PAYLOAD_SIZE], data[PAYLOAD_SIZE:]
    for verifier in verifiers if spare == 0 else ():
        line = NoteSignature(verifier.name, verifier.key_id, signature)
        if verifier.verify(note_text(verifier.name, payload), line):
            return Waybill.parse(payload)
    raise VerificationError("waybill_not_signed", "signature")


def _base32(data: bytes) -> str:
    """Five bits a character, the most significant first; the last character is filled with zero bits."""
    spare = -len(data) * 8 % 5
    bits = int.from_bytes(data, "big") << spare
    length = (len(data) * 8 + spare) // 5
    return spell(bits, length)


def _unbase32(code: str) -> tuple[bytes, int]:
    """The bytes, and the bits that fill the last character: nought in every code that was ever signed."""
    text = code.upper().translate(READ) if code.isascii() else ""
    if len(text) != CODE_LENGTH or any(character not in ALPHABET for character in text):
        raise FormatError("waybill_not_of_form")
    bits = 0
    for character in text:
        bits = bits << 5 | ALPHABET.index(character)
    spare = len(text) * 5 - (PAYLOAD_SIZE + SIGNATURE_SIZE) * 8
    return (bits >> spare).to_bytes(PAYLOAD_SIZE + SIGNATURE_SIZE, "big"), bits & ((1 << spare) - 1)
