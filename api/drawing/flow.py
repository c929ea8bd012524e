"""The flow of a batch as bands whose widths are kilograms: where it came from on the left, where it is on the right.

``wide`` lays it out for a desk: both sides meet in a trunk as high as everything that came in. ``narrow`` is the form
for a phone: one row a band, each bar beginning where the one above it ended. Both are exact: lengths are fractions of
the whole, and on each side they add up to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

from api.drawing.svg import cut, element, number, text, titled, whole
from api.figures import kg_figure

Look = Literal["stock", "transit", "source", "sink", "gap"]
"""``gap``: what is unaccounted for; ``transit``: hatched."""

MOST_BANDS: Final = 12
"""Bands drawn on one side; the smallest beyond that are drawn as one. The table names all."""
WIDTH: Final = 1_000
TRUNK: Final = 300
SLOT: Final = 52
GAP: Final = 8
BAR: Final = 14
LABEL: Final = 250
TOP: Final = 40
SIZE: Final = 15
NARROW: Final = 328
ROW: Final = 60
THICK: Final = 16
HEAD: Final = 36


@dataclass(frozen=True, slots=True)
class Band:
    """A band: what it is, how many milligrams, and where its row stands."""

    label: str
    mg: int
    look: Look
    href: str = ""

    @property
    def figure(self) -> str:
        """Its kilograms as they are read."""
        return f"{kg_figure(self.mg)} kg"


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn. ``came`` and ``went`` add up to the same, ``total`` says it; ``rest``: the words "others"."""

    id: str
    title: str
    desc: str
    came: tuple[Band, ...]
    went: tuple[Band, ...]
    came_head: str
    went_head: str
    total: str
    rest: str


@dataclass(frozen=True, slots=True)
class Laid:
    """A band in its place: its bar from ``y`` on, ``thick`` high, and where it joins the trunk, from ``joint`` on."""

    band: Band
    y: Fraction
    thick: Fraction
    joint: Fraction
    slot: Fraction


def gathered(bands: Sequence[Band], rest: str) -> tuple[Band, ...]:
    """Return bands in their order, the smallest beyond ``MOST_BANDS`` put together into one at the end.

    What is unaccounted for is never put together with anything else.
    """
    if len(bands) <= MOST_BANDS:
        return tuple(bands)
    plain = sorted((band for band in bands if band.look != "gap"), key=lambda band: -band.mg)
    room = max(MOST_BANDS - 1 - (len(bands) - len(plain)), 0)
    left = {id(band) for band in plain[room:]}
    kept = [band for band in bands if id(band) not in left]
    over = plain[room:]
    joined = Band(f"{rest} ({len(over)})", sum(band.mg for band in over), over[0].look)
    gaps = [band for band in kept if band.look == "gap"]
    return (*[band for band in kept if band.look != "gap"], joined, *gaps)


def laid(bands: Sequence[Band], top: Fraction, height: Fraction) -> tuple[Laid, ...]:
    """Return bands below one another from ``top`` on, each in a slot that its label fits into.

    Together they are ``height`` thick; at the trunk they lie side by side without a gap.
    """
    whole = sum(band.mg for band in bands)
    found: list[Laid] = []
    y, joint = top, Fraction(0)
    for band in bands:
        thick = height * band.mg / whole if whole else Fraction(0)
        slot = max(thick, Fraction(SLOT))
        found.append(Laid(band, y + (slot - thick) / 2, thick, joint, slot))
        y, joint = y + slot + GAP, joint + thick
    return tuple(found)


def _high(bands: Sequence[Band], height: Fraction) -> Fraction:
    placed = laid(bands, Fraction(0), height)
    return sum((one.slot + GAP for one in placed), Fraction(-GAP)) if placed else Fraction(0)


