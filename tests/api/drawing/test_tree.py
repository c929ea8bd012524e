"""Boxes stand apart, further ones to the right; each batch stands once, whatever ways lead to it."""

from itertools import combinations
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from api.drawing import tree
from api.drawing.tree import Node, Tree

SVG = "{http://www.w3.org/2000/svg}"


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    count = draw(st.integers(1, tree.MOST_NODES))
    lines = []
    for far in range(1, count):
        nearer = draw(st.lists(st.integers(0, far - 1), max_size=3, unique=True))
        lines += [(str(near), str(far)) for near in nearer]
    order = draw(st.permutations(range(1, count)))
    nodes = [Node(str(n), f"<{n}>", "said", f"/batches/{n}", n % 3 == 0) for n in (0, *order)]
    return Tree("t", "title", "desc", "0", tuple(nodes), tuple(lines))


@given(trees())
def test_what_is_further_stands_further_right_and_boxes_do_not_overlap(drawn: Tree) -> None:
    places, high = tree.placed(drawn)
    assert set(places) == {node.ref for node in drawn.nodes}
    for near, far in drawn.lines:
        assert places[near].x < places[far].x
    for one, other in combinations(places.values(), 2):
        apart = abs(one.x - other.x) >= one.width or abs(one.y - other.y) >= tree.BOX_HIGH
        assert apart
    assert all(0 <= place.y <= high - tree.BOX_HIGH + 0.001 for place in places.values())
    assert all(place.x + place.width <= tree.WIDTH + 0.001 for place in places.values())


@given(trees())
def test_each_batch_is_drawn_once_in_both_forms(drawn: Tree) -> None:
    for made in (tree.wide(drawn), tree.narrow(drawn)):
        root = ET.fromstring(made)
        linked = [one.get("href") for one in root.iter(f"{SVG}a")]
        assert sorted(filter(None, linked)) == sorted(node.href for node in drawn.nodes)
        assert root.find(f"{SVG}title") is not None
        assert len([one for one in root.iter() if "marked" in one.get("class", "")]) == sum(
            node.marked for node in drawn.nodes
        )


def test_a_circle_that_forged_rows_would_make_ends() -> None:
    drawn = Tree("t", "", "", "a", (Node("a", "", "", ""), Node("b", "", "", "")), (("a", "b"), ("b", "a")))
    assert tree.depths(drawn) == {"a": 0, "b": 1}
    assert tree.narrow(drawn).count("<a ") == 2
