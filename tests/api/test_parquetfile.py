"""Parquet: what we write an independent reader reads, and what people write first in cells runs nowhere."""

import asyncio
import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from starlette.responses import StreamingResponse

from api import exports, parquetfile
from api.exports import Column, Row, Table
from ledger.core.quantity import kg

COLUMNS = (
    parquetfile.Column("name"),
    parquetfile.Column("kg", "kg"),
    parquetfile.Column("moment", "instant"),
    parquetfile.Column("n", "whole"),
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
MG = st.integers(-(10**18) + 1, 10**18 - 1)
MOMENTS = st.integers(0, 4_102_444_800_000)
WHOLES = st.integers(-(2**63), 2**63 - 1)


def read(path: Path) -> list[tuple[Any, ...]]:
    return ask(f"SELECT * FROM read_parquet('{path}')")


def ask(query: str) -> list[tuple[Any, ...]]:
    found = duckdb.sql(query)
    assert found is not None
    return found.fetchall()


def written(path: Path, rows: Sequence[Sequence[str | int]], columns: Sequence[parquetfile.Column] = COLUMNS) -> Path:
    with path.open("wb") as file:
        writer = parquetfile.Writer(file, columns)
        writer.add(rows)
        writer.close()
    return path


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, MG, MOMENTS, WHOLES), max_size=30))
def test_a_reader_reads_what_was_written(tmp_path: Path, rows: list[tuple[str, int, int, int]]) -> None:
    found = read(written(tmp_path / "a.parquet", rows))
    epoch = datetime(1970, 1, 1)  # noqa: DTZ001 - the reader tells UTC without saying so
    told = [(name, int(kg.scaleb(6)), round((at - epoch).total_seconds() * 1000), n) for name, kg, at, n in found]
    assert told == rows


def test_a_list_longer_than_a_row_group_is_whole(tmp_path: Path) -> None:
    rows = [(f"甲醇 {n}", n, n, -n) for n in range(2 * parquetfile.ROWS + 7)]
    path = written(tmp_path / "a.parquet", rows)
    assert [row[3] for row in read(path)] == [-n for n in range(len(rows))]
    kinds = ask(f"SELECT typeof(kg), typeof(moment) FROM read_parquet('{path}') LIMIT 1")
    assert kinds == [("DECIMAL(18,6)", "TIMESTAMP")]
    groups = ask(f"SELECT count(DISTINCT row_group_id) FROM parquet_metadata('{path}')")
    assert groups == [(3,)]


def test_many_columns_and_no_rows(tmp_path: Path) -> None:
    columns = [parquetfile.Column(f"c{n}") for n in range(20)]
    path = written(tmp_path / "a.parquet", [], columns)
    assert read(path) == []
    assert [row[0] for row in ask(f"DESCRIBE SELECT * FROM read_parquet('{path}')")] == [
        column.name for column in columns
    ]


# --- the same list in every format ------------------------------------------------------------------------------------

EVIL = ("=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(1)", "\t=1", " =1", "＝1", "plain", "甲醇, 'x' \"y\"")
TOLD = (Column("name", "名称", "Name"), Column("kg", "千克", "kg", "kg"), Column("at", "时间", "Time", "instant"))


def table(rows: Sequence[Row]) -> Table:
    def made() -> Iterator[Row]:
        yield from rows

    return Table("stock", TOLD, made())


def body(answer: StreamingResponse) -> bytes:
    async def whole() -> bytes:
        return b"".join([bytes(part) async for part in answer.body_iterator if not isinstance(part, str)])

    return asyncio.run(whole())


ROWS = [(text, 1_500_000 * n, 1_795_305_600_000 if n else 0) for n, text in enumerate(EVIL)]


def test_no_cell_of_a_csv_begins_a_formula() -> None:
    answer = exports.answer(table(ROWS), "csv")
    data = body(answer)
    assert int(answer.headers["content-length"]) == len(data)
    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert head == ["名称 / Name", "千克 / kg", "时间 / Time"]
    assert [row[0] for row in rows] == [*(f"'{text}" for text in EVIL[:7]), *EVIL[7:]]
    assert [row[1] for row in rows] == [kg(mg) for _, mg, _ in ROWS]
    assert rows[0][2] == ""
    assert rows[1][2] == "2026-11-22T00:00:00.000Z"


def test_a_workbook_holds_texts_and_numbers_and_no_formula() -> None:
    data = body(exports.answer(table(ROWS), "xlsx"))
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == list(EVIL)
    assert [row[1] for row in rows[1:]] == [mg / 1_000_000 for _, mg, _ in ROWS]


@pytest.mark.parametrize("wanted", ["csv", "xlsx", "parquet"])
def test_a_list_is_cut_and_says_so(wanted: exports.Format, tmp_path: Path) -> None:
    answer = exports.answer(table(ROWS), wanted, 3)
    data = body(answer)
    assert answer.headers["hazledger-cut"] == "3"
    whole = exports.answer(table(ROWS[:3]), wanted, 3)
    assert "hazledger-cut" not in whole.headers
    assert body(whole)
    if wanted == "parquet":
        path = tmp_path / "a.parquet"
        path.write_bytes(data)
        assert [(row[0], row[1]) for row in read(path)] == [(text, Decimal(mg) / 10**6) for text, mg, _ in ROWS[:3]]
    elif wanted == "csv":
        assert data.decode().splitlines()[-1] == "# 未完 / cut after 3 rows"
    else:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        assert len(rows) == 5
