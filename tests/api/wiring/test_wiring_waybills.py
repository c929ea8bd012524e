"""Transport documents over the real application: printed, scanned, forged."""

import pytest

from labels import symbol
from ledger.core.waybill import CODE_LENGTH, particulars
from ledger.errors import UnavailableError
from ledger.store.rows import UserRow
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_deals import Sale, done, post
from tests.labels.papers import texts


class Trip:
    """A shipment that is loaded and dispatched."""

    def __init__(self, served: Served) -> None:
        sale = Sale(served)
        done(sale.take("paint", "agree"))
        self.served, self.sale, self.shipment = served, sale, sale.plan()
        done(sale.trip("sea", self.shipment, "load", goods=[{"batch": sale.batch, "amount": "1000"}]))
        done(sale.trip("sea", self.shipment, "dispatch"))

    def code(self, monkeypatch: pytest.MonkeyPatch, who: str = "swift") -> str:
        """The address in the symbol of the paper, as the symbol was drawn."""
        drawn: list[str] = []
        made = symbol.matrix

        def drawing(text: str, *, level: symbol.Level) -> symbol.Matrix:
            drawn.append(text)
            return made(text, level=level)

        monkeypatch.setattr(symbol, "matrix", drawing)
        answer = self.served.get(f"{self.shipment}/waybill", who)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        return drawn[-1]


@pytest.fixture
def trip(served: Served) -> Trip:
    return Trip(served)


