"""The pages of imports over the real application, as a browser without scripts uses them."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from httpx2 import Response

from ledger.services.imports import run
from tests.api.wiring.served import BASE, Served
from tests.api.wiring.test_wiring_deal_pages import Desk
from tests.api.wiring.test_wiring_imports import drums, size

HEADERS = {"origin": BASE, "accept-language": "en", "accept": "text/html"}
LINK = re.compile(r'href="(/import/[0-9a-f-]{36})"')


class Importing(Desk):
    """A firm in front of the page."""

    def upload(self, kind: str, body: bytes, name: str = "file.csv", csrf: str | None = None) -> Response:
        own = self.fill("/import")["csrf"] if csrf is None else csrf
        data = {"csrf": own, "kind": kind}
        return self.browser.post("/import", data=data, files={"file": (name, body, "text/csv")}, headers=HEADERS)

    def checked(self, kind: str, body: bytes, name: str = "file.csv") -> str:
        answer = self.upload(kind, body, name)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def ended(self, path: str) -> str:
        """The page once nothing is being done any more; each answer waits a moment for that."""
        for _ in range(60):
            answer = self.browser.get(path, headers=HEADERS)
            assert answer.status_code == 200, answer.text
            if "refresh" not in answer.headers:
                return unescape(answer.text)
        pytest.fail("it does not end")

    def record(self, path: str, rows: str) -> str:
        assert self.send(f"{path}/record", {"rows": rows}).status_code == 303
        return self.ended(path)


@pytest.fixture
def desk(served: Served) -> Importing:
    return Importing(served, "sea")


def test_a_file_is_checked_recorded_and_sent_again_without_doubling(served: Served, desk: Importing) -> None:
    body = drums("PG", 3).encode("gb18030")
    before = size(served)
    path = desk.checked("containers", body, "桶.csv")
    assert "Every row is good" in desk.ended(path)
    assert size(served) == before
    page = desk.record(path, "all")
    assert "Everything is recorded" in page
    assert size(served) == before + 1
    (receipt,) = set(re.findall(r'href="(/api/v1/receipts/[0-9a-f-]+)"', page))
    assert desk.browser.get(receipt).status_code == 200
    assert "Everything is recorded" in desk.record(path, "all")
    again = desk.ended(desk.checked("containers", body))
    assert again.count("already on record") == 4
    assert "Record " not in again
    assert size(served) == before + 1


def test_the_reader_chooses_between_all_or_nothing_and_good_rows(served: Served, desk: Importing) -> None:
    body = (drums("CH", 2) + "CH-X,spaceship,1\n").encode()
    before = size(served)
    path = desk.checked("containers", body)
    page = desk.ended(path)
    assert "1 row is wrong" in page
    assert "<b>Container kind</b>: " in page
    refused = desk.record(path, "all")
    assert "You chose all or nothing" in refused
    assert size(served) == before
    page = desk.record(desk.checked("containers", body), "good")
    assert "1 row was not recorded" in page
    assert size(served) == before + 1
    every = desk.see(f"{path}?show=all")
    assert every.count('class="result ') == 3


def test_a_row_leads_to_its_batch(served: Served, desk: Importing) -> None:
    product = served.world.products["sea", "methanol"]
    body = f"product,lot,amount,unit,location\n{product},PAGE-1,5,kg,A-01\n".encode()
    page = desk.record(desk.checked("opening", body), "all")
    (batch,) = re.findall(r'href="(/batches/[0-9a-f-]+)"', page)
    assert "PAGE-1" in desk.see(batch)


def test_what_waited_goes_on_from_the_page(served: Served, desk: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.checked("containers", drums("WAIT", 250).encode())
    monkeypatch.setattr(run, "PORTION", 1)
    monkeypatch.setattr(run.Importer, "_append", broken_off(run.Importer._append))
    page = desk.record(path, "good")
    assert "150 rows were not recorded" in page
    monkeypatch.undo()
    assert "Go on" in page
    assert "Everything is recorded" in desk.record(path, "good")


def broken_off(real: Callable[..., bool]) -> Callable[..., bool]:
    """The first portion is appended; then the writer is gone."""
    done: list[bool] = []

    def append(*given: object, all_or_nothing: bool) -> bool:
        if done:
            return False
        done.append(True)
        return real(*given, all_or_nothing=all_or_nothing)

    return append


def test_long_files_are_shown_in_parts(desk: Importing) -> None:
    path = desk.checked("containers", drums("LONG", 230).encode())
    assert desk.ended(path).count('class="result ') == 100
    last = desk.see(f"{path}?show=all&part=3")
    assert (last.count('class="result '), "3 of 3" in last) == (30, True)
    assert desk.see(f"{path}?part=99").count('class="result ') == 30


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("containers", b"", "No file was chosen"),
        ("containers", b"a,b\n1,2\n", "Container number"),
        ("spaceships", b"serial,kind\nA,drum\n", "The form is not complete"),
        ("containers", b"PK\x03\x04 not a workbook", "The workbook cannot be read"),
    ],
)
def test_what_is_no_table_is_told_above_the_form(desk: Importing, kind: str, body: bytes, told: str) -> None:
    answer = desk.upload(kind, body)
    assert answer.status_code == 422
    assert told in unescape(answer.text)
    assert 'type="file"' in answer.text


def test_an_upload_is_bounded_and_carries_its_sessions_token(served: Served, desk: Importing) -> None:
    before = size(served)
    assert desk.upload("containers", b"x" * (5 * 2**20 + 8_192)).status_code == 413
    assert desk.upload("containers", drums("CSRF", 1).encode(), csrf="forged").status_code == 403
    foreign = desk.browser.post(
        "/import", files={"file": ("a", b"a")}, headers={**HEADERS, "origin": "https://x.example"}
    )
    assert foreign.status_code == 403
    plain = desk.browser.post("/import", data={"kind": "containers"}, headers=HEADERS)
    assert plain.status_code == 415
    many = {f"f{n}": (None, "x") for n in range(20)}
    assert desk.browser.post("/import", files=many, headers=HEADERS).status_code == 422
    assert size(served) == before


def test_an_import_belongs_to_its_organisation(served: Served, desk: Importing) -> None:
    path = desk.checked("containers", drums("OWN", 1).encode())
    other = Importing(served, "paint")
    assert "is kept no longer" in other.see(path, 404)
    assert path not in other.see("/import")
    assert other.send(f"{path}/record", {"rows": "all"}).status_code == 404
    assert path in LINK.findall(desk.see("/import"))
    assert desk.send(f"{path}/record", {"rows": "some"}).status_code == 422


def test_the_desk_leads_there(desk: Importing) -> None:
    assert 'href="/import"' in desk.see("/desk")
