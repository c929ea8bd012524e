"""An event as the rules see it, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    stage: str = field(init=False, repr=False, compare=False)
    verb: str = field(init=False, repr=False, compare=False)
    occurred_ms: int = field(init=False, repr=False, compare=False)
    known: dict[str, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Take the type apart: stage of the life cycle before the dot, verb after it; read the stated time.

        ``known`` is for what is found out about the event by itself, and so holds for ever.
        """
        stage, _, verb = self.header.type.partition(".")
        self.__dict__.update(stage=stage, verb=verb, occurred_ms=parse_stated(self.header.occurred_at))


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
