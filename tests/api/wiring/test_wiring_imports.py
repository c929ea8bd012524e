"""Imports over the real application: previews, results a row, resumption, all or nothing, and a clean audit after."""

import csv
import io
import zipfile
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from api import csvfile, xlsxfile
from ledger.services.audit import audit
from ledger.services.imports import run
from ledger.services.imports.columns import KINDS, Kind
from ledger.services.imports.tables import XLSX, read
from ledger.services.ledger import Ledger
from tests.api.wiring.served import Served
from tests.services.imports.books import book, number, rows_of, text

CSV = "text/csv"


def send(served: Served, path: str, body: str | bytes, media_type: str = CSV, who: str = "sea") -> Any:  # noqa: ANN401 - JSON
    headers = {**served.headers(who), "content-type": media_type, "accept-language": "en"}
    answer = served.client.post(f"/api/v1/imports/{path}", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def statuses(report: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [row["status"] for row in report["rows"]]


def drums(mark: str, count: int, kind: str = "桶") -> str:
    return "容器编号,容器类型,皮重（千克）\n" + "".join(f"{mark}-{at:04d},{kind},18.5\n" for at in range(count))


def size(served: Served) -> int:
    return served.ledger.log.state().size


def test_a_wrong_check_digit_names_row_and_column_in_both_languages(served: Served) -> None:
    body = "中文名称,物态,CAS 号\n甲醇（进口一）,液体,67-56-1\n甲醇（进口二）,liquid,67-56-2\n".encode("gb18030")
    before = size(served)
    report = send(served, "products:preview", body)
    assert statuses(report) == ["ready", "faulty"]
    (problem,) = report["rows"][1]["problems"]
    assert (problem["code"], problem["field"]) == ("check_digit_wrong", "/rows/3/cas")
    assert problem["detail"].startswith("Row 3, “CAS number”: ")
    assert problem["detail_zh"].startswith("第 3 行“CAS 号”：")
    assert size(served) == before


def test_all_or_nothing_leaves_nothing_and_without_it_the_sound_rows_are_recorded(served: Served) -> None:
    body = drums("AON", 2) + "AON-X,spaceship,1\n"
    before = size(served)
    refused = send(served, "containers?all_or_nothing=true", body)
    assert (refused["applied"], statuses(refused), size(served)) == (False, ["ready", "ready", "faulty"], before)
    done = send(served, "containers?all_or_nothing=false", body)
    assert statuses(done) == ["recorded", "recorded", "faulty"]
    again = send(served, "containers?all_or_nothing=false", body)
    assert statuses(again) == ["on_record", "on_record", "faulty"]
    receipt = served.get(done["rows"][0]["receipt"], "sea")
    assert receipt.status_code == 200
    assert receipt.json()["header"]["type"] == "governance.container_registered"


def test_a_run_that_broke_off_goes_on_and_doubles_nothing(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PORTION", 1)
    sent = 0
    real = Ledger.append_many

    def breaks(self: Ledger, submissions: Any) -> Any:  # noqa: ANN401
        nonlocal sent
        sent += 1
        if sent == 2:
            message = "the power fails"
            raise OSError(message)
        return real(self, submissions)

    body = drums("RES", 250)
    before = size(served)
    monkeypatch.setattr(Ledger, "append_many", breaks)
    headers = {**served.headers("sea"), "content-type": CSV}
    broken = served.client.post("/api/v1/imports/containers", content=body, headers=headers)
    assert broken.status_code == 500
    monkeypatch.setattr(Ledger, "append_many", real)
    assert size(served) == before + 1
    report = send(served, "containers", body)
    assert statuses(report) == ["on_record"] * 100 + ["recorded"] * 150
    assert size(served) == before + 3
    assert statuses(send(served, "containers", body)) == ["on_record"] * 250
    assert size(served) == before + 3


def test_opening_stock_of_a_workbook_is_on_record_to_the_milligram_and_a_mended_file_adds_nothing(
    served: Served,
) -> None:
    product = served.world.products["sea", "methanol"]
    heads = tuple(text(name) for name in ("product", "lot", "amount", "unit", "location", "container"))
    send(served, "containers", "serial,kind\nOPN-1,drum\nOPN-2,drum\n")
    rows = [
        (text(product), text("OPN-A"), number("0.1"), text("kg"), text("A-01"), text("OPN-1")),
        (text(product), text("OPN-A"), number("1e2"), text("公斤"), text("A-01"), text("OPN-2")),
        (text(product), text("OPN-B"), number("5"), text("kg"), text("NOWHERE")),
    ]
    body = book(rows_of(heads, *rows))
    report = send(served, "opening?all_or_nothing=false", body, XLSX)
    assert statuses(report) == ["recorded", "recorded", "faulty"]
    assert report["rows"][2]["problems"][0]["field"] == "/rows/4/location"
    lines = {
        line["holding"]["container_label"]: line["holding"]["mass"]["amount"]
        for line in stock(served)
        if line["batch_number"] == "OPN-A"
    }
    assert lines == {"OPN-1": "0.1", "OPN-2": "100"}
    mended = book(rows_of(heads, *rows[:2], (*rows[2][:4], text("A-02"))))
    again = send(served, "opening?all_or_nothing=false", mended, XLSX)
    assert statuses(again) == ["faulty", "faulty", "recorded"]
    assert again["rows"][0]["problems"][0]["code"] == "batch_exists"


def stock(served: Served) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = served.ok(f"/api/v1/stock?limit=200{cursor}", "sea")
        items.extend(page["items"])
        if page["next"] is None:
            return items
        cursor = f"&cursor={page['next']}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_read_back_and_its_example_would_pass(served: Served, kind: str) -> None:
    body = served.get(f"/api/v1/imports/templates/{kind}.csv", "sea").content
    assert body.startswith(b"\xef\xbb\xbf")
    example = body.decode("utf-8-sig").replace("# ", "", 1)
    if kind == "opening":
        example = example.replace("盐酸（36%）", served.world.products["sea", "methanol"])
    assert statuses(send(served, f"{kind}:preview", example.encode("utf-8-sig"))) == ["ready"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_says_the_same_as_its_csv_and_is_read_back(served: Served, kind: Kind) -> None:
    body = served.get(f"/api/v1/imports/templates/{kind}.xlsx", "sea").content
    with CalamineWorkbook.from_filelike(io.BytesIO(body)) as workbook:
        sheet, notes = (workbook.get_sheet_by_index(at).to_python() for at in (0, 1))
    plain = served.get(f"/api/v1/imports/templates/{kind}.csv", "sea").content.decode("utf-8-sig")
    wide = len(KINDS[kind])
    rows = [[str(cell) for cell in row] + [""] * (wide - len(row)) for row in sheet]
    assert rows == list(csv.reader(io.StringIO(plain, newline="")))
    assert [row[0] for row in notes[1:]] == [column.zh for column in KINDS[kind]]
    filled = xlsxfile.written([xlsxfile.Sheet("S", [rows[0], [rows[1][0].removeprefix("# "), *rows[1][1:]]])])
    (row,) = read(kind, filled, XLSX).rows
    assert row.cells == {column.key: column.example for column in KINDS[kind] if column.example}


def test_a_workbook_offers_the_words_to_choose_from(served: Served) -> None:
    body = served.get("/api/v1/imports/templates/containers.xlsx", "sea").content
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert 'sqref="B2:B10000"><formula1>"桶,吨桶,气瓶,储罐,罐舱,袋,瓶"</formula1>' in sheet
    assert 'state="frozen"' in sheet


def test_what_is_on_record_by_content_leads_to_the_receipt_of_the_event_that_said_it(served: Served) -> None:
    drums_first = send(served, "containers", drums("REC", 3))
    product = "中文名称,物态\n回执样品,液体\n"
    product_first = send(served, "products", product)
    later = {
        "containers": (drums_first, drums("REC", 4)),
        "products": (product_first, product + "回执样品二,固体\n"),
    }
    for kind, (first, body) in later.items():
        report = send(served, f"{kind}:preview", body)
        count = len(first["rows"])
        assert statuses(report) == ["on_record"] * count + ["ready"]
        assert [row["event"] for row in report["rows"][:count]] == [row["event"] for row in first["rows"]]
        assert served.get(report["rows"][0]["receipt"], "sea").status_code == 200


def test_opening_stock_may_be_owned_by_another_firm_and_an_unknown_one_is_named(served: Served) -> None:
    product = served.world.products["sea", "methanol"]
    own = served.world.orgs["sea"]
    owner = served.ok(f"/api/v1/organisations/{served.world.orgs['paint'].removeprefix('org:')}", "paint")
    rows = [
        f"{product},OWN-1,5,kg,A-01,{owner['uscc']}",
        f"{product},OWN-1,7,kg,A-01,",
        f"{product},OWN-2,1,kg,A-01,无此公司",
        f"{product},OWN-3,2,kg,A-02,{owner['name']['zh']}",
        f"{product},OWN-4,2,kg,A-02,{owner['ref']}",
        f"{product},OWN-5,2,kg,A-02,{served.new('org')}",
    ]
    body = "product,lot,amount,unit,location,所有人\n" + "\n".join(rows) + "\n"
    report = send(served, "opening?all_or_nothing=false", body)
    assert statuses(report) == ["recorded", "recorded", "faulty", "recorded", "recorded", "faulty"]
    for place in (2, 5):
        (problem,) = report["rows"][place]["problems"]
        assert (problem["code"], problem["field"]) == ("import_unknown", f"/rows/{place + 2}/owner")
    owners = {
        (line["batch_number"], line["holding"]["owner"]["ref"], line["holding"]["mass"]["amount"])
        for line in stock(served)
        if line["batch_number"].startswith("OWN-")
    }
    assert owners == {
        ("OWN-1", owner["ref"], "5"),
        ("OWN-1", own, "7"),
        ("OWN-3", owner["ref"], "2"),
        ("OWN-4", owner["ref"], "2"),
    }


@pytest.mark.parametrize(
    ("role", "kind", "code"),
    [
        ("admin", "opening", "type_not_for_role"),
        ("driver", "products", "type_not_for_role"),
        ("driver", "containers", "type_not_for_role"),
        ("driver", "opening", "type_not_for_role"),
        ("viewer", "products", "action_not_allowed"),
    ],
)
def test_who_may_not_state_such_an_event_may_not_import_it(served: Served, role: str, kind: str, code: str) -> None:
    key = served.token(served.world.orgs["sea"], role)
    headers = {"authorization": f"Bearer {key}", "content-type": CSV, "accept": "application/json"}
    before = size(served)
    for path in (f"{kind}:preview", kind):
        answer = served.client.post(f"/api/v1/imports/{path}", content=drums("ROLE", 1), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert size(served) == before


@pytest.mark.parametrize("role", ["admin", "operator"])
def test_who_may_state_an_event_may_import_it(served: Served, role: str) -> None:
    key = served.token(served.world.orgs["sea"], role)
    headers = {"authorization": f"Bearer {key}", "content-type": CSV}
    answer = served.client.post("/api/v1/imports/containers:preview", content=drums("MAY", 1), headers=headers)
    assert statuses(answer.json()) == ["ready"]


def test_stock_goes_out_as_csv_that_runs_nothing(served: Served) -> None:
    send(served, "containers", 'serial,kind\n"+1+cmd|calc",drum\n')
    product = served.world.products["sea", "methanol"]
    send(served, "opening", f'product,lot,amount,unit,location,container\n{product},CSV-1,5,kg,A-01,"+1+cmd|calc"\n')
    body = served.get("/api/v1/stock.csv", "sea").content
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(stock(served)) + 1
    assert [row[7] for row in rows if row[4] == "CSV-1"] == ["'+1+cmd|calc"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\ta", "\ra", " =1", "＝1"])
def test_a_cell_that_could_run_is_shown_as_text(cell: str) -> None:
    assert csvfile.safe(cell) == f"'{cell}"
    assert csvfile.safe(f"a{cell}") == f"a{cell}"


def test_what_was_imported_leaves_the_ledger_clean(served: Served) -> None:
    found = audit(served.ledger.store, reference=served.ledger.reference)
    assert found["ok"], found["findings"]
