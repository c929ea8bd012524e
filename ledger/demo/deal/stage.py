"""The stage of the story: says things in somebody's name, signed by their people, and looks at every kilogram then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ledger.core.canonical import Json
from ledger.core.quantity import kg
from ledger.demo.build import submission
from ledger.demo.dice import Dice
from ledger.demo.people import Person
from ledger.demo.statement import Sections, Statement
from ledger.demo.world import CAST, World
from ledger.errors import HazledgerError, RefusedError
from ledger.rules import codec
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import ShipmentState, TransferState
from ledger.services import trace
from ledger.services.answers import Appended
from ledger.services.clock import SetClock
from ledger.services.ledger import Ledger

MINUTE = 60_000
Ref = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it is shown: what it was, whether it was taken, and where every kilogram is after it.

    ``accounts``: batch -> account -> kilograms; an account of stock is "owner / custodian"; each batch sums to nought.
    """

    title: str
    type: str
    actor: str
    signed_by: int
    taken: bool
    refused: tuple[str, ...]
    findings: tuple[str, ...]
    index: int | None
    accounts: Mapping[str, Mapping[str, str]]

    def content(self) -> dict[str, Json]:
        """The step as JSON."""
        accounts: dict[str, Json] = {name: dict(sums.items()) for name, sums in self.accounts.items()}
        return {
            "step": self.title,
            "type": self.type,
            "actor": self.actor,
            "signed_by": self.signed_by,
            "taken": self.taken,
            "refused": list(self.refused),
            "findings": list(self.findings),
            "index": self.index,
            "accounts": accounts,
        }


@dataclass
class Stage:
    """A ledger with its cast. ``watched``: the batches whose accounts are shown, by what they are called."""

    ledger: Ledger
    clock: SetClock
    world: World
    dice: Dice
    watched: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names.update((self.world.orgs[role.name], role.en.removesuffix(" (demo)")) for role in CAST)

    def ref(self, kind: str, called: str = "") -> str:
        """A new reference; ``called`` is what people see."""
        made = self.dice.ref(kind, self.clock.now_ms())
        self.names[made] = called or made
        return made

    def tell(self, title: str, who: str, kind: str, sections: Sections, *refs: Ref, people: int = 1) -> Step:
        """State something and show it; a refusal is shown, too."""
        signers = self.world.people[who][:people]
        answer = self._append(who, kind, sections, refs, signers)
        refused: tuple[str, ...] = ()
        findings: tuple[str, ...] = ()
        index: int | None = None
        if isinstance(answer, HazledgerError):
            problems = answer.problems if isinstance(answer, RefusedError) else (answer.problem,)
            refused = tuple(problem.code for problem in problems)
        else:
            index = answer.index
            findings = tuple(sorted({rule for _, rule, _ in answer.findings}))
        step = Step(
            title, kind, self.called(who), len(signers), not refused, refused, findings, index, self._accounts()
        )
        self.steps.append(step)
        return step

    def must(self, who: str, kind: str, sections: Sections, *refs: Ref, people: int = 1) -> Appended:
        """State something that is not shown. Raises the error of a refusal."""
        answer = self._append(who, kind, sections, refs, self.world.people[who][:people])
        if isinstance(answer, HazledgerError):
            raise answer
        return answer

    def _append(
        self, who: str, kind: str, sections: Sections, refs: Sequence[Ref], signers: tuple[Person, ...]
    ) -> Appended | HazledgerError:
        now_ms = self.clock.now_ms() + 10 * MINUTE
        self.clock.set(now_ms)
        statement = Statement(
            id=self.dice.ref("x", now_ms)[2:],
            type=kind,
            actor=self.world.orgs[who],
            occurred_ms=now_ms,
            sections=sections,
            recorded_ms=now_ms,
            signers=signers,
            refs=tuple(refs),
        )
        try:
            return self.ledger.append(submission(self.ledger, self.ledger.origin, statement))
        except HazledgerError as error:
            return error

    # --- looking ---------------------------------------------------------------------------------------------------

    def called(self, who: str) -> str:
        """What one of the cast is called."""
        return self.names[self.world.orgs[who]]

    def transfer(self, key: str) -> TransferState:
        """A transfer as it is now."""
        state = self._state(key)
        assert isinstance(state, TransferState)
        return state

    def shipment(self, key: str) -> ShipmentState:
        """A shipment as it is now."""
        state = self._state(key)
        assert isinstance(state, ShipmentState)
        return state

    def _state(self, key: str) -> object:
        with self.ledger.store.read() as unit:
            body = unit.projections.load_states([key])[key]
        return None if body is None else codec.load(key, body)

    def _accounts(self) -> dict[str, dict[str, str]]:
        """Where every kilogram of the watched batches is. Raises HazledgerError if one does not add up."""
        found: dict[str, dict[str, str]] = {}
        with self.ledger.store.read() as unit:
            for batch, called in self.watched.items():
                sums: dict[str, int] = {}
                for account, mg in trace.stock(unit, batch).items():
                    name = self._account(account)
                    sums[name] = sums.get(name, 0) + mg
                if sum(sums.values()):
                    raise HazledgerError("mass_not_zero", params={"kg": kg(sum(sums.values()))})
                found[called] = {name: kg(mg) for name, mg in sorted(sums.items()) if mg}
        return found

    def _account(self, account: str | Holding) -> str:
        if isinstance(account, str):
            return account
        return f"{self.names[account.owner]} / {self.names[account.custodian]}"
