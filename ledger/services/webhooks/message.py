"""A message as Standard Webhooks has it (standardwebhooks.com, specification 1.0.0): body, id, timestamp, signature."""

import base64
import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES: Final = 32
_MARK: Final = "whsec_"
_INFO: Final = b"hazledger/webhook@1\n"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: ``id`` names the message over all tries of it; ``body`` is JSON bytes."""

    id: str
    body: bytes

    def headers(self, secret: bytes, at_s: int) -> dict[str, str]:
        """Return the headers of one try at a time in epoch seconds."""
        return {
            "content-type": "application/json",
            "webhook-id": self.id,
            "webhook-timestamp": str(at_s),
            "webhook-signature": sign(secret, self.id, at_s, self.body),
        }


def sign(secret: bytes, message_id: str, at_s: int, body: bytes) -> str:
    """Return the symmetric signature: ``v1,`` and base64 of HMAC-SHA256 over ``id.timestamp.body``."""
    signed = b".".join((message_id.encode(), str(at_s).encode(), body))
    return "v1," + base64.b64encode(hmac.new(secret, signed, sha256).digest()).decode()


def derive(master: bytes, webhook: str, number: int) -> bytes:
    """Return the secret of a webhook: HKDF-SHA256 (RFC 5869) of the master key; ``number`` counts rotations."""
    info = _INFO + f"{webhook}\n{number}".encode()
    return HKDF(SHA256(), SECRET_BYTES, salt=None, info=info).derive(master)


def shown(secret: bytes) -> str:
    """Return a secret as its receiver configures it: ``whsec_`` and base64."""
    return _MARK + base64.b64encode(secret).decode()
