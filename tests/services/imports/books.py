"""XLSX workbooks made by hand, so that what stands in their bytes is known exactly."""

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
    "</Relationships>",
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
DAY = ' s="1"'


def text(value: str) -> str:
    return f't="inlineStr"><is><t>{value}</t></is>'


def number(value: str, style: str = "") -> str:
    return f"{style}><v>{value}</v>"


def formula(value: str, shown: str) -> str:
    return f"><f>{value}</f><v>{shown}</v>"


def error(value: str) -> str:
    return f't="e"><v>{value}</v>'


def rows_of(*rows: tuple[str, ...]) -> str:
    made = ""
    for at, row in enumerate(rows, 1):
        cells = "".join(f'<c r="{chr(65 + place)}{at}" {cell}</c>' for place, cell in enumerate(row) if cell)
        made += f'<row r="{at}">{cells}</row>'
    return made


def book(data: str, **parts: str) -> bytes:
    """A workbook whose first sheet has these rows; ``parts`` replace or add parts by name."""
    packed = io.BytesIO()
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'
    every = {**PARTS, "xl/worksheets/sheet1.xml": sheet, **parts}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in every.items():
            file.writestr(name, content)
    return packed.getvalue()
