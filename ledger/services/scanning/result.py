"""What a scan came to, as a value and as it is kept."""

from dataclasses import dataclass, field

import orjson

from ledger.errors import Problem
from ledger.rules.scanning import Outcome


@dataclass(frozen=True, slots=True)
class Event:
    """An event that was recorded for a scan, with the rules that found something."""

    id: str
    type: str
    index: int
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a scan. ``place``: where the thing is booked, where that is not here; ``mg``: of the thing.

    ``warnings``: what speaks against it without stopping it; ``of``: the scan that was undone; ``reportable``: if it
    happened all the same, it can be recorded as a report; ``seen``: the place of a site where the thing was when it was
    scanned, "" where that is not said.
    """

    id: str
    action: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    item: str = ""
    label: str = ""
    product: str = ""
    here: str = ""
    place: str | None = None
    mg: int = 0
    events: tuple[Event, ...] = ()
    overridable: bool = False
    reportable: bool = False
    of: str = ""
    seen: str = ""
    repeated: bool = field(default=False, compare=False)


def write(result: Result) -> bytes:
    """Return a result as it is kept."""
    return orjson.dumps(result)


def read(data: bytes, *, repeated: bool = False) -> Result:
    """Return a kept result."""
    stated = orjson.loads(data)
    for name in ("problems", "warnings"):
        stated[name] = tuple(Problem(**item) for item in stated[name])
    stated["events"] = tuple(Event(**{**item, "findings": tuple(item["findings"])}) for item in stated["events"])
    return Result(**{**stated, "repeated": repeated})
