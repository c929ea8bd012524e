"""The tree of a trace: batches as boxes, what went into what as lines. For some tens of batches.

``wide`` puts each batch in the column of its longest way from the traced one; ``narrow`` lists them below one another,
indented by that, each hung on the first batch it came from. A batch that is reached on several ways stands once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.drawing.svg import cut, element, number, text, titled, whole

MOST_NODES: Final = 40
MOST_COLUMNS: Final = 5
WIDTH: Final = 1_000
BOX_HIGH: Final = 56
GAP: Final = 12
BETWEEN: Final = 48
SIZE: Final = 15
PADDING: Final = 12
NARROW: Final = 328
ROW: Final = 64
INDENT: Final = 14
MOST_INDENT: Final = 8


@dataclass(frozen=True, slots=True)
class Node:
    """A batch: its name, what is said below it, where it leads. ``marked``: it is recalled."""

    ref: str
    label: str
    said: str
    href: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Tree:
    """``root`` is the traced batch. ``lines``: pairs of references, each nearer to the root first."""

    id: str
    title: str
    desc: str
    root: str
    nodes: tuple[Node, ...]
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box stands."""

    x: float
    y: float
    width: float


def depths(tree: Tree) -> dict[str, int]:
    """Return the longest way from the root to each batch; a batch to which no line leads stands at one step."""
    into: dict[str, list[str]] = {}
    for near, far in tree.lines:
        into.setdefault(far, []).append(near)
    found: dict[str, int] = {tree.root: 0}

    def depth(ref: str, above: frozenset[str]) -> int:
        if ref not in found:
            nearer = [one for one in into.get(ref, ()) if one not in above]
            found[ref] = 1 + max((depth(one, above | {ref}) for one in nearer), default=0)
        return found[ref]

    for node in tree.nodes:
        depth(node.ref, frozenset({node.ref}))
    return found


def placed(tree: Tree) -> tuple[dict[str, Place], float]:
    """Return where each box of the wide form stands, and how high the drawing is."""
    deep = depths(tree)
    columns: dict[int, list[str]] = {}
    for node in tree.nodes:
        columns.setdefault(deep[node.ref], []).append(node.ref)
    count = max(columns) + 1
    width = (WIDTH - BETWEEN * (count - 1)) / count
    most = max(len(refs) for refs in columns.values())
    high = most * (BOX_HIGH + GAP) - GAP
    places: dict[str, Place] = {}
    for depth, refs in columns.items():
        own = len(refs) * (BOX_HIGH + GAP) - GAP
        for row, ref in enumerate(refs):
            y = (high - own) / 2 + row * (BOX_HIGH + GAP)
            places[ref] = Place(depth * (width + BETWEEN), y, width)
    return places, high


def fits_wide(tree: Tree) -> bool:
    """Whether the wide form has room for the text of its boxes."""
    return max(depths(tree).values()) < MOST_COLUMNS


def wide(tree: Tree) -> str:
    """Return the drawing for a desk."""
    places, high = placed(tree)
    parts = [titled(tree.title, tree.desc)]
    for near, far in tree.lines:
        if near in places and far in places:
            parts.append(_curve(places[near], places[far]))
    parts += [_box(node, places[node.ref], first=node.ref == tree.root) for node in tree.nodes]
    return _svg(tree, "tree-wide", WIDTH, high, "".join(parts))


def _curve(near: Place, far: Place) -> str:
    x, y = near.x + near.width, near.y + BOX_HIGH / 2
    to, end = far.x, far.y + BOX_HIGH / 2
    bend = (x + to) / 2
    path = (
        f"M{number(x)} {number(y)}C{number(bend)} {number(y)} {number(bend)} {number(end)} {number(to)} {number(end)}"
    )
    return element("path", d=path, class_="tree-line")


def narrow(tree: Tree) -> str:
    """Return the drawing for a phone."""
    deep = depths(tree)
    rows = _in_order(tree)
    at = {node.ref: row for row, (node, _) in enumerate(rows)}
    parts = [titled(tree.title, tree.desc)]
    places = {
        node.ref: Place(min(deep[node.ref], MOST_INDENT) * INDENT, row * ROW, 0) for row, (node, _) in enumerate(rows)
    }
    for node, parent in rows:
        if parent is not None:
            here, above = places[node.ref], places[parent]
            x, y = above.x + INDENT / 2, at[node.ref] * ROW + BOX_HIGH / 2
            path = f"M{number(x)} {number(above.y + BOX_HIGH)}V{number(y)}H{number(max(here.x, x))}"
            parts.append(element("path", d=path, class_="tree-line"))
    for node, _ in rows:
        x = places[node.ref].x
        place = Place(x, places[node.ref].y, NARROW - x)
        parts.append(_box(node, place, first=node.ref == tree.root))
    return _svg(tree, "tree-narrow", NARROW, len(rows) * ROW - (ROW - BOX_HIGH), "".join(parts))


def _in_order(tree: Tree) -> list[tuple[Node, str | None]]:
    """Return the batches as one reads them, each below the first that it hangs on."""
    known: Mapping[str, Node] = {node.ref: node for node in tree.nodes}
    hung: dict[str, list[str]] = {}
    parent: dict[str, str] = {}
    for near, far in tree.lines:
        if far not in parent and near in known and far in known and far != tree.root:
            parent[far] = near
            hung.setdefault(near, []).append(far)
    loose: Sequence[str] = [node.ref for node in tree.nodes if node.ref not in parent and node.ref != tree.root]
    found: list[tuple[Node, str | None]] = []
    waiting: list[str] = [*reversed(loose), tree.root]
    seen: set[str] = set()
    while waiting:
        ref = waiting.pop()
        if ref not in seen:
            seen.add(ref)
            found.append((known[ref], parent.get(ref)))
            waiting += reversed(hung.get(ref, []))
    return found


def _box(node: Node, place: Place, *, first: bool) -> str:
    look = "tree-box" + (" first" if first else "") + (" marked" if node.marked else "")
    room = place.width - 2 * PADDING
    drawn = (
        element("rect", x=place.x, y=place.y, width=place.width, height=BOX_HIGH, rx=6, class_=look)
        + text(cut(node.label, room, SIZE), x=place.x + PADDING, y=place.y + 23, class_="tree-label")
        + text(cut(node.said, room, SIZE - 1), x=place.x + PADDING, y=place.y + 43, class_="tree-said")
    )
    return element("a", whole(f"{node.label}: {node.said}") + drawn, href=node.href)


def _svg(tree: Tree, name: str, width: int, height: float, inner: str) -> str:
    return element(
        "svg",
        inner,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {number(height)}",
        class_=f"tree-drawing {name}",
        role="group",
        aria_label=tree.title,
    )
