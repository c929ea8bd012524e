"""CSV for people's spreadsheets: UTF-8 with its mark, and no cell that a spreadsheet would run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from starlette.responses import Response

MARK: Final = "\ufeff"
MEDIA_TYPE: Final = "text/csv; charset=utf-8"
RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(cell: str) -> str:
    """Return a cell that a spreadsheet shows as text: what could begin a formula has an apostrophe before it."""
    return f"'{cell}" if cell.lstrip(" ").startswith(RISKY) else cell


def written(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as a file, each cell made safe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return (MARK + text.getvalue()).encode()


def answer(name: str, rows: Iterable[Sequence[str]], *, cache: str = "private, no-store") -> Response:
    """Return rows as a file to keep under a name."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": cache}
    return Response(written(rows), 200, headers, MEDIA_TYPE)
