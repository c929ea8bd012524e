"""What is asked about: for each parameter of a route what stands in the address, and what a body names.

A route whose parameter is of no known kind has no row: `UnknownKindError` says where to add it.
"""

import json
from dataclasses import dataclass
from typing import Final, Literal

from api.draft_ports import Drafts
from api.import_ports import Imports
from api.proof_ports import Proofs
from api.views import Party, Principal, Words
from ledger.core.b64 import b64u
from ledger.core.ids import uuid7
from ledger.core.keys import private_key, public_key, sign
from ledger.core.possession import possession_bytes
from ledger.core.proof import Subject
from ledger.core.times import format_utc
from ledger.services import access, incidents, step_links
from ledger.services.identity import clients, devices, invitations, key_requests, sessions
from ledger.services.identity.ports import digest
from ledger.store.rows import LoginLinkRow, PasskeyRow, ReadRow
from tests.authorization.realm import AUDIT, GTIN, Realm, bare
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
    "papers": "paper",
    "users": "user",
    "programs": "program",
    "devices": "device",
    "invitations": "invitation",
    "sessions": "session",
    "passkeys": "passkey",
    "labels": "label",
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
    "links": "step_link",
    "import": "import",
    "proofs": "proof",
    "filings": "transfer",
    "findings": "finding",
    "incidents": "incident",
    "reads": "read",
    "audit": "audit",
    "audits": "audit",
    "open": "place",
    "01": "gtin",
    "codes": "place",
    "requests": "request",
    "grants": "grant",
    "firms": "firm",
    "holds": "batch",
    "recalls": "recall",
    "keys": "key",
    "waiting": "key_request",
    "drafts": "draft",
}
"""The part of the address before a parameter -> the kind of thing it names."""

