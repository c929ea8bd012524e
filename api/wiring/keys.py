"""The port of keys: those on record, those that wait to be endorsed, and the events that change them."""

import asyncio
from collections.abc import Mapping
from typing import Final, Protocol

import orjson

from api.views import KeyRequest, KeysView, KeyView, Outcome, Principal
from api.wiring.known import Known, hidden
from api.wiring.reading import Reading
from api.wiring.sight import plain_subject
from ledger.core.b64 import unb64u
from ledger.core.canonical import Json, parse
from ledger.core.keys import KEY_SIZE, key_id
from ledger.core.shape import list_at, object_at
from ledger.core.times import format_utc
from ledger.errors import ForbiddenError, FormatError
from ledger.rules import codec
from ledger.rules.aggregates import KeyState, OrgState
from ledger.services import drafts, policy
from ledger.services.identity import key_requests
from ledger.services.identity.ports import Ports
from ledger.store.rows import KeyRequestRow

REGISTERED: Final = "governance.key_registered"
ROTATED: Final = "governance.key_rotated"
REVOKED: Final = "governance.key_revoked"
USER: Final = "user:"
MAX_STATEMENT: Final = 64 * 1024


class Stating(Protocol):
    """Takes events in."""

    async def submit(self, viewer: Principal, body: bytes) -> Outcome:
        """Append one event and wait for its receipt."""


class LedgerKeys:
    """Keys of organisations."""

    def __init__(self, ports: Ports, reading: Reading, intake: Stating) -> None:
        """Keep requests with ``ports``, state events through ``intake``."""
        self._ports = ports
        self._reading = reading
        self._intake = intake

    def listing(self, viewer: Principal) -> KeysView:
        """Return every key, newest first, and the requests that wait."""
        org, subject = _own(viewer), plain_subject(viewer)
        with self._reading.known() as known:
            state = known.must(org, OrgState)
            newest = sorted(state.keys.items(), key=lambda item: item[1].added, reverse=True)
            keys = tuple(_line(known, viewer, name, key) for name, key in newest)
            rows = [row for row in key_requests.open_ones(self._ports, org) if _waits(state, row)]
            requests = tuple(_request(known, viewer, row) for row in rows)
        states = bool(policy.decide(subject, "event.append"))
        return KeysView(
            origin=self._ports.ledger.recorded().origin,
            keys=keys,
            requests=requests,
            may_ask=viewer.user is not None and states,
            may_endorse=viewer.user is not None and bool(policy.can_state(subject, REGISTERED)),
            may_revoke=bool(policy.can_state(subject, REVOKED)),
        )

    def own(self, viewer: Principal) -> tuple[str, ...]:
        """Return the ids of the viewer's own keys that count."""
        if viewer.user is None or viewer.org is None:
            return ()
        with self._reading.known() as known:
            state = known.get(viewer.org.ref, OrgState)
        held = () if state is None else drafts.candidates(state)
        return tuple(one.key for one in held if one.holder == viewer.user)

    def key(self, viewer: Principal, key: str) -> KeyView:
        """Return one key."""
        with self._reading.known() as known:
            state = known.must(_own(viewer), OrgState).keys.get(key)
            if state is None:
                raise hidden(key)
            return _line(known, viewer, key, state)

    def ask(self, viewer: Principal, key: str, proof: str) -> str:
        """Keep the viewer's new key until somebody endorses it."""
        return key_requests.ask(self._ports, _own(viewer), _person(viewer), key, proof)

    def request(self, viewer: Principal, request: str) -> KeyRequest:
        """Return a request that waits."""
        row = key_requests.one(self._ports, _own(viewer), request)
        with self._reading.known() as known:
            return _request(known, viewer, row)

    async def endorse(self, viewer: Principal, request: str, statement: bytes) -> Outcome:
        """Register the key that a request is about, by an event that the viewer's own key signed."""
        await asyncio.to_thread(self._check_endorsement, viewer, request, statement)
        outcome = await self._intake.submit(viewer, statement)
        await asyncio.to_thread(key_requests.drop, self._ports, _own(viewer), request)
        return outcome

    def _check_endorsement(self, viewer: Principal, request: str, statement: bytes) -> None:
        row = key_requests.one(self._ports, _own(viewer), request)
        kind, contents = _stated(statement)
        if row.user == _person(viewer):
            raise ForbiddenError("key_not_for_oneself")
        if kind != REGISTERED or contents.get("key") != key_requests.content(row):
            raise FormatError("key_statement_differs", "/statement")

    def withdraw(self, viewer: Principal, request: str) -> None:
        """Take one's own request back, or turn another's down."""
        org = _own(viewer)
        row = key_requests.one(self._ports, org, request)
        if row.user != viewer.user and not policy.can_state(plain_subject(viewer), REGISTERED):
            raise ForbiddenError("key_own_only")
        key_requests.drop(self._ports, org, request)

    async def rotate(self, viewer: Principal, statement: bytes) -> Outcome:
        """Put a new key of the viewer in the place of its old one."""
        kind, contents = _stated(statement)
        key = object_at(contents.get("key", {}))
        if kind != ROTATED or not await asyncio.to_thread(concerns_own_key, self._ports, viewer, key):
            raise FormatError("key_statement_differs", "/statement")
        return await self._intake.submit(viewer, statement)

    async def revoke(self, viewer: Principal, key: str, id: str, since: str | None) -> Outcome:
        """Revoke a key from the next record on."""
        org = _own(viewer)
        await asyncio.to_thread(self.key, viewer, key)
        content = {"key_id": key, **({} if since is None else {"compromised_since": since})}
        agent = {} if viewer.user is None else {"agent": {"user": viewer.user}}
        body = {
            "id": id,
            "type": REVOKED,
            "mode": "act",
            "actor": org,
            "occurred_at": format_utc(self._ports.now_ms()),
            "sections": {"key": content, **agent},
        }
        return await self._intake.submit(viewer, orjson.dumps(body))


