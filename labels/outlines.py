"""The outlines of the font's letters, read from its TrueType tables (OpenType 1.9: cmap, loca, glyf, hmtx).

What is drawn from them looks the same everywhere and needs no font where it is shown. Units are those of the em square,
y upwards.
"""

import functools
import struct
from dataclasses import dataclass, field
from typing import Final

from labels import fonts

_ON_CURVE, _SHORT_X, _SHORT_Y, _REPEAT, _SAME_X, _SAME_Y = 1, 2, 4, 8, 16, 32
_WORDS, _XY, _MORE, _SCALE, _TWO_SCALES, _MATRIX = 1, 2, 32, 8, 64, 128
_WHOLE_FONT: Final = 3, 10
_BASIC_PLANE: Final = 3, 1

Point = tuple[float, float, bool]
"""A point of a contour and whether the line runs through it."""
Contours = tuple[tuple[Point, ...], ...]


@dataclass(frozen=True)
class Outlines:
    """The letters of one font. ``em``: units of the em square."""

    data: bytes
    tables: dict[str, int]
    em: int
    long_offsets: bool
    glyphs: dict[int, int] = field(default_factory=dict)

    def path(self, character: str) -> str:
        """Return a letter as SVG path data; empty for a blank and for what the font lacks."""
        return "".join(_contour(points) for points in self._contours(self.glyphs.get(ord(character), 0)))

    def _contours(self, glyph: int) -> Contours:
        start, stop = self._range(glyph)
        if start == stop:
            return ()
        (count,) = struct.unpack_from(">h", self.data, start)
        return self._simple(start, count) if count >= 0 else self._composite(start)

    def _range(self, glyph: int) -> tuple[int, int]:
        loca, glyf = self.tables["loca"], self.tables["glyf"]
        if self.long_offsets:
            start, stop = struct.unpack_from(">2I", self.data, loca + 4 * glyph)
        else:
            start, stop = (2 * half for half in struct.unpack_from(">2H", self.data, loca + 2 * glyph))
        return glyf + start, glyf + stop

    def _simple(self, start: int, count: int) -> Contours:
        ends = struct.unpack_from(f">{count}H", self.data, start + 10)
        place = start + 10 + 2 * count
        (instructions,) = struct.unpack_from(">H", self.data, place)
        place += 2 + instructions
        flags: list[int] = []
        while len(flags) <= ends[-1]:
            flag = self.data[place]
            place += 1
            again = 0
            if flag & _REPEAT:
                again = self.data[place]
                place += 1
            flags.extend([flag] * (again + 1))
        xs, place = self._coordinates(flags, place, _SHORT_X, _SAME_X)
        ys, _ = self._coordinates(flags, place, _SHORT_Y, _SAME_Y)
        points = [(float(x), float(y), bool(flag & _ON_CURVE)) for x, y, flag in zip(xs, ys, flags, strict=True)]
        starts = (0, *(end + 1 for end in ends))
        return tuple(tuple(points[a : b + 1]) for a, b in zip(starts, ends, strict=False))

    def _coordinates(self, flags: list[int], place: int, short: int, same: int) -> tuple[list[int], int]:
        values, value = [], 0
        for flag in flags:
            if flag & short:
                value += self.data[place] if flag & same else -self.data[place]
                place += 1
            elif not flag & same:
                value += struct.unpack_from(">h", self.data, place)[0]
                place += 2
            values.append(value)
        return values, place

    def _composite(self, start: int) -> Contours:
        """Return the parts of a letter that is put together of others, each moved to its place."""
        found: list[tuple[Point, ...]] = []
        place, more = start + 10, True
        while more:
            flags, glyph = struct.unpack_from(">2H", self.data, place)
            place += 4
            dx, dy = struct.unpack_from(">2h" if flags & _WORDS else ">2b", self.data, place)
            place += 4 if flags & _WORDS else 2
            a, b, c, d = 1.0, 0.0, 0.0, 1.0
            for bit, size in ((_SCALE, 1), (_TWO_SCALES, 2), (_MATRIX, 4)):
                if flags & bit:
                    scales = [value / 16384 for value in struct.unpack_from(f">{size}h", self.data, place)]
                    a, b, c, d = (scales[0], 0, 0, scales[-1]) if size < 4 else tuple(scales)
                    place += 2 * size
            if not flags & _XY:
                dx = dy = 0
            found.extend(
                tuple((a * x + c * y + dx, b * x + d * y + dy, on) for x, y, on in points)
                for points in self._contours(glyph)
            )
            more = bool(flags & _MORE)
        return tuple(found)


