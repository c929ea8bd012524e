"""Lists as files: CSV, XLSX or Parquet, written to disk row by row and then sent, so that memory stays small.

Texts are safe in a spreadsheet: in CSV what could begin a formula has an apostrophe before it, in XLSX a text is of
type text. A file that was cut says so: in its last row where it is for people, and in the header `hazledger-cut`.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Final, Literal

from starlette.responses import StreamingResponse

from api import csvfile, parquetfile, xlsxfile
from api.parquetfile import Kind, Value
from ledger.core.quantity import kg as kilograms
from ledger.core.times import format_recorded

Format = Literal["csv", "xlsx", "parquet"]
MOST_ROWS: Final = 100_000
CHUNK: Final = 64 * 1024
CUT: Final = "# 未完 / cut after {most} rows"

Row = Sequence[Value]
"""A value for each column: text, milligrams, epoch milliseconds (0: none), or a whole number."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its name for programs, its heading in both languages, and what it holds."""

    name: str
    zh: str
    en: str
    kind: Kind = "text"

    @property
    def heading(self) -> str:
        """Both languages, as every table of ours is headed."""
        return f"{self.zh} / {self.en}"


@dataclass(frozen=True, slots=True)
class Table:
    """A list to be written: `name` for the file, rows that are made as they are asked for."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]


class _Bounded:
    """Rows, no more than `most`; `cut`: there were more."""

    def __init__(self, rows: Iterable[Row], most: int) -> None:
        self._rows, self.most = rows, most
        self.cut = False

    def __iter__(self) -> Iterator[Row]:
        for number, row in enumerate(self._rows):
            if number >= self.most:
                self.cut = True
                return
            yield row


def answer(table: Table, wanted: Format, most: int = MOST_ROWS) -> StreamingResponse:
    """Write a list and return it as a file. Not for the event loop."""
    media_type, write = _FORMATS[wanted]
    file = TemporaryFile()  # noqa: SIM115 - closed when the answer has been sent
    try:
        rows = _Bounded(table.rows, most)
        write(file, table, rows)
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    headers = {
        "content-disposition": f'attachment; filename="hazledger-{table.name}.{wanted}"',
        "content-length": str(size),
        "cache-control": "private, no-store",
    }
    if rows.cut:
        headers["hazledger-cut"] = str(most)
    return StreamingResponse(_sent(file), 200, headers, media_type)


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(CHUNK):
            yield part


# --- formats ----------------------------------------------------------------------------------------------------------


def _shown(column: Column, value: Value) -> str:
    """A value for people: kilograms, an instant in UTC, a number; nothing where there is none."""
    if column.kind == "kg":
        return kilograms(int(value))
    if column.kind == "instant":
        return format_recorded(int(value)) if value else ""
    return str(value)


def _csv(file: IO[bytes], table: Table, rows: _Bounded) -> None:
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    text.write(csvfile.MARK)
    writer = csv.writer(text)
    writer.writerow([column.heading for column in table.columns])
    for row in rows:
        writer.writerow(
            [
                csvfile.safe(str(value)) if column.kind == "text" else _shown(column, value)
                for column, value in zip(table.columns, row, strict=True)
            ]
        )
    if rows.cut:
        writer.writerow([CUT.format(most=rows.most)])
    text.detach()


def _xlsx(file: IO[bytes], table: Table, rows: _Bounded) -> None:
    def cells() -> Iterator[Sequence[xlsxfile.Cell]]:
        yield [column.heading for column in table.columns]
        for row in rows:
            yield [_cell(column, value) for column, value in zip(table.columns, row, strict=True)]
        if rows.cut:
            yield [CUT.format(most=rows.most)]

    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        xlsxfile.stream(packed, table.name, len(table.columns), cells())


def _cell(column: Column, value: Value) -> xlsxfile.Cell:
    """Masses and numbers are numbers to a spreadsheet, all else is text."""
    if column.kind in {"kg", "whole"}:
        return xlsxfile.Number(_shown(column, value))
    return _shown(column, value)


def _parquet(file: IO[bytes], table: Table, rows: _Bounded) -> None:
    writer = parquetfile.Writer(file, [parquetfile.Column(column.name, column.kind) for column in table.columns])
    writer.add(rows)
    writer.close()


_FORMATS: Final[Mapping[Format, tuple[str, Callable[[IO[bytes], Table, _Bounded], None]]]] = {
    "csv": (csvfile.MEDIA_TYPE, _csv),
    "xlsx": (xlsxfile.MEDIA_TYPE, _xlsx),
    "parquet": (parquetfile.MEDIA_TYPE, _parquet),
}
