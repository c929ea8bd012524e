"""The client against the real application: signed, recorded once, verified, read page by page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ledger.client import Answer, ApiError, Bearer, Client, Pinned, SigningKey, Statement
from ledger.client.receipts import check_receipt
from ledger.core.b64 import b64u
from ledger.core.keys import private_key
from ledger.core.note import Signer
from ledger.errors import VerificationError
from ledger.services import access
from ledger.verify import verify
from tests.api.wiring.served import Served


class Wire:
    """A transport into the application; ``lose`` makes so many answers get lost after the server has acted."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.lose = 0

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        answer = self.served.client.request(method, path, content=body, headers=dict(headers))
        if self.lose:
            self.lose -= 1
            raise ConnectionResetError("lost on the way back")
        return Answer(
            answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.content
        )


KEY = SigningKey.from_seed(bytes([7] * 32))


@pytest.fixture
def wire(served: Served) -> Wire:
    return Wire(served)


@pytest.fixture
def firm(served: Served, wire: Wire) -> Client:
    """A firm that is admitted with a key, and its client."""
    org, seed = served.new("org"), served.dice.bytes(32)
    key = SigningKey.from_seed(seed)
    organisation = {
        "organisation": org,
        "names": {"zh": "新客户（测试）", "en": "New firm"},
        "uscc": "91350100M000100Y43",
        "region": "330206",
        "roles": ["warehouse"],
    }
    admitted = {
        **served.event("sea", "governance.organisation_admitted", {}),
        "actor": served.world.operator,
        "sections": {
            "organisation": organisation,
            "key": {"key": b64u(key.public), "alg": "ed25519", "holder": org},
        },
    }
    operator = {"authorization": f"Bearer {access.issue_key(served.ledger, served.world.operator)}"}
    answer = served.client.post("/api/v1/events", json=admitted, headers=operator)
    assert answer.status_code == 201, answer.text
    return client(served, wire, org, access.issue_key(served.ledger, org), key)


def client(served: Served, wire: Wire, org: str, secret: str, *keys: SigningKey) -> Client:
    ledger = Pinned("http://testserver", served.ledger.origin, (served.ledger.verifier.vkey(),))
    return Client(ledger, Bearer(secret), org, keys, transport=wire, machine=Standing(served))


@dataclass
class Standing:
    """The clock of the served world; nothing waits."""

    served: Served

    def now_ms(self) -> int:
        return self.served.clock.now_ms()

    def sleep(self, seconds: float) -> None:
        assert seconds > 0


def site(served: Served, n: int) -> dict[str, Any]:
    names = {"zh": f"仓库 {n}", "en": f"Store {n}"}
    locations = [{"location": "A-01", "kind": "bay"}]
    return {"site": {"site": served.new("site"), "names": names, "region": "330206", "locations": locations}}


def test_a_statement_is_signed_recorded_and_its_receipt_verified(served: Served, firm: Client) -> None:
    receipt = firm.state("governance.site_registered", site(served, 1))
    assert len(receipt.signatures) == 1
    assert verify(receipt.encode()).verdict
    assert [line["name"]["en"] for line in firm.items("/api/v1/sites")] == ["Store 1"]


def test_an_answer_lost_on_the_way_back_is_no_second_event(served: Served, wire: Wire, firm: Client) -> None:
    before = served.ledger.log.state().size
    wire.lose = 3
    receipt = firm.state("governance.site_registered", site(served, 2))
    assert receipt.record.index == before
    assert served.ledger.log.state().size == before + 1


def test_many_are_sent_in_one_request_and_each_gets_its_own_answer(served: Served, firm: Client) -> None:
    good = [firm.make("governance.site_registered", site(served, n)) for n in (3, 4)]
    bad = firm.make("governance.site_registered", {"site": {"site": served.new("site")}})
    first, refused, second = firm.send_many([good[0], bad, good[1]])
    assert not isinstance(first, ApiError)
    assert not isinstance(second, ApiError)
    assert isinstance(refused, ApiError)
    assert (refused.status, refused.code) == (422, "name_missing")
    assert second.record.index == first.record.index + 1
    assert firm.receipt(good[0]).record == first.record


def test_lists_are_read_page_by_page(served: Served, firm: Client) -> None:
    for n in range(3):
        firm.state("governance.site_registered", site(served, 10 + n))
    assert len(list(firm.items("/api/v1/sites", limit=1))) == 3


def test_a_refusal_names_field_and_remedy(served: Served, firm: Client) -> None:
    with pytest.raises(ApiError) as error:
        firm.state("governance.site_registered", {"site": {**site(served, 5)["site"], "region": "x"}})
    assert error.value.problem["field"] == "/sections/site/region"
    assert error.value.problem["remedy"]


def test_a_receipt_of_something_else_is_not_taken(served: Served, firm: Client) -> None:
    statement = firm.make("governance.site_registered", site(served, 6))
    receipt = firm.send(statement)
    vkeys = [served.ledger.verifier.vkey()]
    assert check_receipt(receipt.encode(), statement, vkeys) == receipt
    other = firm.make("governance.site_registered", site(served, 7))
    unsigned = replace(statement, signatures=())
    stranger = Signer(served.ledger.origin, private_key(bytes(32))).verifier().vkey()
    cases: list[tuple[Statement, list[str], str]] = [
        (other, vkeys, "receipt_of_another"),
        (unsigned, vkeys, "receipt_of_another"),
        (statement, [stranger], "note_not_signed"),
    ]
    for stated, pinned, code in cases:
        with pytest.raises(VerificationError) as error:
            check_receipt(receipt.encode(), stated, pinned)
        assert error.value.code == code
    moved = replace(receipt, record=replace(receipt.record, index=receipt.record.index - 1))
    with pytest.raises(VerificationError) as error:
        check_receipt(moved.encode(), statement, vkeys)
    assert error.value.step == "inclusion"


