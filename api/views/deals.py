"""Transfers and shipments as their parties see them."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant, Mass, Party, Words
from api.views.matter import FindingView, Moment

Side = Literal["giver", "taker", "both", "carrier", "arranger", "none"]
TransferStatus = Literal["offered", "agreed", "declined", "cancelled", "closed", "expired"]
ShipmentStep = Literal["planned", "loaded", "dispatched", "departed", "arrived", "unloaded"]
Backing = Literal["signed", "link", "paper", "attested"]
CrewRole = Literal["driver", "escort", "dispatcher"]


@dataclass(frozen=True, slots=True)
class TransferLine:
    """A transfer in a list. `other`: the party on the other side; `next`: what the viewer's organisation can do.

    `giver`, `taker`: seller and buyer, else consignor and consignee. `etag`: what the next step of the agreement names.
    `permits`: kinds of permit that the buyer has to name when it agrees. `under_way`: loaded and not handed over yet;
    `difference`: sent less received, until both sides have settled it.
    """

    ref: str
    status: TransferStatus
    side: Side
    other: Party | None
    product: Words | None
    mass: Mass
    kinds: tuple[Literal["sale", "handover"], ...]
    answer_by: Instant | None
    planned_to: Instant | None
    last_at: Instant
    next: tuple[str, ...]
    giver: Party | None
    taker: Party | None
    etag: str
    permits: tuple[str, ...]
    under_way: Mass
    difference: Mass


@dataclass(frozen=True, slots=True)
class TransferGoods:
    """What became of one batch of a transfer; `batch` None: goods of the product whose batches are not chosen yet."""

    batch: str | None
    batch_number: str | None
    product: Words
    agreed: Mass
    sold: Mass
    loaded: Mass
    received: Mass
    refused: Mass
    returned: Mass
    difference: Mass
    un: str | None = None
    transport_class: str | None = None
    subsidiary: tuple[str, ...] = ()
    product_ref: str = ""
    regulated: tuple[str, ...] = ()
    """Lists that the product is on, such as `highly_toxic`: their sales are recorded with who acted for the buyer."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """One side's proposal for the open difference; `event` is what an acceptance names."""

    event: str
    by: Party
    kind: str
    mass: Mass


@dataclass(frozen=True, slots=True)
class Standing:
    """The terms of a standing agreement."""

    starts: Instant
    ends: Instant
    most: Mass
    called: Mass


@dataclass(frozen=True, slots=True)
class Filing:
    """A sale or purchase that a party has to file with the authority by `until`.

    `lists`: why; `filed`: index of the record that says so.
    """

    party: Party
    side: Literal["sale", "purchase"]
    lists: tuple[str, ...]
    since: Instant
    filed: int | None
    until: Instant


@dataclass(frozen=True, slots=True)
class StepSignature:
    """Who stood for a step of the handover, and how. `flagged`: since when its key is said to be compromised."""

    role: Literal["consignor", "carrier", "consignee"]
    party: Party
    type: str
    at: Instant
    backing: Backing
    index: int
    flagged: Instant | None = None


@dataclass(frozen=True, slots=True)
class OnPaper:
    """A step of the viewer's that another party reported from a paper: to be confirmed. `event`: its hash."""

    event: str
    index: int
    type: str
    by: Party
    at: Instant


@dataclass(frozen=True, slots=True)
class TransferView:
    """A transfer. `etag`: hash of the latest step of the agreement, which the next one must name.

    `permits`: kinds of permit that the buyer has to name when it agrees.
    """

    ref: str
    status: TransferStatus
    side: Side
    etag: str
    seller: Party | None
    buyer: Party | None
    consignor: Party | None
    consignee: Party | None
    goods: tuple[TransferGoods, ...]
    mass: Mass
    answer_by: Instant | None
    planned_to: Instant | None
    next: tuple[str, ...]
    shipments: tuple[str, ...]
    timeline: tuple[Moment, ...]
    signatures: tuple[StepSignature, ...]
    findings: tuple[FindingView, ...] = ()
    settlement: Settlement | None = None
    standing: Standing | None = None
    standing_of: str | None = None
    permits: tuple[str, ...] = ()
    filings: tuple[Filing, ...] = ()
    records: int = 0
    to_confirm: tuple[OnPaper, ...] = ()


