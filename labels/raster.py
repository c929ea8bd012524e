"""Labels as pixels: PNG for screens and office printers, and the bitmaps inside ZPL.

Pictograms are drawn four times as large and brought down, so that their edges are smooth; symbols are whole pixels to a
module, or a reader would have to guess. Black on white carries all meaning: `dots` is what a label printer burns.
"""

import functools
import io
import itertools
import math
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from labels import fonts, symbol, vector
from labels.drawing import ASCENT, Box, Drawing, Picture, Symbol, Text
from labels.paper import width
from labels.vector import Colour, Point, Shape, Subpath
from ledger.errors import FormatError

LEAST_DPI: Final = 150
MOST_DPI: Final = 600
DPI: Final = 300
FINE: Final = 4
MITRE: Final = 4.0
"""A corner longer than so many half widths is cut off (SVG 1.1, 11.4)."""
_WHITE: Final = (255, 255, 255)
_BLACK: Final = (0, 0, 0)


def png(drawing: Drawing, dpi: int = DPI) -> bytes:
    """Return a label as PNG. FormatError: resolution out of range."""
    out = io.BytesIO()
    image(drawing, dpi).save(out, "PNG", dpi=(dpi, dpi))
    return out.getvalue()


def image(drawing: Drawing, dpi: int = DPI) -> Image.Image:
    """Return a label as an image in colour. FormatError: resolution out of range."""
    if not LEAST_DPI <= dpi <= MOST_DPI:
        raise FormatError("label_resolution", field="/dpi", params={"least": LEAST_DPI, "most": MOST_DPI})
    scale = dpi / 25.4
    paper = Image.new("RGB", (round(drawing.wide * scale), round(drawing.high * scale)), _WHITE)
    draw = ImageDraw.Draw(paper)
    for item in drawing.all:
        match item:
            case Box():
                _box(draw, item, scale)
            case Text():
                _text(draw, item, scale)
            case Picture():
                drawn = picture(item.name, round(item.side * scale))
                paper.paste(drawn, (round(item.x * scale), round(item.y * scale)), drawn)
            case Symbol():
                made, offset = modules(item, scale)
                paper.paste(made, (round(item.x * scale) + offset, round(item.y * scale) + offset))
    return paper


def dots(item: Text | Picture, scale: float) -> Image.Image:
    """Return a part as a printer's dots (mode "1", black is what it burns); ``scale``: dots to a millimetre.

    Colour grounds of transport labels become a pattern of dots; GHS pictograms and text stay solid.
    """
    if isinstance(item, Picture):
        drawn = picture(item.name, round(item.side * scale))
        ground = Image.new("RGB", drawn.size, _WHITE)
        ground.paste(drawn, (0, 0), drawn)
        grey = ground.convert("L")
        return grey.point(_burn, "1") if item.name.startswith("GHS") else grey.convert("1")
    wide, high = math.ceil((item.wide + 0.5) * scale), math.ceil(item.high * scale)
    paper = Image.new("RGB", (wide, high), _WHITE)
    _text(ImageDraw.Draw(paper), Text(0, 0, item.text, item.size, item.wide, item.bold), scale)
    return paper.convert("L").point(_burn, "1")


def module_dots(item: Symbol, scale: float) -> tuple[int, int]:
    """Return how many modules a side of a symbol has with its quiet zone, and how many dots each gets."""
    count = len(symbol.matrix(item.text, mask=symbol.MASK, level=item.level)) + 2 * symbol.QUIET_ZONE
    each = int(item.side * scale / count)
    if not each:
        raise FormatError("label_resolution", field="/dpi", params={"least": LEAST_DPI, "most": MOST_DPI})
    return count, each


def modules(item: Symbol, scale: float) -> tuple[Image.Image, int]:
    """Return a symbol of whole pixels, and how far in from its corner it stands."""
    count, each = module_dots(item, scale)
    made = Image.new("L", (count, count), 255)
    for y, row in enumerate(symbol.matrix(item.text, mask=symbol.MASK, level=item.level)):
        for x, dark in enumerate(row):
            if dark:
                made.putpixel((x + symbol.QUIET_ZONE, y + symbol.QUIET_ZONE), 0)
    spare = round(item.side * scale) - count * each
    return made.resize((count * each, count * each), Image.Resampling.NEAREST).convert("RGB"), spare // 2


@functools.lru_cache(maxsize=128)
def picture(name: str, pixels: int) -> Image.Image:
    """Return a pictogram with its surroundings transparent. NotFoundError: no such drawing."""
    fine = pixels * FINE
    paper = Image.new("RGBA", (fine, fine), (*_WHITE, 0))
    for shape in vector.shapes(name):
        for colour, mask in _masks(shape, fine):
            paper.paste((*colour, 255), (0, 0), mask)
    return paper.resize((pixels, pixels), Image.Resampling.BOX)


