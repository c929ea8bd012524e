"""The QR symbol of an address, ISO/IEC 18004, at error correction level H, drawn as one SVG path."""

from collections.abc import Iterator
from typing import Final, Literal
from xml.sax.saxutils import escape

import qrcode
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_Q
from qrcode.util import QRData

from ledger.errors import FormatError

QUIET_ZONE: Final = 4
"""Modules of white on every side (ISO/IEC 18004, 5.3.8)."""
ALPHANUMERIC_MODE: Final = 2
"""What the library calls MODE_ALPHA_NUM."""
ALPHANUMERIC: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
MASK: Final = 2
"""The mask of labels, whatever they say: one of a run looks like the next, and a run is made eight times as fast."""
MAX_CHARACTERS: Final = {"H": 174, "Q": 352}
"""What version 10 holds at level H, 15 at Q: a longer text makes modules too fine for a drum label, for paper."""

Level = Literal["H", "Q"]
"""How much of a symbol may be lost: H about 30 %, for drums; Q about 25 %, for the long code of transport papers."""

_LEVELS: Final = {"H": ERROR_CORRECT_H, "Q": ERROR_CORRECT_Q}

Matrix = tuple[tuple[bool, ...], ...]


def matrix(text: str, *, mask: int | None = None, level: Level = "H") -> Matrix:
    """Return the modules of the symbol, rows from the top, True for dark, without the quiet zone.

    The mask is the one with the least penalty, as the standard asks. A caller that makes thousands may fix one of
    0 to 7: every mask is decodable, and the search for the best takes most of the time.
    FormatError: text that needs another mode than the alphanumeric, empty, or too long.
    """
    if not text or len(text) > MAX_CHARACTERS[level] or not ALPHANUMERIC.issuperset(text):
        raise FormatError("label_text_not_alphanumeric", params={"most": MAX_CHARACTERS[level]})
    code = qrcode.QRCode(error_correction=_LEVELS[level], border=0, mask_pattern=mask)
    code.add_data(QRData(text.encode("ascii"), mode=ALPHANUMERIC_MODE), optimize=0)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.modules)


def path(modules: Matrix, *, quiet_zone: int = QUIET_ZONE) -> str:
    """Return the path data of the dark modules, one rectangle for each run of a row, in units of modules."""
    return "".join(
        f"M{start + quiet_zone} {y + quiet_zone}h{length}v1h-{length}z"
        for y, row in enumerate(modules)
        for start, length in runs(row)
    )


def runs(row: tuple[bool, ...]) -> Iterator[tuple[int, int]]:
    """Yield start and length of each run of dark modules in a row."""
    x = 0
    while x < len(row):
        start = x
        while x < len(row) and row[x]:
            x += 1
        if x > start:
            yield start, x - start
        x += 1


def svg(text: str, *, title: str = "", size: str = "", mask: int | None = None) -> str:
    """Return the symbol of a text as an SVG document: white ground, one black path, quiet zone included.

    `size`: width and height as a CSS length ("25mm"), none to let the page decide. FormatError: as `matrix`.
    """
    modules = matrix(text, mask=mask)
    side = len(modules) + 2 * QUIET_ZONE
    measures = f' width="{escape(size)}" height="{escape(size)}"' if size else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"{measures} role="img" '
        f'shape-rendering="crispEdges"><title>{escape(title or text)}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path fill="#000" d="{path(modules)}"/></svg>'
    )
