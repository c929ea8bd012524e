"""What the classes and divisions of dangerous goods are called, on labels and on pages: the one table.

Chinese words are those of GB 6944-2012, English ones those of the model regulations, chapter 2.0, in the singular.
"""

from collections.abc import Mapping
from typing import Final

CLASSES: Final[Mapping[str, tuple[str, str]]] = {
    "1": ("爆炸品", "Explosives"),
    "2.1": ("易燃气体", "Flammable gas"),
    "2.2": ("非易燃无毒气体", "Non-flammable, non-toxic gas"),
    "2.3": ("毒性气体", "Toxic gas"),
    "3": ("易燃液体", "Flammable liquid"),
    "4.1": ("易燃固体", "Flammable solid"),
    "4.2": ("易于自燃的物质", "Spontaneously combustible"),
    "4.3": ("遇水放出易燃气体的物质", "Dangerous when wet"),
    "5.1": ("氧化性物质", "Oxidizing substance"),
    "5.2": ("有机过氧化物", "Organic peroxide"),
    "6.1": ("毒性物质", "Toxic substance"),
    "6.2": ("感染性物质", "Infectious substance"),
    "7": ("放射性物质", "Radioactive material"),
    "8": ("腐蚀性物质", "Corrosive substance"),
    "9": ("杂项危险物质和物品", "Miscellaneous dangerous goods"),
}
"""Division -> its name in Chinese and in English."""


def class_words(transport_class: str) -> tuple[str, str]:
    """Return what a class such as "6.1" or "1.1D" is called, zh and en; divisions of class 1 share one word."""
    division = transport_class.split(maxsplit=1)[0] if transport_class else ""
    return CLASSES.get(division) or CLASSES.get(division.partition(".")[0]) or ("", "")