def _burn(value: int) -> int:
    return 255 if value >= 128 else 0


def _box(draw: ImageDraw.ImageDraw, box: Box, scale: float) -> None:
    left, top = round(box.x * scale), round(box.y * scale)
    right = max(round((box.x + box.wide) * scale) - 1, left)
    bottom = max(round((box.y + box.high) * scale) - 1, top)
    if box.filled:
        draw.rectangle((left, top, right, bottom), fill=_BLACK)
    else:
        draw.rectangle((left, top, right, bottom), outline=_BLACK, width=max(round(box.stroke * scale), 1))


# --- text --------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _font(pixels: float) -> ImageFont.FreeTypeFont:
    with resources.as_file(fonts.file()) as path:
        return ImageFont.truetype(path, pixels, layout_engine=ImageFont.Layout.BASIC)


def _text(draw: ImageDraw.ImageDraw, text: Text, scale: float) -> None:
    """Set each character where the layout measured it, so that no rounding adds up over a line."""
    pixels = text.size * 25.4 / 72 * scale
    font = _font(pixels)
    x, y = text.x * scale, text.y * scale + pixels * ASCENT
    stroke = pixels / 72 if text.bold else 0
    for character in text.text:
        if character != " ":
            draw.text((x, y), character, _WHITE if text.white else _BLACK, font, anchor="ls", stroke_width=stroke)
        x += width(character, text.size) * scale


# --- shapes ------------------------------------------------------------------------------------------------------


def _masks(shape: Shape, side: int) -> Iterator[tuple[Colour, Image.Image]]:
    """Yield fill and stroke as colour and mask. A subpath that runs the other way round than the first is a hole."""
    scale = side / vector.SIDE
    lines = [[(x * scale, y * scale) for x, y in subpath.points()] for subpath in shape.subpaths]
    if shape.fill is not None:
        mask = Image.new("L", (side, side), 0)
        first = _area(lines[0]) > 0
        for line in lines:
            ImageDraw.Draw(mask).polygon(line, fill=255 if (_area(line) > 0) == first else 0)
        yield shape.fill, mask
    if shape.stroke is not None:
        mask = Image.new("L", (side, side), 0)
        draw = ImageDraw.Draw(mask)
        for subpath, line in zip(shape.subpaths, lines, strict=True):
            _stroke(draw, subpath, line, shape.width * scale / 2, rounded=shape.round)
        yield shape.stroke, mask


def _area(line: Sequence[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(line, [*line[1:], line[0]], strict=True))


def _stroke(draw: ImageDraw.ImageDraw, subpath: Subpath, line: list[Point], half: float, *, rounded: bool) -> None:
    points = [point for place, point in enumerate(line) if place == 0 or math.dist(point, line[place - 1]) > 1e-6]
    if subpath.closed and math.dist(points[0], points[-1]) > 1e-6:
        points.append(points[0])
    for a, b in itertools.pairwise(points):
        nx, ny = _normal(a, b, half)
        draw.polygon(
            [(a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny), (b[0] - nx, b[1] - ny), (a[0] - nx, a[1] - ny)], 255
        )
    corners = list(zip(points, points[1:], points[2:], strict=False))
    if subpath.closed:
        corners.append((points[-2], points[0], points[1]))
    if rounded:
        for x, y in points:
            draw.ellipse((x - half, y - half, x + half, y + half), 255)
        return
    for a, b, c in corners:
        _corner(draw, a, b, c, half)


def _normal(a: Point, b: Point, half: float) -> Point:
    far = math.dist(a, b)
    return (a[1] - b[1]) / far * half, (b[0] - a[0]) / far * half


def _corner(draw: ImageDraw.ImageDraw, a: Point, b: Point, c: Point, half: float) -> None:
    """Fill the outer side of a corner: a mitre, or a bevel where it would be too long."""
    (px, py), (qx, qy) = _normal(a, b, half), _normal(b, c, half)
    sign = -1 if px * qy - py * qx > 0 else 1
    one, two = (b[0] + sign * px, b[1] + sign * py), (b[0] + sign * qx, b[1] + sign * qy)
    mx, my = px + qx, py + qy
    length = (mx * mx + my * my) / (2 * half * half) if half else 0.0
    outline = [b, one, two]
    if length > 2 / (MITRE * MITRE):
        outline = [b, one, (b[0] + sign * mx / length, b[1] + sign * my / length), two]
    draw.polygon(outline, 255)
