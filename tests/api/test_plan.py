"""The plan of a site: every location has its own box, on a desk and on a phone."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.views.site import LocationView
from api.web import plan
from api.web.plan import NARROW, WIDE, Form

KG = 1_000_000
locations = st.lists(
    st.builds(
        LocationView,
        st.text("ABC", min_size=1, max_size=4),
        st.just(""),
        st.just("bay"),
        st.none() | st.integers(0, 50 * KG),
        st.integers(0, 60 * KG),
        st.just(()),
        st.just(""),
        st.none(),
        st.none(),
        st.none(),
    ),
    max_size=70,
)


@pytest.mark.parametrize("form", [WIDE, NARROW])
@given(locations)
def test_boxes_lie_within_the_drawing_and_apart(form: Form, found: list[LocationView]) -> None:
    drawn = plan.plan_of(found, form)
    there = found if form is WIDE else [item for item in found if item.mass] or found
    assert [cell.at for cell in drawn.cells] == there[: form.most]
    assert drawn.more == len(found) - len(drawn.cells)
    boxes = [(cell.x, cell.y, cell.x + form.width, cell.y + cell.height) for cell in drawn.cells]
    assert all(x >= 0 and right <= drawn.width and y >= 0 and low <= drawn.height for x, y, right, low in boxes)
    for one, other in combinations(boxes, 2):
        assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]


@pytest.mark.parametrize("form", [WIDE, NARROW])
@given(locations)
def test_a_box_with_goods_has_room_for_them_and_its_bar_never_leaves_it(form: Form, found: list[LocationView]) -> None:
    for cell in plan.plan_of(found, form).cells:
        assert cell.height == form.height or (cell.height == plan.LOW and not cell.at.mass)
        assert cell.bar is None or 0 <= cell.bar <= form.bar
        if cell.at.mass and cell.at.most is not None:
            assert cell.bar, "what is there shows, however little it is"
        if cell.at.above:
            assert cell.bar == form.bar
