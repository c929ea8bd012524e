"""Pictograms of the GHS and the labels of transport classes, drawn for this project, as SVG text.

GHS01 to GHS09 are red squares on their point (GHS 1.4.10.4); the labels of classes follow the colours and symbols of
the model regulations, 5.2.2.2. Black on white carries the meaning of every one of them.
"""

import functools
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Final
from xml.sax.saxutils import escape

from labels.classes import CLASSES
from ledger.errors import NotFoundError

GHS: Final[Mapping[str, tuple[str, str]]] = {
    "GHS01": ("爆炸的炸弹", "Exploding bomb"),
    "GHS02": ("火焰", "Flame"),
    "GHS03": ("圆圈上方火焰", "Flame over circle"),
    "GHS04": ("高压气瓶", "Gas cylinder"),
    "GHS05": ("腐蚀", "Corrosion"),
    "GHS06": ("骷髅和交叉骨", "Skull and crossbones"),
    "GHS07": ("感叹号", "Exclamation mark"),
    "GHS08": ("健康危险", "Health hazard"),
    "GHS09": ("环境", "Environment"),
}
UNDRAWN: Final = frozenset({"6.2"})
TRANSPORT: Final[Mapping[str, tuple[str, str]]] = {
    name: words for name, words in CLASSES.items() if name not in UNDRAWN
}
TITLES: Final[Mapping[str, tuple[str, str]]] = {**GHS, **TRANSPORT}
"""Name of a pictogram -> its title in Chinese and in English."""


@functools.cache
def _drawing(name: str) -> str:
    return resources.files("labels.pictograms").joinpath(f"{name}.svg").read_text(encoding="utf-8")


def svg(name: str, *, size: str = "") -> str:
    """Return the drawing of "GHS02" or of class "6.1", with title and description for screen readers.

    `size`: width and height as a CSS length, none to let the page decide. NotFoundError: no such drawing.
    """
    if name not in TITLES:
        raise NotFoundError("unknown_pictogram", params={"name": name[:20]})
    if not size:
        return _drawing(name)
    return _drawing(name).replace("<svg ", f'<svg width="{escape(size)}" height="{escape(size)}" ', 1)


def for_classes(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the drawings for labels of transport, in their order; "1.1D" is drawn as class 1.

    A label that is not drawn here (6.2) is left out: the class stands in the text of every label as well.
    """
    names = ("1" if label.startswith("1.") else label for label in labels)
    return tuple(dict.fromkeys(name for name in names if name in TRANSPORT))
