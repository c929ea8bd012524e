"""Holds on batches, sites and containers: who placed them, why, and whether the viewer may place or lift one."""

from dataclasses import dataclass
from typing import Final, Literal

from api.views.common import Instant, Party, Words

HoldKind = Literal["batch", "site", "container"]


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One hold: who placed it, when, with which reason and record (None: further back than was looked)."""

    by: Party
    at: Instant | None
    text: str
    record: int | None


@dataclass(frozen=True, slots=True)
class Holds:
    """The holds on a thing, oldest first. `may_place`: the viewer may place one; `may_release`: it may lift its own."""

    lines: tuple[HoldLine, ...] = ()
    may_place: bool = False
    may_release: bool = False

    @property
    def may(self) -> bool:
        """Whether the viewer may do either."""
        return self.may_place or self.may_release


NO_HOLDS: Final = Holds()


@dataclass(frozen=True, slots=True)
class Thing:
    """A site or container: its reference and name."""

    ref: str
    name: Words


@dataclass(frozen=True, slots=True)
class StoppedLine:
    """A hold of somebody else that stops goods of the viewer: what it is on, with its page ("" where it has none)."""

    kind: HoldKind
    name: Words
    page: str
    hold: HoldLine


@dataclass(frozen=True, slots=True)
class HoldPage:
    """What the form of a hold is about. `page`: its own page, "" where it has none; `name`: lot, site or drum."""

    ref: str
    kind: HoldKind
    name: Words
    page: str
    holds: Holds
