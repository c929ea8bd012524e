"""What somebody with a relation to a batch sees: who has it, how much, its life, what came in and went out."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant, Mass, Party, PlaceName, Words

Status = Literal["free", "quarantine", "hold", "waste"]
Level = Literal["record", "header", "sections"]
Severity = Literal["info", "warning", "critical"]


@dataclass(frozen=True, slots=True)
class Holding:
    """One place where matter of a batch is now.

    `custodian` is None while a shipment has it: then `shipment` is "shipment:<uuid>". `container` is
    "container:<uuid>" with `container_label` as painted on it, None when the matter is in none.
    """

    owner: Party
    custodian: Party | None
    place: PlaceName
    container: str | None
    container_label: str | None
    status: Status
    mass: Mass
    shipment: str | None = None


@dataclass(frozen=True, slots=True)
class AccountSum:
    """Kilograms of one kind of account of a batch; all of a batch sum to zero.

    `account`: "holdings" or the name of a source, a sink or a difference ("produced", "used", "unexplained", ...).
    """

    account: str
    mass: Mass


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding of the rules. `rule` is "name@n"; `index` the record that carries it; `ref` what it is about."""

    rule: str
    severity: Severity
    text: Words
    index: int
    at: Instant
    ref: str | None = None
    open: bool = True


@dataclass(frozen=True, slots=True)
class PaperView:
    """A photographed paper of a signature: what it is, and how many bytes.

    `hash`: SHA-256 (base64url) as events state it; `id`: what `/api/v1/papers/` calls it, "" while no event states it;
    `erased`: no bytes are left.
    """

    id: str
    hash: str
    media_type: str
    size: int
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a life, newest first.

    `level` says how much the viewer may see: "record" has index, `recorded_at` and `record` (the hash)
    alone; "header" adds type, times and actor; "sections" adds `detail` and `change`, the mass this
    record moved into (+) or out of (-) what the viewer looks at. `occurred_at` is what the actor stated.
    `backing`: "signed" by the actor's keys or "attested" by the ledger. `voided`: a later event corrected it.
    `flagged`: since when a key that signed it is said to be compromised, by a later record; then it may be forged.
    """

    index: int
    record: str
    recorded_at: Instant
    level: Level
    type: str | None = None
    mode: Literal["act", "report"] | None = None
    occurred_at: Instant | None = None
    actor: Party | None = None
    place: PlaceName | None = None
    change: Mass | None = None
    detail: Words | None = None
    backing: Literal["signed", "attested"] | None = None
    papers: tuple[PaperView, ...] = ()
    voided: bool = False
    findings: tuple[FindingView, ...] = ()
    flagged: Instant | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """Matter that came into a batch or went out of it, as one row.

    `batch`: the batch at the other end, None for a source or sink; `how`: the event type; `account`: the
    source or sink ("produced", "used", ...) where there is no batch.
    """

    how: str
    at: Instant
    index: int
    mass: Mass
    batch: str | None = None
    batch_number: str | None = None
    product: Words | None = None
    account: str | None = None
    party: Party | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Upper bound of an ancestor's part in this batch: at most `mass`, `ppb` parts per 10^9."""

    batch: str
    batch_number: str
    ppb: int
    mass: Mass


@dataclass(frozen=True, slots=True)
class Matter:
    """The part of a page that needs a relation. Every figure is as of record `as_of_index`, at `as_of`.

    `undisclosed`: records of the chain the viewer sees as hash only, of `records` in all.
    """

    as_of_index: int
    as_of: Instant
    holdings: tuple[Holding, ...]
    accounts: tuple[AccountSum, ...]
    timeline: tuple[Moment, ...]
    came_in: tuple[Flow, ...]
    went_out: tuple[Flow, ...]
    shares: tuple[Share, ...] = ()
    findings: tuple[FindingView, ...] = ()
    records: int = 0
    undisclosed: int = 0
    earlier: bool = False
    """Whether the timeline goes on beyond what is given here."""

    @property
    def present(self) -> int:
        """Milligrams held anywhere now."""
        return sum(holding.mass for holding in self.holdings)
