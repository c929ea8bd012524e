"""What stands in the body of a write: sound for whoever asks, naming a thing of a firm where the route names one."""

import json
from typing import Any, Final
from urllib.parse import urlencode

from labels.cards import badge_text
from ledger.core.ids import uuid7
from ledger.services.identity import badges
from ledger.services.imports.tables import CSV
from ledger.services.photograph import JPEG
from tests.authorization.objects import OWNERS, Object, incident, program, webhook
from tests.authorization.realm import FIRMS, Realm
from tests.authorization.subjects import person
from tests.support.photos import jpeg

FORM: Final = "application/x-www-form-urlencoded"
NDJSON: Final = "application/x-ndjson"
BOUNDARY: Final = "matrix-of-tests"
UPLOAD: Final = f"multipart/form-data; boundary={BOUNDARY}"
CLOSING: Final = f"--{BOUNDARY}--\r\n".encode()
NAMING: Final = {"/api/v1/events", "/api/v1/events:bulk", "/api/v1/drafts", "/api/v1/transfers", "/api/v1/shipments"}
"""Routes without a parameter whose body names a thing: an actor, goods, a transfer."""
PLAIN: Final = {
    "/api/v1/scans/findings": {"id": "gap/device:0192f5a1-0c00-7000-8000-0000000000e1/1-2", "text": "matrix"},
    "recall": {"reason": "matrix of tests"},
    "links": {"side": "carrier"},
    "/api/v1/pins": {},
    "/api/v1/audits": {"kind": "full"},
    "/api/v1/scans": {
        **dict.fromkeys(("place", "item"), "HTTPS://TRACE.EXAMPLE.CN/Q/7Q2M9XKD4TBW0HZ3"),
        "id": "019aa8f6-1a20-7c01-8b3d-2e4f5a6b7c8d",
        "action": "receive",
        "at": "2026-11-22T00:00:01+00:00",
    },
    "/api/v1/scans/devices": {"name": "matrix", "key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
}
"""Bodies that say the same whoever asks, by route or its last part."""


def body_of(realm: Realm, path: str, object: Object, org: str) -> tuple[bytes, str]:
    """The body of a write, and its media type; `org`: whose subject asks."""
    if not path.startswith("/api/"):
        return _upload() if path == "/import" else (_form(realm, path), FORM)
    if path.startswith("/api/v1/imports/"):
        return _table(realm, path.rpartition("/")[2].partition(":")[0], org), CSV
    if path == "/api/v1/papers":
        return jpeg(), JPEG
    if path == "/api/v1/token":
        return _grant(realm), FORM
    body = json.dumps(_stated(realm, path, object, org)).encode()
    return body, NDJSON if path.endswith(":bulk") else "application/json"


def _stated(realm: Realm, path: str, object: Object, org: str) -> dict[str, Any]:
    match path:
        case "/api/v1/events" | "/api/v1/events:bulk" | "/api/v1/drafts":
            return _event(realm, object, org)
        case "/api/v1/transfers":
            return _offer(realm, object, org)
        case "/api/v1/shipments":
            return _plan(realm, object, org)
        case _ if path == "/api/v1/incidents" or (path.startswith("/api/v1/codes/") and path.endswith("/open")):
            return _about_incidents(realm, path)
        case "/api/v1/scans/badge":
            return {"text": _badge(realm, org or "home")}
        case "/api/v1/webhooks":
            webhook(realm)
            return {"url": "https://erp.example.cn/hooks"}
        case _ if path.endswith("/replay"):
            return {"after": realm.ledger.log.state().size}
        case _:
            return dict(PLAIN.get(path) or PLAIN.get(path.rpartition("/")[2], {}))


def _about_incidents(realm: Realm, path: str) -> dict[str, Any]:
    """A code to be issued, or one of `home` with which a place is opened."""
    if path.endswith("/open"):
        return {"incident_code": incident(realm, "home").code, "purpose": "matrix of tests"}
    return {"reason": "matrix of tests", "hours": 1}


def _badge(realm: Realm, org: str) -> str:
    """What stands on the badge of a person of an organisation."""
    user = person(realm, org, "operator").id
    return badge_text(badges.issue(realm.ports, realm.orgs[org], user, by=user).secret)


def _table(realm: Realm, kind: str, org: str) -> bytes:
    """A table of one new row for an import."""
    number, firm = realm.number(), org if org in FIRMS else "home"
    product = f"product:{realm.things['product', firm]}"
    tables = {
        "products": f"name_zh,state\n新品{number},液体\n",
        "containers": f"serial,kind\nDR-{number},drum\n",
        "opening": f"product,lot,amount,unit,location\n{product},OPN-{number},1,kg,A\n",
    }
    return tables.get(kind, "").encode()


def _grant(realm: Realm) -> bytes:
    """What a program of `home` asks for a token with."""
    made = program(realm, realm.orgs["home"])
    return urlencode({"grant_type": "client_credentials", "client_id": made.id, "client_secret": made.secret}).encode()


def _form(realm: Realm, path: str) -> bytes:
    """Fields of every form about people and programs; a form takes those it has."""
    number = realm.number()
    fields = {"login": f"new-{number}", "name": "Somebody", "role": "operator", "label": f"new {number}"}
    told = {"reason": "matrix of tests", "hours": "1"}
    if path == "/audit":
        told["kind"] = "full"
    if path.endswith("/revoke") and path.startswith("/keys/"):
        told["id"] = uuid7(realm.clock.now_ms(), realm.dice.bytes(10))
    if path.startswith("/open/"):
        told["incident_code"] = incident(realm, "home").code
    return urlencode({**fields, **told, "purpose": "matrix of tests"}).encode()


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
