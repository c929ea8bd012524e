"""Transport documents over the real application: printed, scanned, forged."""

import pytest

from labels import symbol
from ledger.core.waybill import CODE_LENGTH, particulars
from ledger.errors import UnavailableError
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_deals import Sale, done


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
