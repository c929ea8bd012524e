"""Where a server's processor time goes: the stages of an append, timed from outside while it serves.

Each point names a function of the append path; what it takes without the points inside it counts for its stage. What no
point covers is the rest: HTTP, routing, and handing over between threads. Stages that wait are timed by the clock too.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from api.wiring import intake as wiring
from api.wiring.intake import LedgerIntake
from ledger.services import appender, intake, memo
from ledger.services.appender import Appender
from ledger.services.projector import Projector
from ledger.services.right_edge import EdgeWatch
from ledger.services.signer_state import SignerState
from ledger.store.chains import Chains
from ledger.store.events import Events
from ledger.store.log import Log
from ledger.store.unit_of_work import Store, WriteUnit

POINTS: Final[tuple[tuple[str, Any, str], ...]] = (
    ("parse, canonical bytes, digests", wiring, "_stated"),
    ("parse, canonical bytes, digests", LedgerIntake, "_made"),
    ("check the shapes", intake, "check_event"),
    ("begin, read the checkpoint", Store, "write"),
    ("begin, read the checkpoint", Appender, "_check_checkpoint"),
    ("load states", Events, "find_many"),
    ("load states", memo, "load"),
    ("load states", Chains, "heads"),
    ("decide", appender, "decide"),
    ("evolve", appender, "evolve"),
    ("seal the record", appender, "seal"),
    ("project", Projector, "add"),
    ("write rows", Appender, "_write"),
    ("write rows", Log, "swap_checkpoint"),
    ("tree", EdgeWatch, "grow"),
    ("sign", Appender, "_sign"),
    ("commit", WriteUnit, "_commit"),
    ("signer state", SignerState, "write"),
    ("receipt", LedgerIntake, "_outcome"),
)
"""Stage, owner, name of a function."""

WAITING: Final = ("commit", "signer state")
REST: Final = "HTTP and hand-over"


@dataclass(slots=True)
class _Spent:
    """Seconds of processor and of wall time, and how often."""

    cpu: float = 0.0
    wall: float = 0.0
    calls: int = 0


class Stopwatch:
    """Times the points; ``install`` puts it around them for the rest of the process."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._here = threading.local()
        self._spent: dict[str, _Spent] = {}
        self._process = 0.0
        self.reset()

    def install(self) -> None:
        """Wrap every point."""
        for stage, owner, name in POINTS:
            setattr(owner, name, self._around(stage, getattr(owner, name)))

    def reset(self) -> None:
        """Begin anew."""
        with self._lock:
            self._spent = {stage: _Spent() for stage, _, _ in POINTS}
            self._process = time.process_time()

    def report(self) -> dict[str, Any]:
        """Seconds so far: {"process", "stages": {stage: {"cpu", "wall", "calls"}}}."""
        with self._lock:
            stages = {
                stage: {"cpu": spent.cpu, "wall": spent.wall, "calls": spent.calls}
                for stage, spent in self._spent.items()
            }
            return {"process": time.process_time() - self._process, "stages": stages}

    def _around(self, stage: str, inner: Callable[..., Any]) -> Callable[..., Any]:
        here, cpu_now, wall_now = self._here, time.thread_time, time.perf_counter

        @wraps(inner)
        def timed(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - stands for any of the points
            below = getattr(here, "inside", 0.0)
            here.inside = 0.0
            cpu, wall = cpu_now(), wall_now()
            try:
                return inner(*arguments, **named)
            finally:
                took = cpu_now() - cpu
                self._add(stage, took - here.inside, wall_now() - wall)
                here.inside = below + took

        return timed

    def _add(self, stage: str, cpu: float, wall: float) -> None:
        with self._lock:
            spent = self._spent[stage]
            spent.cpu += cpu
            spent.wall += wall
            spent.calls += 1
