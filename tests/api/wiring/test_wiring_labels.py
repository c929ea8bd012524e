"""Labels over the API and on their page: of things of one's own, in every form, and of nobody else's."""

import io
import re
from dataclasses import dataclass

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from tests.api.wiring.served import Served
from tests.labels.printer import printed
from tests.labels.raster import read


@dataclass
class Drums:
    """Two drums of methanol with their codes, and the batch in them."""

    batch: str
    refs: list[str]
    codes: list[str]

    @property
    def path(self) -> str:
        return f"/api/v1/batches/{self.batch.partition(':')[2]}/labels"


@pytest.fixture(scope="module")
def drums(served: Served) -> Drums:
    batch = served.produce("sea", "methanol", "500")
    refs = [served.new("container") for _ in range(2)]
    items = [
        {"container": ref, "kind": "drum", "serial": f"LBL-{n}", "capacity_kg": "250"} for n, ref in enumerate(refs)
    ]
    served.state("sea", "governance.container_registered", {"containers": {"items": items}})
    codes = [served.label("sea", ref) for ref in refs]
    tank, dock = f"{served.world.sites['sea']}/T-01", f"{served.world.sites['sea']}/DOCK"
    for ref in refs:
        moved = {"batch": batch, "amount": "180.5", "unit": "kg"}
        outputs = {"lines": [{**moved, "place": dock, "container": ref}]}
        served.state("sea", "production.packed", {"inputs": {"lines": [{**moved, "place": tank}]}, "outputs": outputs})
    return Drums(batch, refs, codes)


def words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def seen(pdf: bytes, page: int = 0) -> list[str]:
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        return read(np.asarray(document[page].render(scale=2.8).to_pil().convert("L")))


def test_a_label_says_what_is_in_the_drum_now(served: Served, drums: Drums) -> None:
    answer = served.get(f"/api/v1/labels/{drums.codes[0]}", "sea")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-disposition"] == f'inline; filename="label-{drums.codes[0]}.pdf"'
    said = words(answer.content)
    for text in (
        "甲醇",
        "Methanol",
        "UN1230",
        "180.5kg",
        "LBL-0",
        "吞咽会中毒",
        "Toxicifswallowed",
        "危险",
        "演示DEMO",
    ):
        assert text in said, text
    assert "远离热源" in said
    assert seen(answer.content) == [f"HTTP://TESTSERVER/Q/{drums.codes[0]}"]


def test_each_form_is_what_it_says_it_is(served: Served, drums: Drums) -> None:
    at = f"/api/v1/labels/{drums.codes[1]}?size=100x70&lang=zh"
    url = f"HTTP://TESTSERVER/Q/{drums.codes[1]}"
    png = served.get(f"{at}&format=png", "sea")
    assert png.headers["content-type"] == "image/png"
    assert read(np.asarray(Image.open(io.BytesIO(png.content)).convert("L"))) == [url]
    zpl = served.get(f"{at}&format=zpl&dpi=300", "sea")
    assert zpl.headers["content-type"] == "application/zpl"
    (page,) = printed(zpl.text)
    assert page.codes == [url]
    assert page.image.size == (1180, 826)
    svg = served.get(f"{at}&format=svg", "sea")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert "甲醇" in svg.text
    assert "Toxic if swallowed" not in svg.text
    assert "script-src" in svg.headers["content-security-policy"]


def test_a_code_is_taken_as_people_type_it(served: Served, drums: Drums) -> None:
    code = drums.codes[0].lower()
    typed = "-".join(code[n : n + 4] for n in range(0, 16, 4))
    assert served.get(f"/api/v1/labels/{typed}", "sea").status_code == 200


def test_the_labels_of_a_batch_come_in_one_file(served: Served, drums: Drums) -> None:
    sheets = served.get(f"{drums.path}?size=100x70&sheets=true", "sea")
    assert sorted(seen(sheets.content)) == sorted(f"HTTP://TESTSERVER/Q/{code}" for code in drums.codes)
    zpl = served.get(f"{drums.path}?format=zpl", "sea")
    assert [page.codes[0][-16:] for page in printed(zpl.text)] == drums.codes


