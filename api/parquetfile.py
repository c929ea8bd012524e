"""Apache Parquet as plain as it can be: version 1, required columns, plain encoding, one page a column and row group.

Any reader takes it (a test reads it back with DuckDB). Texts are UTF-8; masses decimals of 18 digits, six of them
behind the point, in kilograms; instants UTC timestamps of milliseconds. Nothing is compressed. The format is that of
apache/parquet-format 2.x, its headers in Thrift's compact protocol.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Final, Literal

MEDIA_TYPE: Final = "application/vnd.apache.parquet"
MAGIC: Final = b"PAR1"
ROWS: Final = 10_000
"""Rows of a row group: what is held in memory."""

Kind = Literal["text", "kg", "instant", "whole"]
Value = str | int

# Thrift's compact types, and Parquet's enumerations.
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12
_INT64, _BYTE_ARRAY = 2, 6
_UTF8, _DECIMAL, _TIMESTAMP_MILLIS = 0, 5, 9
_PLAIN, _RLE = 0, 3
_REQUIRED, _UNCOMPRESSED, _DATA_PAGE = 0, 0, 0
_DIGITS, _SCALE = 18, 6
_SHORT_LIST: Final = 15


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the file, and what it holds: text, milligrams, epoch milliseconds or whole numbers."""

    name: str
    kind: Kind = "text"

    @property
    def physical(self) -> int:
        """Parquet's type of its values."""
        return _BYTE_ARRAY if self.kind == "text" else _INT64


Field = tuple[int, int, bytes]
"""A field of a Thrift struct: number, type, bytes of the value."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    column: Column
    offset: int
    size: int


class Writer:
    """Writes rows to a file that need not be able to seek; ``close`` makes it a Parquet file."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        """Begin the file."""
        self._file, self._columns = file, tuple(columns)
        self._at = file.write(MAGIC)
        self._rows: list[Sequence[Value]] = []
        self._groups: list[tuple[int, list[_Chunk]]] = []

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        """Take rows, each a value for every column in order."""
        for row in rows:
            self._rows.append(row)
            if len(self._rows) >= ROWS:
                self._flush()

    def close(self) -> None:
        """Write what is left, and the end of the file. The file itself stays open."""
        if self._rows:
            self._flush()
        footer = _metadata(self._columns, self._groups)
        self._file.write(footer + struct.pack("<I", len(footer)) + MAGIC)

    def _flush(self) -> None:
        chunks = []
        for place, column in enumerate(self._columns):
            data = _values(column, [row[place] for row in self._rows])
            header = _page_header(len(data), len(self._rows))
            chunks.append(_Chunk(column, self._at, len(header) + len(data)))
            self._at += self._file.write(header + data)
        self._groups.append((len(self._rows), chunks))
        self._rows = []


def _values(column: Column, values: Sequence[Value]) -> bytes:
    """Plain encoding: whole numbers in 8 bytes, texts after their length in 4, little end first."""
    if column.kind != "text":
        return struct.pack(f"<{len(values)}q", *values)
    encoded = [str(value).encode() for value in values]
    return b"".join(struct.pack("<I", len(text)) + text for text in encoded)


# --- headers ----------------------------------------------------------------------------------------------------------


def _page_header(size: int, rows: int) -> bytes:
    data = _struct([_int(1, rows), _int(2, _PLAIN), _int(3, _RLE), _int(4, _RLE)])
    return _struct([_int(1, _DATA_PAGE), _int(2, size), _int(3, size), (5, _STRUCT, data)])


def _metadata(columns: Sequence[Column], groups: Sequence[tuple[int, list[_Chunk]]]) -> bytes:
    root = _struct([_text(4, "rows"), _int(5, len(columns))])
    schema = _list(_STRUCT, [root, *map(_element, columns)])
    total = sum(rows for rows, _ in groups)
    told = _list(_STRUCT, [_group(rows, chunks) for rows, chunks in groups])
    fields = [_int(1, 1), (2, _LIST, schema), _long(3, total), (4, _LIST, told), _text(6, "hazledger")]
    return _struct(fields)


def _element(column: Column) -> bytes:
    fields = [_int(1, column.physical), _int(3, _REQUIRED), _text(4, column.name)]
    if column.kind == "text":
        fields.append(_int(6, _UTF8))
    elif column.kind == "kg":
        fields += [_int(6, _DECIMAL), _int(7, _SCALE), _int(8, _DIGITS)]
    elif column.kind == "instant":
        fields.append(_int(6, _TIMESTAMP_MILLIS))
    return _struct(fields)


def _group(rows: int, chunks: Sequence[_Chunk]) -> bytes:
    columns = _list(_STRUCT, [_column(rows, chunk) for chunk in chunks])
    return _struct([(1, _LIST, columns), _long(2, sum(chunk.size for chunk in chunks)), _long(3, rows)])


def _column(rows: int, chunk: _Chunk) -> bytes:
    name = _varint(len(chunk.column.name.encode())) + chunk.column.name.encode()
    meta = _struct(
        [
            _int(1, chunk.column.physical),
            (2, _LIST, _list(_I32, [_varint(_zigzag(_PLAIN))])),
            (3, _LIST, _list(_BINARY, [name])),
            _int(4, _UNCOMPRESSED),
            _long(5, rows),
            _long(6, chunk.size),
            _long(7, chunk.size),
            _long(9, chunk.offset),
        ]
    )
    return _struct([_long(2, chunk.offset), (3, _STRUCT, meta)])


# --- Thrift's compact protocol ----------------------------------------------------------------------------------------


def _struct(fields: Sequence[Field]) -> bytes:
    """Fields in ascending order, each with the step from the one before in its head; steps here are below 16."""
    out, last = bytearray(), 0
    for number, kind, value in fields:
        out.append((number - last) << 4 | kind)
        out += value
        last = number
    return bytes(out) + b"\0"


def _int(number: int, value: int) -> Field:
    return number, _I32, _varint(_zigzag(value))


def _long(number: int, value: int) -> Field:
    return number, _I64, _varint(_zigzag(value))


def _text(number: int, value: str) -> Field:
    encoded = value.encode()
    return number, _BINARY, _varint(len(encoded)) + encoded


def _list(kind: int, items: Sequence[bytes]) -> bytes:
    head = bytes([len(items) << 4 | kind]) if len(items) < _SHORT_LIST else bytes([0xF0 | kind]) + _varint(len(items))
    return head + b"".join(items)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
