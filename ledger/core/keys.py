"""Ed25519 keys: their ids, the check at registration, signing and verifying.

Libraries verify signatures under public keys that nobody can own (small-order points verify a
signature over any message), so a key is judged here before it is trusted, by integer arithmetic on
the curve of RFC 8032 section 5.1. Signing and verifying themselves are left to `cryptography`.
"""

import functools
import hashlib
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.core.b64 import b64u
from ledger.errors import FormatError

ALG: Final = "ed25519"
KEY_SIZE: Final = 32
SIGNATURE_SIZE: Final = 64

PrivateKey: TypeAlias = Ed25519PrivateKey | bytes
"""A private key of `cryptography`, or the 32-byte seed of RFC 8032 section 5.1.5."""

# RFC 8032 section 5.1: field prime, group order L, curve constant d, and a square root of -1.
P: Final = 2**255 - 19
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, P) % P
_SQRT_M1: Final = pow(2, (P - 1) // 4, P)

# (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z (RFC 8032 section 5.1.4).
Point: TypeAlias = tuple[int, int, int, int]
IDENTITY: Final[Point] = (0, 1, 1, 0)


def key_id(raw: bytes) -> str:
    """Return the base64url key id of a 32-byte public key: SHA-256 of tag, algorithm and key."""
    return b64u(hashlib.sha256(b"hazledger/key@1\n" + ALG.encode("ascii") + b"\n" + raw).digest())


def check_public_key(raw: bytes, *, field: str | None = None) -> bytes:
    """Return `raw` if it is the encoding of a point of order L, the only points an owner can have.

    FormatError: `key_wrong_length`; `key_not_canonical` (y >= p, or x = 0 with its sign bit set);
    `key_not_on_curve`; `key_small_order` ([8]A is the identity, the identity included);
    `key_mixed_order` ([L]A is not the identity). Source: RFC 8032 sections 5.1.3 and 5.1.7.
    """
    if len(raw) != KEY_SIZE:
        raise FormatError("key_wrong_length", field, {"actual": len(raw), "expected": KEY_SIZE})
    problem = _judge(bytes(raw))
    if problem is not None:
        raise FormatError(problem, field)
    return raw


@functools.lru_cache(maxsize=1024)
def _judge(raw: bytes) -> str | None:
    try:
        point = decompress(raw)
    except FormatError as error:
        return error.code
    if is_identity(multiply(8, point)):
        return "key_small_order"
    if not is_identity(multiply(ORDER, point)):
        return "key_mixed_order"
    return None


def decompress(raw: bytes) -> Point:
    """Decode 32 bytes to a point of the curve, strictly (RFC 8032 section 5.1.3).

    FormatError: `key_not_canonical`, `key_not_on_curve`.
    """
    encoded = int.from_bytes(raw, "little")
    sign, y = encoded >> 255, encoded & (2**255 - 1)
    if y >= P:
        raise FormatError("key_not_canonical")
    u, v = (y * y - 1) % P, (_D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * _SQRT_M1 % P
    if v * x * x % P != u:
        raise FormatError("key_not_on_curve")
    if x == 0 and sign:
        raise FormatError("key_not_canonical")
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def compress(point: Point) -> bytes:
    """Encode a point in 32 bytes (RFC 8032 section 5.1.2)."""
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(KEY_SIZE, "little")


def add(a: Point, b: Point) -> Point:
    """Add two points; complete, so it doubles as well (RFC 8032 section 5.1.4)."""
    m = (a[1] - a[0]) * (b[1] - b[0]) % P
    n = (a[1] + a[0]) * (b[1] + b[0]) % P
    t = 2 * _D * a[3] * b[3] % P
    z = 2 * a[2] * b[2] % P
    e, f, g, h = n - m, z - t, z + t, n + m
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar: int, point: Point) -> Point:
    """Return [scalar]point for scalar >= 0. Not constant time: for public points only."""
    total = IDENTITY
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def is_identity(point: Point) -> bool:
    """Whether a point is the neutral element (0, 1)."""
    return point[0] % P == 0 and (point[1] - point[2]) % P == 0


def private_key(seed: bytes, *, field: str | None = None) -> Ed25519PrivateKey:
    """Make the private key of a 32-byte seed. FormatError `key_wrong_length`."""
    if len(seed) != KEY_SIZE:
        raise FormatError("key_wrong_length", field, {"actual": len(seed), "expected": KEY_SIZE})
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key(private: PrivateKey) -> bytes:
    """Return the 32 raw bytes of the public key. FormatError `key_wrong_length`."""
    return _private(private).public_key().public_bytes_raw()


def sign(private: PrivateKey, msg: bytes) -> bytes:
    """Return the 64-byte Ed25519 signature (RFC 8032 section 5.1.6). FormatError `key_wrong_length`."""
    return _private(private).sign(msg)


def verify(raw_public: bytes, sig: bytes, msg: bytes) -> bool:
    """Whether `sig` is the key's signature over `msg`; false too for a wrong length of key or signature.

    The key must have passed `check_public_key` when it was registered (RFC 8032 section 5.1.7).
    """
    if len(raw_public) != KEY_SIZE or len(sig) != SIGNATURE_SIZE:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(raw_public).verify(sig, msg)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private(private: PrivateKey) -> Ed25519PrivateKey:
    return private_key(private) if isinstance(private, bytes) else private
