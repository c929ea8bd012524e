"""The flow of a batch: where every kilogram came from and is, now, as it was, or as it was known."""

from dataclasses import dataclass
from typing import Final, Literal

from api.views.common import Instant, Mass, Party, PlaceName, Words
from api.views.matter import Moment, Status

Sense = Literal["was", "known"]
"""As it was at an instant, by all that is known now; or as it was known at that instant, by what was recorded then."""

UNACCOUNTED: Final = frozenset({"unexplained", "difference", "lost", "stolen"})
"""Accounts of what nobody can show: drawn in red."""
OTHERS: Final = "others"
"""The account of what others have, for who sees only a part of the batch."""


@dataclass(frozen=True, slots=True)
class FlowBand:
    """Kilograms of one kind. ``account``: "holdings", a source, a sink or a difference by name, or "others".

    A holding names who has it (``party``; for goods on the way the carrier, with ``shipment``), whose it is and where.
    ``batch``: the batch at the other end of a blend or reaction, where the viewer may know of it. ``records``: indexes
    of the records that made it, newest first.
    """

    account: str
    mass: Mass
    records: tuple[int, ...]
    party: Party | None = None
    owner: Party | None = None
    place: PlaceName | None = None
    status: Status | None = None
    shipment: str | None = None
    batch: str | None = None
    batch_number: str | None = None
    product: Words | None = None

    @property
    def unaccounted(self) -> bool:
        """Whether nobody can show it."""
        return self.account in UNACCOUNTED


@dataclass(frozen=True, slots=True)
class FlowView:
    """Where a batch came from (``came``) and where it is (``went``): both add up to ``total``.

    ``at``: the instant asked for, None for now, in the sense ``sense``; ``earlier`` and ``later``: the instants before
    and after it at which something changed. ``whole``: all of the batch; otherwise only what the viewer has or had.
    ``moments``: the newest of its records until then.
    """

    ref: str
    number: str
    product: Words
    sense: Sense
    at: Instant | None
    as_of_index: int
    as_of: Instant
    total: Mass
    came: tuple[FlowBand, ...]
    went: tuple[FlowBand, ...]
    whole: bool
    records: int
    earlier: Instant | None = None
    later: Instant | None = None
    moments: tuple[Moment, ...] = ()
