"""Codes are read in pictures, and what is no picture is said to be none."""

import io

import pytest
from PIL import Image

from labels.reading import read_codes
from labels.symbol import matrix
from ledger.errors import FormatError

TEXT = "HTTPS://TRACE.EXAMPLE.CN/Q/7Q2M9XKD4TBW0HZ3"


def picture(
    *placed: tuple[str, int], size: tuple[int, int] = (960, 720), scale: int = 6, format: str = "JPEG"
) -> bytes:
    """A grey picture with codes, each at a distance from the left."""
    image = Image.new("L", size, 190)
    for text, left in placed:
        rows = matrix(text)
        code = Image.new("L", (len(rows) + 8, len(rows) + 8), 255)
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                code.putpixel((x + 4, y + 4), 0 if dark else 255)
        image.paste(code.resize((code.width * scale, code.height * scale), Image.Resampling.NEAREST), (left, 200))
    data = io.BytesIO()
    image.save(data, format)
    return data.getvalue()


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_a_code_is_read_in_a_frame(format: str) -> None:
    assert read_codes(picture((TEXT, 300), format=format)) == (TEXT,)


def test_a_large_photograph_is_read_as_well() -> None:
    assert read_codes(picture((TEXT, 1500), size=(4000, 3000), scale=16)) == (TEXT,)


def test_what_is_nearest_the_middle_comes_first() -> None:
    assert read_codes(picture(("HAZLEDGER:DO:MOVE", 20), (TEXT, 400))) == (TEXT, "HAZLEDGER:DO:MOVE")


def test_a_picture_without_a_code_has_none() -> None:
    assert read_codes(picture()) == ()


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff", picture()[:400], b"<svg/>"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError) as refused:
        read_codes(data)
    assert refused.value.code == "scan_image_unreadable"


def test_a_picture_of_too_many_pixels_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labels.reading.MOST_PIXELS", 1_000)
    with pytest.raises(FormatError, match="scan_image_unreadable"):
        read_codes(picture())