def test_others_print_no_labels_of_it(served: Served, drums: Drums) -> None:
    for path in (f"/api/v1/labels/{drums.codes[0]}", drums.path):
        assert served.get(path, "bay").status_code == 404
        assert served.get(path, "emergency").status_code == 200
        assert served.client.get(path).status_code == 401


def test_an_empty_drum_keeps_the_hazards_of_its_last_fill_until_it_is_clean(served: Served) -> None:
    batch, drum = served.produce("sea", "ethanol", "200"), served.new("container")
    item = {"container": drum, "kind": "drum", "serial": "LBL-9", "capacity_kg": "250"}
    served.state("sea", "governance.container_registered", {"containers": {"items": [item]}})
    code = served.label("sea", drum)
    at = f"/api/v1/labels/{code}"
    assert "UN1170" not in words(served.get(at, "sea").content)
    moved = {"batch": batch, "amount": "180", "unit": "kg"}
    dock = {**moved, "place": f"{served.world.sites['sea']}/DOCK", "container": drum}
    tank = {**moved, "place": f"{served.world.sites['sea']}/T-01"}
    served.state("sea", "production.packed", {"inputs": {"lines": [tank]}, "outputs": {"lines": [dock]}})
    assert "180kg" in words(served.get(at, "sea").content)
    served.state("sea", "use.consumed", {"place": served.place("sea", "DOCK"), "inputs": {"lines": [dock]}})
    empty = words(served.get(at, "sea").content)
    assert "UN1170" in empty
    assert "净含量" not in empty
    cleaned = {"containers": {"items": [{"container": drum}]}, "place": served.place("sea", "DOCK")}
    served.state("sea", "storage.cleaned", cleaned)
    assert "UN1170" not in words(served.get(at, "sea").content)


def test_places_and_batches_and_trips_have_labels_of_their_own(served: Served) -> None:
    batch = served.produce("sea", "methanol", "10")
    bay = f"{served.world.sites['bay']}/B-01"
    for who, target, said in (("sea", batch, "METHANOL"), ("bay", bay, "location")):
        code = served.label(who, target)
        answer = served.get(f"/api/v1/labels/{code}", who)
        assert said in words(answer.content)
        assert served.get(f"/api/v1/labels/{code}", {"sea": "bay", "bay": "sea"}[who]).status_code == 404


def test_a_voided_code_is_not_printed_again(served: Served) -> None:
    batch = served.produce("sea", "methanol", "10")
    code = served.label("sea", batch)
    served.state("sea", "production.label_voided", {"containers": {"items": [{"code": code}]}})
    answer = served.get(f"/api/v1/labels/{code}", "sea")
    assert (answer.status_code, answer.json()["code"]) == (409, "label_is_void")


def test_a_batch_without_drums_says_so(served: Served) -> None:
    batch = served.produce("sea", "methanol", "10")
    answer = served.get(f"/api/v1/batches/{batch.partition(':')[2]}/labels", "sea")
    assert (answer.status_code, answer.json()["code"]) == (404, "batch_without_labels")
    code = served.label("sea", batch)
    bulk = served.get(f"/api/v1/batches/{batch.partition(':')[2]}/labels?format=zpl", "sea")
    assert [page.codes[0][-16:] for page in printed(bulk.text)] == [code]


