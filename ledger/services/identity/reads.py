"""What regulators and parks read of others, and for which purpose: recorded before it is shown."""

from dataclasses import dataclass
from typing import Final

from ledger.services.identity.ports import Ports
from ledger.store.rows import ReadRow

MOST_SUBJECT: Final = 400
"""Characters of the address that a read names; the grants under which it was made stand behind it, all of them."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: organisation, person or program, credential, and for what purpose."""

    org: str
    user: str
    credential: str
    purpose: str


def note(ports: Ports, reader: Reader, action: str, address: str, grants: str = "") -> None:
    """Record that something is about to be read; what cannot be recorded is not shown. Raises UnavailableError.

    ``address``: is cut to ``MOST_SUBJECT`` characters; ``grants``: what stands behind it of grants, uncut.
    """
    row = ReadRow(
        org=reader.org,
        id=ports.id(),
        at_ms=ports.now_ms(),
        user=reader.user,
        credential=reader.credential,
        action=action,
        subject=address[:MOST_SUBJECT] + grants,
        purpose=reader.purpose,
    )
    ports.ledger.reads.note(row)


def listing(ports: Ports, org: str, *, before: str | None = None, limit: int = 100) -> list[ReadRow]:
    """Return what an organisation read, newest first."""
    with ports.ledger.store.read() as unit:
        return unit.sessions.reads_of(org, before=before, limit=limit)
