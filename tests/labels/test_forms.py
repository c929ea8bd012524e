"""Every form of a label says the same: its code is read after wear, its Chinese from the file, its picture alike."""

import io
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import sync_playwright

from labels import raster, sheets, zpl
from labels.drawing import Drawing, Picture, Symbol, Text
from labels.layout import SIZES, lay_out
from labels.svg import svg
from labels.words import Lang
from ledger.errors import FormatError
from tests.labels.papers import texts
from tests.labels.printer import UnknownCommandError, printed
from tests.labels.raster import read
from tests.labels.samples import LOOKED_AT, label, place, run
from tests.labels.wear import WEAR, blotted, symbol_box

DPI = 203
FINE = 300
ALIKE = 30.0
"""Of 255: between renderers of one drawing it stays well below, for one thing out of place it is far above."""
PRINTED = ("pdf", "png", "zpl")


@cache
def drawing(size: str, product: str = "chlorine", langs: tuple[Lang, ...] = ("zh", "en")) -> Drawing:
    return lay_out(label(product), size, langs)


@pytest.fixture(scope="module")
def browsed(chromium: Path) -> dict[str, Image.Image]:
    """The SVG by size, as a browser shows it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 900, "height": 1300}, device_scale_factor=2)
        seen = {}
        for size in SIZES:
            page.set_content(f'<!doctype html><body style="margin:0">{svg(drawing(size))}', wait_until="load")
            seen[size] = Image.open(io.BytesIO(page.locator("svg").first.screenshot())).convert("L")
        browser.close()
    return seen


def of_pdf(pdf: bytes, number: int = 0, dpi: int = DPI) -> Image.Image:
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        seen: Image.Image = document[number].render(scale=dpi / 72).to_pil()
        return seen.convert("L")


@cache
def image(form: str, size: str) -> Image.Image:
    made = drawing(size)
    match form:
        case "pdf":
            return of_pdf(sheets.pdf([made]))
        case "png":
            return Image.open(io.BytesIO(raster.png(made, DPI))).convert("L")
        case _:
            return printed(zpl.zpl([made]))[0].image


@pytest.mark.parametrize("wear", WEAR)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", PRINTED)
def test_the_code_is_read_from_what_is_printed(form: str, size: str, wear: str) -> None:
    seen = WEAR[wear](image(form, size), drawing(size))
    assert read(np.asarray(seen)) == [label().url]


@pytest.mark.browser
@pytest.mark.parametrize("wear", WEAR)
@pytest.mark.parametrize("size", SIZES)
def test_the_code_is_read_from_a_browser(browsed: dict[str, Image.Image], size: str, wear: str) -> None:
    assert read(np.asarray(WEAR[wear](browsed[size], drawing(size)))) == [label().url]


def test_the_wear_is_not_for_show() -> None:
    """A little more of each, and nothing is read: the limits of the symbol are near."""
    whole, made = image("png", "100x70"), drawing("100x70")
    assert read(np.asarray(whole.filter(ImageFilter.GaussianBlur(2.5 * symbol_box(made, whole)[2] / 33)))) == []
    assert read(np.asarray(blotted(whole, made, 0, part=0.45))) == []


@pytest.mark.parametrize("size", SIZES)
def test_png_looks_like_pdf(size: str) -> None:
    made = drawing(size)
    one, two = of_pdf(sheets.pdf([made]), dpi=FINE), raster.image(made, FINE).convert("L")
    assert unlike(made, one, two) < ALIKE
    moved = replace(made, items=tuple(replace(item, x=item.x - 1.5) for item in made.items))
    assert unlike(made, one, raster.image(moved, FINE).convert("L")) > ALIKE
    lacking = replace(made, ground=made.ground[:-1])
    assert unlike(made, one, raster.image(lacking, FINE).convert("L")) > ALIKE


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
def test_svg_looks_like_pdf(browsed: dict[str, Image.Image], size: str) -> None:
    assert unlike(drawing(size), of_pdf(sheets.pdf([drawing(size)]), dpi=FINE), browsed[size]) < ALIKE


def unlike(made: Drawing, one: Image.Image, two: Image.Image) -> float:
    """The greatest difference in soft focus: whether a thing stands elsewhere, is missing, or has another weight.

    The symbols are left out: in an image their modules are whole pixels.
    """
    seen = []
    for shown in (one, two.resize(one.size, Image.Resampling.BOX)):
        left, top, side = symbol_box(made, shown)
        plain = shown.copy()
        x, y, far = round(left - 40), round(top - 40), round(side + 80)
        plain.paste(255, (x, y, x + far, y + far))
        seen.append(np.asarray(plain.filter(ImageFilter.GaussianBlur(FINE / 25)), dtype=float))
    return float(np.abs(seen[0] - seen[1]).max())


@pytest.mark.parametrize("product", LOOKED_AT)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("langs", [("zh", "en"), ("zh",), ("en",)])
def test_the_words_are_read_back_from_the_pdf(product: str, size: str, langs: tuple[Lang, ...]) -> None:
    made = drawing(size, product, langs)
    (said,) = texts(sheets.pdf([made]))
    found = "".join(said.split())
    for line in made.lines:
        assert "".join(line.split()) in found, line
    if "zh" in langs:
        given = run(product).hazards
        assert given is not None
        assert all(sentence.zh in found for sentence in given.hazards)


def test_the_font_is_embedded() -> None:
    pdf = sheets.pdf([drawing("100x150")])
    assert b"/FontFile2" in pdf
    names = set(re.findall(rb"/BaseFont /([^ /\r\n]+)", pdf))
    assert [name for name in names if b"HazledgerSansSC" not in name] in ([], [b"Helvetica"])


def test_pages_are_as_large_as_the_label() -> None:
    for size in SIZES:
        wide, high = (int(part) for part in size.split("x"))
        with pypdfium2.PdfDocument(io.BytesIO(sheets.pdf([drawing(size)] * 3))) as document:
            assert len(document) == 3
            assert [round(points / 72 * 25.4) for points in document[2].get_size()] == [wide, high]


@pytest.mark.parametrize(("size", "each"), [("100x70", 8), ("100x150", 2)])
def test_sheets_of_a4_hold_as_many_as_they_can_and_every_code_is_read(size: str, each: int) -> None:
    many = [label(number=n) for n in range(each + 1)]
    pdf = sheets.pdf((lay_out(one, size) for one in many), sheets=True)
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        assert len(document) == 2
    found = [*read(np.asarray(of_pdf(pdf, 0))), *read(np.asarray(of_pdf(pdf, 1)))]
    assert sorted(found) == sorted(one.url for one in many)
    assert len(sheets.places(*map(float, size.split("x")))) == each


def test_a_run_is_stored_once() -> None:
    one = len(sheets.pdf([lay_out(label(number=0), "100x150")]))
    many = len(sheets.pdf(lay_out(label(number=n), "100x150") for n in range(50)))
    assert many < one + 50 * 4_000


def test_files_depend_on_their_content_alone() -> None:
    assert sheets.pdf([drawing("100x70")]) == sheets.pdf([drawing("100x70")])
    assert raster.png(drawing("100x70")) == raster.png(drawing("100x70"))


def test_svg_needs_nothing_else_and_says_its_words() -> None:
    made = svg(drawing("100x150"))
    assert "<text" not in made
    assert "font" not in made.replace("DESC", "")
    assert "http://www.w3.org/2000/svg" in made
    assert set(re.findall(r'href="([^"])', made)) == {"#"}
    description = made.partition("<desc>")[2].partition("</desc>")[0]
    assert "危险" in description
    assert "吸入致命" in description
    assert label().url in made


@pytest.mark.parametrize("dpi", [0, 149, 601, -1])
def test_other_resolutions_are_refused(dpi: int) -> None:
    with pytest.raises(FormatError) as caught:
        raster.png(drawing("100x70"), dpi)
    assert caught.value.code == "label_resolution"
    with pytest.raises(FormatError) as printer:
        zpl.zpl([drawing("100x70")], dpi)
    assert printer.value.code == "label_printer_resolution"


def test_a_symbol_too_fine_for_its_dots_is_refused() -> None:
    with pytest.raises(FormatError) as caught:
        raster.module_dots(Symbol(0, 0, 2, label().url), 8.0)
    assert caught.value.code == "label_resolution"


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_zpl_is_printed_at_every_resolution(dpi: int) -> None:
    made = drawing("100x150", "sodium-cyanide")
    (page,) = printed(zpl.zpl([made], dpi))
    assert page.codes == [label("sodium-cyanide").url]
    assert read(np.asarray(page.image)) == page.codes
    plain = {text for _, _, text in page.texts}
    assert {line for line in made.lines if line.isascii()} == plain
    bitmaps = [line for line in made.lines if not line.isascii()]
    pictures = [item for item in made.all if isinstance(item, Picture)]
    assert page.bitmaps == len(bitmaps) + len(pictures)


def test_chinese_in_zpl_is_the_same_as_in_png() -> None:
    made = drawing("100x150", "methanol", ("zh",))
    (page,) = printed(zpl.zpl([made]))
    ours = raster.image(made, 203).convert("L").resize(page.image.size)
    compared = 0
    for item in made.all:
        if isinstance(item, Text) and not item.text.isascii():
            left, top, right, bottom = item.x * 8, item.y * 8, (item.x + item.wide) * 8, (item.y + item.high) * 8
            a, b = (np.asarray(seen.crop((left, top, right, bottom))) for seen in (page.image, ours))
            assert abs(float(a.mean()) - float(b.mean())) < 25, item.text
            compared += 1
    assert compared > 10


INJECTED = (
    "A^FS^FO0,0^FDOWNED",
    "~JA",
    "^XZ^XA~DGR:X.GRF,1,1,FF",
    "_5E_7E",
    "x\\&y",
    "^^~~__",
    "DR^1",
    "ÿ^FS~HS",
    "危^FS险~JR",
)


@pytest.mark.parametrize("text", INJECTED)
def test_no_text_becomes_a_command(text: str) -> None:
    made = lay_out(label(caption=text, run=run("acetone", lot=text)), "100x150")
    job = zpl.zpl([made])
    (page,) = printed(job)
    if text.isascii():
        assert text in "".join(said for _, _, said in page.texts)
    commands = re.findall(r"[\^~]..", job)
    plain = zpl.zpl([lay_out(label(caption="DR1", run=run("acetone", lot="L1")), "100x150")])
    assert set(commands) <= set(re.findall(r"[\^~]..", plain))
    assert job.count("^XA") == job.count("^XZ") == 1
    assert "~" not in job


CONTROLS = ["a\x00b", "a\x1bb", "a\x7fb", "\x02危险"]


@pytest.mark.parametrize("text", CONTROLS)
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        zpl.zpl([Drawing(100, 70, "", (), (Text(5, 5, text, 9, 20),))])
    assert caught.value.code == "label_text_control"


@pytest.mark.parametrize("text", CONTROLS)
def test_the_layout_shows_control_characters_as_boxes(text: str) -> None:
    made = lay_out(label(caption=text), "100x150")
    assert any("□" in line for line in made.lines)
    assert len(printed(zpl.zpl([made]))) == 1


def test_the_symbol_of_a_printer_takes_no_other_characters() -> None:
    with pytest.raises(FormatError) as caught:
        zpl.zpl([lay_out(replace(label(), url="HTTPS://X/Q/^FS"), "100x150")])
    assert caught.value.code == "label_text_not_alphanumeric"


def test_the_printer_of_the_tests_stops_at_what_it_does_not_know() -> None:
    with pytest.raises(UnknownCommandError):
        printed("^XA^PW10^LL10^LH0,0~JA^XZ")


def test_a_place_is_printed_in_every_form() -> None:
    made = lay_out(place(), "100x70")
    assert read(np.asarray(of_pdf(sheets.pdf([made])))) == [place().url]
    assert read(np.asarray(printed(zpl.zpl([made]))[0].image)) == [place().url]
