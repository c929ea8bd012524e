"""Transfers and shipments over the real application: a whole sale with a handover, and what goes wrong with it."""

import json
from typing import Any

import pytest
from httpx2 import Response

from ledger.demo.fleet import waybill
from ledger.verify import verify
from tests.api.wiring.served import Served


def bare(ref: str) -> str:
    return ref.partition(":")[2]


def post(served: Served, who: str, path: str, body: dict[str, Any] | None = None, if_match: str = "*") -> Response:
    headers = {**served.headers(who), "accept-language": "en", "if-match": if_match}
    return served.client.post(path, json=body or {}, headers=headers)


def done(answer: Response) -> Response:
    assert answer.status_code == 201, answer.text
    return answer


class Sale:
    """A sale with a handover, from a producer to a user, of one batch in bulk."""

    def __init__(self, served: Served, kilograms: str = "1000") -> None:
        self.served = served
        self.batch = served.produce("sea", "methanol", kilograms)
        world = served.world
        goods = [{"batch": self.batch, "amount": kilograms}]
        parties = {
            "seller": world.orgs["sea"],
            "buyer": world.orgs["paint"],
            "consignor": world.orgs["sea"],
            "consignee": world.orgs["paint"],
        }
        body = {"id": served.id(), "goods": goods, "sections": {"parties": parties}}
        answer = done(post(served, "sea", "/api/v1/transfers", body))
        self.body, self.address = body, answer.headers["location"]

    def view(self, who: str = "sea") -> dict[str, Any]:
        found: dict[str, Any] = self.served.ok(self.address, who)
        return found

    def take(self, who: str, step: str, body: dict[str, Any] | None = None, *, if_match: str = "*") -> Response:
        return post(self.served, who, f"{self.address}/{step}", body, if_match)

    def plan(self, carrier: str = "swift") -> str:
        world = self.served.world
        parties = {"carrier": world.orgs[carrier]}
        truck = self.served.dice.one_of(world.fleet[carrier])
        papers = waybill(truck, "YD1", ("Shanghai", "Yantai"), (1, "tank container"), self.served.clock.now_ms())
        transport = {**papers, "dispatcher": world.users["sea"]}
        body = {"transfer": self.view()["ref"], "sections": {"parties": parties, "transport": transport}}
        return str(done(post(self.served, "sea", "/api/v1/shipments", body)).headers["location"])

    def trip(self, who: str, shipment: str, step: str, **body: Any) -> Response:  # noqa: ANN401 - JSON
        return post(self.served, who, f"{shipment}/{step}", {"transfer": self.view()["ref"], **body})

    @property
    def place(self) -> dict[str, Any]:
        return {"place": self.served.place("paint", "DOCK")}


@pytest.fixture
def sale(served: Served) -> Sale:
    return Sale(served)


def test_a_sale_goes_from_offer_to_receipt_and_verifies_offline(served: Served, sale: Sale) -> None:
    assert sale.view("paint")["next"] == ["agree", "decline", "cancel"]
    inbox = served.ok("/api/v1/transfers?box=in&status=offered", "paint")["items"]
    assert sale.view()["ref"] in [line["ref"] for line in inbox]
    assert inbox[0]["other"]["ref"] == served.world.orgs["sea"]
    done(sale.take("paint", "agree"))
    shipment = sale.plan()
    goods = [{"batch": sale.batch, "amount": "1000"}]
    done(sale.trip("sea", shipment, "load", goods=goods))
    assert served.ok(shipment, "swift")["cargo"][0]["mass"] == {"amount": "1000", "unit": "kg"}
    done(sale.trip("sea", shipment, "dispatch"))
    done(sale.trip("swift", shipment, "accept"))
    for step in ("depart", "arrive", "deliver"):
        done(sale.trip("swift", shipment, step))
    done(sale.take("sea", "sell", {"goods": [{"batch": sale.batch, "amount": "1000"}]}))
    short = [{"batch": sale.batch, "amount": "988", "booked": "1000"}]
    done(sale.trip("paint", shipment, "receive", goods=short, sections=sale.place))
    view = sale.view()
    assert view["goods"][0]["difference"] == {"amount": "12", "unit": "kg"}
    assert [signature["role"] for signature in view["signatures"]] == ["consignor", "carrier", "consignee"]
    done(sale.take("paint", "settle", {"sections": {"reason": {"text": "spilt on the way", "kind": "loss"}}}))
    done(sale.take("sea", "settle", {"sections": {"reason": {"text": "agreed", "kind": "loss"}}}))
    assert (sale.view()["status"], sale.view()["next"]) == ("closed", [])
    report = verify(served.get(f"{sale.address}/evidence", "swift").content)
    assert [step.name for step in report.steps][:3] == ["form", "sections", "events"]
    assert len(report.records) == sale.view()["records"]


def test_two_clerks_accept_at_once_and_one_of_them_is_told(sale: Sale) -> None:
    etag = sale.served.get(sale.address, "paint").headers["etag"]
    first, second = (sale.take("paint", "agree", {"id": sale.served.id()}, if_match=etag) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 412)
    assert second.json()["code"] == "etag_stale"


def test_a_step_on_what_was_read_before_the_last_step_is_refused(sale: Sale) -> None:
    etag = sale.served.get(sale.address, "sea").headers["etag"]
    done(sale.take("paint", "agree"))
    stale = sale.take("sea", "cancel", if_match=etag)
    assert (stale.status_code, stale.json()["code"]) == (412, "etag_stale")
    assert sale.view()["status"] == "agreed"
    done(sale.take("sea", "cancel", if_match=sale.served.get(sale.address, "sea").headers["etag"]))
    assert sale.view()["status"] == "cancelled"


