"""What a photograph is, is told by its bytes: every kind, every cut, every lie."""

import pytest

from ledger.errors import FormatError
from ledger.services.photograph import JPEG, MOST_PIXELS, PDF, PNG, media_type
from tests.support.photos import ALL, jpeg, pdf, png


@pytest.mark.parametrize("kind", [JPEG, PNG, PDF])
def test_what_a_file_is_stands_in_its_bytes(kind: str) -> None:
    assert media_type(ALL[kind]) == kind


@pytest.mark.parametrize("kind", [JPEG, PNG])
def test_a_picture_that_is_cut_anywhere_is_none(kind: str) -> None:
    whole = ALL[kind]
    for length in range(len(whole)):
        with pytest.raises(FormatError, match="paper_not_of_type"):
            media_type(whole[:length])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + bytes(40),
        b"PK\x03\x04" + bytes(40),
        b"MZ" + bytes(200),
        b" " + pdf(),
        pdf()[:20],
        png() + b"<script>alert(1)</script>",
        jpeg(0, 30),
        png(0, 3),
        b"\xff\xd8\xff\xe0\x00\x01",
        b"\xff\xd8\xff" + b"\x00" * 40,
        b"\xff\xd8" + b"\xff\xda\x00\x02" + b"\xff\xd9",
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(FormatError, match="paper_not_of_type"):
        media_type(content)


@pytest.mark.parametrize("content", [png(60_000, 60_000), jpeg(60_000, 60_000)])
def test_a_picture_that_would_fill_the_memory_of_a_viewer_is_refused(content: bytes) -> None:
    with pytest.raises(FormatError) as error:
        media_type(content)
    assert error.value.code == "paper_too_many_pixels"
    assert error.value.params == {"width": 60_000, "height": 60_000, "most": MOST_PIXELS}