@functools.cache
def outlines() -> Outlines:
    """Return the letters of the font of paper."""
    data = fonts.file().read_bytes()
    (count,) = struct.unpack_from(">H", data, 4)
    tables = {}
    for n in range(count):
        tag, _, offset, _ = struct.unpack_from(">4s3I", data, 12 + 16 * n)
        tables[tag.decode("ascii")] = offset
    (em,) = struct.unpack_from(">H", data, tables["head"] + 18)
    (long_offsets,) = struct.unpack_from(">h", data, tables["head"] + 50)
    return Outlines(data, tables, em, bool(long_offsets), _characters(data, tables["cmap"]))


def _characters(data: bytes, cmap: int) -> dict[int, int]:
    """Return the glyph of each code point, from the subtable for the basic plane (format 4) or the whole (12)."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    found = {}
    for n in range(count):
        platform, encoding, offset = struct.unpack_from(">2HI", data, cmap + 4 + 8 * n)
        found[platform, encoding] = cmap + offset
    if _WHOLE_FONT in found:
        return _groups(data, found[_WHOLE_FONT])
    return _segments(data, found[_BASIC_PLANE])


def _groups(data: bytes, start: int) -> dict[int, int]:
    (groups,) = struct.unpack_from(">I", data, start + 12)
    found = {}
    for n in range(groups):
        first, last, glyph = struct.unpack_from(">3I", data, start + 16 + 12 * n)
        found.update({code: glyph + code - first for code in range(first, last + 1)})
    return found


def _segments(data: bytes, start: int) -> dict[int, int]:
    (double,) = struct.unpack_from(">H", data, start + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", data, start + 14)
    firsts = struct.unpack_from(f">{count}H", data, start + 16 + double)
    deltas = struct.unpack_from(f">{count}H", data, start + 16 + 2 * double)
    ranges = start + 16 + 3 * double
    offsets = struct.unpack_from(f">{count}H", data, ranges)
    found = {}
    for n, (first, last) in enumerate(zip(firsts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offsets[n]:
                (glyph,) = struct.unpack_from(">H", data, ranges + 2 * n + offsets[n] + 2 * (code - first))
            found[code] = (glyph + deltas[n]) & 0xFFFF
    return found


def _contour(points: tuple[Point, ...]) -> str:
    """Return a closed line of quadratic curves; between two points off the line one lies on it, half way."""
    whole: list[Point] = []
    for n, point in enumerate(points):
        before = points[n - 1]
        if not point[2] and not before[2]:
            whole.append(((before[0] + point[0]) / 2, (before[1] + point[1]) / 2, True))
        whole.append(point)
    first = next(n for n, point in enumerate(whole) if point[2])
    whole = whole[first:] + whole[: first + 1]
    said = [f"M{_number(whole[0][0])} {_number(whole[0][1])}"]
    control: Point | None = None
    for point in whole[1:]:
        x, y = _number(point[0]), _number(point[1])
        if not point[2]:
            control = point
        elif control is None:
            said.append(f"L{x} {y}")
        else:
            said.append(f"Q{_number(control[0])} {_number(control[1])} {x} {y}")
            control = None
    return "".join(said) + "Z"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
