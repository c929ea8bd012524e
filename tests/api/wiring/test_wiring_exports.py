"""Lists as files, and lists searched, filtered and sorted, over the demo's world."""

import csv
import io
from pathlib import Path

import duckdb
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from api.v1.exports import LISTS
from ledger.core.quantity import milligrams
from ledger.store.related import Related
from ledger.store.scopes import Own
from ledger.store.stock_search import StockWanted
from ledger.store.tables import holdings, reads
from tests.api.wiring.served import Served


def exported(served: Served, who: str, path: str) -> bytes:
    answer = served.get(f"/api/v1/export/{path}", who)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer.content


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_says_the_same_in_every_format(served: Served, name: str, tmp_path: Path) -> None:
    head, *lines = rows(exported(served, "emergency", name))
    assert lines
    assert all(len(line) == len(head) for line in lines)
    book = CalamineWorkbook.from_filelike(io.BytesIO(exported(served, "emergency", f"{name}?format=xlsx")))
    [first, *cells] = book.get_sheet_by_index(0).to_python()
    assert first == head
    assert len(cells) == len(lines)
    path = tmp_path / f"{name}.parquet"
    path.write_bytes(exported(served, "emergency", f"{name}?format=parquet"))
    found = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    assert found is not None
    assert len(found.columns) == len(head)
    assert [str(row[0]) for row in found.fetchall()] == [line[0].removeprefix("'") for line in lines]


def test_every_kilogram_is_in_the_file(served: Served) -> None:
    with served.ledger.store.read() as unit:
        total = unit.connection.execute(select(func.sum(holdings.c.mg))).scalar()
    head, *lines = rows(exported(served, "emergency", "stock"))
    at = head.index("数量（千克） / Amount (kg)")
    assert sum(milligrams(line[at], "kg") for line in lines) == total
    head, *lines = rows(exported(served, "emergency", "batches"))
    at = head.index("存量（千克） / In stock (kg)")
    assert sum(milligrams(line[at] or "0", "kg") for line in lines if line[at] != "0") == total


def test_a_firm_takes_its_own_away_and_no_more(served: Served) -> None:
    whole = {line[5] for line in rows(exported(served, "emergency", "stock"))[1:]}
    own = {line[5] for line in rows(exported(served, "paint", "stock"))[1:]}
    assert own < whole
    licences = rows(exported(served, "paint", "licences"))[1:]
    assert {line[3] for line in licences} == {served.world.name("paint")}


def test_filters_of_a_list_hold_in_its_file(served: Served) -> None:
    lines = rows(exported(served, "emergency", "stock?region=37&class=3&status=free"))[1:]
    assert {line[3] for line in lines} == {"3"}
    assert {line[11] for line in lines} == {"free"}
    assert 0 < len(lines) < len(rows(exported(served, "emergency", "stock"))[1:])
    named = rows(exported(served, "emergency", "stock?q=acetone"))[1:]
    assert {line[1] for line in named} == {"Acetone"}
    for name in ("batches", "containers", "licences", "findings"):
        refused = served.get(f"/api/v1/export/{name}?region=37", "emergency")
        assert refused.json()["code"] == "form_not_of_form"


def test_what_a_regulator_takes_away_is_recorded(victim: Served) -> None:
    def read() -> list[tuple[str, str]]:
        with victim.ledger.store.read() as unit:
            found = unit.connection.execute(select(reads.c.action, reads.c.subject))
            return [(str(action), str(subject)) for action, subject in found]

    before = read()
    exported(victim, "emergency", "stock")
    exported(victim, "sea", "stock")
    added = read()[len(before) :]
    assert added == [("stock.read", "/api/v1/export/stock")]


# --- the pages --------------------------------------------------------------------------------------------------------


def page(served: Served, path: str) -> str:
    headers = {**served.headers("emergency"), "accept": "text/html", "accept-language": "en"}
    answer = served.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def masses(text: str) -> list[int]:
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    parts = body.split('data-label="kg" class="r num">')[1:]
    return [milligrams(part.partition("<")[0].replace(",", ""), "kg") for part in parts]


def test_the_largest_come_first_page_after_page(served: Served) -> None:
    with served.ledger.store.read() as unit:
        expected = sorted((int(mg) for mg in unit.connection.execute(select(holdings.c.mg)).scalars()), reverse=True)
    found: list[int] = []
    path = "/stock?sort=kg"
    while path:
        text = page(served, path)
        found += masses(text)
        _, more, rest = text.partition('rel="next" href="')
        path = rest.partition('"')[0].replace("&amp;", "&") if more else ""
    assert found == expected


def test_stock_is_filtered_and_searched_on_its_page(served: Served) -> None:
    text = page(served, "/stock?region=37&class=3&status=free&q=acetone")
    assert "Acetone" in text
    assert "/api/v1/export/stock?q=acetone&amp;region=37&amp;class=3&amp;status=free&amp;format=csv" in text
    assert masses(page(served, "/stock?region=65")) == []
    for path in ("/stock?region=x", "/stock?class=%3B", "/stock?status=gone"):
        answer = served.client.get(path, headers=served.headers("emergency"))
        assert answer.status_code == 422
    mixed = served.client.get("/stock?sort=kg&cursor=WyJzdG9jayIsImEiXQ", headers=served.headers("emergency"))
    assert mixed.json()["code"] == "cursor_invalid"


def test_sites_and_containers_are_searched(served: Served) -> None:
    assert "Hailan" in page(served, "/sites?q=hailan")
    assert "Hailan" not in page(served, "/sites?q=nothing-like-it")
    found, every = page(served, "/containers?q=DR0"), page(served, "/containers")
    assert 0 < found.count('scope="row"') < every.count('scope="row"')


def test_what_bears_a_code_is_found_by_it_and_nothing_else(served: Served) -> None:
    org, other = served.world.orgs["sea"], served.world.orgs["clean"]
    with served.ledger.store.read() as unit:
        related = Related(unit.connection, unit.backend)
        held = [row.container for row in unit.queries.stock(custodian=org) if row.container != "-"]
        codes = {ref: unit.queries.codes_of(ref) for ref in held}
        vessel, code = next((ref, made[0].code) for ref, made in codes.items() if made)
        for spelled in (code, code.lower(), f"HTTPS://ANYWHERE.EXAMPLE/Q/{code}"):
            wanted = StockWanted(text=spelled)
            assert {row.container for row in related.stock(Own(org), wanted=wanted)} == {vessel}
            assert related.stock(Own(other), wanted=wanted) == [], "what others have is not found by its code"
            assert [ref for _, ref in related.things("container", Own(org), text=spelled)] == [vessel]
    assert len(codes) > 1