def concerns_own_key(ports: Ports, viewer: Principal, key: Mapping[str, Json]) -> bool:
    """Whether a section `key` rotates or revokes a key of the person who asks, and gives it to nobody else."""
    if viewer.user is None or viewer.org is None:
        return False
    with ports.ledger.store.read() as unit:
        body = unit.projections.load_states([viewer.org.ref])[viewer.org.ref]
    state = None if body is None else codec.load(viewer.org.ref, body)
    named = key.get("replaces", key.get("key_id"))
    known = state.keys.get(str(named)) if isinstance(state, OrgState) else None
    return known is not None and known.holder == viewer.user and key.get("holder", viewer.user) == viewer.user


def _stated(statement: bytes) -> tuple[Json, Mapping[str, Json]]:
    """Return the type of a signed statement and what its sections say. FormatError."""
    body = object_at(parse(statement, max_bytes=MAX_STATEMENT))
    header = object_at(body.get("header"), "/header")
    contents: dict[str, Json] = {}
    for item in list_at(body.get("disclosures"), 40, "/disclosures"):
        parts = list_at(item, 3, "/disclosures")
        if len(parts) == 3 and isinstance(parts[1], str):
            contents[parts[1]] = parts[2]
    return header.get("type"), contents


def _waits(state: OrgState, row: KeyRequestRow) -> bool:
    return key_id(unb64u(row.key, KEY_SIZE)) not in state.keys


def _line(known: Known, viewer: Principal, name: str, key: KeyState) -> KeyView:
    return KeyView(
        id=name,
        key=key.raw,
        holder=key.holder,
        name=_called(known, _own(viewer), key.holder),
        added=key.added,
        revoked=key.revoked,
        compromised_since=key.compromised_since,
        mine=viewer.user is not None and key.holder == viewer.user,
    )


def _request(known: Known, viewer: Principal, row: KeyRequestRow) -> KeyRequest:
    return KeyRequest(
        id=row.id,
        user=row.user,
        name=_called(known, row.org, row.user),
        key=row.key,
        key_id=key_id(unb64u(row.key, KEY_SIZE)),
        at=row.created_at_ms,
        expires=row.expires_at_ms,
        mine=row.user == viewer.user,
        content=key_requests.content(row),
    )


def _called(known: Known, org: str, holder: str) -> str:
    """What the organisation calls one of its own people or devices."""
    if holder.startswith(USER):
        user = known.unit.people.user(holder)
        return user.name if user is not None and user.org == org else ""
    device = known.unit.people.device(holder)
    return device.name if device is not None and device.org == org else ""


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise hidden("/keys")
    return viewer.org.ref


def _person(viewer: Principal) -> str:
    if viewer.user is None or viewer.method != "session":
        raise ForbiddenError("people_only")
    return viewer.user
