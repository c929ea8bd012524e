"""Programs of organisations: a secret once, and tokens of fifteen minutes for it (RFC 6749, section 4.4)."""

from dataclasses import dataclass
from typing import Final

from ledger.errors import ConflictError, ForbiddenError, NotFoundError
from ledger.services import policy
from ledger.services.identity.invitations import check_name, check_roles
from ledger.services.identity.ports import Ports, digest, organisation
from ledger.services.identity.sessions import check_purpose
from ledger.store.rows import ApiClientRow, TokenRow

TOKEN_MS: Final = 15 * 60_000
TOKEN_MARK: Final = "hzt_"  # noqa: S105 - how a token begins
SECRET_MARK: Final = "hzs_"  # noqa: S105 - how a secret begins
MOST_TOKENS: Final = 100
MOST_CLIENTS: Final = 50


@dataclass(frozen=True, slots=True)
class Issued:
    """A secret or token just made, which is not kept."""

    id: str
    secret: str
    expires_in_s: int = 0


@dataclass(frozen=True, slots=True)
class Program:
    """Whom a token lets in."""

    client: str
    org: str
    kinds: tuple[str, ...]
    roles: tuple[str, ...]
    purpose: str
    expires_at_ms: int


def create(ports: Ports, org: str, label: str, roles: tuple[str, ...], *, purpose: str = "", by: str) -> Issued:
    """Create a client and return its id and secret. A regulator's says what it reads for.

    An administrator's role lets a program state master data; people it never manages (``policy``).

    Raises FormatError, NotFoundError (organisation_unknown), ConflictError (clients_many).
    """
    secret = ports.secret(SECRET_MARK)
    with ports.ledger.store.write() as unit:
        kinds = organisation(unit, org).roles
        known = [row for row in unit.sessions.clients_of(org) if row.revoked_at_ms is None]
        if len(known) >= MOST_CLIENTS:
            raise ConflictError("clients_many", params={"most": MOST_CLIENTS})
        row = ApiClientRow(
            id=f"client:{ports.id()}",
            org=org,
            hash=digest(secret),
            roles=" ".join(check_roles(kinds, roles)),
            label=check_name(label, field="/label"),
            purpose=check_purpose(purpose) if purpose or policy.watches(kinds) else "",
            created_by=by,
            created_at_ms=ports.now_ms(),
        )
        unit.sessions.add_client(row)
    return Issued(row.id, secret)


def revoke(ports: Ports, org: str, client: str) -> None:
    """Revoke a client of the organisation and its tokens. Raises NotFoundError."""
    with ports.ledger.store.write() as unit:
        known = unit.sessions.client(client)
        if known is None or known.org != org or not unit.sessions.revoke_client(client, at_ms=ports.now_ms()):
            raise NotFoundError("client_unknown")


def listing(ports: Ports, org: str) -> list[ApiClientRow]:
    """Return the clients of an organisation, oldest first, revoked ones too."""
    with ports.ledger.store.read() as unit:
        return unit.sessions.clients_of(org)


def token(ports: Ports, client: str, secret: str) -> Issued:
    """Exchange a client's secret for a token. Raises ForbiddenError (client_wrong)."""
    now_ms = ports.now_ms()
    with ports.ledger.store.read() as unit:
        known = unit.sessions.client(client)
    if known is None or known.revoked_at_ms is not None or known.hash != digest(secret):
        raise ForbiddenError("client_wrong")
    made = ports.secret(TOKEN_MARK)
    row = TokenRow(digest(made), known.id, known.org, known.roles, now_ms, now_ms + TOKEN_MS)
    with ports.ledger.store.write() as unit:
        unit.operations.drop_expired(at_ms=now_ms)
        unit.sessions.add_token(row, most=MOST_TOKENS)
    return Issued(known.id, made, TOKEN_MS // 1000)


def find(ports: Ports, secret: str) -> Program | None:
    """Return whom a token lets in; None when unknown, expired, or its client was revoked."""
    with ports.ledger.store.read() as unit:
        row = unit.sessions.token(digest(secret), at_ms=ports.now_ms())
        known = None if row is None else unit.sessions.client(row.client)
        if row is None or known is None or known.revoked_at_ms is not None:
            return None
        kinds = organisation(unit, row.org).roles
    return Program(known.id, row.org, kinds, tuple(row.roles.split()), known.purpose, row.expires_at_ms)
