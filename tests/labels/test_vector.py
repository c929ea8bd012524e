"""Drawings and letters as shapes: the part of SVG and TrueType that is read, against renderers of others."""

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from labels import fonts, outlines, pictograms, raster, sheets, vector
from labels.drawing import Drawing, Picture, Text
from labels.paper import legible
from labels.pen import Pen
from ledger.errors import FormatError


@pytest.mark.parametrize("name", sorted(pictograms.TITLES))
def test_a_pictogram_is_the_same_in_pixels_and_in_a_pdf(name: str) -> None:
    made = Drawing(30, 30, name, (), (Picture(0, 0, 30, name),))
    with pypdfium2.PdfDocument(io.BytesIO(sheets.pdf([made]))) as document:
        theirs = document[0].render(scale=240 / (30 / 25.4 * 72)).to_pil().convert("L").resize((240, 240))
    drawn = raster.picture(name, 240)
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, (0, 0), drawn)
    difference = np.abs(np.asarray(theirs, dtype=float) - np.asarray(paper.convert("L"), dtype=float))
    assert difference.mean() < 4
    assert (difference > 128).mean() < 0.006


def path(data: str) -> tuple[vector.Subpath, ...]:
    return tuple(vector._path(data))


def test_relative_and_absolute_commands_lead_to_the_same_points() -> None:
    one = path("M10 10h20v10H10ZM40 40l5 5C50 50 60 50 60 60s5 10 10 10")
    two = path("M10 10L30 10L30 20L10 20ZM40 40L45 45c5 5 15 5 15 15S65 70 70 70")
    assert one == two
    assert [subpath.closed for subpath in one] == [True, False]


def test_arcs_lie_on_their_circle() -> None:
    for flags in ("0 0", "0 1", "1 0", "1 1"):
        (arc,) = path(f"M10 0A10 10 0 {flags} 0 10")
        centre = (0, 0) if flags in ("0 1", "1 0") else (10, 10)
        radii = [np.hypot(x - centre[0], y - centre[1]) for x, y in arc.points()]
        assert max(radii) - min(radii) < 0.01
        assert np.allclose(arc.points()[-1], (0, 10))
        assert (len(arc.curves) > 2) == flags.startswith("1")


def test_transforms_follow_one_another() -> None:
    assert np.allclose(vector._transform("translate(10 20) scale(2)"), (2, 0, 0, 2, 10, 20))
    assert np.allclose(vector._transform("rotate(90 10 10)"), (0, 1, -1, 0, 20, 0))
    assert np.allclose(vector._transform("matrix(-1 0 0 1 200 0) scale(1 3)"), (-1, 0, 0, 3, 200, 0))


@pytest.mark.parametrize("text", ["skewX(3)", "perspective(1)"])
def test_other_transforms_are_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        vector._transform(text)
    assert caught.value.code == "drawing_not_of_form"


def test_other_commands_are_refused() -> None:
    with pytest.raises(FormatError) as caught:
        path("M0 0Q1 1 2 2")
    assert caught.value.code == "drawing_not_of_form"


@pytest.mark.parametrize("letter", ["氯", "危", "g", "8", "Ä", "，", "℃"])
def test_the_outline_of_a_letter_is_the_letter(letter: str) -> None:
    """Filled as even-odd polygons, against FreeType."""
    em, side = outlines.outlines().em, 200
    drawn = Image.new("1", (side, side), 0)
    for contour in outlines.outlines().path(letter).split("Z")[:-1]:
        mask = Image.new("1", (side, side), 0)
        points = [(x * side / em, (em * 0.88 - y) * side / em) for x, y in _points(contour)]
        ImageDraw.Draw(mask).polygon(points, 1)
        drawn = Image.fromarray(np.asarray(drawn) ^ np.asarray(mask))
    theirs = Image.new("L", (side, side), 0)
    ImageDraw.Draw(theirs).text((0, side * 0.88), letter, 255, ImageFont.truetype(str(fonts.file()), side), anchor="ls")
    same = np.asarray(drawn) == (np.asarray(theirs) > 127)
    assert same.mean() > 0.96
    assert np.asarray(drawn).mean() > 0.005


def _points(contour: str) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for part in contour.replace("M", "|M").replace("L", "|L").replace("Q", "|Q").split("|")[1:]:
        values = [float(value) for value in part[1:].split()]
        if part[0] == "Q":
            (x, y), (cx, cy, ex, ey) = found[-1], values
            for t in (0.25, 0.5, 0.75, 1.0):
                u = 1 - t
                found.append((u * u * x + 2 * u * t * cx + t * t * ex, u * u * y + 2 * u * t * cy + t * t * ey))
        else:
            found.append((values[0], values[1]))
    return found


def test_another_letter_is_another_outline() -> None:
    paths = {outlines.outlines().path(letter) for letter in "氯危g8Ä，℃"}
    assert len(paths) == 7
    assert outlines.outlines().path(" ") == ""


def test_what_the_font_lacks_is_shown_as_a_box() -> None:
    assert legible("丙\U0002a6d6酮") == "丙□酮"
    pen = Pen()
    pen.line(0, 0, "\U0001f600 A", 10)
    assert [item.text for item in pen.items if isinstance(item, Text)] == ["□ A"]
