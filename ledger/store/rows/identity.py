"""Who may come in, and with what."""

from typing import NamedTuple


class ApiKeyRow(NamedTuple):
    """An API key by the SHA-256 of its secret."""

    hash: bytes
    id: str
    org: str
    role: str
    label: str
    created_at_ms: int
    expires_at_ms: int | None
    revoked_at_ms: int | None


class LoginLinkRow(NamedTuple):
    """A login link by the SHA-256 of its secret; ``uses_left`` None: as often as wanted."""

    hash: bytes
    user: str
    org: str
    role: str
    created_at_ms: int
    expires_at_ms: int | None
    uses_left: int | None


class SessionRow(NamedTuple):
    """A logged-in browser by the SHA-256 of its cookie. ``user`` empty: a demo's link, which bears ``role``."""

    hash: bytes
    id: str
    user: str
    org: str
    role: str
    factor: str
    csrf: str
    purpose: str
    label: str
    created_at_ms: int
    seen_at_ms: int
    expires_at_ms: int


class UserRow(NamedTuple):
    """A person of an organisation; ``roles``: words with a space between them."""

    id: str
    org: str
    login: str
    name: str
    password: str | None
    roles: str
    created_at_ms: int
    disabled_at_ms: int | None = None


class PasskeyRow(NamedTuple):
    """A WebAuthn credential of a user; ``public_key`` is COSE."""

    id: bytes
    user: str
    public_key: bytes
    sign_count: int
    name: str
    created_at_ms: int
    used_at_ms: int | None = None


class DeviceRow(NamedTuple):
    """A device of an organisation, perhaps of one person."""

    id: str
    org: str
    name: str
    user: str | None
    created_at_ms: int
    revoked_at_ms: int | None = None


class BadgeRow(NamedTuple):
    """A badge of a person, by the hash of its secret (32 bytes); ``created_by``: the user who issued it."""

    hash: bytes
    id: str
    org: str
    user: str
    created_by: str
    created_at_ms: int
    revoked_at_ms: int | None = None


class KeyRequestRow(NamedTuple):
    """A public key of a person that waits to be endorsed; ``key`` and ``proof`` (of possession) in base64url."""

    id: str
    org: str
    user: str
    key: str
    proof: str
    created_at_ms: int
    expires_at_ms: int


class InvitationRow(NamedTuple):
    """A one-time link by the SHA-256 of its secret; ``user``: whose password it sets, None for somebody new."""

    hash: bytes
    id: str
    org: str
    user: str | None
    login: str
    name: str
    roles: str
    created_by: str
    created_at_ms: int
    expires_at_ms: int
    used_at_ms: int | None = None


class ApiClientRow(NamedTuple):
    """A program of an organisation; ``hash``: SHA-256 of its secret."""

    id: str
    org: str
    hash: bytes
    roles: str
    label: str
    purpose: str
    created_by: str
    created_at_ms: int
    revoked_at_ms: int | None = None


class TokenRow(NamedTuple):
    """An access token by its SHA-256."""

    hash: bytes
    client: str
    org: str
    roles: str
    created_at_ms: int
    expires_at_ms: int


class AttemptsRow(NamedTuple):
    """Failed logins since the first of a window, by the SHA-256 of a login name."""

    hash: bytes
    failures: int
    since_ms: int
