"""What one search for everything finds."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Words

Kind = Literal["code", "product", "batch", "container", "site", "org", "shipment", "licence"]


@dataclass(frozen=True, slots=True)
class HitView:
    """A thing that was found. `label`: its number, lot, plate or code; `code`: a printed code of it, where it has one.

    `note`: what else tells it from others, such as UN and CAS number; `who`: whose it is.
    """

    kind: Kind
    ref: str
    label: str
    name: Words
    note: str = ""
    who: Words | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class HitGroup:
    """Things of one kind; `more`: there are more than are given."""

    kind: Kind
    hits: tuple[HitView, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class FindView:
    """What bears a text, by kind; kinds of which nothing was found are left out."""

    text: str
    groups: tuple[HitGroup, ...]
