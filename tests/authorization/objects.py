"""What is asked about: for each parameter of a route what stands in the address, and what a body names.

A route whose parameter is of no known kind has no row: `UnknownKindError` says where to add it.
"""

import json
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlencode

from api.ports import Imports
from api.views import Party, Principal, Words
from ledger.core.ids import uuid7
from ledger.services import access
from ledger.services.identity import clients, devices, invitations, sessions
from ledger.services.identity.ports import digest
from ledger.store.rows import LoginLinkRow, PasskeyRow
from tests.authorization.realm import FIRMS, Realm, bare
from tests.authorization.subjects import person

Object = Literal["own", "tenant", "region", "absent", "-"]
OBJECTS: Final[tuple[Object, ...]] = ("own", "tenant", "region", "absent")
OWNERS: Final[dict[Object, str]] = {"own": "home", "tenant": "tenant", "region": "region"}

KINDS: Final = {
    "batches": "batch",
    "containers": "container",
    "sites": "site",
    "organisations": "organisation",
    "products": "product",
    "transfers": "transfer",
    "shipments": "shipment",
    "webhooks": "webhook",
    "receipts": "receipt",
    "users": "user",
    "programs": "program",
    "devices": "device",
    "invitations": "invitation",
    "sessions": "session",
    "passkeys": "passkey",
    "Q": "code",
    "q": "code",
    "W": "waybill",
    "w": "waybill",
    "invite": "invite",
    "login": "link",
    "problems": "problem",
    "static": "file",
    "tile": "tile",
    "d": "handover",
    "import": "import",
}
"""The part of the address before a parameter -> the kind of thing it names."""

PUBLIC: Final = {"problem": "login_required", "file": "app.css", "tile": "entries/000.p/1"}
"""Things that are there for everybody, and nobody's."""
ANYBODY: Final = frozenset({"code", "waybill", "invite", "link", "handover", *PUBLIC})
"""Kinds that whoever has the address may open; what is foreign is shown as to the public."""
SPENT: Final = frozenset({"invite", "link", "invitation", "session", "passkey", "user", "program", "device", "import"})
"""Kinds of which each cell gets one of its own."""
ABSENT: Final = {
    "code": "7Q2M9XKD4TBW0HZ3",
    "problem": "no_such_problem",
    "file": "no-such-file.css",
    "tile": "entries/999",
    "invite": "A" * 43,
    "link": "A" * 43,
    "handover": "A" * 43,
    "passkey": "QUFBQQ",
}


class UnknownKindError(LookupError):
    """A route names something of which there is no sample."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the address for its first parameter, and in the body."""

    place: str
    body: bytes = b""
    media_type: str = "application/json"


def kind_of(path: str) -> str:
    """The kind of thing that a route's first parameter names; "" for a route without one. UnknownKindError."""
    before, found, _ = path.partition("/{")
    if not found:
        return ""
    segment = before.rpartition("/")[2]
    if segment not in KINDS:
        raise UnknownKindError(path)
    return KINDS[segment]


def place_of(realm: Realm, kind: str, object: Object, *, write: bool, step: str) -> str:
    """What stands in the address."""
    if object == "absent":
        return ABSENT.get(kind) or uuid7(realm.clock.now_ms(), realm.dice.bytes(10))
    if kind in PUBLIC:
        return PUBLIC[kind]
    firm = OWNERS[object]
    if kind in SPENT:
        return _spent(realm, kind, firm)
    if kind == "waybill":
        kind = "code"
    if object == "own" and write:
        return _fresh(realm, kind, step)
    return realm.things[kind, firm]


def _fresh(realm: Realm, kind: str, step: str) -> str:
    """A thing of `home` that no other cell has changed."""
    match kind:
        case "transfer":
            incoming = step in {"agree", "decline"}
            return realm.transfer("home", *(("partner", "home") if incoming else ("home", "partner")))
        case "shipment":
            return realm.shipment("home")
        case "webhook":
            return _webhook(realm)
        case _:
            return realm.things[kind, "home"]


def _webhook(realm: Realm) -> str:
    org = realm.orgs["home"]
    for row in realm.hooks.listed(org)[10:]:
        if row.id != realm.things["webhook", "home"]:
            realm.hooks.remove(org, row.id)
    return realm.hooks.add(org, "https://erp.example.cn/hooks").row.id


def _spent(realm: Realm, kind: str, firm: str) -> str:
    ports, org = realm.ports, realm.orgs[firm]
    match kind:
        case "user":
            return bare(person(realm, firm, "operator").id)
        case "program":
            return _program(realm, org)
        case "device":
            return bare(devices.register(ports, org, f"device {realm.number()}"))
        case "invite" | "invitation":
            who = invitations.Person(f"{firm}-{realm.number()}", "Somebody", ("operator",))
            token = invitations.invite(ports, org, who, by="matrix")
            return token if kind == "invite" else invitations.look(ports, token).id
        case "session":
            user = person(realm, firm, "operator")
            with realm.ledger.store.write() as unit:
                sessions.open_for(ports, unit, user, "passkey")
            return sessions.of_user(ports, user.id)[0].id
        case "passkey":
            user = person(realm, firm, "operator")
            row = PasskeyRow(realm.dice.bytes(16), user.id, b"-", 0, "matrix", realm.clock.now_ms())
            with realm.ledger.store.write() as unit:
                unit.people.add_passkey(row)
            return row.id.hex()
        case "import":
            return _import(realm, firm)
        case _:
            return _link(realm, firm)


