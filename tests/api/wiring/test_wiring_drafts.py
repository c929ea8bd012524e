"""Statements that wait for signatures, over the interface: one person's, two people's, and those who try to cheat."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from httpx2 import Response

from ledger.core.cosigning import sign_draft
from ledger.core.events import Header
from ledger.core.times import format_utc
from ledger.demo.people import Person
from ledger.services import drafts
from ledger.services.audit import audit
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_deals import Sale, done, post

PATH = "/api/v1/drafts"


@dataclass
class Store:
    """A firm with highly toxic goods of its own making, and the two people whose keys count there."""

    served: Served
    who: str
    batch: str
    tank: str

    @property
    def people(self) -> tuple[Person, ...]:
        return self.served.world.people[self.who]

    def issue(self) -> dict[str, Any]:
        place = {**self.served.place(self.who, self.tank), "to_location": "USE"}
        lines = [{"batch": self.batch, "amount": "5", "unit": "kg"}]
        return self.served.event(self.who, "use.issued_for_use", {"place": place, "inputs": {"lines": lines}})

    def keep(self, event: dict[str, Any]) -> dict[str, Any]:
        answer = post(self.served, self.who, PATH, event)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def sign(self, draft: dict[str, Any], by: Person, *others: Person, at: str = "") -> Response:
        said = sign_draft(
            Header.parse(draft["draft"]["header"]),
            by.private,
            at or format_utc(self.served.clock.now_ms()),
            [other.key for other in others],
        )
        return post(self.served, self.who, f"{PATH}/{draft['id']}/sign", said.content())

    def header(self, event: str) -> Header:
        with self.served.ledger.store.read() as unit:
            found = (Header.parse(row.header) for row in unit.events.latest(limit=20))
            return next(header for header in found if header.id == event)

    def recorded(self, event: str) -> bool:
        return self.served.get(f"/api/v1/receipts/{event}", self.who).status_code == 200


@pytest.fixture
def store(served: Served) -> Store:
    known = served.ledger.reference.products
    who, name = next(key for key in served.world.products if "highly_toxic" in known.product(key[1]).lists)
    tank = served.world.spots(name)["T-01"]
    return Store(served, who, served.produce(who, name, "100", tank), tank)


def test_two_people_sign_one_after_the_other_and_it_is_recorded_as_signed_by_both(served: Served, store: Store) -> None:
    first, second = store.people
    event = store.issue()
    assert served.post(store.who, event).json()["code"] == "two_people_needed"
    draft = store.keep(event)
    assert (draft["signers"], draft["goods"][0]["highly_toxic"], draft["signed"]) == (2, True, None)
    assert {one["key"] for one in draft["others"]} >= {first.key, second.key}
    waits = store.sign(draft, first, second)
    assert waits.status_code == 202, waits.text
    signed = waits.json()["signed"]
    assert (signed["by"]["key"], signed["with_keys"]) == (first.key, [second.key])
    assert not store.recorded(event["id"])
    answer = store.sign(draft, second, first, at=signed["occurred_at"])
    assert answer.status_code == 201, answer.text
    assert store.header(event["id"]).keys == tuple(sorted([first.key, second.key]))
    again = store.sign(draft, second, first, at=signed["occurred_at"])
    assert (again.status_code, again.json()["code"]) == (409, "draft_recorded")
    shown = served.ok(f"{PATH}/{draft['id']}", store.who)
    assert (shown["done"], shown["draft"]) == (True, {})
    assert draft["id"] not in [line["id"] for line in served.ok(PATH, store.who)]
    found = audit(served.ledger.store, reference=served.ledger.reference)
    assert (found["ok"], found["findings"]) == (True, [])


def test_one_person_with_two_signatures_is_one(store: Store) -> None:
    first, second = store.people
    draft = store.keep(store.issue())
    assert store.sign(draft, first, second).status_code == 202
    assert store.sign(draft, first, first, second).status_code == 202
    assert not store.recorded(draft["id"])


def test_a_first_signature_that_nobody_joined_in_time_begins_anew_with_the_next_one(
    served: Served, store: Store
) -> None:
    first, second = store.people
    draft = store.keep(store.issue())
    at = store.sign(draft, first, second).json()["signed"]["occurred_at"]
    served.clock.set(served.clock.now_ms() + 900_000)
    late = store.sign(draft, second, first, at=at)
    assert late.status_code == 202, "the act would be too old: it waits for the first one again"
    assert late.json()["signed"]["by"]["key"] == second.key
    fresh = store.sign(draft, second, first).json()["signed"]
    assert store.sign(draft, first, second, at=fresh["occurred_at"]).status_code == 201


def test_what_one_person_signs_is_recorded_at_once(served: Served, store: Store) -> None:
    person = store.people[0]
    lines = [{"batch": store.batch, "amount": "1", "unit": "kg"}]
    sections = {"place": served.place(store.who, store.tank), "inputs": {"lines": lines}}
    event = served.event(store.who, "storage.counted", {**sections, "reason": {"text": "x"}})
    event["sections"]["inputs"]["lines"][0]["amount"] = "100"
    draft = store.keep(event)
    assert draft["signers"] == 1
    assert store.keep(event)["draft"] == draft["draft"], "the same again is the same draft, salts and all"
    alone = sign_draft(Header.parse(draft["draft"]["header"]), person.private, format_utc(served.clock.now_ms()), ())
    answer = post(served, store.who, f"{PATH}/{draft['id']}/sign", alone.content())
    assert answer.status_code == 201, answer.text
    assert store.header(event["id"]).keys == (person.key,)


def test_a_step_is_prepared_to_be_signed(served: Served) -> None:
    sale = Sale(served)
    (person, _) = served.world.people["paint"]
    answer = sale.take("paint", "agree", {"draft": True})
    assert answer.status_code == 202, answer.text
    draft = answer.json()
    assert answer.headers["location"] == f"{PATH}/{draft['id']}"
    assert sale.view()["status"] == "offered"
    at = format_utc(served.clock.now_ms())
    said = sign_draft(Header.parse(draft["draft"]["header"]), person.private, at, ())
    done(post(served, "paint", f"{PATH}/{draft['id']}/sign", said.content()))
    assert sale.view()["status"] == "agreed"


# --- attacks ----------------------------------------------------------------------------------------------------------


def test_a_signature_over_another_statement_is_refused(store: Store) -> None:
    first, second = store.people
    draft, other = store.keep(store.issue()), store.keep(store.issue())
    header = Header.parse(other["draft"]["header"])
    said = sign_draft(header, first.private, format_utc(store.served.clock.now_ms()), [second.key])
    answer = post(store.served, store.who, f"{PATH}/{draft['id']}/sign", said.content())
    assert (answer.status_code, answer.json()["code"]) == (422, "signature_wrong")


def test_a_key_of_another_firm_signs_nothing_here(served: Served, store: Store) -> None:
    stranger = next(people[0] for who, people in served.world.people.items() if who != store.who)
    answer = store.sign(store.keep(store.issue()), stranger, store.people[0])
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_key")


def test_a_second_signature_for_a_key_that_was_not_let_in_is_no_second_one(store: Store) -> None:
    first, second = store.people
    draft = store.keep(store.issue())
    at = store.sign(draft, first, second).json()["signed"]["occurred_at"]
    assert store.sign(draft, second, at=at).json()["code"] == "draft_for_nobody"


def test_a_draft_of_another_firm_is_not_there(served: Served, store: Store) -> None:
    draft = store.keep(store.issue())
    other = next(who for who in served.world.orgs if who != store.who)
    for path in ("", "/sign", "/withdraw"):
        address = f"{PATH}/{draft['id']}{path}"
        said = {"occurred_at": format_utc(served.clock.now_ms()), "key": store.people[0].key}
        body = {**said, "signatures": [{"with": store.people[0].key, "sig": "A" * 86}]}
        answer = post(served, other, address, body) if path else served.get(address, other)
        assert answer.status_code == 404


def test_a_draft_tells_nothing_of_a_batch_of_others(served: Served, store: Store) -> None:
    stranger = next(who for who in ("pharma", "steel", "water") if who != store.who)
    place, lines = served.place(stranger, "A-01"), [{"batch": store.batch, "amount": "5", "unit": "kg"}]
    event = served.event(stranger, "storage.moved", {"place": place, "inputs": {"lines": lines}})
    answer = post(served, stranger, PATH, event)
    assert answer.status_code == 201, answer.text
    (told,) = answer.json()["goods"]
    assert (told["product"]["en"], told["highly_toxic"]) == ("-", False)
    assert told["batch_number"] == store.batch[-8:].upper()


def test_what_is_agreed_to_is_told_though_the_statement_only_names_it(served: Served) -> None:
    sale = Sale(served)
    draft = sale.take("paint", "agree", {"draft": True}).json()
    assert [(one["product"]["en"], one["mass"]["amount"]) for one in draft["goods"]] == [("Methanol", "1000")]
    assert {"seller", "buyer", "consignor", "consignee"} <= {name for name, _ in draft["parties"]}


def test_a_driver_neither_sees_nor_signs_what_drivers_do_not_state(served: Served, store: Store) -> None:
    draft = store.keep(store.issue())
    token = served.token(served.world.orgs[store.who], "driver")
    headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
    assert served.client.get(f"{PATH}/{draft['id']}", headers=headers).status_code == 404
    assert served.client.get(PATH, headers=headers).json() == []


def test_drafts_are_bounded_withdrawn_and_forgotten(
    served: Served, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for line in served.ok(PATH, store.who):
        assert post(served, store.who, f"{PATH}/{line['id']}/withdraw").status_code == 204
    monkeypatch.setattr(drafts, "MOST_OF_ONE", 2)
    made = [store.keep(store.issue()) for _ in range(2)]
    answer = post(served, store.who, PATH, store.issue())
    assert (answer.status_code, answer.json()["code"]) == (409, "drafts_many")
    assert post(served, store.who, f"{PATH}/{made[0]['id']}/withdraw").status_code == 204
    assert served.get(f"{PATH}/{made[0]['id']}", store.who).json()["code"] == "draft_gone"
    served.clock.set(served.clock.now_ms() + drafts.VALID_MS)
    assert served.ok(PATH, store.who) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"signers": 3}, "number_out_of_range"),
        (
            {"type": "governance.key_revoked", "sections": {"key": {"key_id": "A" * 43}}, "mode": "report"},
            "act_only",
        ),
        ({"actor": "org:0192f5a1-0c00-7000-8000-00000000ffff"}, "actor_not_own"),
        ({"header": {}}, "unknown_name"),
    ],
)
def test_what_could_not_be_stated_is_not_kept(served: Served, store: Store, change: dict[str, Any], code: str) -> None:
    answer = served.client.post(
        PATH,
        content=json.dumps({**store.issue(), **change}),
        headers={**served.headers(store.who), "content-type": "application/json"},
    )
    assert answer.json()["code"] == code, answer.text


def test_the_same_id_is_one_draft_of_one_maker(served: Served, store: Store) -> None:
    event = store.issue()
    first = store.keep(event)
    changed = json.loads(json.dumps(event))
    changed["sections"]["inputs"]["lines"][0]["amount"] = "6"
    assert store.keep(changed)["goods"][0]["mass"] == {"amount": "6", "unit": "kg"}
    assert store.keep(event)["draft"] != first["draft"], "another content, other salts"
    token = served.token(served.world.orgs[store.who], "operator")
    answer = served.client.post(
        PATH, json=event, headers={"authorization": f"Bearer {token}", "accept": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "draft_of_another")


def test_what_was_recorded_is_neither_withdrawn_nor_drafted_again(served: Served, store: Store) -> None:
    first, second = store.people
    event = store.issue()
    draft = store.keep(event)
    at = store.sign(draft, first, second).json()["signed"]["occurred_at"]
    assert store.sign(draft, second, first, at=at).status_code == 201
    for path, body in ((f"{PATH}/{draft['id']}/withdraw", {}), (PATH, event)):
        answer = post(served, store.who, path, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "draft_recorded")


def test_a_first_signature_with_a_key_that_was_revoked_since_counts_no_more(served: Served, store: Store) -> None:
    """The colleague signs on a key of a firm of two whose first key is gone: it waits for another one."""
    first, second = store.people
    draft = store.keep(store.issue())
    at = store.sign(draft, first, second).json()["signed"]["occurred_at"]
    revoked = served.event(store.who, "governance.key_revoked", {"key": {"key_id": first.key}})
    headers = {"authorization": f"Bearer {served.token(served.world.orgs[store.who], 'admin')}"}
    assert served.client.post("/api/v1/events", json=revoked, headers=headers).status_code == 201
    answer = store.sign(draft, second, first, at=at)
    assert answer.status_code == 202
    assert not store.recorded(draft["id"])
