"""What authorities ask of organisations, and what they show each other for a limited time."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant, Party, Words

RequestKind = Literal["finding_assigned", "correction_requested", "inspection_recorded"]
RequestStatus = Literal["open", "answered", "closed"]
GrantStanding = Literal["in_force", "over", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A record that moved a request: by whom, when, and what was said. `record`: its index in the log."""

    by: Party
    at: Instant
    text: str
    record: int


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as a list shows it. `ref`: hash of the event that asks; `overdue`: open past `due`, as of now."""

    ref: str
    kind: RequestKind
    asker: Party
    asked: Party
    status: RequestStatus
    asked_at: Instant
    due: Instant | None
    overdue: bool
    text: str
    record: int


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request. `event`, `rule`, `section`, `site`: what it is about; `answer` and `closing`: the newest ones."""

    line: RequestLine
    event: str | None
    rule: str | None
    section: str | None
    site: str | None
    site_name: Words | None
    answer: Turn | None
    closing: Turn | None
    may_answer: bool
    may_close: bool


@dataclass(frozen=True, slots=True)
class Thing:
    """A batch, site or organisation that is shown, with its name."""

    ref: str
    name: Words


@dataclass(frozen=True, slots=True)
class GrantLine:
    """Sight that `giver` gave to `getter`; `ref`: hash of the event that grants."""

    ref: str
    giver: Party
    getter: Party
    things: tuple[Thing, ...]
    granted_at: Instant
    until: Instant
    standing: GrantStanding
    text: str
    record: int
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Whether an authority may; `source` says by what."""

    allowed: bool
    source: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A section of events, or an act, with a cell for each authority in the order of the view."""

    name: str
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class MatrixView:
    """What each authority sees and does on a day. `days`: on which the matrix changes."""

    day: str
    authorities: tuple[str, ...]
    sections: tuple[MatrixRow, ...]
    acts: tuple[MatrixRow, ...]
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirmLine:
    """An organisation that the viewer supervises."""

    party: Party
    uscc: str
    region: str
    roles: tuple[str, ...]
    licences: int
    suspended: int