def test_too_many_labels_are_refused(served: Served, drums: Drums, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.wiring.labels.MOST_LABELS", 1)
    answer = served.get(drums.path, "sea")
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_labels")


@pytest.mark.parametrize("query", ["size=9x9", "lang=fr", "lang=zh,zh", "format=exe", "dpi=72", "sheets=perhaps"])
def test_what_does_not_exist_is_refused_with_the_field(served: Served, drums: Drums, query: str) -> None:
    answer = served.get(f"/api/v1/labels/{drums.codes[0]}?{query}", "sea")
    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.json()["field"]


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_label_and_leads_to_the_files(served: Served, drums: Drums) -> None:
    browser = served.browser("sea")
    page = browser.get(f"/labels?code={drums.codes[0]}&size=100x70&langs=en", headers={"accept-language": "en"})
    assert page.status_code == 200
    links = re.findall(r'(?:href|src)="(/api/v1/labels/[^"]+)"', page.text)
    assert {re.search(r"format=([a-z]+)", link)[1] for link in links} == {"pdf", "zpl", "png", "svg"}  # type: ignore[index]
    for link in links:
        assert browser.get(link.replace("&amp;", "&")).status_code == 200
        assert "size=100x70" in link
        assert "lang=en" in link
    assert "LBL-0" in page.text


def test_the_page_of_a_batch_lists_its_labels(served: Served, drums: Drums) -> None:
    browser = served.browser("sea")
    page = browser.get(f"/labels?batch={drums.batch.partition(':')[2]}", headers={"accept-language": "zh"})
    assert all(code in page.text for code in drums.codes)
    assert f"{drums.path}?format=zpl&amp;" in page.text
    assert "2 张标签" in page.text


@pytest.mark.parametrize("query", ["code=7Q2M9XKD4TBW0HZ3", "code=%3Cscript%3E", "batch=x", "code=AAAA"])
def test_the_page_says_what_is_wrong(served: Served, query: str) -> None:
    page = served.browser("sea").get(f"/labels?{query}", headers={"accept-language": "en"})
    assert page.status_code == 404
    assert 'role="alert"' in page.text
    assert "<script>" not in page.text


def test_the_page_without_a_code_says_how_to_begin(served: Served) -> None:
    page = served.browser("sea").get("/labels", headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "Scan or type a code" in page.text
    assert served.client.get("/labels", headers={"accept": "text/html"}, follow_redirects=False).status_code in {
        303,
        401,
    }


# --- rolls, codes of others, and who may void --------------------------------------------------------------


def test_a_roll_is_printed_before_its_codes_stand_for_anything_and_claimed_by_issuing_them(served: Served) -> None:
    code = served.dice.code()
    served.state("sea", "production.label_issued", {"containers": {"items": [{"code": code}]}})
    blank = served.client.get(f"/Q/{code}", headers={"accept": "application/json"})
    assert (blank.status_code, blank.json()["code"]) == (404, "code_not_claimed")
    assert seen(served.get(f"/api/v1/labels/{code}?size=100x70", "sea").content) == [f"HTTP://TESTSERVER/Q/{code}"]
    assert served.get(f"/api/v1/labels/{code}", "bay").status_code == 404
    batch = served.produce("sea", "methanol", "10")
    served.state("sea", "production.label_issued", {"containers": {"items": [{"code": code, "target": batch}]}})
    assert served.ok(f"/Q/{code}", "sea")["batch"] == batch


def test_codes_of_other_systems_lead_to_ours_and_are_never_followed(served: Served) -> None:
    batch, code = served.produce("sea", "methanol", "10"), served.dice.code()
    safety = "https://whp.example.gov.cn/aqxxm?c=310116-000123-0007"
    link = "https://id.gs1.org/01/09506000134352/10/LOT-7"
    served.prefix("sea", "95060001")
    item = {"code": code, "target": batch, "aliases": [link, safety]}
    served.state("sea", "production.label_issued", {"containers": {"items": [item]}})
    for text in (link, safety, "(01)09506000134352(10)LOT-7", f"https://elsewhere.example/q/{code.lower()}", code):
        answer = served.client.get("/find", params={"code": text}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/Q/{code}"), text
    json = {"accept": "application/json"}
    for text in ("https://evil.example/aqxxm?c=1", f"https://a@evil.example/Q/{code}", "(01)09506000134352(10)LOT-8"):
        answer = served.client.get("/find", params={"code": text}, headers=json, follow_redirects=False)
        assert (answer.status_code, answer.json()["code"]) == (404, "code_of_another_system"), text
    wrong = served.client.get("/find", params={"code": "(01)09506000134353"}, headers=json, follow_redirects=False)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "check_digit_wrong")


def test_nobody_voids_the_label_of_a_stranger(served: Served) -> None:
    code = served.label("sea", served.produce("sea", "methanol", "10"))
    event = served.event("bay", "production.label_voided", {"containers": {"items": [{"code": code}]}})
    answer = served.post("bay", event)
    assert (answer.status_code, answer.json()["code"]) == (422, "label_not_yours")
    assert served.ok(f"/Q/{code}", "sea")["voided"] is None
