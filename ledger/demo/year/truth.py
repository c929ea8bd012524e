"""What was put in: each fault with where it is, which events make it, since when, and the rule that has to find it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.core.canonical import Json
from ledger.core.times import format_utc
from ledger.demo.statement import Statement
from ledger.errors import FormatError

SPEC: Final = "hazledger/truth@1"
NAME: Final = "truth.json"


@dataclass
class Fault:
    """A fault in the making: ``said`` are its statements, of which the last one is found; ``also``: rules beside.

    A computed finding has ``chain`` and ``part`` instead; ``part`` "*": any.
    """

    kind: str
    rule: str
    where: str
    said: Sequence[Statement] = ()
    chain: str = ""
    part: str = "*"
    since_ms: int = 0
    also: tuple[str, ...] = ()
    reason: str = ""
    numbered: Statement | None = None
    """The statement after a gap, whose device and number are the part."""
    requested: Statement | None = None
    """The statement that asks for something: the request that it makes is the chain."""

    def content(self, index_of: Mapping[str, int]) -> dict[str, Json]:
        """The fault as JSON; ``index_of``: the record of each event hash."""
        part, chain = self.part, self.chain
        if self.requested is not None:
            chain = f"request:{self.requested.event_hash}"
        if self.numbered is not None:
            agent = self.numbered.sections["agent"]
            part = f"{agent['device']}|{agent['counter']}"
        records = [index_of[str(one.event_hash)] for one in self.said]
        return {
            "kind": self.kind,
            "rule": self.rule,
            "where": self.where,
            "events": [one.id for one in self.said],
            "records": list(records),
            "chain": chain,
            "part": part,
            "since": format_utc(self.since_ms or (self.said[-1].recorded_ms if self.said else 0)),
            "also": list(self.also),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Natural:
    """Findings that are there by nature of the story, not by a fault: which rule, and why."""

    rule: str
    why: str


@dataclass(frozen=True)
class Truth:
    """What a ledger holds: faults as JSON, and what is natural."""

    seed: int
    events: int
    as_of: str
    faults: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)
    natural: tuple[Natural, ...] = ()

    def content(self) -> dict[str, Json]:
        """The truth as JSON."""
        return {
            "spec": SPEC,
            "seed": self.seed,
            "events": self.events,
            "as_of": self.as_of,
            "faults": [dict(one) for one in self.faults],
            "natural": [{"rule": one.rule, "why": one.why} for one in self.natural],
        }


def read(stated: Mapping[str, Any]) -> Truth:
    """Read a truth. FormatError: it is none."""
    try:
        if stated["spec"] != SPEC:
            raise FormatError("truth_not_of_form", "/spec")
        natural = tuple(Natural(str(one["rule"]), str(one["why"])) for one in stated["natural"])
        faults = tuple(dict(one) for one in stated["faults"])
        return Truth(int(stated["seed"]), int(stated["events"]), str(stated["as_of"]), faults, natural)
    except (KeyError, TypeError, ValueError):
        raise FormatError("truth_not_of_form") from None
