"""One statement of the demo's story, in the simple form that a client posts."""

from dataclasses import dataclass, field

from ledger.core.canonical import Json
from ledger.demo.people import Person

Sections = dict[str, dict[str, Json]]


@dataclass(eq=False, slots=True)
class Statement:
    """Who states what, when.

    ``recorded_ms`` is when the ledger takes it; ``voids`` is an earlier statement; ``signers`` sign it;
    ``refs`` are (relation, hash), ``follows`` (relation, earlier statement). ``skip`` numbers of its device never came.
    """

    id: str
    type: str
    actor: str
    occurred_ms: int
    sections: Sections
    mode: str = "act"
    recorded_ms: int = 0
    voids: "Statement | None" = None
    signers: "tuple[Person, ...]" = ()
    refs: "tuple[tuple[str, str], ...]" = ()
    follows: "tuple[tuple[str, Statement], ...]" = ()
    skip: int = 0
    event_hash: str | None = field(default=None)

    @property
    def waits(self) -> bool:
        """Whether it refers to a statement whose hash is not known before the ledger has taken it."""
        named = (*(one for _, one in self.follows), *(() if self.voids is None else (self.voids,)))
        return any(one.event_hash is None for one in named)
