"""Files to rows: encodings, delimiters, bounds, and numbers of spreadsheets."""

import pytest

from ledger.errors import FormatError
from ledger.services.imports.tables import CSV, MAX_BYTES, MAX_CELL, MAX_ROWS, XLSX, Table, read
from tests.services.imports.books import DAY, book, error, formula, number, rows_of, text

HEAD = "容器编号,容器类型,皮重（千克）\n"
LINE = "钢瓶-01,气瓶,18.5\n"


def cells(table: Table) -> list[dict[str, str]]:
    return [dict(row.cells) for row in table.rows]


def code(body: bytes, media_type: str = CSV) -> FormatError:
    with pytest.raises(FormatError) as caught:
        read("containers", body, media_type)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_usual_encodings_are_read(encoding: str) -> None:
    table = read("containers", (HEAD + LINE).encode(encoding), CSV)
    assert cells(table) == [{"serial": "钢瓶-01", "kind": "气瓶", "tare_kg": "18.5"}]
    assert table.rows[0].number == 2


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_the_delimiter_is_the_one_under_which_the_headings_are_known(delimiter: str) -> None:
    body = f"serial{delimiter}kind{delimiter}Tare (kg)\r\nA-1{delimiter}drum{delimiter}18.5\r\n".encode()
    assert cells(read("containers", body, CSV)) == [{"serial": "A-1", "kind": "drum", "tare_kg": "18.5"}]


def test_headings_are_known_in_both_languages_whatever_their_case_and_marks() -> None:
    for heading in ("Container number", "CONTAINER_NUMBER", "容器编号 / Container number *", "编 号", "ＳＥＲＩＡＬ"):
        assert read("containers", f"{heading},kind\nA,drum\n".encode(), CSV).columns == ("serial", "kind")


def test_rows_count_as_in_a_spreadsheet_and_comments_are_left_out() -> None:
    body = b'# note\nserial,kind\n\n#A-0,drum\n"A-1\n",drum\nA-2,drum\n'
    table = read("containers", body, CSV)
    assert [row.number for row in table.rows] == [5, 6]
    assert table.comments == 2


def test_what_no_column_bears_is_told_and_left_out() -> None:
    table = read("containers", b"serial,kind,Colour\nA,drum,blue\n", CSV)
    assert table.ignored == ("Colour",)
    assert cells(table) == [{"serial": "A", "kind": "drum"}]


def test_text_comes_composed() -> None:
    assert cells(read("containers", "serial,kind\nCafe\u0301,drum\n".encode(), CSV))[0]["serial"] == "Caf\u00e9"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"serial,kind,serial\nA,drum,B\n", "import_column_twice"),
        ("编号,容器编号,kind\nA,B,drum\n".encode(), "import_column_twice"),
        (b"serial,tare_kg\nA,1\n", "import_column_missing"),
        (b"serial,kind\n", "import_empty"),
        (b"", "import_empty"),
        (b'serial,kind\n"A,drum\n', "import_csv_broken"),
        (b'serial,kind\n"A"B,drum\n', "import_csv_broken"),
        (b"serial,kind\n\xff\xff,drum\n", "import_encoding_unknown"),
        ("serial,kind\nA,drum\n".encode("utf-16"), "import_encoding_unknown"),
        (b"serial,kind\n" + b"A" * (MAX_CELL + 1) + b",drum\n", "import_cell_too_long"),
        (b"serial,kind" + b",x" * 60 + b"\nA,drum\n", "import_too_many_columns"),
        (b"\n" * MAX_BYTES + b"a", "body_too_large"),
    ],
)
def test_what_is_no_table_is_refused(body: bytes, expected: str) -> None:
    assert code(body).code == expected


def test_a_missing_column_is_named_in_both_languages() -> None:
    found = code(b"serial,tare_kg\nA,1\n")
    assert (found.field, found.params) == ("/columns/kind", {"zh": "容器类型", "en": "Container kind"})


def test_six_thousand_rows_are_refused_and_five_thousand_taken() -> None:
    def lines(count: int) -> bytes:
        return b"serial,kind\n" + b"".join(b"A-%d,drum\n" % at for at in range(count))

    assert code(lines(6_000)).code == "import_too_many_rows"
    assert len(read("containers", lines(MAX_ROWS), CSV).rows) == MAX_ROWS


# --- XLSX -------------------------------------------------------------------------------------------------------------

HEADS = (text("serial"), text("kind"), text("tare_kg"), text("inspection_due"))


def sheet(*cells_of: str) -> bytes:
    return book(rows_of(HEADS, cells_of))


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("1e3", "1000"),
        ("0.1", "0.1"),
        ("1E-3", "0.001"),
        ("18.5", "18.5"),
        ("0.10000000000000001", "0.1"),
        ("123456789.123456", "123456789.123456"),
        ("7", "7"),
        ("-0", "0"),
    ],
)
def test_numbers_of_a_workbook_come_exactly_as_they_were_typed(stored: str, expected: str) -> None:
    table = read("containers", sheet(text("A"), text("drum"), number(stored)), XLSX)
    assert table.rows[0].cells["tare_kg"] == expected
    assert not table.rows[0].flaws


@pytest.mark.parametrize("stored", ["0.30000000000000004", "12345678901234567", "1e300"])
def test_numbers_that_a_spreadsheet_does_not_hold_exactly_are_flawed(stored: str) -> None:
    table = read("containers", sheet(text("A"), text("drum"), number(stored)), XLSX)
    assert table.rows[0].flaws == {"tare_kg": "import_number_inexact"}


def test_formulas_and_error_values_are_flawed_and_dates_are_days() -> None:
    body = sheet(formula('"A"&amp;1', "A1"), text("drum"), error("#N/A"), number("46000", DAY))
    row = read("containers", body, XLSX).rows[0]
    assert row.flaws == {"serial": "import_formula", "tare_kg": "import_cell_error"}
    assert row.cells["inspection_due"] == "2025-12-09"


def test_a_formula_without_a_shown_value_is_flawed_even_past_the_last_cell() -> None:
    body = book(rows_of(HEADS, (text("A"), text("drum"), "><f>1+1</f>")))
    assert read("containers", body, XLSX).rows[0].flaws == {"tare_kg": "import_formula"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"PK\x03\x04 nothing", "import_workbook_broken"),
        (b"serial,kind\nA,drum\n", "import_workbook_broken"),
        (book('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "import_too_many_rows"),
        (book('<row r="1"><c r="XFD1"><v>1</v></c></row>'), "import_too_many_columns"),
        (book('<row r="1"><c r="A0x"><v>1</v></c></row>'), "import_workbook_broken"),
        (book("", **{"xl/media/big": "0" * (65 * 1024 * 1024)}), "import_workbook_too_large"),
        (book("", **{"xl/workbook.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><workbook/>"}), "import_workbook_broken"),
        (book("", **{"xl/workbook.xml": "<workbook/>"}), "import_workbook_broken"),
        (book(""), "import_empty"),
    ],
    ids=["zip", "csv", "rows", "columns", "place", "bomb", "entities", "sheetless", "empty"],
)
def test_workbooks_beyond_the_bounds_are_refused(body: bytes, expected: str) -> None:
    assert code(body, XLSX).code == expected
