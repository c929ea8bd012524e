"""What a body names of others is answered as if it were not there: with the same status and in the same words.

Products and containers that others registered may be named in a statement: what lies in a store is often another's
product in another's drum.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from ledger.core.ids import uuid7
from ledger.services.imports.tables import CSV
from tests.authorization.asking import ask
from tests.authorization.objects import ABSENT, OWNERS
from tests.authorization.realm import BASE, Realm, open_realm
from tests.authorization.subjects import SUBJECTS
from tests.authorization.test_invariants import VOLATILE

JSON: Final = "application/json"
Body = tuple[str, str, Any]
"""Address, media type, and what is sent."""


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realm]:
    made = open_realm(tmp_path_factory.mktemp("naming"))
    yield made
    made.ledger.close()


def thing(realm: Realm, kind: str, owner: str) -> str:
    """A reference to a thing of a firm, or to nothing."""
    name = realm.things.get((kind, OWNERS.get(owner, "")))  # type: ignore[call-overload]
    if kind == "code":
        return name or ABSENT["code"]
    return f"{kind}:{name or uuid7(realm.clock.now_ms(), realm.dice.bytes(10))}"


def shipment_of(realm: Realm, owner: str) -> Body:
    parties = {"consignor": realm.orgs["home"], "consignee": realm.orgs["partner"], "carrier": realm.orgs["carrier"]}
    transport = {"vehicle": "浙B12345", "mode": "road"}
    body = {"transfer": thing(realm, "transfer", owner), "sections": {"parties": parties, "transport": transport}}
    return "/api/v1/shipments", JSON, body


def loading_of(realm: Realm, owner: str) -> Body:
    body = {
        "transfer": thing(realm, "transfer", owner),
        "goods": [{"batch": realm.batch_of("home"), "amount": "1"}],
    }
    return f"/api/v1/shipments/{realm.shipment('home')}/load", JSON, body


def step_of(realm: Realm, owner: str) -> Body:
    parties = {"transfer": thing(realm, "transfer", owner)}
    body = realm.body("home", "operation.transfer_agreed", {"parties": parties})
    body["refs"] = [{"rel": "previous", "hash": "A" * 43}]
    return "/api/v1/events", JSON, body


def sale_of(realm: Realm, owner: str) -> Body:
    sections = {
        "parties": {"transfer": thing(realm, "transfer", owner), "buyer": realm.orgs["partner"]},
        "inputs": {"lines": [{"batch": realm.batch_of("home"), "amount": "1", "unit": "kg", "place": place(realm)}]},
    }
    return "/api/v1/events", JSON, realm.body("home", "operation.sold", sections)


def place(realm: Realm) -> str:
    return f"site:{realm.things['site', 'home']}/A"


def offer_by(kind: str) -> Callable[[Realm, str], Body]:
    """An offer whose goods are named so."""

    def offer(realm: Realm, owner: str) -> Body:
        goods = [{kind: thing(realm, kind, owner), "amount": "1"}]
        parties = {"seller": realm.orgs["home"], "buyer": realm.orgs["partner"]}
        return "/api/v1/transfers", JSON, {"goods": goods, "sections": {"parties": parties}}

    return offer


def site_of(realm: Realm, owner: str) -> Body:
    product, number = f"product:{realm.things['product', 'home']}", realm.number()
    site = thing(realm, "site", owner)
    table = f"product,lot,amount,unit,site,location\n{product},NAMED-{number},1,kg,{site},A\n"
    return "/api/v1/imports/opening", CSV, table


EMPTY: Final = offer_by("container")
"""The containers of the realm have nothing in them, not even the own one."""
BODIES: Final = {
    "the transfer of a shipment": shipment_of,
    "the transfer of a load": loading_of,
    "the transfer of a step": step_of,
    "the transfer of a sale": sale_of,
    "goods by batch": offer_by("batch"),
    "goods by container": EMPTY,
    "goods by code": offer_by("code"),
    "the site of opening stock": site_of,
}


@pytest.mark.parametrize("owner", ["tenant", "region"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_a_body_names_of_others_is_not_there(realm: Realm, body: Callable[[Realm, str], Body], owner: str) -> None:
    with asyncio.Runner() as runner:
        foreign, absent, own = (told(realm, runner, body(realm, which)) for which in (owner, "absent", "own"))
    assert foreign == absent
    if body is not EMPTY:
        assert own != absent, "what is one's own is there"


def told(realm: Realm, runner: asyncio.Runner, asked: Body) -> tuple[int, str]:
    """Status and words of an answer, without what differs between any two."""
    path, media_type, sent = asked
    (subject,) = (each for each in SUBJECTS if each.name == "operator")
    headers = {**subject.headers(realm), "accept": JSON, "accept-language": "en", "host": "testserver", "origin": BASE}
    body = sent.encode() if isinstance(sent, str) else json.dumps(sent).encode()
    answer = ask(runner, realm.app, "POST", path, {**headers, "content-type": media_type}, body)
    text = re.sub(r'"digest":"[0-9a-f]{64}"|NAMED-[0-9]+', "?", answer.body.decode())
    text = VOLATILE.sub("?", text).replace(ABSENT["code"], "?")
    for owner in OWNERS.values():
        text = text.replace(realm.things["code", owner], "?")
    return answer.status, text