def test_an_unsigned_statement_is_attested_by_the_ledger(served: Served, firm: Client) -> None:
    receipt = firm.state("governance.site_registered", site(served, 8), keys=())
    assert receipt.signatures == ()
    assert KEY.id not in receipt.header.keys


# --- drafts -----------------------------------------------------------------------------------------------------------


@dataclass
class Pair:
    """A firm with highly toxic goods, its client, and two people whose keys count there."""

    client: Client
    first: SigningKey
    second: SigningKey
    issue: dict[str, Any]


@pytest.fixture
def pair(served: Served, wire: Wire) -> Pair:
    known = served.ledger.reference.products
    who, name = next(key for key in served.world.products if "highly_toxic" in known.product(key[1]).lists)
    tank = served.world.spots(name)["T-01"]
    batch = served.produce(who, name, "100", tank)
    first, second = (SigningKey(person.private) for person in served.world.people[who])
    place = {**served.place(who, tank), "to_location": "USE"}
    issue = {"place": place, "inputs": {"lines": [{"batch": batch, "amount": "5", "unit": "kg"}]}}
    org = served.world.orgs[who]
    return Pair(client(served, wire, org, served.token(org)), first, second, issue)


ISSUE = "use.issued_for_use"


def test_two_people_sign_what_the_client_drafted(pair: Pair) -> None:
    draft = pair.client.draft(ISSUE, pair.issue)
    assert (draft.signers, draft.sections["place"]["to_location"]) == (2, "USE")
    assert {pair.first.id, pair.second.id} <= set(draft.candidates)
    assert pair.client.sign_draft(draft, pair.first) is None
    waits = pair.client.open_draft(draft.id)
    assert waits.first is not None
    assert waits.first.key == pair.first.id
    assert draft.id in [line["id"] for line in pair.client.drafts()]
    receipt = pair.client.sign_draft(waits, pair.second)
    assert receipt is not None
    assert set(receipt.header.keys) == {pair.first.id, pair.second.id}
    assert verify(receipt.encode()).verdict
    assert pair.client.open_draft(draft.id).done


def test_an_answer_to_a_signature_lost_on_the_way_back_is_no_second_event(
    served: Served, wire: Wire, pair: Pair
) -> None:
    place = {name: text for name, text in pair.issue["place"].items() if name != "to_location"}
    draft = pair.client.draft("storage.sampled", {"inputs": pair.issue["inputs"], "place": place})
    before = served.ledger.log.state().size
    wire.lose = 2
    receipt = pair.client.sign_draft(draft, pair.first)
    assert receipt is not None
    assert receipt.header.keys == (pair.first.id,)
    assert served.ledger.log.state().size == before + 1
    with pytest.raises(VerificationError):
        pair.client.sign_draft(draft, pair.second)


def test_a_draft_is_withdrawn_and_one_that_nobody_joined_in_time_begins_anew(served: Served, pair: Pair) -> None:
    draft = pair.client.draft(ISSUE, pair.issue)
    assert pair.client.sign_draft(draft, pair.first) is None
    served.clock.set(served.clock.now_ms() + 900_000)
    late = pair.client.open_draft(draft.id)
    assert pair.client.sign_draft(late, pair.second) is None
    again = pair.client.open_draft(draft.id)
    assert again.first is not None
    assert again.first.key == pair.second.id
    pair.client.withdraw_draft(draft.id)
    with pytest.raises(ApiError) as error:
        pair.client.open_draft(draft.id)
    assert error.value.code == "draft_gone"


def test_a_server_that_hands_out_something_else_to_sign_gets_no_signature(
    served: Served, wire: Wire, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = pair.client.draft(ISSUE, pair.issue)
    other = pair.client.draft(ISSUE, {**pair.issue, "reason": {"text": "another"}})
    real = Wire.__call__

    def bent(change: Any) -> Any:  # noqa: ANN401
        def answer(self: Wire, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
            found = real(self, method, path, headers, body)
            if "/drafts" not in path:
                return found
            told = found.json()
            change(told)
            return Answer(found.status, found.headers, json.dumps(told).encode())

        return answer

    def amount(told: dict[str, Any]) -> None:
        told["draft"]["disclosures"][0][2]["lines"][0]["amount"] = "50"

    def actor(told: dict[str, Any]) -> None:
        told["draft"]["header"]["actor"] = served.world.orgs["trade"]

    def origin(told: dict[str, Any]) -> None:
        told["draft"]["header"]["origin"] = "elsewhere.example/log"

    for change in (amount, actor, origin):
        monkeypatch.setattr(Wire, "__call__", bent(change))
        with pytest.raises(VerificationError) as error:
            pair.client.open_draft(draft.id)
        assert error.value.code == "draft_not_as_stated"
    whole = json.dumps(other_of(served, pair, other.id))
    monkeypatch.setattr(Wire, "__call__", bent(lambda told: told.update(json.loads(whole))))
    with pytest.raises(VerificationError) as error:
        pair.client.draft(ISSUE, pair.issue)
    assert error.value.code == "draft_not_as_stated"


def other_of(served: Served, pair: Pair, draft: str) -> dict[str, Any]:
    who = next(
        name for name, org in served.world.orgs.items() if org == pair.client.make(ISSUE, pair.issue).header.actor
    )
    found: dict[str, Any] = served.ok(f"/api/v1/drafts/{draft}", who)
    return found
