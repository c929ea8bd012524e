"""Audits as those see them who ask for them or supervise the ledger."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant, Words

AuditKind = Literal["full", "evidence", "since", "sample", "scrub"]
AuditState = Literal["running", "clean", "found", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One thing that is wrong: its kind, the kind in words, and where it is.

    `index` of a record; `chain` such as "batch:<uuid>"; `detail` for those who run the ledger alone.
    """

    kind: str
    words: Words
    index: int | None
    chain: str | None
    where: str
    detail: str


@dataclass(frozen=True, slots=True)
class Missed:
    """The chance, as a decimal, that a sample holds none of so many unsound records."""

    bad: int
    chance: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An audit in a list. `org`: who asked, None for the scrub; `user`: which person, of one's own organisation."""

    id: str
    kind: AuditKind
    state: AuditState
    org: Words | None
    user: str | None
    started: Instant
    ended: Instant | None
    done: int
    total: int
    log_size: int | None
    root: str | None
    count: int | None

    @property
    def percent(self) -> int:
        """How far it is."""
        return min(100, 100 * self.done // self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class AuditView:
    """An audit with what it found: the first `MOST` findings. `not_read`: names of what was left out."""

    line: AuditLine
    records: int
    since: int | None
    seconds: str
    findings: tuple[AuditFinding, ...]
    not_read: tuple[str, ...]
    seed: str
    sampled: int | None
    missed: tuple[Missed, ...]
    error: str | None
    error_params: tuple[tuple[str, str | int], ...]
    reportable: bool


@dataclass(frozen=True, slots=True)
class ScrubView:
    """The background scrub: records a second (0: off), where its round is, and what it has found in it."""

    rate: int
    position: int
    total: int
    found: int
    rounds: int
