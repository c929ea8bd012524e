"""Incident codes: for hours, whoever was told one sees how much lies at a place or rides in a vehicle.

A responder of an authority or park, or a safety officer of a firm, issues one and tells it by phone or radio. It opens
what its issuer may see, and nothing else; every use is recorded with its purpose before anything is shown. The code is
twelve characters of Crockford base32 (60 random bits), kept as a hash alone. One that is wrong, over or ended, or whose
issuer may no longer come in, is not there at all.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from ledger.core.base32 import ALPHABET
from ledger.errors import ConflictError, FormatError, NotFoundError
from ledger.services.identity import reads
from ledger.services.identity.ports import Ports, organisation
from ledger.services.identity.sessions import check_purpose
from ledger.store.rows import IncidentRow, ReadRow
from ledger.store.unit_of_work import Unit

LENGTH: Final = 12
MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
"""How people write a code that was told to them."""
LEAST_HOURS: Final = 1
MOST_HOURS: Final = 72
MOST_OPEN: Final = 50
USES_SHOWN: Final = 100
HOUR_MS: Final = 3_600_000
ISSUERS: Final = ("responder", "safety_officer")
"""Roles on whose authority a code opens something."""
ACTION: Final = "incident.read"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues: organisation, person or program (``user``, ``credential``), and the role it issues as."""

    org: str
    user: str
    credential: str
    role: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A code just made, shown once."""

    id: str
    code: str
    expires_at_ms: int


@dataclass(frozen=True, slots=True)
class Authority:
    """On whose authority a good code opens something: organisation with its kinds, and the role."""

    id: str
    org: str
    kinds: tuple[str, ...]
    role: str
    reason: str


def issue(ports: Ports, issuer: Issuer, reason: str, hours: int) -> Issued:
    """Make a code. FormatError (purpose_not_of_form, incident_hours_bounds), ConflictError (incidents_many)."""
    said = check_purpose(reason, field="/reason")
    if not LEAST_HOURS <= hours <= MOST_HOURS:
        raise FormatError("incident_hours_bounds", "/hours", {"least": LEAST_HOURS, "most": MOST_HOURS})
    drawn = int.from_bytes(ports.entropy.bytes(8), "big")
    code = "".join(ALPHABET[drawn >> 5 * at & 31] for at in range(LENGTH))
    now_ms = ports.now_ms()
    row = IncidentRow(
        hash=_digest(code),
        id=ports.id(),
        org=issuer.org,
        user=issuer.user,
        credential=issuer.credential,
        role=issuer.role,
        reason=said,
        created_at_ms=now_ms,
        expires_at_ms=now_ms + hours * HOUR_MS,
    )
    with ports.ledger.store.write() as unit:
        if len(unit.incidents.good_of(issuer.org, at_ms=now_ms, limit=MOST_OPEN)) >= MOST_OPEN:
            raise ConflictError("incidents_many", params={"most": MOST_OPEN})
        unit.incidents.add(row)
    return Issued(row.id, code, row.expires_at_ms)


def end(ports: Ports, org: str, incident: str) -> None:
    """End a code of the organisation before its time. NotFoundError (incident_unknown)."""
    with ports.ledger.store.write() as unit:
        if not unit.incidents.end(org, incident, at_ms=ports.now_ms()):
            raise NotFoundError("incident_unknown")


def listing(ports: Ports, org: str, *, limit: int = 50) -> list[tuple[IncidentRow, list[ReadRow]]]:
    """Return the codes of an organisation that are good, then the newest that are over, each with its newest uses."""
    with ports.ledger.store.read() as unit:
        good = unit.incidents.good_of(org, at_ms=ports.now_ms(), limit=MOST_OPEN)
        rows = dict.fromkeys([*good, *unit.incidents.of(org, limit=limit)])
        return [(row, unit.sessions.reads_by(org, row.id, limit=USES_SHOWN)) for row in rows]


def check(ports: Ports, code: str) -> Authority:
    """Return on whose authority a code opens something. NotFoundError (incident_code_unusable), which tells no more."""
    plain = code[:40].upper().translate(MISREAD)
    with ports.ledger.store.read() as unit:
        row = unit.incidents.good(_digest(plain), at_ms=ports.now_ms())
        if row is None or not _stands(unit, row):
            raise unusable()
        return Authority(row.id, row.org, organisation(unit, row.org).roles, row.role, row.reason)


def note(ports: Ports, authority: Authority, subject: str, purpose: str) -> None:
    """Record a use before it is shown. UnavailableError: it cannot be recorded."""
    reads.note(ports, reads.Reader(authority.org, "", authority.id, purpose), ACTION, subject)


def unusable() -> NotFoundError:
    """Return the one error for a code that opens nothing, whatever the reason."""
    return NotFoundError("incident_code_unusable", "/incident_code")


def _stands(unit: Unit, row: IncidentRow) -> bool:
    """Whether who issued it may still come in, with that role."""
    if row.user:
        user = unit.people.user(row.user)
        return user is not None and user.disabled_at_ms is None and row.role in user.roles.split()
    client = unit.sessions.client(row.credential)
    return client is None or client.revoked_at_ms is None


def _digest(code: str) -> bytes:
    return hashlib.sha256(b"hazledger incident " + code.encode()).digest()
