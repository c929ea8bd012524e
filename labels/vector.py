"""The drawings of this package as shapes that every backend can draw: the part of SVG that pictograms use.

Groups with transforms, paths, circles and ellipses; fills, strokes, joins and caps by attributes. Opacity is ignored:
no drawing's meaning rests on it. All coordinates come out absolute, curves as cubic Bézier segments.
"""

import functools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from labels import pictograms
from ledger.errors import FormatError

SIDE: Final = 200.0
"""Units of a pictogram's view box."""
_SVG: Final = "{http://www.w3.org/2000/svg}"
_TOKEN: Final = re.compile(r"[A-Za-z]|[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?")
_FUNCTION: Final = re.compile(r"([A-Za-z]+)\(([^)]*)\)")
_TAKES: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "A": 7, "Z": 0}
_CIRCLE: Final = 0.5522847498
"""Where the control points of a quarter of a circle lie, in parts of its radius."""

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
Curve = tuple[Point, Point, Point]
"""A segment: two control points and the end. A straight line has its ends as control points."""
Colour = tuple[int, int, int]
_SAME: Final[Matrix] = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Subpath:
    """A connected line of segments."""

    start: Point
    curves: tuple[Curve, ...]
    closed: bool

    def points(self, steps: int = 12) -> list[Point]:
        """Return the line as points; curves in ``steps`` pieces."""
        found = [self.start]
        for one, two, end in self.curves:
            here = found[-1]
            straight = one == here and two == end
            for n in range(steps if straight else 1, steps + 1):
                t = n / steps
                u = 1 - t
                weights = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
                found.append((_mix(weights, here, one, two, end, 0), _mix(weights, here, one, two, end, 1)))
        return found


@dataclass(frozen=True, slots=True)
class Shape:
    """Subpaths with one fill (rule: nonzero) and one stroke; ``width`` in units of the view box."""

    subpaths: tuple[Subpath, ...]
    fill: Colour | None
    stroke: Colour | None
    width: float
    round: bool


@functools.cache
def shapes(name: str) -> tuple[Shape, ...]:
    """Return the shapes of a pictogram, from the ground up. NotFoundError: no such drawing."""
    root = ET.fromstring(pictograms.svg(name))  # noqa: S314 - a file of this package
    return tuple(_shapes(root, _SAME, {}))


def _mix(weights: tuple[float, ...], a: Point, b: Point, c: Point, d: Point, axis: int) -> float:
    return weights[0] * a[axis] + weights[1] * b[axis] + weights[2] * c[axis] + weights[3] * d[axis]


def _shapes(element: ET.Element, matrix: Matrix, inherited: Mapping[str, str]) -> Iterator[Shape]:
    style = {**inherited, **{name: value for name, value in element.attrib.items() if name != "transform"}}
    matrix = _product(matrix, _transform(element.attrib.get("transform", "")))
    tag = element.tag.removeprefix(_SVG)
    if tag in ("svg", "g"):
        for child in element:
            yield from _shapes(child, matrix, {name: style[name] for name in style if name not in ("width", "height")})
        return
    if tag not in ("path", "circle", "ellipse"):
        return
    subpaths = _path(element.attrib["d"]) if tag == "path" else [_ellipse(element.attrib)]
    yield Shape(
        subpaths=tuple(_moved(subpath, matrix) for subpath in subpaths),
        fill=_colour(style.get("fill", "#000")),
        stroke=_colour(style.get("stroke", "none")),
        width=float(style.get("stroke-width", "1")) * math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2])),
        round="round" in (style.get("stroke-linejoin"), style.get("stroke-linecap")),
    )


def _colour(text: str) -> Colour | None:
    if text == "none":
        return None
    digits = text.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


# --- transforms --------------------------------------------------------------------------------------------------