PUBLIC: Final = {
    "problem": "login_required",
    "file": "app.css",
    "tile": "entries/000.p/1",
    "gtin": GTIN,
    "audit": AUDIT,
}
"""Things that are there for everybody, and nobody's."""
ANYBODY: Final = frozenset({"code", "place", "waybill", "invite", "link", "handover", *PUBLIC})
"""Kinds that whoever has the address may open; what is foreign is shown as to the public."""
SPENT: Final = frozenset(
    {"handover", "invite", "link", "invitation", "session", "passkey", "user"}
    | {"program", "device", "import", "incident", "read", "proof", "key_request", "draft"}
)
"""Kinds of which each cell gets one of its own."""
ABSENT: Final = {
    "code": "7Q2M9XKD4TBW0HZ3",
    "place": "7Q2M9XKD4TBW0HZ3",
    "gtin": "09520001000027/10/NONE",
    "label": "7Q2M9XKD4TBW0HZ3",
    "problem": "no_such_problem",
    "file": "no-such-file.css",
    "tile": "entries/999",
    "invite": "A" * 43,
    "link": "A" * 43,
    "handover": "A" * 43,
    "passkey": "QUFBQQ",
    "key": "A" * 43,
    "paper": "1." + "A" * 43,
    "recall": "999999999",
    "finding": "999999999-0",
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
    if kind == "label":
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
            return webhook(realm)
        case "recall":
            return realm.recall("home")
        case "batch" if step == "recall":
            return bare(realm.made("home"))
        case _:
            return realm.things[kind, "home"]


def webhook(realm: Realm) -> str:
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
            return bare(program(realm, org).id)
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
        case "import" | "incident" | "read" | "proof" | "key_request" | "draft":
            made = {"import": _import, "incident": _incident, "read": _read, "proof": _proof}
            return (made | {"key_request": _key_request, "draft": _draft})[kind](realm, firm)
        case _:
            return _link(realm, firm) if kind == "link" else _handover(realm, firm)


def program(realm: Realm, org: str) -> clients.Issued:
    """A program; those of former cells are revoked, for there is a most."""
    for row in clients.listing(realm.ports, org):
        if row.label == "matrix" and row.revoked_at_ms is None:
            clients.revoke(realm.ports, org, row.id)
    return clients.create(realm.ports, org, "matrix", ("operator",), by="matrix")


def _read(realm: Realm, firm: str) -> str:
    """Something that a firm read."""
    ports = realm.ports
    row = ReadRow(realm.orgs[firm], ports.id(), ports.now_ms(), "", "matrix", "batch.read", "/batches", "matrix")
    realm.ledger.reads.note(row)
    return row.id


def _key_request(realm: Realm, firm: str) -> str:
    """A person's key that waits to be endorsed; those of former cells are taken back, for there is a most."""
    ports, org = realm.ports, realm.orgs[firm]
    for row in key_requests.open_ones(ports, org)[10:]:
        key_requests.drop(ports, org, row.id)
    user, private = person(realm, firm, "operator").id, private_key(realm.dice.bytes(32))
    key = b64u(public_key(private))
    proof = sign(private, possession_bytes(realm.ledger.recorded().origin, org, key, user))
    return key_requests.ask(ports, org, user, key, b64u(proof))


def _draft(realm: Realm, firm: str) -> str:
    """A statement of a firm that waits to be signed; those of former cells are withdrawn, for there is a most."""
    port: Drafts = realm.app.state.services.drafts
    org = Party(realm.orgs[firm], Words(firm, firm))
    maker = Principal("session", org, ("producer",), user="user:matrix", user_roles=("operator",))
    for line in port.listing(maker)[10:]:
        port.withdraw(maker, line.id)
    body = {
        "id": realm.ports.id(),
        "type": "storage.inspected",
        "mode": "act",
        "actor": org.ref,
        "occurred_at": format_utc(realm.clock.now_ms()),
        "sections": {"place": {"site": f"site:{realm.things['site', firm]}", "location": "A"}},
    }
    return port.keep(maker, json.dumps(body).encode()).id


def _incident(realm: Realm, firm: str) -> str:
    """What stands in the address of an incident code."""
    return incident(realm, firm).id


def incident(realm: Realm, firm: str) -> incidents.Issued:
    """An incident code of a firm's safety officer; some of former cells are ended, for there is a most."""
    ports, org = realm.ports, realm.orgs[firm]
    with realm.ledger.store.read() as unit:
        known = unit.incidents.good_of(org, at_ms=realm.clock.now_ms(), limit=incidents.MOST_OPEN)
    for row in known[10:]:
        incidents.end(ports, org, row.id)
    return incidents.issue(ports, incidents.Issuer(org, "", "matrix", "safety_officer"), "matrix of tests", 1)


def _import(realm: Realm, firm: str) -> str:
    """A file of a firm that was checked and waits to be recorded."""
    port: Imports = realm.app.state.services.imports
    org = Party(realm.orgs[firm], Words(firm, firm))
    sender = Principal("session", org, ("producer",), user="user:matrix", user_roles=("operator",))
    job = port.open(sender, "containers", "matrix.csv", f"serial,kind\nMATRIX-{realm.number()},drum\n".encode())
    assert port.job(sender, job, 10).phase == "checked"
    return job


def _proof(realm: Realm, firm: str) -> str:
    """Proof of a day at a firm's site, made and kept."""
    port: Proofs = realm.app.state.services.proofs
    org = Party(realm.orgs[firm], Words(firm, firm))
    asker = Principal("session", org, ("producer",), user="user:matrix", user_roles=("operator",))
    job = port.open(asker, Subject("site", f"site:{realm.things['site', firm]}", 0, realm.clock.now_ms() + 1))
    assert port.job(asker, job, 10).phase == "done"
    return job


def _handover(realm: Realm, firm: str) -> str:
    """A one-time link for the driver of a firm's shipment."""
    shipment, steps = f"shipment:{realm.things['shipment', firm]}", step_links.STEPS["carrier"]
    return step_links.issue(realm.ledger, realm.orgs[firm], realm.carrier_of(firm), shipment, "", steps).token


def _link(realm: Realm, firm: str) -> str:
    """A login link, also in a ledger that is no demo and hence makes none."""
    token, now_ms = realm.ports.secret(), realm.clock.now_ms()
    row = LoginLinkRow(digest(token), "", realm.orgs[firm], "producer", now_ms, now_ms + access.LINK_MS, 1)
    with realm.ledger.store.write() as unit:
        unit.operations.add_login_link(row)
    return token