def test_a_request_sent_again_gets_the_same_receipt_and_offers_nothing_new(served: Served, sale: Sale) -> None:
    again = post(served, "sea", "/api/v1/transfers", sale.body)
    assert (again.status_code, again.headers["location"]) == (200, sale.address)
    other = post(served, "sea", "/api/v1/transfers", {**sale.body, "mode": "report"})
    assert other.status_code in (409, 422)


def test_a_step_out_of_turn_is_refused_with_what_is_missing(sale: Sale) -> None:
    shipment = sale.plan()
    early = sale.trip("sea", shipment, "load", goods=[{"batch": sale.batch, "amount": "1000"}])
    assert (early.status_code, early.json()["code"]) == (409, "transfer_not_agreed")
    done(sale.take("paint", "agree"))
    goods = [{"batch": sale.batch, "amount": "1000"}]
    nothing = sale.trip("paint", shipment, "receive", goods=goods, sections=sale.place)
    assert (nothing.status_code, nothing.json()["code"], nothing.json()["field"]) == (422, "goods_not_here", "/goods/0")


def test_only_the_other_side_agrees(sale: Sale) -> None:
    own = sale.take("sea", "agree")
    assert (own.status_code, own.json()["code"]) == (403, "not_for_this_actor")
    assert sale.take("bay", "agree").status_code == 404


def test_a_transfer_is_hidden_from_everybody_else(served: Served, sale: Sale) -> None:
    for path in ("", "/evidence"):
        assert served.get(sale.address + path, "bay").status_code == 404
    assert served.get(f"/api/v1/transfers/{bare(served.new('transfer'))}", "sea").status_code == 404
    shipment = sale.plan()
    assert served.get(shipment, "bay").status_code == 404
    assert served.get(sale.address, "swift").status_code == 200  # it is to carry it
    assert served.get(sale.address, "anchor").status_code == 404
    assert served.get(sale.address, "emergency").status_code == 200
    assert sale.view()["ref"] not in json.dumps(served.ok("/api/v1/transfers", "bay"))


def test_goods_are_named_by_their_label_and_taken_as_they_lie(served: Served) -> None:
    batch = served.produce("sea", "methanol", "400")
    drums = [served.new("container") for _ in range(2)]
    items = [{"container": drum, "kind": "drum", "serial": drum[-6:]} for drum in drums]
    served.state("sea", "governance.container_registered", {"containers": {"items": items}})
    tank, dock = (f"{served.world.sites['sea']}/{name}" for name in ("T-01", "DOCK"))
    inputs = [{"batch": batch, "amount": "400", "unit": "kg", "place": tank}]
    outputs = [{"batch": batch, "amount": "200", "unit": "kg", "place": dock, "container": drum} for drum in drums]
    served.state("sea", "production.packed", {"inputs": {"lines": inputs}, "outputs": {"lines": outputs}})
    codes = [served.label("sea", drum) for drum in drums]
    parties = {"consignor": served.world.orgs["sea"], "consignee": served.world.orgs["south"]}
    body = {"goods": [{"code": code.lower()} for code in codes], "sections": {"parties": parties}}
    address = done(post(served, "sea", "/api/v1/transfers", body)).headers["location"]
    goods = served.ok(address, "south")["goods"]
    assert [(line["batch"], line["agreed"]["amount"]) for line in goods] == [(batch, "400")]
    foreign = post(served, "bay", "/api/v1/transfers", {**body, "id": served.id()})
    assert (foreign.status_code, foreign.json()["code"]) == (422, "goods_not_here")
    unclear = {"goods": [{"batch": batch}], "sections": {"parties": parties}}
    answer = post(served, "sea", "/api/v1/transfers", unclear)
    assert (answer.status_code, answer.json()["code"]) == (422, "goods_ambiguous")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"colour": "red"}, "unknown_name", "/colour"),
        ({"goods": [{"colour": "red"}]}, "unknown_name", "/goods/0/colour"),
        ({"goods": [{}]}, "name_missing", "/goods/0/code"),
        ({"goods": [{"code": "7Q2M9XKD4TBW0HZ3"}]}, "goods_not_here", "/goods/0/code"),
        ({"id": "not-a-uuid"}, "uuid_not_of_form", "/id"),
    ],
)
def test_bad_requests_name_the_field(served: Served, body: dict[str, Any], code: str, field: str) -> None:
    answer = post(served, "sea", "/api/v1/transfers", body)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)


def test_shipments_are_listed_by_party_with_what_is_next(served: Served, sale: Sale) -> None:
    done(sale.take("paint", "agree"))
    shipment = sale.plan()
    line = next(
        item
        for item in served.ok("/api/v1/shipments?step=planned", "sea")["items"]
        if bare(item["ref"]) == shipment.rpartition("/")[2]
    )
    assert (line["side"], line["next"], line["waybill"]) == ("giver", ["load"], "YD1")
    page = served.ok("/api/v1/shipments?limit=1", "swift")
    assert page["next"] is not None
    assert served.get(f"/api/v1/shipments?cursor={page['next']}", "swift").status_code == 200
    assert served.get(f"{shipment}/evidence", "paint").status_code == 200
