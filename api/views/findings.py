"""Findings as lists and pages show them."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant, Party, Words

Severity = Literal["info", "warning", "critical"]


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding. `rule` is "name@n"; `at`: since when it is there, or longer where `at_least`.

    `index`: the record that carries it, null for a computed one, which is made from the state whenever it is asked for.
    `ref`: what it is about; `about` names that; `org`: who stated it or has to act, null for whoever holds the goods.
    """

    id: str
    rule: str
    severity: Severity
    text: Words
    at: Instant
    at_least: bool
    index: int | None
    ref: str
    about: Words
    org: Party | None
    open: bool = True
    computed: bool = False


@dataclass(frozen=True, slots=True)
class FindingFact:
    """A figure of a finding: what it is called (a key of `api.finding_words.FACTS`), its value, and where it leads.

    `at`: the instant that it states, which pages show in the reader's zone; `value` then says the same in UTC.
    """

    name: str
    value: Words
    link: str = ""
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """A record that a finding rests on: event type, who stated it, when it happened and was recorded."""

    index: int
    type: str
    actor: Party
    occurred_at: Instant
    recorded_at: Instant
    event: str


@dataclass(frozen=True, slots=True)
class FindingSettled:
    """The record that settled a finding, and the reason it states."""

    index: int
    at: Instant
    by: Party
    reason: str


@dataclass(frozen=True, slots=True)
class FindingPage:
    """A finding with all that is known of it.

    `means`: what the rule says; `ends`: what resolves it, `how`: an event that settles it, the act that was due, what
    changes with time, or it stays on record. `may_settle`: the viewer may settle it, naming `event` and the rule.
    """

    line: FindingLine
    means: Words
    ends: Words
    how: Literal["event", "act", "time", "stays"]
    facts: tuple[FindingFact, ...]
    records: tuple[FindingRecord, ...]
    settled: FindingSettled | None = None
    event: str = ""
    may_settle: bool = False
