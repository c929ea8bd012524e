"""QR symbols: read again by zxing-cpp, whole and damaged."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest
import zxingcpp

from labels import payload, symbol
from ledger.errors import FormatError
from tests.labels.raster import draw, read

URL = payload.qr_url("https://trace.example.cn", payload.new_code(bytes(range(7, 17))))


@pytest.mark.parametrize("number", range(20))
def test_a_symbol_reads_as_its_address(number: int) -> None:
    url = payload.qr_url("https://trace.example.cn", payload.new_code(number.to_bytes(1, "big") * 10))
    assert read(draw(symbol.svg(url))) == [url]


def test_the_symbol_is_of_level_h() -> None:
    found = zxingcpp.read_barcodes(draw(symbol.svg(URL)))[0]
    assert found.ec_level == "H"
    assert found.format == zxingcpp.BarcodeFormat.QRCode


def test_upper_case_makes_it_small_enough() -> None:
    assert len(symbol.matrix(URL)) == 33  # version 4; bytes would need version 6


@pytest.mark.parametrize("ink", [0, 255])
@pytest.mark.parametrize("place", ["middle", "right edge", "lower right", "bar"])
def test_a_symbol_with_a_tenth_blotted_out_still_reads(place: str, ink: int) -> None:
    image = draw(symbol.svg(URL))
    inner = 33 * 6
    start, end = 4 * 6, 4 * 6 + inner
    blot = int(inner * 0.1**0.5)
    middle = start + (inner - blot) // 2
    boxes = {
        "middle": (slice(middle, middle + blot), slice(middle, middle + blot)),
        "right edge": (slice(middle, middle + blot), slice(end - blot, end)),
        "lower right": (slice(end - blot, end), slice(end - blot, end)),
        "bar": (slice(start, end), slice(start + 14 * 6, start + 14 * 6 + inner // 10)),
    }
    assert image[boxes[place]].size > 0.095 * inner**2
    image[boxes[place]] = ink
    assert read(image) == [URL]


@pytest.mark.parametrize("mask", range(8))
def test_a_fixed_mask_reads_too(mask: int) -> None:
    assert read(draw(symbol.svg(URL, mask=mask))) == [URL]


def test_the_quiet_zone_is_four_modules_of_white() -> None:
    image = draw(symbol.svg(URL), pixels=1)
    assert image.shape == (41, 41)
    ring = np.ones_like(image, dtype=bool)
    ring[4:-4, 4:-4] = False
    assert (image[ring] == 255).all()
    assert image[4, 4] == image[4, -5] == image[-5, 4] == 0


def test_the_drawing_equals_the_matrix() -> None:
    image = draw(symbol.svg(URL), pixels=1)[4:-4, 4:-4]
    assert ((image == 0) == np.array(symbol.matrix(URL))).all()


def test_title_and_size_are_escaped() -> None:
    root = ET.fromstring(symbol.svg(URL, title="<b>&", size="25mm"))
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "<b>&"
    assert root.attrib["width"] == root.attrib["height"] == "25mm"
    plain = ET.fromstring(symbol.svg(URL))
    assert plain.findtext("{http://www.w3.org/2000/svg}title") == URL
    assert "width" not in plain.attrib


@pytest.mark.parametrize("text", ["", "https://lower.example", "氯", "A" * 175])
def test_text_of_another_mode_is_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        symbol.matrix(text)
    assert caught.value.code == "label_text_not_alphanumeric"


def test_the_longest_text_reads() -> None:
    assert read(draw(symbol.svg("A" * 174))) == ["A" * 174]


def test_a_long_text_is_held_at_level_q() -> None:
    text = "HTTPS://TRACE.EXAMPLE.CN/W/" + "7Q2M9XKD4TBW0HZ3" * 10 + "0123456789"
    modules = symbol.matrix(text, level="Q")
    assert len(modules) == 57  # version 10
    with pytest.raises(FormatError):
        symbol.matrix("A" * 175)
    with pytest.raises(FormatError):
        symbol.matrix("A" * 353, level="Q")