def _program(realm: Realm, org: str) -> str:
    """A program; those of former cells are revoked, for there is a most."""
    for row in clients.listing(realm.ports, org):
        if row.label == "matrix" and row.revoked_at_ms is None:
            clients.revoke(realm.ports, org, row.id)
    return bare(clients.create(realm.ports, org, "matrix", ("operator",), by="matrix").id)


def _import(realm: Realm, firm: str) -> str:
    """A file of a firm that was checked and waits to be recorded."""
    port: Imports = realm.app.state.services.imports
    org = Party(realm.orgs[firm], Words(firm, firm))
    sender = Principal("session", org, ("producer",), user="user:matrix", user_roles=("operator",))
    job = port.open(sender, "containers", "matrix.csv", f"serial,kind\nMATRIX-{realm.number()},drum\n".encode())
    assert port.job(sender, job, 10).phase == "checked"
    return job


def _link(realm: Realm, firm: str) -> str:
    """A login link, also in a ledger that is no demo and hence makes none."""
    token, now_ms = realm.ports.secret(), realm.clock.now_ms()
    row = LoginLinkRow(digest(token), "", realm.orgs[firm], "producer", now_ms, now_ms + access.LINK_MS, 1)
    with realm.ledger.store.write() as unit:
        unit.operations.add_login_link(row)
    return token


# --- bodies -----------------------------------------------------------------------------------------------------------

FORM: Final = "application/x-www-form-urlencoded"
BOUNDARY: Final = "matrix-of-tests"
UPLOAD: Final = f"multipart/form-data; boundary={BOUNDARY}"
CLOSING: Final = f"--{BOUNDARY}--\r\n".encode()
NAMING: Final = {"/api/v1/events", "/api/v1/events:bulk", "/api/v1/transfers", "/api/v1/shipments"}
"""Routes without a parameter whose body names a thing: an actor, goods, a transfer."""


def body_of(realm: Realm, path: str, object: Object, org: str) -> tuple[bytes, str]:
    """The body of a write, and its media type; `org`: whose subject asks."""
    if not path.startswith("/api/"):
        return _upload() if path == "/import" else (_form(realm), FORM)
    match path:
        case _ if path.startswith("/api/v1/imports/"):
            return b"kind\ndrum\n", "text/csv"
        case "/api/v1/events" | "/api/v1/events:bulk":
            event = json.dumps(_event(realm, object, org)).encode()
            return event, "application/x-ndjson" if path.endswith("bulk") else "application/json"
        case "/api/v1/transfers":
            return _json(_offer(realm, object, org))
        case "/api/v1/shipments":
            return _json(_plan(realm, object, org))
        case "/api/v1/webhooks":
            _webhook(realm)
            return _json({"url": "https://erp.example.cn/hooks"})
        case _ if path.endswith("/replay"):
            return _json({"after": realm.ledger.log.state().size})
        case _:
            return _json({})


def _form(realm: Realm) -> bytes:
    """Fields of every form about people and programs; a form takes those it has."""
    number = realm.number()
    fields = {"login": f"new-{number}", "name": "Somebody", "role": "operator", "label": f"new {number}"}
    return urlencode({**fields, "purpose": "matrix of tests"}).encode()


def _upload() -> tuple[bytes, str]:
    """A file that lists a container."""
    return _part("kind", "containers") + _part('file"; filename="a.csv', "serial,kind\nMATRIX,drum"), UPLOAD


def _part(name: str, content: str) -> bytes:
    """A part of an upload."""
    return f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{content}\r\n'.encode()


def with_csrf(realm: Realm, form: bytes, media_type: str, cookie: str) -> bytes:
    """The form as a page of this session sends it: a refusal is the policy's, not one for want of a token."""
    token = realm.app.state.services.access.csrf(cookie.partition("=")[2])
    if media_type == UPLOAD:
        return _part("csrf", token or "") + form
    return form + b"&" + urlencode({"csrf": token or ""}).encode()


def _json(body: dict[str, Any]) -> tuple[bytes, str]:
    return json.dumps(body).encode(), "application/json"


def _event(realm: Realm, object: Object, org: str) -> dict[str, Any]:
    """Goods produced by the subject's own organisation, or in the name of another."""
    _, sections = realm.produced("home" if org not in FIRMS else org)
    body = realm.body("home", "production.batch_produced", sections)
    named = {"own": realm.orgs.get(org, ""), "absent": realm.ref("org")}
    return {**body, "actor": named.get(object) or realm.orgs[OWNERS.get(object, "home")]}


def _offer(realm: Realm, object: Object, org: str) -> dict[str, Any]:
    """An offer of goods that lie at a firm."""
    giver = realm.orgs.get(org) or realm.orgs["home"]
    batch = realm.ref("batch") if object == "absent" else realm.batch_of(OWNERS[object])
    parties = {"seller": giver, "buyer": realm.orgs["witness"]}
    return {"goods": [{"batch": batch, "amount": "1"}], "sections": {"parties": parties}}


def _plan(realm: Realm, object: Object, org: str) -> dict[str, Any]:
    """A trip for a transfer of a firm."""
    own = realm.orgs.get(org) or realm.orgs["home"]
    ref = realm.ref("transfer") if object == "absent" else f"transfer:{realm.things['transfer', OWNERS[object]]}"
    parties = {"consignor": own, "consignee": realm.orgs["partner"], "carrier": realm.orgs["carrier"]}
    transport = {"vehicle": "浙B12345", "mode": "road"}
    return {"transfer": ref, "sections": {"parties": parties, "transport": transport}}
