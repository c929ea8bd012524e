"""The one place that reads the bundled data files, and the readers of their two forms, CSV and JSON."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from ledger.errors import FormatError

LIST: Final = "tables.json"


@dataclass(frozen=True, slots=True)
class Table:
    """One bundled table: `name`, its `file`, the day from which it holds (YYYY-MM-DD) and its `source`."""

    name: str
    file: str
    effective: str
    source: str


def read(file: str) -> bytes:
    """Return the bytes of one bundled data file. FileNotFoundError: the package was not built whole."""
    return resources.files("ledger.reference").joinpath("data", file).read_bytes()


def tables(data: bytes) -> tuple[Table, ...]:
    """Return the list of tables that `tables.json` states, sorted by name."""
    return tuple(sorted((Table(**item) for item in parse_json(data, LIST)), key=lambda table: table.name))


def read_all(listed: Sequence[Table]) -> dict[str, bytes]:
    """Return the bytes of every listed table by its name."""
    return {table.name: read(table.file) for table in listed}


def malformed(table: str, place: str) -> FormatError:
    """Return the error for a table that does not have its form; `place` is a line, a code or a name."""
    return FormatError("reference_not_of_form", params={"table": table, "place": place})


def parse_json(data: bytes, table: str) -> Any:  # noqa: ANN401
    """Return the JSON value of `data`; decimal fractions stay text. FormatError: not JSON."""
    try:
        return json.loads(data, parse_float=str)
    except ValueError:
        raise malformed(table, "-") from None


def parse_csv(data: bytes, table: str, columns: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the rows under a header line that must name exactly `columns` (RFC 4180).

    FormatError: another header, a row of another width, or bytes that are not UTF-8.
    """
    try:
        lines = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
    except UnicodeDecodeError:
        raise malformed(table, "-") from None
    if next(lines, None) != list(columns):
        raise malformed(table, "1")
    for row in lines:
        if len(row) != len(columns):
            raise malformed(table, str(lines.line_num))
        yield row


def parse_texts(data: bytes, table: str, part: str) -> Mapping[str, str]:
    """Return the map of texts that stands under `part` of a JSON object."""
    found = parse_json(data, table)
    if not isinstance(found, dict) or not isinstance(found.get(part), dict):
        raise malformed(table, part)
    return {str(name): str(text) for name, text in found[part].items()}
