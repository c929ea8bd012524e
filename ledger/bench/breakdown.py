"""Where the time of one append goes, in a server that is busy with appends at full load."""

import json
from collections.abc import Mapping
from statistics import median
from typing import Any, Final

from ledger.bench import load, scratch
from ledger.bench.context import Context
from ledger.bench.frame import Measured, spread
from ledger.bench.serving import PATHS, Served, start
from ledger.bench.stages import REST, WAITING

AGAINST: Final = "one append"
MICRO: Final = 1_000_000
NAME: Final = "append_time"


def append_time(context: Context) -> list[Measured]:
    """Processor time of an append by stage, and the waits for the disk by the clock; each as a part of the whole."""
    ledger = context.scratch()
    key = scratch.access_token(ledger)
    what = {"app": "ledger", "folder": str(ledger.folder), "timed": True}
    with start(what) as served:
        _round(context, served, ledger, key)
        found = [_round(context, served, ledger, key) for _ in range(context.rounds)]
    names = list(found[0])
    return [_measured(name, [one[name] for one in found]) for name in names]


def _measured(name: str, rounds: list[tuple[float, float, str]]) -> Measured:
    values, parts = [value for value, _, _ in rounds], [part for _, part, _ in rounds]
    share = median(parts)
    return Measured(f"{NAME}: {name}", median(values), rounds[0][2], AGAINST, share, spread(parts) if share else 0.0)


def _round(
    context: Context, served: Served, ledger: scratch.Scratch, key: str
) -> Mapping[str, tuple[float, float, str]]:
    """By stage: microseconds an append, its part of the whole, the unit."""
    count = context.sizes.requests
    made = load.requests(PATHS["ledger"], context.bodies(ledger, count), key=key)
    served.ask("reset")
    wall = load.run(served.port, made, context.sizes.connections)
    told: dict[str, Any] = json.loads(served.ask("report"))
    process: float = told["process"]
    stages: dict[str, dict[str, float]] = told["stages"]
    rest = process - sum(spent["cpu"] for spent in stages.values())
    each = MICRO / count
    found = {stage: (spent["cpu"] * each, spent["cpu"] / process, "us CPU") for stage, spent in stages.items()}
    found[REST] = (rest * each, rest / process, "us CPU")
    waits = {stage: stages[stage]["wall"] - stages[stage]["cpu"] for stage in WAITING}
    found |= {f"{stage}, waiting": (wait * each, wait / wall, "us wait") for stage, wait in waits.items()}
    found["all of it"] = (wall * each, 1.0, "us")
    return found