def _product(first: Matrix, second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f


def _transform(text: str) -> Matrix:
    matrix = _SAME
    for name, given in _FUNCTION.findall(text):
        values = [float(value) for value in given.replace(",", " ").split()]
        for step in _steps(name, values):
            matrix = _product(matrix, step)
    return matrix


def _steps(name: str, values: list[float]) -> list[Matrix]:
    match name:
        case "translate":
            return [(1, 0, 0, 1, values[0], values[1])]
        case "scale":
            return [(values[0], 0, 0, values[-1], 0, 0)]
        case "rotate":
            cos, sin = math.cos(math.radians(values[0])), math.sin(math.radians(values[0]))
            x, y = values[1:] or (0.0, 0.0)
            return [(1, 0, 0, 1, x, y), (cos, sin, -sin, cos, 0, 0), (1, 0, 0, 1, -x, -y)]
        case "matrix":
            a, b, c, d, e, f = values
            return [(a, b, c, d, e, f)]
    raise FormatError("drawing_not_of_form", params={"part": name[:20]})


def _moved(subpath: Subpath, matrix: Matrix) -> Subpath:
    a, b, c, d, e, f = matrix

    def there(point: Point) -> Point:
        x, y = point
        return a * x + c * y + e, b * x + d * y + f

    curves = tuple((there(one), there(two), there(end)) for one, two, end in subpath.curves)
    return Subpath(there(subpath.start), curves, subpath.closed)


# --- paths -------------------------------------------------------------------------------------------------------


def _ellipse(given: Mapping[str, str]) -> Subpath:
    x, y = float(given["cx"]), float(given["cy"])
    wide, high = float(given.get("rx", given.get("r", "0"))), float(given.get("ry", given.get("r", "0")))
    curves = []
    for turn in range(4):
        cos, sin = (1, 0, -1, 0)[turn], (0, 1, 0, -1)[turn]
        curves.append(
            (
                (x + wide * (cos - sin * _CIRCLE), y + high * (sin + cos * _CIRCLE)),
                (x + wide * (cos * _CIRCLE - sin), y + high * (sin * _CIRCLE + cos)),
                (x - wide * sin, y + high * cos),
            )
        )
    return Subpath((x + wide, y), tuple(curves), closed=True)


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    """Yield each command with its numbers, implied repetitions written out."""
    tokens = _TOKEN.findall(data)
    place, command = 0, ""
    while place < len(tokens):
        if tokens[place].isalpha():
            command = tokens[place]
            place += 1
        count = _TAKES.get(command.upper())
        if count is None:
            raise FormatError("drawing_not_of_form", params={"part": command[:20]})
        yield command, [float(token) for token in tokens[place : place + count]]
        place += count
        command = {"M": "L", "m": "l"}.get(command, command)


def _path(data: str) -> list[Subpath]:
    found: list[Subpath] = []
    start = here = (0.0, 0.0)
    curves: list[Curve] = []
    for command, values in _commands(data):
        kind = command.upper()
        if kind in "MZ" and curves:
            found.append(Subpath(start, tuple(curves), closed=kind == "Z"))
            curves = []
        if kind == "Z":
            here = start
            continue
        base = here if command.islower() else (0.0, 0.0)
        if kind == "M":
            start = here = (base[0] + values[0], base[1] + values[1])
            continue
        curves.extend(_segment(kind, values, here, base, curves[-1][1] if curves else here))
        here = curves[-1][2]
    if curves:
        found.append(Subpath(start, tuple(curves), closed=False))
    return found


def _segment(kind: str, values: list[float], here: Point, base: Point, control: Point) -> list[Curve]:
    points = [(base[0] + x, base[1] + y) for x, y in zip(values[::2], values[1::2], strict=False)]
    match kind:
        case "C":
            return [(points[0], points[1], points[2])]
        case "S":
            return [((2 * here[0] - control[0], 2 * here[1] - control[1]), points[0], points[1])]
        case "A":
            end = (base[0] + values[5], base[1] + values[6])
            return _arc(here, end, values)
        case "H":
            end = (base[0] + values[0], here[1])
        case "V":
            end = (here[0], base[1] + values[0])
        case _:
            end = points[0]
    return [(here, end, end)]


def _arc(here: Point, end: Point, values: list[float]) -> list[Curve]:
    """Return a circular arc as curves (SVG 1.1, F.6.5); the drawings have no elliptic ones."""
    radius = values[0]
    half = ((here[0] - end[0]) / 2, (here[1] - end[1]) / 2)
    chord = math.hypot(*half)
    radius = max(radius, chord)
    away = math.sqrt(max(radius * radius / (chord * chord) - 1, 0)) * (1 if values[3] != values[4] else -1)
    centre = (away * half[1] + (here[0] + end[0]) / 2, -away * half[0] + (here[1] + end[1]) / 2)
    first = math.atan2(here[1] - centre[1], here[0] - centre[0])
    last = math.atan2(end[1] - centre[1], end[0] - centre[0])
    turn = (last - first) % (2 * math.pi)
    if not values[4]:
        turn -= 2 * math.pi
    pieces = max(1, math.ceil(abs(turn) / (math.pi / 2)))
    step = turn / pieces
    reach = 4 / 3 * math.tan(step / 4) * radius
    curves = []
    for n in range(pieces):
        a, b = first + n * step, first + (n + 1) * step
        p = (centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a))
        q = (centre[0] + radius * math.cos(b), centre[1] + radius * math.sin(b))
        one = (p[0] - reach * math.sin(a), p[1] + reach * math.cos(a))
        two = (q[0] + reach * math.sin(b), q[1] - reach * math.cos(b))
        curves.append((one, two, q))
    return curves