def wide(picture: Picture) -> str:
    """Return the drawing for a desk."""
    came, went = (gathered(side, picture.rest) for side in (picture.came, picture.went))
    height = Fraction(TRUNK)
    most = max(_high(came, height), _high(went, height), height)
    trunk = TOP + (most - height) / 2
    parts = [titled(picture.title, picture.desc), _patterns(picture.id)]
    for side, bands in (("came", came), ("went", went)):
        start = TOP + (most - _high(bands, height)) / 2
        parts.extend(_drawn(picture, side, one, trunk) for one in laid(bands, start, height))
    middle = Fraction(WIDTH, 2)
    parts.append(
        element("rect", x=middle - BAR // 2, y=trunk, width=BAR, height=height, class_="flow-trunk")
        + text(picture.total, x=middle, y=trunk - 12, text_anchor="middle", class_="flow-total")
        + text(picture.came_head, x=LABEL, y=18, text_anchor="end", class_="flow-head")
        + text(picture.went_head, x=WIDTH - LABEL, y=18, class_="flow-head")
    )
    return _svg(picture, "flow-wide", WIDTH, TOP + most + 8, "".join(parts))


def _drawn(picture: Picture, side: str, one: Laid, trunk: Fraction) -> str:
    middle, left = Fraction(WIDTH, 2), side == "came"
    inner = middle - BAR // 2 if left else middle + BAR // 2
    outer = Fraction(LABEL + BAR + 8) if left else Fraction(WIDTH - LABEL - BAR - 8)
    bend = (inner + outer) / 2
    top, bottom = trunk + one.joint, trunk + one.joint + one.thick
    path = (
        f"M{number(outer)} {number(one.y)}C{number(bend)} {number(one.y)} {number(bend)} {number(top)} "
        f"{number(inner)} {number(top)}V{number(bottom)}C{number(bend)} {number(bottom)} {number(bend)} "
        f"{number(one.y + one.thick)} {number(outer)} {number(one.y + one.thick)}Z"
    )
    edge, anchor = (Fraction(LABEL), "end") if left else (Fraction(WIDTH - LABEL), "start")
    line = one.y + one.thick / 2
    bar = outer - BAR if left else outer
    drawn = (
        element("rect", x=0 if left else WIDTH - LABEL, y=line - 24, width=LABEL, height=48, class_="flow-hit")
        + element("path", d=path, class_=f"flow-band {one.band.look}", fill=_fill(picture.id, one.band))
        + element("rect", x=bar, y=one.y, width=BAR, height=one.thick, class_=f"flow-bar {one.band.look}")
        + text(cut(one.band.label, LABEL, SIZE), x=edge, y=line - 3, text_anchor=anchor, class_="flow-label")
        + text(one.band.figure, x=edge, y=line + 17, text_anchor=anchor, class_="flow-figure")
    )
    return _linked(one.band, drawn)


def narrow(picture: Picture) -> str:
    """Return the drawing for a phone."""
    parts = [titled(picture.title, picture.desc), _patterns(picture.id)]
    y = Fraction(0)
    for head, side in ((picture.came_head, picture.came), (picture.went_head, picture.went)):
        parts.append(text(head, x=0, y=y + 22, class_="flow-head"))
        y += HEAD
        for one in steps(gathered(side, picture.rest)):
            parts.append(_row(picture, one, y))
            y += ROW
    return _svg(picture, "flow-narrow", NARROW, y, "".join(parts))


def steps(bands: Sequence[Band]) -> Iterator[Laid]:
    """Yield the bars of the narrow form: ``joint`` is where a bar begins, ``thick`` how long it is."""
    for one in laid(bands, Fraction(0), Fraction(NARROW)):
        yield replace(one, y=Fraction(0), slot=Fraction(ROW))


def _row(picture: Picture, one: Laid, y: Fraction) -> str:
    room = NARROW - len(one.band.figure) * 9 - 12
    drawn = (
        element("rect", x=0, y=y, width=NARROW, height=ROW - 6, class_="flow-hit")
        + text(cut(one.band.label, room, SIZE), x=0, y=y + 18, class_="flow-label")
        + text(one.band.figure, x=NARROW, y=y + 18, text_anchor="end", class_="flow-figure")
        + element("rect", x=0, y=y + 28, width=NARROW, height=THICK, class_="flow-track")
        + element(
            "rect",
            x=one.joint,
            y=y + 28,
            width=one.thick,
            height=THICK,
            class_=f"flow-band {one.band.look}",
            fill=_fill(picture.id, one.band),
        )
    )
    return _linked(one.band, drawn)


def _linked(band: Band, drawn: str) -> str:
    """A link is called by the text in it; a label that was cut is whole in its title."""
    drawn = whole(f"{band.label}: {band.figure}") + drawn
    return element("a", drawn, href=band.href) if band.href else element("g", drawn)


def _fill(id_: str, band: Band) -> str | None:
    return f"url(#{id_}-hatch)" if band.look == "transit" else None


def _patterns(id_: str) -> str:
    line = element("path", d="M0 0V8", class_="flow-hatch")
    pattern = element(
        "pattern",
        line,
        id=f"{id_}-hatch",
        width=8,
        height=8,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return element("defs", pattern)


def _svg(picture: Picture, name: str, width: int, height: Fraction, inner: str) -> str:
    return element(
        "svg",
        inner,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {number(height)}",
        class_=f"flow-drawing {name}",
        role="group",
        aria_label=picture.title,
    )
