"""What a verification found, as data: steps that hold, and a verdict in parts. Texts: `report_text`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from ledger.core.effects import Account

Facts: TypeAlias = Mapping[str, int | str]

Standing: TypeAlias = Literal["attested", "ledger", "registrar", "not_shown"]
"""Who answers for a statement.

`attested`: unsigned, the ledger attests that it was made. `ledger`: signed, but whose the key is rests
on the ledger's word. `registrar`: signed, and a registrar vouches for the key. `not_shown`: the record
alone is shown, or (in a receipt) the registration of the key is not.
"""

STANDINGS: Final[tuple[Standing, ...]] = ("registrar", "ledger", "attested", "not_shown")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the verification.

    A step that breaks raises. A step that is not `ok` could not be taken, because what it needs was
    not shown, or because no policy was given.
    """

    name: str
    ok: bool
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """One statement of the verdict: a code of `report_text.VERDICTS` and its numbers."""

    code: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record of the chain as far as it was shown; `type` and `actor` are None for a bare record.

    `compromised_since_ms`: the moment since when a key that signed it is said to be compromised, by a later record.
    `withheld`: something of it is not disclosed (header, effects, or a section other than `personal`).
    """

    index: int
    recorded_at_ms: int
    type: str | None
    actor: str | None
    standing: Standing
    compromised_since_ms: int | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a verification in which nothing broke.

    `subject`: the chain of evidence, the event hash of a receipt, what a proof is about, or the kind of misbehaviour.
    `accounts`: the balance of each account in milligrams at the end of the chain, empty unless all effects are
    disclosed.
    """

    spec: str
    origin: str
    subject: str
    steps: tuple[Step, ...]
    verdict: tuple[Part, ...]
    records: tuple[RecordLine, ...] = ()
    accounts: tuple[tuple[Account, int], ...] = ()

    @property
    def genuine(self) -> bool:
        """Whether a policy was given and met: without one, evidence is at most consistent."""
        return any(part.code == "genuine" for part in self.verdict)

    @property
    def misbehaviour(self) -> bool:
        """Whether this is a proof against the log, which holds: nothing that anybody may rely on as evidence."""
        return any(part.code.startswith("misbehaviour") for part in self.verdict)

    @property
    def demo(self) -> bool:
        """Whether the ledger says of itself that it is a demonstration."""
        return any(part.code == "demo" for part in self.verdict)


class Steps:
    """The steps taken so far, in order; none is taken twice."""

    __slots__ = ("_steps",)

    def __init__(self) -> None:
        """Begin with none."""
        self._steps: dict[str, Step] = {}

    def done(self, name: str, *, ok: bool = True, **facts: int | str) -> None:
        """Note a step and what it found."""
        self._steps[name] = Step(name, ok, facts)

    def ok(self, name: str) -> bool:
        """Whether a step was taken and holds."""
        return name in self._steps and self._steps[name].ok

    def facts(self, name: str) -> Facts:
        """What a step found; nothing if it was not noted."""
        return self._steps[name].facts if name in self._steps else {}

    def taken(self) -> tuple[Step, ...]:
        """Every step, in order."""
        return tuple(self._steps.values())
