"""Keys that people made in their browsers: asked for with a proof of possession, endorsed by somebody else's key.

A request proves nothing and is forgotten after a while. The key counts once an event registers it that an earlier key
of the organisation, or a registrar, has signed (decision 0022).
"""

from collections.abc import Mapping
from typing import Final

from ledger.core.b64 import unb64u
from ledger.core.canonical import Json
from ledger.core.keys import ALG, KEY_SIZE, SIGNATURE_SIZE, check_public_key, key_id
from ledger.core.possession import possession_bytes, proves
from ledger.errors import ConflictError, FormatError, NotFoundError
from ledger.rules import codec
from ledger.rules.aggregates import KeyOwnerState
from ledger.services.identity.ports import Ports
from ledger.store.rows import KeyRequestRow
from ledger.store.unit_of_work import Unit

VALID_MS: Final = 14 * 86_400_000
MOST_OPEN: Final = 100
MOST_OF_A_PERSON: Final = 3


def ask(ports: Ports, org: str, user: str, key: str, proof: str) -> str:
    """Keep a person's new key until somebody endorses it; return the id of the request. The same key again is one.

    Raises FormatError (key, proof), ConflictError (key_taken, key_requests_many).
    """
    raw = check_public_key(unb64u(key, KEY_SIZE, field="/key"), field="/key")
    message = possession_bytes(ports.ledger.recorded().origin, org, key, user)
    if not proves(raw, unb64u(proof, SIGNATURE_SIZE, field="/proof"), message):
        raise FormatError("possession_not_proven", "/proof")
    now_ms = ports.now_ms()
    with ports.ledger.store.write() as unit:
        opened = unit.key_requests.of(org, at_ms=now_ms, limit=MOST_OPEN)
        mine = [row for row in opened if row.user == user]
        same = next((row for row in mine if row.key == key), None)
        if same is not None:
            return same.id
        if _owned(unit, raw):
            raise ConflictError("key_taken", "/key")
        if len(opened) >= MOST_OPEN or len(mine) >= MOST_OF_A_PERSON:
            raise ConflictError("key_requests_many", None, {"most": MOST_OF_A_PERSON, "all": MOST_OPEN})
        row = KeyRequestRow(ports.id(), org, user, key, proof, now_ms, now_ms + VALID_MS)
        unit.key_requests.add(row)
    return row.id


def _owned(unit: Unit, raw: bytes) -> bool:
    ref = "key:" + key_id(raw)
    body = unit.projections.load_states([ref])[ref]
    return body is not None and isinstance(codec.load(ref, body), KeyOwnerState)


def open_ones(ports: Ports, org: str) -> list[KeyRequestRow]:
    """Return the open requests of an organisation, oldest first."""
    with ports.ledger.store.read() as unit:
        return unit.key_requests.of(org, at_ms=ports.now_ms(), limit=MOST_OPEN)


def one(ports: Ports, org: str, request: str) -> KeyRequestRow:
    """Return an open request of the organisation. Raises NotFoundError (key_request_gone)."""
    with ports.ledger.store.read() as unit:
        row = unit.key_requests.one(org, request, at_ms=ports.now_ms())
    if row is None:
        raise NotFoundError("key_request_gone")
    return row


def drop(ports: Ports, org: str, request: str) -> None:
    """Forget a request: it was withdrawn, turned down, or done. Raises NotFoundError."""
    with ports.ledger.store.write() as unit:
        if not unit.key_requests.drop(org, request):
            raise NotFoundError("key_request_gone")


def content(row: KeyRequestRow) -> Mapping[str, Json]:
    """The section ``key`` of the event that registers what was asked for."""
    return {"key": row.key, "alg": ALG, "holder": row.user, "proof": row.proof}
