"""The working sheet of one decision: what a statement moves, what it founds, and what speaks against it.

A ``Draft`` lives inside ``decide`` alone. Verbs write moves on it, checks write objections and notes; ``settle``
turns the moves into postings. Objections refuse an act; a report is recorded with a finding instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.core.canonical import Json
from ledger.core.quantity import MAX_MG, kg, milligrams
from ledger.errors import Problem
from ledger.reference import Reference
from ledger.rules.accounts import Account, Holding
from ledger.rules.event import Content, Event
from ledger.rules.manifest import RuleSet
from ledger.rules.state import State
from ledger.rules.statements import EventType
from ledger.rules.transfer_state import TransferState


class Stop(Exception):  # noqa: N818 - carries a refusal out of a verb
    """What is stated cannot be recorded in either mode: unknown things, wrong forms, sums that do not add up."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


def stop(code: str, field: str | None = None, **params: str | int) -> Stop:
    """A ``Stop`` with one problem."""
    return Stop(Problem(code, field, params))


def check_mass(mg: int, at: str) -> None:
    """Stop where a sum is beyond what an account can hold."""
    if abs(mg) > MAX_MG:
        raise stop("amount_too_large", at, most_kg=kg(MAX_MG))


def mass_of(item: Mapping[str, Json], at: str, name: str = "amount") -> int:
    """The mass of an amount in milligrams, converted once (design: exact bytes)."""
    measurement = item.get("measurement")
    density = measurement.get("density") if isinstance(measurement, dict) else None
    return milligrams(
        str(item[name]),
        str(item["unit"]),
        density=density if isinstance(density, dict) else None,
        field=f"{at}/{name}",
    )


@dataclass(frozen=True, slots=True)
class Move:
    """So many milligrams of a batch from one account to another. ``field`` points at the line that says so."""

    batch: str
    source: Account
    target: Account
    mg: int
    field: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of matter with its defaults filled in."""

    holding: Holding
    mg: int
    field: str
    content: Content


@dataclass
class Draft:
    """One decision in the making."""

    event: Event
    kind: EventType
    state: State
    recorded_at_ms: int
    rules: RuleSet
    reference: Reference
    moves: list[Move] = field(default_factory=list)
    births: dict[str, dict[str, int]] = field(default_factory=dict)
    chains: set[str] = field(default_factory=set)
    findings: list[tuple[str, str, dict[str, Json]]] = field(default_factory=list)
    objections: list[tuple[str, Problem]] = field(default_factory=list)
    restating: bool = False
    transfer: TransferState | None = None

    @property
    def actor(self) -> str:
        """The organisation that states the event."""
        return self.event.header.actor

    @property
    def report(self) -> bool:
        """Whether the event states what already happened. A correction does, in either mode."""
        return self.event.header.mode == "report" or self.event.verb == "event_corrected"

    def content(self, section: str) -> Content:
        """A section's content, empty when it is not stated."""
        return self.event.contents.get(section, {})

    def note(self, chain: str, rule: str, data: Mapping[str, Json]) -> None:
        """Note a finding on a chain, if the rule is in force."""
        if self.rules.level(rule, self.actor, self.recorded_at_ms) is not None:
            self.findings.append((chain, rule, dict(data)))

    def object(self, rule: str, problem: Problem, chain: str | None = None) -> None:
        """Object in the name of a rule: by its level an act is refused, or a finding is noted.

        The level is that of the time of the decision: a time that the actor states must not take a rule out of force.
        """
        level = self.rules.level(rule, self.actor, self.recorded_at_ms)
        if level is None:
            return
        if level == "refuse":
            self.objections.append((rule, problem))
        else:
            self.findings.append((chain or self.actor, rule, {"problem": problem.code, "level": level}))

    def move(self, batch: str, source: Account, target: Account, mg: int, at: str) -> None:
        """Write down a move; one of nothing, or onto itself, is none."""
        if mg and source != target:
            self.moves.append(Move(batch, source, target, mg, at))

    def lines(self, section: str, place: str | None = None) -> list[Line]:
        """The lines of a section with defaults: owner and custodian are the actor, the place is the stated one."""
        stated = self.content(section).get("lines", [])
        assert isinstance(stated, list)
        lines = [self._line(item, f"/sections/{section}/lines/{n}", place) for n, item in enumerate(stated)]
        check_mass(sum(line.mg for line in lines), f"/sections/{section}/lines")
        return lines

    def _line(self, item: Json, at: str, place: str | None) -> Line:
        assert isinstance(item, dict)
        where = item.get("place", place)
        if where is None:
            raise stop("place_missing", at + "/place")
        holding = Holding(
            str(item["batch"]),
            str(item.get("owner", self.actor)),
            str(item.get("custodian", self.actor)),
            str(where),
            str(item.get("container", "-")),
            str(item.get("status", "free")),
        )
        return Line(holding, self.mass(item, at), at, item)

    def mass(self, item: Mapping[str, Json], at: str, name: str = "amount") -> int:
        """The mass of an amount in milligrams."""
        return mass_of(item, at, name)

    def place(self) -> str | None:
        """The stated place as account text, ``site:<uuid>/<location>``, or None."""
        stated = self.content("place")
        if "site" not in stated:
            return None
        return f"{stated['site']}/{stated.get('location', '-')}"


def reference(draft: Draft, rel: str) -> tuple[str, str]:
    """The hash of the one reference of a relation, and the pointer to it."""
    found = [(ref.hash, f"/refs/{place}") for place, ref in enumerate(draft.event.header.refs) if ref.rel == rel]
    if len(found) != 1:
        raise stop("reference_missing", "/refs", rel=rel)
    return found[0]
