"""Codes in pictures: camera frames and photographs, bounded in bytes by the caller and in pixels here.

A JPEG is decoded at a fraction of its size where it is large, so that a phone's photograph costs little more than a
frame. What is nearest the middle comes first: that is what somebody points at.
"""

import io
import warnings
from typing import Final

import zxingcpp
from PIL import Image

from ledger.errors import FormatError

MOST_PIXELS: Final = 60_000_000
WORKED_AT: Final = 1_600
"""The longer side, in pixels, at which a large picture is looked at first."""
MOST_CODES: Final = 8
FORMATS: Final = ("JPEG", "PNG")


def read_codes(data: bytes) -> tuple[str, ...]:
    """Return the texts of the codes in a JPEG or PNG, the nearest to the middle first. FormatError: no picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS or min(image.size) < 1:
                    raise _unreadable()
                image.draft("L", (WORKED_AT, WORKED_AT))
                grey = image.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _unreadable() from None
    if max(grey.size) > 2 * WORKED_AT:
        grey.thumbnail((2 * WORKED_AT, 2 * WORKED_AT))
    # Our own labels are looked for first, and found in a fifth of the time that both would take. The formats are made
    # at each call: kept for longer, the reader calls them leaked when the process ends.
    symbols = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix)
    sought = (zxingcpp.BarcodeFormats([symbol]) for symbol in symbols)
    found = next((codes for formats in sought if (codes := zxingcpp.read_barcodes(grey, formats=formats))), [])
    middle = (grey.width / 2, grey.height / 2)
    texts = [(_distance(code.position, middle), code.text) for code in found[:MOST_CODES] if code.text]
    return tuple(dict.fromkeys(text for _, text in sorted(texts)))


def _distance(position: "zxingcpp.Position", middle: tuple[float, float]) -> float:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    x, y = (sum(getattr(corner, axis) for corner in corners) / 4 for axis in ("x", "y"))
    return float((x - middle[0]) ** 2 + (y - middle[1]) ** 2)


def _unreadable() -> FormatError:
    return FormatError("scan_image_unreadable", None, {"pixels": MOST_PIXELS // 10_000})
