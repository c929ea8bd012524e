"""What the server says about itself and about a write."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant, Words


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one event. `recorded`: now (201), or before under the same id (200); `receipt`: JSON bytes."""

    recorded: bool
    receipt: bytes


@dataclass(frozen=True, slots=True)
class PublishedHeads:
    """Published heads: their record is leaf `n` and covers the records before it. `recorded`: just now."""

    n: int
    record: str
    recorded_at: Instant
    recorded: bool


@dataclass(frozen=True, slots=True)
class Health:
    """One check of readiness: "store", "writer", "signer", "disk", ...; `detail` says why when not ok."""

    name: str
    ok: bool
    detail: Words | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the server reads and writes; reads may go on when writes do not."""

    reads: bool
    writes: bool
    checks: tuple[Health, ...]


@dataclass(frozen=True, slots=True)
class LogState:
    """The log as its newest checkpoint says. `origin`: log name; `vkey`: verifier key of the signed notes."""

    origin: str
    size: int
    root: str
    at: Instant
    vkey: str
    demo: bool
    events: int = 0
    batches: int = 0
    organisations: int = 0
    role: Literal["writer", "reader"] = "writer"
