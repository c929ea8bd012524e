"""What a photographed paper is, told by its bytes: JPEG (ITU-T T.81), PNG (RFC 2083) or PDF (ISO 32000-1).

Only the frame is read: markers and chunks from the first to the last byte, and how many pixels a viewer would have to
make room for. Nothing is decoded.
"""

import struct
from typing import Final

from ledger.errors import FormatError

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
PDF: Final = "application/pdf"
MEDIA_TYPES: Final = (JPEG, PNG, PDF)
EXTENSIONS: Final = {JPEG: "jpg", PNG: "png", PDF: "pdf"}
MOST_PIXELS: Final = 100_000_000

_PNG_BEGIN: Final = b"\x89PNG\r\n\x1a\n"
_PNG_END: Final = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_MOST_PARTS: Final = 100_000
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TRAILER: Final = 1_024


def media_type(content: bytes) -> str:
    """Return the media type of a paper. FormatError `paper_not_of_type`, `paper_too_many_pixels`."""
    if content.startswith(b"\xff\xd8\xff"):
        return _checked(JPEG, _jpeg(content))
    if content.startswith(_PNG_BEGIN):
        return _checked(PNG, _png(content))
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-_TRAILER:]:
        return PDF
    raise _other()


def _checked(kind: str, size: tuple[int, int]) -> str:
    width, height = size
    if width * height > MOST_PIXELS:
        raise FormatError("paper_too_many_pixels", None, {"width": width, "height": height, "most": MOST_PIXELS})
    if not width or not height:
        raise _other()
    return kind


def _jpeg(content: bytes) -> tuple[int, int]:
    """Walk the segments before the first scan; the frame header among them says how large the picture is."""
    at, size = 2, (0, 0)
    for _ in range(_MOST_PARTS):
        head = content[at : at + 4]
        if len(head) < 4 or head[0] != 0xFF:
            raise _other()
        marker, length = head[1], int.from_bytes(head[2:4], "big")
        if length < 2:
            raise _other()
        if marker in _FRAMES and length >= 8:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9].ljust(4, b"\0"))
            size = (width, height)
        at += 2 + length
        if marker == 0xDA:
            break
    if b"\xff\xd9" not in content[max(at, len(content) - 64 * 1024) :]:
        raise _other()
    return size


def _png(content: bytes) -> tuple[int, int]:
    """Walk the chunks from the header to the end, after which nothing follows."""
    if content[12:16] != b"IHDR" or not content.endswith(_PNG_END):
        raise _other()
    at = len(_PNG_BEGIN)
    for _ in range(_MOST_PARTS):
        at += 12 + int.from_bytes(content[at : at + 4], "big")
        if at >= len(content):
            break
    if at != len(content):
        raise _other()
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _other() -> FormatError:
    return FormatError("paper_not_of_type", None, {"expected": "JPEG, PNG, PDF"})