def test_the_code_of_a_paper_leads_to_a_page_that_says_what_is_aboard(
    served: Served, trip: Trip, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = trip.code(monkeypatch)
    base, _, code = address.rpartition("/W/")
    assert (base, len(code)) == ("HTTP://TESTSERVER", CODE_LENGTH)
    anybody = served.client.get(f"/W/{code}", headers={"accept": "application/json"}).json()
    assert (anybody["valid"], anybody["same"], anybody["shipment"]) == (True, True, None)
    assert [(one["un"], one["transport_class"]) for one in anybody["dangers"]] == [("UN1230", "3")]
    assert served.ok(f"/W/{code.lower()}", "swift")["shipment"] == served.ok(trip.shipment, "swift")["ref"]
    assert served.ok(f"/W/{code}", "bay")["shipment"] is None
    page = served.client.get(f"/w/{code}", headers={"accept": "text/html", "accept-language": "en"}).text
    assert "This code is genuine" in page
    assert served.ok(trip.shipment, "swift")["vehicle"] in page
    done(trip.sale.trip("swift", trip.shipment, "accept"))
    done(
        trip.sale.trip("paint", trip.shipment, "receive", goods=[{"batch": trip.sale.batch}], sections=trip.sale.place)
    )
    later = served.ok(f"/W/{code}", "bay")
    assert (later["valid"], later["same"], later["dangers"]) == (True, False, [])


def test_a_code_altered_in_any_byte_leads_to_the_red_page(
    served: Served, trip: Trip, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = trip.code(monkeypatch).rpartition("/W/")[2]
    for place in range(CODE_LENGTH):
        forged = code[:place] + ("0" if code[place] != "0" else "1") + code[place + 1 :]
        answer = served.client.get(f"/W/{forged}", headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["valid"]) == (200, False), place
        page = served.client.get(f"/W/{forged}", headers={"accept": "text/html", "accept-language": "en"})
        assert page.status_code == 200, place
        assert "No key of this ledger signed it. Do not rely on the paper." in page.text, place
        assert "This code is genuine" not in page.text
    assert served.client.get(f"/W/{code[:40]}").status_code == 422


def test_the_code_commits_to_what_is_printed(served: Served, trip: Trip, monkeypatch: pytest.MonkeyPatch) -> None:
    said = served.ledger.open_waybill(trip.code(monkeypatch).rpartition("/W/")[2])
    assert said.particulars != particulars({})
    assert said.shipment == served.ok(trip.shipment, "swift")["ref"]


def test_strangers_get_no_paper_and_a_reader_of_the_ledger_says_who_writes(
    served: Served, trip: Trip, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert served.get(f"{trip.shipment}/waybill", "bay").status_code == 404

    def elsewhere() -> None:
        raise UnavailableError("writer_elsewhere", None, {"holder": "another"})

    monkeypatch.setattr(served.ledger, "_writer", elsewhere)
    answer = served.get(f"{trip.shipment}/waybill", "swift")
    assert (answer.status_code, answer.json()["code"]) == (503, "writer_elsewhere")


def named(served: Served, user: str, who: str, name: str) -> None:
    row = UserRow(user, served.world.orgs[who], f"{who}-{user[-6:]}", name, None, "driver", served.clock.now_ms(), None)
    with served.ledger.store.write() as unit:
        unit.people.add_user(row)


def printed(served: Served, trip: Trip, who: str) -> str:
    return "".join(texts(served.get(f"{trip.shipment}/waybill", who).content))


def test_people_are_named_to_their_own_firm_and_told_by_firm_and_certificate_to_others(
    served: Served, trip: Trip, monkeypatch: pytest.MonkeyPatch
) -> None:
    leg = served.ok(trip.shipment, "swift")["legs"][0]
    named(served, leg["driver"], "swift", "李强")
    named(served, served.world.users["sea"], "sea", "王敏")
    views = {who: {one["role"]: one for one in served.ok(trip.shipment, who)["crew"]} for who in ("swift", "sea")}
    assert [views["swift"][role]["name"] for role in ("driver", "escort", "dispatcher")] == ["李强", None, None]
    assert [views["sea"][role]["name"] for role in ("driver", "escort", "dispatcher")] == [None, None, "王敏"]
    orgs = served.world.orgs
    assert [views["sea"][role]["firm"]["ref"] for role in ("driver", "dispatcher")] == [orgs["swift"], orgs["sea"]]
    number = views["sea"]["driver"]["certificate"]
    assert number
    ours, theirs = printed(served, trip, "swift"), printed(served, trip, "sea")
    firm = views["sea"]["driver"]["firm"]["name"]
    for text, here, there in ((ours, "李强", "王敏"), (theirs, "王敏", "李强")):
        assert here in text
        assert there not in text
        assert number in text
        assert not [tail for ref in (leg["driver"], leg["escort"]) if (tail := ref[-12:]) in text]
    assert f"{firm['zh']}的驾驶员" in theirs.replace("\n", "").replace("\r", "")
    code = trip.code(monkeypatch, "sea").rpartition("/W/")[2]
    for who, shown in (("swift", ["李强", None, None]), ("sea", [None, None, "王敏"])):
        checked = served.ok(f"/W/{code}", who)
        assert (checked["same"], [one["name"] for one in checked["crew"]]) == (True, shown)
    anybody = served.client.get(f"/W/{code}", headers={"accept": "application/json"}).json()
    assert (anybody["same"], anybody["crew"]) == (True, [])
    page = (
        served.browser("sea")
        .get(trip.shipment.removeprefix("/api/v1"), headers={"accept": "text/html", "accept-language": "en"})
        .text
    )
    assert f"driver of {firm['en']}" in page
    assert leg["driver"][-12:] not in page


def test_a_name_stated_in_a_personal_section_is_shown_to_who_stated_it_alone(served: Served) -> None:
    sale = Sale(served)
    done(sale.take("paint", "agree"))
    truck = served.world.fleet["swift"][0]
    said = {"vehicle": truck.plate, "mode": "road", "driver": truck.driver, "waybill": "YD9"}
    sections = {
        "parties": {"carrier": served.world.orgs["swift"]},
        "transport": said,
        "personal": {"driver": {"name": "赵磊"}},
    }
    answer = post(served, "sea", "/api/v1/shipments", {"transfer": sale.view()["ref"], "sections": sections})
    path = done(answer).headers["location"]
    for who, told in (("sea", True), ("swift", False), ("paint", False)):
        assert ([one["name"] for one in served.ok(path, who)["crew"]] == ["赵磊"]) is told, who
