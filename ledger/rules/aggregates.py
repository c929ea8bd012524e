"""What the ledger knows of each thing, folded from the records of its chain.

Every aggregate is a frozen value: ``evolve`` makes a new one. Times are epoch milliseconds, masses milligrams,
``index`` is a position in the log. Validity of a key is judged by log position, never by a stated time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.rules.jurisdiction import EVERYWHERE, Jurisdiction
from ledger.rules.transfer_state import TransferState as TransferState  # noqa: PLC0414 - one of the aggregates

SHIPMENT_STEPS = ("planned", "loaded", "dispatched", "departed", "arrived", "unloaded")


@dataclass(frozen=True, slots=True)
class KeyState:
    """A public key of an organisation. ``revoked`` is the log index from which it no longer counts.

    ``reported`` is the log index of the record that says since when it is compromised.
    """

    raw: str
    holder: str
    added: int
    revoked: int | None = None
    compromised_since: int | None = None
    reported: int | None = None


@dataclass(frozen=True, slots=True)
class KeyOwnerState:
    """The organisation that a public key belongs to, for ever."""

    org: str


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The ledger itself: who operates it, which keys speak for it, which rules are in force."""

    id: str
    origin: str
    operator: str
    log_keys: tuple[str, ...]
    registrars: tuple[str, ...]
    demo: bool
    rules: str
    reference: str
    heads: int | None = None
    former_log_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LicenceState:
    """A licence of an organisation: kind, scope and validity. Empty products and classes mean every product.

    ``subject`` is the plate or the ``user:`` it was issued for, "" for the organisation itself; ``authority`` is who
    issued it. ``attested``: an authority registered it; otherwise its holder did. ``suspensions`` are
    ``(from_ms, to_ms | None)``, judged at the time an event states. ``drawn_mg`` is what transfers drew of a permit.
    """

    id: str
    kind: str
    number: str
    products: tuple[str, ...]
    classes: tuple[str, ...]
    max_mg: int | None
    valid_from: int
    valid_to: int
    suspensions: tuple[tuple[int, int | None], ...] = ()
    subject: str = ""
    authority: str = ""
    attested: bool = False
    drawn_mg: int = 0

    @property
    def suspended(self) -> bool:
        """Whether it is suspended until further notice."""
        return any(until is None for _, until in self.suspensions)

    def most_mg_exceeded(self, mg: int) -> bool:
        """Whether one statement of this mass is more than the licence allows."""
        return self.max_mg is not None and mg > self.max_mg


@dataclass(frozen=True, slots=True)
class OrgState:
    """An organisation. ``vouched`` says a registrar signed its admission.

    ``authority`` ("" for none) and ``jurisdiction`` say of an organisation with the role ``authority`` what it governs.
    ``gs1_prefixes``: GS1 company prefixes under which it assigns GTINs.
    """

    id: str
    name_zh: str
    name_en: str
    uscc: str
    roles: tuple[str, ...]
    region: str
    park: str
    phone: str
    vouched: bool
    keys: Mapping[str, KeyState] = field(default_factory=dict)
    licences: tuple[LicenceState, ...] = ()
    former_names: tuple[str, ...] = ()
    successor: str | None = None
    authority: str = ""
    jurisdiction: Jurisdiction = EVERYWHERE
    address: str = ""
    gs1_prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LocationState:
    """A location (bay, tank, use point) of a site. ``most_mg``: what it may hold at most, None where not stated."""

    kind: str
    name: str
    most_mg: int | None = None


