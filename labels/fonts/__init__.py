"""The font of paper: Chinese and Latin in one file, embedded by what is drawn with it. See README.md."""

from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

NAME: Final = "Hazledger Sans SC"


def file() -> Traversable:
    """Return the TrueType file."""
    return resources.files("labels.fonts").joinpath("HazledgerSansSC-Regular.ttf")
