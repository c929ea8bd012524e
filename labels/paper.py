"""Drawing on paper: one font with Chinese and Latin, millimetres from the top left, text that wraps, rules and codes.

Black on white carries all meaning. The file depends on its content alone: no clock, no chance.
"""

import functools
import io
import unicodedata
from collections.abc import Sequence
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from labels import fonts, symbol
from labels.symbol import Matrix

FONT: Final = "HazledgerSansSC"
LEADING: Final = 1.35
ASCENT: Final = 0.88
UNKNOWN: Final = "□"
_NOT_FIRST: Final = frozenset("，。、；：？！）》」』】”’％%,.;:?!)]}°℃")


def register() -> None:
    """Make the font known to reportlab."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        with fonts.file().open("rb") as file:
            pdfmetrics.registerFont(TTFont(FONT, io.BytesIO(file.read())))


@functools.cache
def _advance(character: str) -> float:
    """Return how far a character moves the pen, in millimetres for each point of size; the font does not kern."""
    register()
    return float(pdfmetrics.stringWidth(character, FONT, 1000)) / 1000 / mm


def width(text: str, size: float) -> float:
    """Return how wide a text is, in millimetres; ``size`` in points."""
    return sum(map(_advance, text)) * size


@functools.cache
def _letters() -> frozenset[int]:
    register()
    return frozenset(pdfmetrics.getFont(FONT).face.charToGlyph)  # type: ignore[attr-defined]


def legible(text: str) -> str:
    """Return a text with a box for each character that the font lacks: it must be seen that something stood there."""
    return "".join(letter if ord(letter) in _letters() else UNKNOWN for letter in text)


def _pieces(text: str) -> list[str]:
    """Split where a line may end: after each Chinese character, after each blank."""
    pieces: list[str] = []
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        fresh = not pieces or pieces[-1].endswith(" ") or wide or unicodedata.east_asian_width(pieces[-1][-1]) in "WF"
        if fresh and character not in _NOT_FIRST:
            pieces.append(character)
        elif pieces:
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def wrap(text: str, size: float, room: float) -> list[str]:
    """Return the lines of a text within ``room`` millimetres; a piece that is wider is broken where it must be."""
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for piece in _pieces(part):
            if line and width(line + piece.rstrip(), size) > room:
                lines.append(line.rstrip())
                line = ""
            line += piece
            while width(line.rstrip(), size) > room and len(line) > 1:
                cut = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or width(line[:n], size) <= room)
                lines.append(line[:cut])
                line = line[cut:]
        lines.append(line.rstrip())
    return lines


class Paper:
    """Pages of A4 in the making; ``bytes`` ends it."""

    def __init__(self, title: str, author: str) -> None:
        """Begin the first page."""
        register()
        self._buffer = io.BytesIO()
        self._canvas = Canvas(self._buffer, pagesize=A4, invariant=1, pageCompression=1, lang="zh-CN")
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self.wide, self.high = A4[0] / mm, A4[1] / mm

    def attach(self, name: str, media_type: str, content: bytes) -> None:
        """Attach a file to the document, as it is: not compressed, so that its bytes can be found without a reader."""
        document = self._canvas._doc  # type: ignore[attr-defined]  # noqa: SLF001 - reportlab has no other way to a document's catalogue
        stream = pdfdoc.PDFStream(content=content, filters=[])
        stream.dictionary["Type"] = pdfdoc.PDFName("EmbeddedFile")
        stream.dictionary["Subtype"] = pdfdoc.PDFName(media_type)
        spec = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Filespec"),
                "F": pdfdoc.PDFString(name),
                "UF": pdfdoc.PDFString(name),
                "AFRelationship": pdfdoc.PDFName("Data"),
                "EF": pdfdoc.PDFDictionary({"F": document.Reference(stream)}),
            }
        )
        names = pdfdoc.PDFDictionary({"Names": pdfdoc.PDFArray([pdfdoc.PDFString(name), document.Reference(spec)])})
        document.Catalog.Names = pdfdoc.PDFDictionary({"EmbeddedFiles": names})

    def page(self) -> None:
        """Begin the next page."""
        self._canvas.showPage()

    def bytes(self) -> bytes:
        """Return the file."""
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    def text(self, x: float, y: float, text: str, size: float, *, bold: bool = False, grey: float = 0.0) -> None:
        """Write one line whose top is at ``y``; bold is drawn by a stroke around the letters."""
        written = self._canvas.beginText(x * mm, (self.high - y) * mm - size * ASCENT)
        written.setFont(FONT, size)
        written.setFillGray(grey)
        if bold:
            self._canvas.setStrokeGray(grey)
            self._canvas.setLineWidth(size / 36)
        written.setTextRenderMode(2 if bold else 0)
        written.textOut(text)
        written.setTextRenderMode(0)
        self._canvas.drawText(written)

    def right(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        """Write one line that ends at ``x``."""
        self.text(x - width(text, size), y, text, size, bold=bold)

    def block(
        self, x: float, y: float, text: str, size: float, room: float, *, bold: bool = False, grey: float = 0.0
    ) -> float:
        """Write wrapped text; return where it ends, in millimetres from the top."""
        for line in wrap(text, size, room):
            self.text(x, y, line, size, bold=bold, grey=grey)
            y += size * LEADING / 72 * 25.4
        return y

    def rule(self, x: float, y: float, x2: float, y2: float, *, points: float = 0.5, grey: float = 0.0) -> None:
        """Draw a line."""
        self._canvas.setStrokeGray(grey)
        self._canvas.setLineWidth(points)
        self._canvas.line(x * mm, (self.high - y) * mm, x2 * mm, (self.high - y2) * mm)

    def frame(self, x: float, y: float, wide: float, high: float, *, points: float = 0.8) -> None:
        """Draw a rectangle."""
        self._canvas.setStrokeGray(0)
        self._canvas.setLineWidth(points)
        self._canvas.rect(x * mm, (self.high - y - high) * mm, wide * mm, high * mm)

    def fill(self, x: float, y: float, wide: float, high: float, *, grey: float) -> None:
        """Fill a rectangle."""
        self._canvas.setFillGray(grey)
        self._canvas.rect(x * mm, (self.high - y - high) * mm, wide * mm, high * mm, stroke=0, fill=1)

    def code(self, x: float, y: float, side: float, modules: Matrix) -> None:
        """Draw a QR symbol with its quiet zone into a square; runs of modules as one rectangle each."""
        step = side / (len(modules) + 2 * symbol.QUIET_ZONE)
        path = self._canvas.beginPath()
        for row, line in enumerate(modules):
            for start, length in symbol.runs(line):
                left = x + (start + symbol.QUIET_ZONE) * step
                top = y + (row + symbol.QUIET_ZONE) * step
                path.rect(left * mm, (self.high - top - step) * mm, length * step * mm, step * mm)
        self._canvas.setFillGray(0)
        self._canvas.drawPath(path, stroke=0, fill=1)


def columns(total: float, shares: Sequence[float]) -> list[float]:
    """Return widths in proportion to the shares."""
    return [total * share / sum(shares) for share in shares]
