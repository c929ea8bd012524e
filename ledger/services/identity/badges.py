"""Badges: a secret on a card, with which a person says on a shared device that it is he or she who scans.

An administrator issues one; the one before it ends. It lets nobody in: whose session it was stands in the record.
"""

from dataclasses import dataclass
from typing import Final

from ledger.core.base32 import ALPHABET
from ledger.errors import ConflictError, Problem, RefusedError
from ledger.services.identity import users
from ledger.services.identity.ports import Ports, digest
from ledger.store.rows import BadgeRow, UserRow

SECRET_LENGTH: Final = 26


@dataclass(frozen=True, slots=True)
class Issued:
    """A badge just made: its secret (26 characters of Crockford's base32) is not kept."""

    id: str
    user: UserRow
    secret: str


def issue(ports: Ports, org: str, user: str, *, by: str) -> Issued:
    """Make a badge for a person of the organisation; what it had is revoked.

    Raises NotFoundError, ConflictError (badge_of_disabled).
    """
    known = users.one(ports, org, user)
    if known.disabled_at_ms is not None:
        raise ConflictError("badge_of_disabled", None, {"name": known.name})
    secret = "".join(ALPHABET[byte & 31] for byte in ports.entropy.bytes(SECRET_LENGTH))
    row = BadgeRow(digest(secret), ports.id(), org, user, by, ports.now_ms())
    with ports.ledger.store.write() as unit:
        unit.badges.revoke(org, user, at_ms=row.created_at_ms)
        unit.badges.add(row)
    return Issued(row.id, known, secret)


def revoke(ports: Ports, org: str, user: str) -> None:
    """Revoke what badge a person of the organisation has; none is no error. Raises NotFoundError."""
    users.one(ports, org, user)
    with ports.ledger.store.write() as unit:
        unit.badges.revoke(org, user, at_ms=ports.now_ms())


def current(ports: Ports, org: str, user: str | None = None) -> list[BadgeRow]:
    """Return the badges in force of an organisation, or the one of a person of it."""
    with ports.ledger.store.read() as unit:
        return unit.badges.of(org, user)


def holder(ports: Ports, org: str, secret: str) -> UserRow:
    """Return whom a badge means now. RefusedError: scan_badge_unknown, scan_badge_revoked, scan_badge_disabled."""
    with ports.ledger.store.read() as unit:
        badge = unit.badges.one(digest(secret))
        known = None if badge is None or badge.org != org else unit.people.user(badge.user)
    if badge is None or known is None:
        raise RefusedError([Problem("scan_badge_unknown", "/badge")])
    if badge.revoked_at_ms is not None:
        raise RefusedError([Problem("scan_badge_revoked", "/badge", {"name": known.name})])
    if known.disabled_at_ms is not None:
        raise RefusedError([Problem("scan_badge_disabled", "/badge", {"name": known.name})])
    return known
