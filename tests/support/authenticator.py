"""An authenticator in software: makes passkeys (ES256, attestation none) and signs with them, honestly or not."""

import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from ledger.core.b64 import b64u

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def cbor(value: object) -> bytes:
    """As much of CBOR (RFC 8949) as authenticators speak."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    assert isinstance(value, dict)
    return _head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    return bytes([major << 5 | 24, number]) if number < 256 else bytes([major << 5 | 25]) + struct.pack(">H", number)


@dataclass
class Authenticator:
    """One device with one key. ``counts`` False: it says nought for ever, as synchronised passkeys do."""

    origin: str = "http://localhost"
    host: str = "localhost"
    counts: bool = True
    verifies: bool = True
    count: int = 0
    id: bytes = field(default_factory=lambda: hashlib.sha256(b"credential").digest())
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str, **lies: str) -> str:
        """Answer what ``navigator.credentials.create`` was asked; ``lies``: other values of the client data."""
        asked = json.loads(options)
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        data = self._data(ATTESTED) + bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor(cose)
        attestation = cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"], lies)
        return self._answer({"clientDataJSON": b64u(client), "attestationObject": b64u(attestation)})

    def get(self, options: str, **lies: str) -> str:
        """Answer what ``navigator.credentials.get`` was asked."""
        asked = json.loads(options)
        client = self._client("webauthn.get", asked["challenge"], lies)
        data = self._data(0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        stated = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer({name: b64u(value) for name, value in stated.items()})

    def _data(self, more: int) -> bytes:
        self.count += self.counts
        flags = PRESENT | (VERIFIED if self.verifies else 0) | more
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _client(self, kind: str, challenge: str, lies: dict[str, str]) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, **lies}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        made: dict[str, Any] = {"id": b64u(self.id), "rawId": b64u(self.id), "type": "public-key", "response": response}
        return json.dumps({**made, "clientExtensionResults": {}})
