"""One statement of the demo's story, in the simple form that a client posts."""

from dataclasses import dataclass, field

from ledger.core.canonical import Json

Sections = dict[str, dict[str, Json]]


@dataclass(eq=False, slots=True)
class Statement:
    """Who states what, when. ``recorded_ms`` is when the ledger takes it; ``voids`` is an earlier statement."""

    id: str
    type: str
    actor: str
    occurred_ms: int
    sections: Sections
    mode: str = "act"
    recorded_ms: int = 0
    voids: "Statement | None" = None
    event_hash: str | None = field(default=None)
