"""Small files that are what they say: a JPEG, a PNG, a PDF."""

import struct
import zlib

from ledger.services.photograph import JPEG, PDF, PNG


def jpeg(width: int = 40, height: int = 30, note: bytes = b"signed") -> bytes:
    """The frame of a baseline JPEG: a comment, a frame header, a scan, the end."""
    comment = b"\xff\xfe" + struct.pack(">H", len(note) + 2) + note
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\x01\x00\x00\x3f\x00" + b"\x55" * 32
    return b"\xff\xd8" + comment + frame + scan + b"\xff\xd9"


def png(width: int = 4, height: int = 3, note: bytes = b"signed") -> bytes:
    """A PNG that viewers show."""
    rows = (b"\x00" + b"\x80" * width) * height if width < 1_000 else b""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Comment\x00" + note),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pdf(note: bytes = b"signed") -> bytes:
    """The frame of a PDF."""
    return b"%PDF-1.7\n% " + note + b"\ntrailer\n<< >>\nstartxref\n9\n%%EOF\n"


ALL = {JPEG: jpeg(), PNG: png(), PDF: pdf()}
