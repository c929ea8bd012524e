"""Builds the demo's ledger: the same append path as everybody's, with a seeded clock, seeded salts and seeded keys."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from ledger.core.canonical import Json
from ledger.core.ids import uuid7
from ledger.core.times import format_utc
from ledger.demo.dice import Dice
from ledger.demo.life import DAY
from ledger.demo.people import countersign
from ledger.demo.statement import Statement
from ledger.demo.story import start_of, story
from ledger.demo.world import OPERATOR, World, uscc
from ledger.errors import HazledgerError
from ledger.reference import Reference
from ledger.services.answers import Appended
from ledger.services.clock import SetClock
from ledger.services.entropy import SeededEntropy
from ledger.services.genesis import Genesis
from ledger.services.intake import Auth, Submission, simple
from ledger.services.ledger import Ledger

GROUP: Final = 500
HEADS_EVERY: Final = 4_000
SETTLED_MS: Final = 60_000

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Built:
    """What was built: events by stage, and the ids that the demo's links lead to."""

    world: World
    events: int = 0
    by_stage: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which story: how many events at least, from which seed, and before which moment all of it lies."""

    events: int
    seed: int
    until_ms: int
    days: int | None = None
    """How long the story is; None: as long as so many events take."""

    @property
    def start_ms(self) -> int:
        """When the story begins."""
        if self.days is not None:
            return self.until_ms - self.days * DAY
        return start_of(self.until_ms, self.events)

    def entropy(self) -> SeededEntropy:
        """The stream of salts and ids that the server draws."""
        return SeededEntropy(f"hazledger demo {self.seed} server".encode())

    def key_entropy(self) -> SeededEntropy:
        """The stream that the log key is drawn from."""
        return SeededEntropy(f"hazledger demo {self.seed} log key".encode())

    def operator(self) -> str:
        """The operator's id."""
        return f"org:{uuid7(self.start_ms, Dice(self.seed, 'operator').bytes(10))}"

    def genesis(self, rules: Mapping[str, Json]) -> Genesis:
        """The genesis of the demo's ledger; it says that it is a demo."""
        dice = Dice(self.seed, "genesis")
        organisation: dict[str, Json] = {
            "organisation": self.operator(),
            "names": {"zh": OPERATOR.zh, "en": OPERATOR.en},
            "uscc": uscc(OPERATOR, dice),
            "region": OPERATOR.region,
            "roles": list(OPERATOR.roles),
        }
        return Genesis(
            ledger=dice.ref("ledger", self.start_ms),
            organisation=organisation,
            registrars=(),
            demo=True,
            rules=rules,
            id=dice.ref("x", self.start_ms)[2:],
        )


def admit(ledger: Ledger, clock: SetClock, plan: Plan, reference: Reference) -> World:
    """Bring the cast alone into an empty ledger that has its genesis."""
    world = World(plan.seed, plan.start_ms, reference, plan.operator())
    group = [*world.statements()]
    _flush(ledger, clock, group, Built(world), lambda _done, _total: None, len(group))
    return world


def build(
    ledger: Ledger,
    clock: SetClock,
    plan: Plan,
    reference: Reference,
    progress: Progress,
    told: tuple[World, Iterable[Statement]] | None = None,
) -> Built:
    """Tell a story to an empty ledger that has its genesis: ``told``, a world and its statements, or the demo's.

    Raises the first refusal: none is meant.
    """
    if told is None:
        made = World(plan.seed, plan.start_ms, reference, plan.operator())
        told = made, story(made, plan.until_ms, plan.events)
    world, statements = told
    built = Built(world)
    group: list[Statement] = []
    for statement in statements:
        if statement.waits:
            _flush(ledger, clock, group, built, progress, plan.events)
        group.append(statement)
        if len(group) >= GROUP:
            _flush(ledger, clock, group, built, progress, plan.events)
    _flush(ledger, clock, group, built, progress, plan.events)
    ledger.publish_heads()
    clock.set(clock.now_ms() + SETTLED_MS)
    ledger.publish_heads()
    return built


def _flush(
    ledger: Ledger, clock: SetClock, group: list[Statement], built: Built, progress: Progress, total: int
) -> None:
    if not group:
        return
    origin = ledger.origin
    answers = ledger.append_many([submission(ledger, origin, statement) for statement in group])
    for statement, answer in zip(group, answers, strict=True):
        if isinstance(answer, HazledgerError):
            raise answer
        _note(built, statement, answer)
    clock.set(group[-1].recorded_ms + 1)
    before = built.events // HEADS_EVERY
    built.events += len(group)
    group.clear()
    if built.events // HEADS_EVERY != before:
        ledger.publish_heads()
    progress(built.events, total)


def submission(ledger: Ledger, origin: str, statement: Statement) -> Submission:
    """The statement as it comes in: in the simple form, or signed by its people."""
    refs: list[Json] = [{"rel": rel, "hash": digest} for rel, digest in statement.refs]
    refs.extend({"rel": rel, "hash": one.event_hash} for rel, one in statement.follows)
    if statement.voids is not None:
        refs.append({"rel": "voids", "hash": statement.voids.event_hash})
    body: dict[str, Json] = {
        "id": statement.id,
        "type": statement.type,
        "mode": statement.mode,
        "actor": statement.actor,
        "occurred_at": format_utc(statement.occurred_ms),
        "refs": refs,
        "sections": dict(statement.sections.items()),
    }
    auth = Auth("demo", statement.actor, "story", "none")
    made = simple(body, auth, origin=origin, entropy=ledger.entropy)
    return replace(countersign(made, statement.signers, origin), at_ms=statement.recorded_ms)


def _note(built: Built, statement: Statement, answer: Appended) -> None:
    statement.event_hash = answer.event
    stage = statement.type.partition(".")[0]
    built.by_stage[stage] = built.by_stage.get(stage, 0) + 1
    if statement.type == "production.label_issued":
        for code, target in _labels(statement.sections["containers"].get("items", [])):
            built.codes.setdefault(target.partition(":")[0], code)


def _labels(items: Json) -> Iterable[tuple[str, str]]:
    listed = items if isinstance(items, list) else []
    return [(str(item["code"]), str(item["target"])) for item in listed if isinstance(item, dict)]