@dataclass(frozen=True, slots=True)
class MaximumState:
    """The most of a substance that a unit can hold by its design, and by which row of GB 18218-2018 it counts.

    ``row``: number in table 1; ``category``: symbol in table 2, beside a row for its beta alone; ``product``: a product
    that is meant, and by which the substance counts where neither is stated.
    """

    name: str
    mg: int
    row: int | None = None
    category: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit of a site by GB 18218-2018: its locations, its design maximum, and the people exposed within 500 m."""

    unit: str
    name: str
    locations: tuple[str, ...]
    maximum: tuple[MaximumState, ...]
    people: int | None = None


@dataclass(frozen=True, slots=True)
class SiteState:
    """A site of an organisation, with its locations by id.

    ``apart``: pairs of classes that its approved table keeps apart in one location from ``apart_from`` on (epoch
    milliseconds, None: it has no table); each pair in order, the pairs too. ``units``: as registered for GB 18218.
    ``latitude`` and ``longitude``: degrees of WGS-84 as stated, "" where nobody stated them. ``held``: who holds the
    whole site, each with the log index of the record that placed it.
    """

    id: str
    org: str
    name_zh: str
    name_en: str
    region: str
    park: str
    phone: str
    locations: Mapping[str, LocationState] = field(default_factory=dict)
    apart: tuple[tuple[str, str], ...] = ()
    apart_from: int | None = None
    units: tuple[UnitState, ...] = ()
    latitude: str = ""
    longitude: str = ""
    held: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductState:
    """A product as its organisation registered it; ``statement`` is the section's content, whole."""

    id: str
    org: str
    name_zh: str
    name_en: str
    state: str
    lists: tuple[str, ...]
    classes: tuple[str, ...]
    un: tuple[str, ...]
    yield_ppm: tuple[int, int] | None
    statement: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BatchState:
    """A batch: how it came to be, what it is made of, and its kilograms by kind of account.

    ``shares`` are fixed at birth: lot -> parts per billion, its own 10**9, ``-`` for all lots folded below the
    threshold. ``on_hand`` is the sum of its holdings; with ``totals`` it adds up to zero.
    ``founder``: who stated the event it was born in.
    """

    id: str
    product: str
    lot: str
    source: str
    producer: str | None
    born: int
    born_at: int
    expires_on: str | None = None
    retest_on: str | None = None
    estimate: bool = False
    shares: Mapping[str, int] = field(default_factory=dict)
    parents: tuple[str, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
    on_hand: int = 0
    recalled: int | None = None
    holds: tuple[str, ...] = ()
    corrected: tuple[int, ...] = ()
    same_as: tuple[str, ...] = ()
    founder: str = ""


@dataclass(frozen=True, slots=True)
class CodeState:
    """A printed code: who issued it with which record, what it stands for, and which record voided it.

    ``target`` is "" while the code is on a roll: printed, but not yet claimed for a thing. Codes of other systems that
    were bound to a thing are kept the same way, under their plain text.
    """

    org: str
    target: str
    issued: int
    voided: int | None = None


@dataclass(frozen=True, slots=True)
class ContainerState:
    """A container: drum, IBC, cylinder, tank, compartment. It holds at most one batch at a time.

    ``contents`` maps batch to milligrams; an empty one that held goods stays hazardous until ``clean``. ``holder`` is
    who has what is in it, an organisation or a shipment, or had the last of it; "" while it never held anything.
    ``held``: who placed a hold on it, each with the log index of that record.
    """

    id: str
    org: str
    kind: str
    serial: str
    tare_mg: int | None
    capacity_mg: int | None
    inspection_due: str | None
    contents: Mapping[str, int] = field(default_factory=dict)
    cycle: int = 0
    clean: bool = True
    holder: str = ""
    held: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LegState:
    """One leg of a shipment: by which mode and carrier, with what and whom. ``driver`` and ``escort`` are users."""

    mode: str
    carrier: str
    vehicle: str | None = None
    trailer: str | None = None
    driver: str | None = None
    escort: str | None = None


@dataclass(frozen=True, slots=True)
class ShipmentState:
    """A shipment: one vehicle, one trip, one waybill. ``at`` is the stated time of its latest step.

    ``cargo`` is what it has in custody, batch -> milligrams; ``statement`` what was said of the trip, of the members of
    the section ``transport``, and who loads.
    ``transfers`` are the consignments it carries, ``onward`` the shipments that goods were handed over to. ``legs``
    are who carries it with what, the first one its own. ``accepted`` maps each carrier that accepted to the stated
    time. ``steps`` maps each step to its latest stated time, one that is about a consignment as ``step|transfer``.
    """

    id: str
    arranger: str
    carrier: str
    vehicle: str
    consignor: str | None
    consignee: str | None
    step: str
    at: int
    cargo: Mapping[str, int] = field(default_factory=dict)
    statement: Mapping[str, object] = field(default_factory=dict)
    transfers: tuple[str, ...] = ()
    legs: tuple[LegState, ...] = ()
    planned_to: int | None = None
    accepted: Mapping[str, int] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)
    onward: tuple[str, ...] = ()

    @property
    def waybill(self) -> str | None:
        """The number of its waybill, or None while none is stated."""
        number = self.statement.get("waybill")
        return None if number is None else str(number)

    @property
    def carriers(self) -> frozenset[str]:
        """Every carrier of the shipment, those of later legs too."""
        return frozenset({self.carrier, *(leg.carrier for leg in self.legs)})

    @property
    def parties(self) -> frozenset[str]:
        """Who may take a step of the shipment: who arranged it, carries it, sends it, receives it."""
        named = (self.arranger, self.consignor, self.consignee)
        return self.carriers | {org for org in named if org is not None}


@dataclass(frozen=True, slots=True)
class BayState:
    """A location of a site, ``bay:site:<uuid>/<location>``: product -> milligrams that lie there, whoever has them."""

    stored: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PrefixState:
    """A GS1 company prefix, ``gs1:<digits>``: the organisation that registered it."""

    org: str


@dataclass(frozen=True, slots=True)
class RequestState:
    """What an authority asked of an organisation; ``id`` is the hash of the event that asks, ``kind`` its verb.

    ``event``, ``rule``, ``section``, ``site``: what it is about, "" where it is not. ``status``: open, answered or
    closed. ``asked``, ``answered`` and ``closed`` are log indexes; ``due`` is a time in epoch milliseconds.
    """

    id: str
    kind: str
    by: str
    to: str
    event: str
    rule: str
    section: str
    site: str
    status: str
    asked: int
    due: int | None = None
    answered: int | None = None
    closed: int | None = None


@dataclass(frozen=True, slots=True)
class GrantState:
    """Sight that an authority (``by``) gave to another one or a park (``to``); ``id`` is the hash of its event.

    ``things``: batches, sites and organisations that are shown, until a time in epoch milliseconds. ``granted`` and
    ``withdrawn`` are log indexes.
    """

    id: str
    by: str
    to: str
    things: tuple[str, ...]
    until: int
    granted: int
    withdrawn: int | None = None


@dataclass(frozen=True, slots=True)
class VoidedState:
    """Says that an event was voided, by the record at this index."""

    by: int


Aggregate = (
    LedgerState
    | OrgState
    | SiteState
    | ProductState
    | BatchState
    | ContainerState
    | ShipmentState
    | TransferState
    | VoidedState
    | KeyOwnerState
    | CodeState
    | BayState
    | PrefixState
    | RequestState
    | GrantState
)
