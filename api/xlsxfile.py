"""XLSX for people's spreadsheets (ECMA-376): texts are inline strings, so that no code loses its zeros.

Their cells are of the form `@`: a spreadsheet neither turns 1789 into a number nor runs a formula. Lists that are
written row by row (`stream`) hold numbers, too, where a column is one.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from starlette.responses import Response

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TEXT, _BOLD, _PLAIN = 0, 1, 2
MOST_LIST: Final = 255
"""Letters that the list of a drop-down may have in a workbook."""
_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE9E7E0"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"'
    ' applyFill="1" applyAlignment="1"><alignment wrapText="1" vertical="top"/></xf>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, rows of text, the first of them the headings; `choices`: column from 0 -> its drop-down."""

    name: str
    rows: Sequence[Sequence[str]]
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)


def written(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook. The same sheets come to the same bytes."""
    parts = _around([sheet.name for sheet in sheets])
    parts |= {f"xl/worksheets/sheet{n}.xml": _sheet(sheet) for n, sheet in enumerate(sheets, 1)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


class Number(str):
    """A cell that is a number: its decimal text."""

    __slots__ = ()


Cell = str | Number
STREAMED_WIDTH: Final = 22


def stream(packed: zipfile.ZipFile, name: str, columns: int, rows: Iterable[Sequence[Cell]]) -> None:
    """Write a workbook of one sheet row by row; the first row is the headings."""
    for part, content in _around([name]).items():
        packed.writestr(zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED)
    sheet = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
    sheet.compress_type = zipfile.ZIP_DEFLATED
    widths = f'<col min="1" max="{columns}" width="{STREAMED_WIDTH}" style="{_TEXT}" customWidth="1"/>'
    with packed.open(sheet, "w", force_zip64=True) as file:
        file.write(_opening(widths).encode())
        for number, row in enumerate(rows, 1):
            file.write(_row(number, row).encode())
        file.write(b"</sheetData></worksheet>")


def _around(names: Sequence[str]) -> dict[str, str]:
    """The parts of a workbook beside its sheets."""
    numbers = range(1, len(names) + 1)
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_OFFICE}.styles+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_OFFICE}.worksheet+xml"/>' for n in numbers
        )
        + "</Types>",
        "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>'
        + "".join(
            f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
            for n, name in zip(numbers, names, strict=True)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
            + [(f"rId{len(names) + 1}", "styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
    }


def answer(name: str, sheets: Sequence[Sheet], *, cache: str = "private, no-store") -> Response:
    """Return a workbook as a file to keep under a name."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": cache}
    return Response(written(sheets), 200, headers, MEDIA_TYPE)


def _relations(found: Sequence[tuple[str, str, str]]) -> str:
    items = "".join(f'<Relationship Id="{id}" Type="{_REL}/{kind}" Target="{at}"/>' for id, kind, at in found)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def _sheet(sheet: Sheet) -> str:
    width = max(len(row) for row in sheet.rows)
    columns = "".join(
        f'<col min="{at + 1}" max="{at + 1}" width="{_width(sheet, at)}" style="{_TEXT}" customWidth="1"/>'
        for at in range(width)
    )
    rows = "".join(_row(number, row) for number, row in enumerate(sheet.rows, 1))
    return f"{_opening(columns)}{rows}</sheetData>{_drop_downs(sheet.choices)}</worksheet>"


def _opening(columns: str) -> str:
    """The begin of a sheet, with its headings kept in sight."""
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    )


def _width(sheet: Sheet, at: int) -> int:
    """Room for the longest text of a column; a Chinese character is as wide as two letters."""
    texts = [row[at] for row in sheet.rows if at < len(row)]
    return min(60, max(12, 2 + max(sum(2 if ord(letter) > 0x2E80 else 1 for letter in text) for text in texts)))


def _row(number: int, row: Sequence[str]) -> str:
    style = _BOLD if number == 1 else _TEXT
    cells = "".join(_cell(f"{_letters(at)}{number}", style, text) for at, text in enumerate(row) if text)
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, style: int, text: Cell) -> str:
    if isinstance(text, Number):
        return f'<c r="{place}" s="{_PLAIN}"><v>{text}</v></c>'
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _drop_downs(choices: Mapping[int, Sequence[str]]) -> str:
    """Lists to choose from; what is typed instead is taken too."""
    lists = {at: ",".join(words) for at, words in choices.items()}
    items = [
        f'<dataValidation type="list" allowBlank="1" showErrorMessage="0" sqref="{_letters(at)}2:{_letters(at)}10000">'
        f"<formula1>{escape(chr(34) + text + chr(34))}</formula1></dataValidation>"
        for at, text in lists.items()
        if len(text) <= MOST_LIST
    ]
    return f'<dataValidations count="{len(items)}">{"".join(items)}</dataValidations>' if items else ""


def _letters(at: int) -> str:
    """Return what a spreadsheet calls a column: 0 is A, 26 is AA."""
    name = ""
    while at >= 0:
        name = chr(65 + at % 26) + name
        at = at // 26 - 1
    return name
