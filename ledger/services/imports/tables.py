"""Bytes of a file to rows of text, within bounds. What stands in the cells is judged later, cell by cell."""

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ledger.core.canonical import encode
from ledger.errors import FormatError
from ledger.services.imports.columns import KINDS, Column, Kind
from ledger.services.imports.sheets import read_sheet

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_BYTES: Final = 5 * 1024 * 1024
MAX_ROWS: Final = 5_000
MAX_COLUMNS: Final = 60
MAX_CELL: Final = 2_000
MAX_LINES: Final = 2 * MAX_ROWS
"""Lines with the blank ones and the comments among them."""

DELIMITERS: Final = ",;\t"
COMMENT: Final = "#"

Faults = Mapping[int, str]
"""Place of a cell in its row -> code of what is wrong with it as a cell, whatever it says."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number as a spreadsheet counts, its cells by key of the column, and flaws of cells by key."""

    number: int
    cells: Mapping[str, str]
    flaws: Mapping[str, str] = field(default_factory=dict)
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says. ``ignored``: headings that no column bears; ``comments``: rows that begin with #."""

    kind: Kind
    digest: bytes
    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    rows: tuple[Row, ...]
    comments: int = 0


def read(kind: Kind, body: bytes, media_type: str) -> Table:
    """Return the table in a file. FormatError: too large, not readable, headings missing or doubled."""
    if len(body) > MAX_BYTES:
        raise FormatError("body_too_large", None, {"limit": MAX_BYTES})
    digest = hashlib.sha256(body).digest()
    if media_type == XLSX or body.startswith(b"PK\x03\x04"):
        lines = [(number, cells, flaws) for number, cells, flaws in read_sheet(body, MAX_LINES, MAX_COLUMNS)]
    else:
        lines = [(number, cells, {}) for number, cells in _csv_lines(kind, _decoded(body))]
    return _table(kind, digest, lines)


def single(kind: Kind, cells: Mapping[str, str]) -> Table:
    """Return the table of one row with these cells by key of their column; the same cells make the same table.

    FormatError: a cell is too long, or there is none.
    """
    texts = {item.key: text for item in KINDS[kind] if (text := _text(cells.get(item.key, "")))}
    if not texts:
        raise FormatError("import_empty")
    if any(len(text) > MAX_CELL for text in texts.values()):
        raise FormatError("import_cell_too_long", None, {"row": 1, "limit": MAX_CELL})
    keys = tuple(item.key for item in KINDS[kind])
    return Table(kind, hashlib.sha256(encode(dict(texts))).digest(), keys, (), (Row(1, texts),))


def _decoded(body: bytes) -> str:
    """UTF-8 with or without its mark, else GB18030; nothing is guessed beyond these."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FormatError("import_encoding_unknown")


def _csv_lines(kind: Kind, text: str) -> Iterable[tuple[int, list[str]]]:
    """The records under the delimiter that makes most sense of the headings; lines count as in a spreadsheet."""
    known = _headings(kind)
    best = max(DELIMITERS, key=lambda mark: sum(_plain(cell) in known for cell in _first(text, mark)))
    number = 0
    try:
        for number, cells in enumerate(_reader(text, best), 1):
            if number > MAX_LINES:
                raise FormatError("import_too_many_rows", None, {"limit": MAX_ROWS})
            yield number, cells
    except csv.Error as error:
        raise FormatError("import_csv_broken", None, {"row": number + 1, "reason": str(error)}) from None


def _reader(text: str, delimiter: str) -> Iterable[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _first(text: str, delimiter: str) -> list[str]:
    """The headings, as this delimiter would have them."""
    try:
        return next((cells for cells in _reader(text, delimiter) if _filled(cells)), [])
    except csv.Error:
        return []


def _filled(cells: Sequence[str]) -> bool:
    return any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith(COMMENT)


def _table(kind: Kind, digest: bytes, lines: Iterable[tuple[int, list[str], Faults]]) -> Table:
    columns: tuple[Column | None, ...] | None = None
    ignored: tuple[str, ...] = ()
    rows: list[Row] = []
    comments = 0
    for number, cells, flaws in lines:
        if any(len(cell) > MAX_CELL for cell in cells):
            raise FormatError("import_cell_too_long", None, {"row": number, "limit": MAX_CELL})
        if not _filled(cells) and not flaws:
            comments += bool(cells and cells[0].strip())
        elif columns is None:
            columns, ignored = _columns(kind, cells)
        elif len(rows) == MAX_ROWS:
            raise FormatError("import_too_many_rows", None, {"limit": MAX_ROWS})
        else:
            rows.append(_row(number, cells, flaws, columns))
    if columns is None or not rows:
        raise FormatError("import_empty")
    keys = tuple(item.key for item in columns if item is not None)
    return Table(kind, digest, keys, ignored, tuple(rows), comments)


def _row(number: int, cells: Sequence[str], flaws: Faults, columns: Sequence[Column | None]) -> Row:
    placed = [(item.key, place) for place, item in enumerate(columns) if item is not None]
    texts = {key: _text(cells[place]) for key, place in placed if place < len(cells) and cells[place].strip()}
    wrong = {key: flaws[place] for key, place in placed if place in flaws}
    return Row(number, texts, wrong, beyond=any(cell.strip() for cell in cells[len(columns) :]))


def _text(cell: str) -> str:
    """A cell without outer space, in the one form of composed letters that the ledger takes."""
    return unicodedata.normalize("NFC", cell.strip())


# --- headings -----------------------------------------------------------------------------------------------------


def _columns(kind: Kind, cells: Sequence[str]) -> tuple[tuple[Column | None, ...], tuple[str, ...]]:
    """Which column each cell of the heading is, None for those that no column bears, and what these say."""
    if len(cells) > MAX_COLUMNS:
        raise FormatError("import_too_many_columns", None, {"limit": MAX_COLUMNS})
    known = _headings(kind)
    found = tuple(known.get(_plain(cell)) for cell in cells)
    named = [item for item in found if item is not None]
    for item in named:
        if named.count(item) > 1:
            raise FormatError("import_column_twice", f"/columns/{item.key}", _names(item))
    for item in KINDS[kind]:
        if item.required and item not in named:
            raise FormatError("import_column_missing", f"/columns/{item.key}", _names(item))
    ignored = tuple(_text(cell) for cell, item in zip(cells, found, strict=True) if item is None and cell.strip())
    return found, ignored


def _names(item: Column) -> dict[str, str | int]:
    return {"zh": item.zh, "en": item.en}


def _headings(kind: Kind) -> Mapping[str, Column]:
    """Every spelling under which a column of a kind is known."""
    return {
        _plain(name): item for item in KINDS[kind] for name in (*item.aliases, item.key, item.zh, item.en, item.heading)
    }


def _plain(heading: str) -> str:
    """A heading without what people write differently: case, width, spaces, marks."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(letter for letter in folded if letter.isalnum() or letter == "%")
