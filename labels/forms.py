"""The forms in which labels go out: which there are, what each is called on the web, and labels made into a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from labels import raster, zpl
from labels.content import Label
from labels.layout import lay_out
from labels.sheets import pdf
from labels.svg import svg
from labels.words import Lang
from ledger.errors import FormatError

Format = Literal["pdf", "svg", "png", "zpl"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "png": "image/png",
    "zpl": "application/zpl",
}
MANY: Final = frozenset({"pdf", "zpl"})
"""Forms of which one file holds several labels."""


@dataclass(frozen=True, slots=True)
class Print:
    """How labels are printed. ``sheets``: on pages of A4 (PDF); ``dpi``: dots to an inch, None for what is usual."""

    format: Format = "pdf"
    size: str = "100x150"
    langs: tuple[Lang, ...] = ("zh", "en")
    sheets: bool = False
    dpi: int | None = None


def languages(text: str) -> tuple[Lang, ...]:
    """Return the languages of "zh,en". FormatError: another one, or one twice."""
    known: dict[str, Lang] = {"zh": "zh", "en": "en"}
    found = tuple(known[part] for part in text.split(",") if part in known)
    if len(found) != text.count(",") + 1 or len(set(found)) != len(found):
        raise FormatError("label_language_unknown", field="/lang")
    return found


def render(labels: Iterable[Label], how: Print) -> bytes:
    """Return labels as one file. FormatError: what is asked for does not exist, or a label does not fit its size.

    SVG and PNG show one label; of several only the first is shown.
    """
    drawings = (lay_out(label, how.size, how.langs) for label in labels)
    match how.format:
        case "pdf":
            return pdf(drawings, sheets=how.sheets)
        case "zpl":
            return zpl.zpl(drawings, how.dpi or zpl.DPI).encode("ascii")
        case "svg":
            return svg(next(drawings)).encode()
        case "png":
            return raster.png(next(drawings), how.dpi or raster.DPI)
