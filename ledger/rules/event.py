"""An event as the rules see it, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ledger.core.canonical import Json
from ledger.core.events import Header
from ledger.core.records import Effects
from ledger.core.times import parse_stated

Content = Mapping[str, Json]


@dataclass(frozen=True)
class Event:
    """What an actor states: the header, its hash, and the content of each section but ``personal``.

    ``contents`` lacks what was withheld or erased; rules never read ``personal``.
    """

    hash: str
    header: Header
    contents: Mapping[str, Content]

    @cached_property
    def occurred_ms(self) -> int:
        """The time the actor states, in epoch milliseconds."""
        return parse_stated(self.header.occurred_at)

    @cached_property
    def stage(self) -> str:
        """The stage of the life cycle: the part of the type before the dot."""
        return self.header.type.partition(".")[0]

    @cached_property
    def verb(self) -> str:
        """The verb: the part of the type after the dot."""
        return self.header.type.partition(".")[2]


@dataclass(frozen=True)
class Entry:
    """An event with the record the ledger made of it: its index, time, and the effects on each chain."""

    index: int
    recorded_at_ms: int
    event: Event
    effects: Mapping[str, Effects] = field(default_factory=dict)


@dataclass(frozen=True)
class FormerEvent:
    """An earlier entry, looked up by its hash: what a correction voids."""

    entry: Entry
