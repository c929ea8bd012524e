"""Witnesses of the log, and pinned checkpoints, as pages and programs see them."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant


@dataclass(frozen=True, slots=True)
class WitnessLine:
    """A witness: the greatest size that it cosigned, when by its own clock, and how many records it is behind.

    `size`, `at` and `behind` are null before it cosigned anything. `tried`: when it was last asked; `failures`: how
    often in a row it did not cosign; `outcome`: what the last try came to, for operators.
    """

    name: str
    vkey: str
    size: int | None
    at: Instant | None
    behind: int | None
    tried: Instant | None
    failures: int
    outcome: str


@dataclass(frozen=True, slots=True)
class TimestampView:
    """The newest timestamp of an authority (RFC 3161) that verifies: the day (UTC), the size, and when by its clock."""

    day: str
    size: int
    at: Instant
    serial: str


@dataclass(frozen=True, slots=True)
class WitnessesView:
    """Who watches the log. `size`: of the newest published checkpoint; `quorum`: as the operator's policy names it.

    `quorum_size`: the greatest size that a quorum cosigned; null without any. `checkpoint`: the one that is shown now.
    `stamping`: whether an authority is chosen; `timestamp`: its newest one, null before there is any.
    """

    origin: str
    vkey: str
    size: int
    quorum: str
    quorum_size: int | None
    checkpoint: str
    witnesses: tuple[WitnessLine, ...] = ()
    stamping: bool = False
    timestamp: TimestampView | None = None


@dataclass(frozen=True, slots=True)
class PinView:
    """A pinned checkpoint. `standing`: the log extends it, is shorter than it (`ahead`), or signed another one."""

    id: str
    size: int
    at: Instant
    standing: Literal["extended", "ahead", "forked"]
    checkpoint: str
