"""Labels to be printed, as their page lists them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelLine:
    """A code in force that the viewer may print, and what people call the thing it stands for."""

    code: str
    caption: str
