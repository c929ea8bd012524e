"""Proof that somebody holds a key that is to be registered: the key signs what will be registered of it.

It can be made long before the registration is endorsed by another key: it names no time (docs/formats.md, Keys).
"""

from typing import Final

from ledger.core.canonical import encode
from ledger.core.keys import verify

TAG: Final = b"hazledger/possession@1\n"


def possession_bytes(origin: str, organisation: str, key: str, holder: str) -> bytes:
    """Return what the new key signs. ``key``: the raw public key in base64url; ``holder``: who signs with it."""
    return TAG + encode({"origin": origin, "organisation": organisation, "key": key, "holder": holder})


def proves(raw: bytes, proof: bytes, message: bytes) -> bool:
    """Whether a proof of 64 bytes is the key's own; the key has passed ``check_public_key``."""
    return verify(raw, proof, message)
