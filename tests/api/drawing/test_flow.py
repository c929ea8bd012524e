"""Bands are as wide as their kilograms, add up on both sides, do not overlap; what is drawn is escaped."""

from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.drawing import flow
from api.drawing.flow import Band, Look, Picture
from api.drawing.svg import cut, width_em

SVG = "{http://www.w3.org/2000/svg}"
LOOKS: tuple[Look, ...] = ("stock", "transit", "source", "sink", "gap")
bands = st.lists(
    st.builds(
        Band,
        st.text(max_size=30),
        st.integers(1, 10**15),
        st.sampled_from(LOOKS),
        st.just("#row"),
    ),
    min_size=1,
    max_size=40,
)


def picture(came: list[Band], went: list[Band]) -> Picture:
    return Picture("p", "<title>", 'a "desc" & more', tuple(came), tuple(went), "from", "is", "1 kg", "others")


@given(bands)
def test_thicknesses_are_kilograms_and_add_up_without_overlap(side: list[Band]) -> None:
    whole = sum(band.mg for band in side)
    height = Fraction(flow.TRUNK)
    placed = flow.laid(side, Fraction(0), height)
    assert sum(one.thick for one in placed) == height
    for one in placed:
        assert one.thick == height * one.band.mg / whole
    for above, below in pairwise(placed):
        assert above.y + above.thick <= below.y, "bars do not overlap"
        assert above.joint + above.thick == below.joint, "at the trunk nothing lies between two bands"
        middle = (above.y + above.thick / 2, below.y + below.thick / 2)
        assert middle[1] - middle[0] >= 48, "labels are far enough apart to be read and to be touched"


@given(bands)
def test_on_a_phone_each_bar_begins_where_the_last_one_ended(side: list[Band]) -> None:
    placed = [*flow.steps(side)]
    assert sum(one.thick for one in placed) == flow.NARROW
    assert placed[0].joint == 0
    for above, below in pairwise(placed):
        assert above.joint + above.thick == below.joint


@given(bands)
def test_what_is_put_together_weighs_the_same_and_never_hides_what_is_unaccounted_for(side: list[Band]) -> None:
    shown = flow.gathered(side, "others")
    assert sum(band.mg for band in shown) == sum(band.mg for band in side)
    gaps = [band for band in side if band.look == "gap"]
    assert [band for band in shown if band.look == "gap"] == gaps
    assert len(shown) <= max(flow.MOST_BANDS, len(gaps) + 1)


@pytest.mark.parametrize("draw", [flow.wide, flow.narrow])
@given(came=bands, went=bands)
def test_a_drawing_is_sound_markup_with_a_title_and_every_band(draw, came, went) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    labels = [Band("".join(c for c in b.label if c.isprintable()), b.mg, b.look, b.href) for b in came]
    others = [Band("".join(c for c in b.label if c.isprintable()), b.mg, b.look, b.href) for b in went]
    root = ET.fromstring(draw(picture(labels, others)))
    assert root.find(f"{SVG}title") is not None
    assert [one.text for one in root.iter(f"{SVG}desc")] == ['a "desc" & more']
    drawn = [one for one in root.iter() if "flow-band" in one.get("class", "")]
    shown = [*flow.gathered(labels, "others"), *flow.gathered(others, "others")]
    assert len(drawn) == len(shown)
    assert {one.get("class") for one in drawn} == {f"flow-band {band.look}" for band in shown}
    hatched = [one for one in drawn if "transit" in one.get("class", "")]
    assert all(one.get("fill") == "url(#p-hatch)" for one in hatched)


def test_a_name_cannot_break_out_of_the_drawing() -> None:
    evil = Band('</text><script>alert("x")</script>', 1, "stock", 'javascript:"')
    made = flow.wide(picture([evil], [evil])) + flow.narrow(picture([evil], [evil]))
    assert "<script" not in made
    assert 'href="javascript:&quot;"' in made


@given(st.text(max_size=60), st.integers(20, 400))
def test_a_cut_text_fits(said: str, room: int) -> None:
    shown = cut(said, room, 15)
    assert width_em(shown) * 15 <= room
    assert shown == said or shown.endswith("…")
