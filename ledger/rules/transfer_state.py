"""What the ledger knows of a transfer: who agreed about what, and how much of it was sold, loaded, received, returned.

``tallies`` are milligrams by name and batch. The names: ``sold`` and ``given_back`` (ownership: sale, return to the
seller), ``loaded``, ``received``, ``refused`` and ``returned`` (custody: off to the consignee, closed by its receipt,
refused by it, back at the consignor). None of them ever exceeds what is agreed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

TALLIES = ("sold", "given_back", "loaded", "received", "refused", "returned")
STATUSES = ("offered", "agreed", "declined", "cancelled", "closed")


@dataclass(frozen=True, slots=True)
class SettlementState:
    """One party's proposal for the open difference: the event, who made it, the outcome, and the signed mass."""

    event: str
    actor: str
    kind: str
    mg: int


@dataclass(frozen=True, slots=True)
class StandingState:
    """The terms of a standing agreement: from when to when, at most how much, and how much was called off."""

    from_ms: int
    to_ms: int
    most_mg: int
    called_mg: int = 0


@dataclass(frozen=True, slots=True)
class FilingState:
    """A sale or purchase that its party has to file: the lists of the goods, since when, and the filing's index."""

    side: str
    lists: tuple[str, ...]
    sold_at: int
    filed: int | None = None


@dataclass(frozen=True, slots=True)
class TransferState:
    """A transfer. A sale has ``seller`` and ``buyer``, a handover ``consignor`` and ``consignee``; it may have both.

    ``goods`` are the chosen batches with their milligrams; where it is empty any batch of ``product`` will do.
    ``last`` is the event hash of the latest step of the agreement, which the next one names; ``steps`` has the stated
    time of the latest of each kind of step. ``difference`` is booked less received, by batch, until it is settled.
    ``permits`` are milligrams drawn of the buyer's permits, by licence.
    """

    id: str
    offered_by: str
    seller: str | None
    buyer: str | None
    consignor: str | None
    consignee: str | None
    product: str | None
    status: str
    offered: int
    last: str
    last_at: int
    answer_by: int | None = None
    planned_to: int | None = None
    goods: Mapping[str, int] = field(default_factory=dict)
    most_mg: int = 0
    tallies: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    difference: Mapping[str, int] = field(default_factory=dict)
    settle: SettlementState | None = None
    standing: StandingState | None = None
    standing_of: str | None = None
    shipments: tuple[str, ...] = ()
    steps: Mapping[str, int] = field(default_factory=dict)
    filings: Mapping[str, FilingState] = field(default_factory=dict)
    permits: Mapping[str, int] = field(default_factory=dict)

    def tally(self, name: str) -> Mapping[str, int]:
        """Milligrams by batch under one of ``TALLIES``."""
        return self.tallies.get(name, {})

    def sum(self, name: str) -> int:
        """Milligrams of all batches under one of ``TALLIES``."""
        return sum(self.tally(name).values())

    @property
    def sold_mg(self) -> int:
        """What was sold."""
        return self.sum("sold")

    @property
    def loaded_mg(self) -> int:
        """What left the consignor."""
        return self.sum("loaded")

    @property
    def received_mg(self) -> int:
        """What the consignee's receipts closed, as it was booked."""
        return self.sum("received")

    @property
    def refused_mg(self) -> int:
        """What the consignee refused."""
        return self.sum("refused")

    @property
    def returned_mg(self) -> int:
        """What the consignor has back."""
        return self.sum("returned")

    @property
    def given_back_mg(self) -> int:
        """What the seller owns again."""
        return self.sum("given_back")

    def under_way(self, batch: str | None = None) -> int:
        """Milligrams that left the consignor and neither arrived nor came back, of a batch or of all."""
        tallies = (self.tally(name) for name in ("loaded", "received", "returned"))
        loaded, received, returned = (sum(t.values()) if batch is None else t.get(batch, 0) for t in tallies)
        return loaded - received - returned

    @property
    def givers(self) -> frozenset[str]:
        """Who gives: seller and consignor."""
        return frozenset(org for org in (self.seller, self.consignor) if org is not None)

    @property
    def takers(self) -> frozenset[str]:
        """Who takes: buyer and consignee."""
        return frozenset(org for org in (self.buyer, self.consignee) if org is not None)

    @property
    def parties(self) -> frozenset[str]:
        """Who is party to the agreement; carriers are party to its shipments alone."""
        return self.givers | self.takers

    @property
    def answerer(self) -> str | None:
        """Who agrees or declines: the buyer of a sale, else the consignee; the other side when these offered."""
        given = self.offered_by in self.givers
        return (self.buyer or self.consignee) if given else (self.seller or self.consignor)

    def complete(self) -> bool:
        """Whether nothing is left to hand over, to sell, to give back or to settle."""
        handed = self.consignor is None or self.received_mg + self.returned_mg >= self.most_mg
        kept = self.most_mg - (self.given_back_mg if self.consignor is None else self.returned_mg)
        owned = self.seller is None or self.sold_mg - self.given_back_mg == kept
        return handed and owned and not self.difference
