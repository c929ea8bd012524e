"""The first sheet of an XLSX workbook as rows of text, exactly as it was written, or not at all.

A workbook is a packed archive, so its bounds are checked before calamine unfolds it: the packed parts are unpacked
against a limit, and the sheet is walked once for its size, its formulas and its error values, which calamine would
show as plain values or blanks.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from ledger.errors import FormatError

MAX_UNPACKED: Final = 64 * 1024 * 1024
MAX_PARTS: Final = 400
EXACT_DIGITS: Final = 15
"""Decimal digits that a spreadsheet's number holds for certain (IEEE 754 binary64)."""

INEXACT: Final = "import_number_inexact"
FORMULA: Final = "import_formula"
ERROR: Final = "import_cell_error"

_CELL: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_CHUNK: Final = 1 << 16
_REL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_REL: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Marks = dict[tuple[int, int], str]


def read_sheet(body: bytes, most_rows: int, most_columns: int) -> Iterator[tuple[int, list[str], Mapping[int, str]]]:
    """Yield number, cells and flawed cells of each row. FormatError: broken, too large, beyond the bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            _check_unpacked(packed)
            marks = _walk(packed.read(_first_sheet(packed)), most_rows, most_columns)
        with CalamineWorkbook.from_filelike(io.BytesIO(body)) as workbook:
            rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, CalamineError, KeyError, EOFError, NotImplementedError, RuntimeError) as error:
        raise FormatError("import_workbook_broken", None, {"reason": str(error)[:200]}) from None
    except (expat.ExpatError, UnicodeError, ValueError) as error:
        raise FormatError("import_workbook_broken", None, {"reason": str(error)[:200]}) from None
    flawed: dict[int, dict[int, str]] = {}
    for (row, place), code in marks.items():
        flawed.setdefault(row, {})[place] = code
    for number, values in enumerate(rows, 1):
        flaws = flawed.get(number, {})
        cells = [_written(value) for value in values]
        flaws = {place: INEXACT for place, cell in enumerate(cells) if cell is None} | flaws
        width = max(len(cells), 1 + max(flaws, default=-1))
        yield number, [cell or "" for cell in cells] + [""] * (width - len(cells)), flaws


def _check_unpacked(packed: zipfile.ZipFile) -> None:
    """Unpack every part against a limit; what an archive says of its own sizes is not believed."""
    parts = packed.infolist()
    if len(parts) > MAX_PARTS:
        raise FormatError("import_workbook_too_large", None, {"limit": MAX_UNPACKED})
    left = MAX_UNPACKED
    for part in parts:
        with packed.open(part) as stream:
            while piece := stream.read(_CHUNK):
                left -= len(piece)
                if left < 0:
                    raise FormatError("import_workbook_too_large", None, {"limit": MAX_UNPACKED})


def _first_sheet(packed: zipfile.ZipFile) -> str:
    """The part that holds the first sheet of the workbook. ValueError: the first one is no worksheet."""
    named: list[str] = []
    targets: dict[str, str] = {}

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            named.extend(attributes[key] for key in (f"{_REL} id", f"{_STRICT_REL} id") if key in attributes)

    def relation(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship" and attributes["Type"].endswith("/worksheet"):
            targets[attributes["Id"]] = attributes["Target"]

    _parse(packed.read("xl/workbook.xml"), sheet)
    _parse(packed.read("xl/_rels/workbook.xml.rels"), relation)
    if not named or named[0] not in targets:
        message = "the first sheet holds no cells"
        raise ValueError(message)
    target = targets[named[0]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _parse(body: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    """Walk a part; a document type, with which entities come, is refused."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def no_type(*_parts: object) -> None:
        message = "the workbook carries a document type"
        raise ValueError(message)

    parser.StartDoctypeDeclHandler = no_type
    parser.StartElementHandler = start
    parser.Parse(body, True)


def _walk(body: bytes, most_rows: int, most_columns: int) -> Marks:
    """Flaws of cells by (row from 1, place from 0). FormatError: a cell with content lies beyond the bounds."""
    marks: Marks = {}
    at = (0, -1)
    row = 0
    kind: str | None = None

    def bound() -> None:
        if at[0] > most_rows:
            raise FormatError("import_too_many_rows", None, {"limit": most_rows})
        if at[1] >= most_columns:
            raise FormatError("import_too_many_columns", None, {"limit": most_columns})

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal at, row, kind
        match _local(name):
            case "row":
                row = int(attributes.get("r", row + 1))
                at = (row, -1)
            case "c":
                at = _place(attributes["r"]) if "r" in attributes else (row, at[1] + 1)
                kind = attributes.get("t")
            case "f":
                bound()
                marks[at] = FORMULA
            case "v" | "is":
                bound()
                if kind == "e":
                    marks.setdefault(at, ERROR)

    _parse(body, start)
    return marks


def _place(name: str) -> tuple[int, int]:
    found = _CELL.fullmatch(name)
    if found is None:
        message = f"no cell is called {name[:20]!r}"
        raise ValueError(message)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


def _written(value: Value) -> str | None:
    """A value as text; None for a number of more digits than a spreadsheet holds for certain."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def _number(value: float) -> str | None:
    """A number in digits. A float of at most 15 digits comes back exactly as it was typed; longer ones may not."""
    exact = Decimal(repr(value))
    if not exact.is_finite():
        return None
    digits = exact.normalize().as_tuple()
    if len(digits.digits) > EXACT_DIGITS or not -40 < int(digits.exponent) < 40:
        return None
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