@dataclass(frozen=True, slots=True)
class ShipmentLine:
    """A shipment in a list."""

    ref: str
    waybill: str | None
    vehicle: str
    step: ShipmentStep
    side: Side
    carrier: Party
    consignor: Party | None
    consignee: Party | None
    mass: Mass
    last_at: Instant
    next: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One holding aboard: in a container, or loose. `place`: where it lies, the vehicle or where it was put down."""

    container: str | None
    container_label: str | None
    kind: Words | None
    owner: Party
    place: str
    status: str
    mass: Mass


@dataclass(frozen=True, slots=True)
class Danger:
    """What anybody may know of goods aboard: number, class, and whom to call."""

    un: str | None
    transport_class: str | None
    subsidiary: tuple[str, ...]
    phone: str | None


@dataclass(frozen=True, slots=True)
class Cargo:
    """What a shipment has in custody of one batch. `description`: the order of ADR 5.4.1.1.1, or ''."""

    batch: str
    batch_number: str
    product: Words
    un: str | None
    transport_class: str | None
    mass: Mass
    subsidiary: tuple[str, ...] = ()
    packing_group: str | None = None
    description: str = ""
    phone: str | None = None
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class CrewMember:
    """A person of a trip. `name` None: not stated, or not shown to the viewer. `certificate`: its number, or ''."""

    role: CrewRole
    name: str | None
    firm: Party
    certificate: str


@dataclass(frozen=True, slots=True)
class CrewChoice:
    """A person that can be put on a trip: `user`, what to call them, and for which firm.

    `label` is a name where the viewer knows it, else the certificate's number. `certificate`: "" if none is in force.
    """

    user: str
    label: str
    firm: Party
    certificate: str


@dataclass(frozen=True, slots=True)
class CrewChoices:
    """Whom a form of a trip offers: drivers and escorts of these carriers, and the viewer's own dispatchers."""

    drivers: tuple[CrewChoice, ...]
    escorts: tuple[CrewChoice, ...]
    dispatchers: tuple[CrewChoice, ...]


@dataclass(frozen=True, slots=True)
class WaybillView:
    """What a waybill code says, and what the ledger says now. `valid`: a key of the log signed it.

    `index`: the newest record of the shipment when it was printed; `same`: the ledger would print the same again.
    Whoever holds the paper sees vehicle, goods and phone; `shipment` and `crew` only who has a relation to it.
    """

    valid: bool
    code: str
    issued: Instant | None = None
    index: int | None = None
    same: bool = False
    number: str | None = None
    vehicle: str | None = None
    step: ShipmentStep | None = None
    dangers: tuple[Danger, ...] = ()
    shipment: str | None = None
    crew: tuple[CrewMember, ...] = ()


@dataclass(frozen=True, slots=True)
class StepLink:
    """A one-time link, shown once: `token` is the last part of its address, `pin` is told by another way."""

    token: str
    pin: str
    party: Party
    expires: Instant
    id: str = ""


@dataclass(frozen=True, slots=True)
class StepLinkLine:
    """A one-time link without its secrets. `done`: the steps taken by it with the ids of their events."""

    id: str
    party: Party
    steps: tuple[str, ...]
    done: dict[str, str]
    created: Instant
    expires: Instant
    state: Literal["open", "locked", "ended"]


@dataclass(frozen=True, slots=True)
class LinkView:
    """What a link leads to: the shipment as its party sees it, the next step, the steps taken with their event ids."""

    party: Party
    shipment: "ShipmentView"
    transfer: str
    next: str | None
    done: dict[str, str]
    sites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LegView:
    """One leg: by which mode and carrier, with what and whom."""

    mode: str
    carrier: Party
    vehicle: str | None
    trailer: str | None
    driver: str | None
    escort: str | None
    accepted: Instant | None


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """A shipment: one vehicle, one trip, one waybill. `particulars`: what was stated of the trip, by name.

    `on_paper`: steps of others that the viewer can report from a paper that they signed.
    """

    ref: str
    waybill: str | None
    vehicle: str
    step: ShipmentStep
    side: Side
    arranger: Party
    carrier: Party
    consignor: Party | None
    consignee: Party | None
    legs: tuple[LegView, ...]
    cargo: tuple[Cargo, ...]
    transfers: tuple[str, ...]
    onward: tuple[str, ...]
    particulars: dict[str, str]
    planned_to: Instant | None
    next: tuple[str, ...]
    timeline: tuple[Moment, ...]
    signatures: tuple[StepSignature, ...]
    records: int = 0
    on_paper: tuple[str, ...] = ()
    crew: tuple[CrewMember, ...] = ()
    to_confirm: tuple[OnPaper, ...] = ()
