"""Whole objects as the pages show them and the API answers them."""

from dataclasses import dataclass, replace
from typing import Literal

from api.views.access import Role
from api.views.common import Instant, Mass, Party, PlaceName, Words
from api.views.goods import Advice, Goods, classes_alone
from api.views.here import Here
from api.views.holds import NO_HOLDS, Holds, StoppedLine, Thing
from api.views.matter import FindingView, Holding, Matter, Moment, Status
from api.views.verdict import Verdict

ObjectKind = Literal["container", "batch", "location", "shipment"]
Fill = Literal["filled", "uncleaned", "clean"]


@dataclass(frozen=True, slots=True)
class VoidedLabel:
    """That a printed code counts no more: which record says so, since when, and by whose statement.

    `by` is None where the public may not know who keeps the place. `replaced_by`: the code that stands for the same
    thing instead, None if none was named.
    """

    index: int
    at: Instant
    by: Party | None
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class QrView:
    """What a scanned code leads to.

    `ref`: what the code stands for ("container:<uuid>", ...); `label`: what is painted on it (drum number,
    batch number, location); `goods`: what is in it now, one for a batch or a drum, several for a location;
    `fill`: of a container; an uncleaned empty one keeps the goods of its last fill. `phone`: emergency
    phone, 24 hours. `supplier`: producer as on the label. `place_private`: a location with 剧毒, 易制爆 or
    explosives. `advice` and `here`: of a location or shipment, what to do first about all that is there, and what is
    there now, as much as the viewer may be told; `told`: it is told all of it, by a relation or an incident code
    (`incident`: what that was issued for). `matter`: only for a viewer with a relation. `verdict`: None only in what
    `for_public` returns.
    `voided`: set once the label itself was voided; what it stood for is shown all the same. `holds`: on a container,
    for a viewer with a relation.
    """

    code: str
    kind: ObjectKind
    ref: str
    label: str
    goods: tuple[Goods, ...]
    verdict: Verdict | None
    phone: str | None
    supplier: Party | None = None
    container_kind: Words | None = None
    fill: Fill | None = None
    batch: str | None = None
    batch_number: str | None = None
    expires: str | None = None
    retest: str | None = None
    alerts: tuple[FindingView, ...] = ()
    place_private: bool = False
    advice: Advice | None = None
    here: Here | None = None
    told: bool = False
    incident: str | None = None
    matter: Matter | None = None
    voided: VoidedLabel | None = None
    holds: Holds = NO_HOLDS

    def for_public(self) -> "QrView":
        """Return what may be shown: of a protected place, to one without a relation, classes and the phone alone.

        Who keeps a place is told to nobody without a relation, not even by a label that was voided.
        """
        posted = self.kind in {"location", "shipment"} and self.matter is None
        voided = replace(self.voided, by=None) if self.voided is not None and posted else self.voided
        if not self.place_private or self.matter is not None or self.told:
            return replace(self, voided=voided)
        classes = tuple(dict.fromkeys(classes_alone(goods) for goods in self.goods))
        return QrView(
            code=self.code,
            kind=self.kind,
            ref="",
            label="",
            goods=tuple(sorted(classes, key=lambda goods: goods.hazards.transport_class or "")),
            verdict=None,
            phone=self.phone,
            advice=self.advice,
            place_private=True,
            voided=voided,
        )


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch for a viewer with a relation. Dates are "YYYY-MM-DD"; expiry and retest date are two things.

    `held_with`: held sites and containers in which some of it lies, as far as the viewer sees.
    """

    ref: str
    number: str
    goods: Goods
    producer: Party | None
    produced_on: str | None
    expires: str | None
    retest: str | None
    verdict: Verdict
    phone: str | None
    matter: Matter
    code: str | None = None
    alerts: tuple[FindingView, ...] = ()
    holds: Holds = NO_HOLDS
    held_with: tuple[Thing, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch in a list; `mass`: held anywhere the viewer may see."""

    ref: str
    number: str
    product: Words
    un: str | None
    producer: Party | None
    mass: Mass
    statuses: tuple[Status, ...]
    last_at: Instant
    findings: int = 0


@dataclass(frozen=True, slots=True)
class StockLine:
    """One holding of the viewer's stock."""

    batch: str
    batch_number: str
    product: Words
    un: str | None
    transport_class: str | None
    holding: Holding
    since: Instant


@dataclass(frozen=True, slots=True)
class ContainerView:
    """A container. Masses are nominal; `fills`: fill cycles so far; `batch`: present (or last) fill.

    `on_hold`: who placed a hold on it.
    """

    ref: str
    label: str
    kind: Words
    tare: Mass | None
    capacity: Mass | None
    inspection_due: str | None
    fills: int
    fill: Fill
    batch: str | None
    code: str | None
    on_hold: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteView:
    """A site with its locations. `region`: six digits of GB/T 2260."""

    ref: str
    name: Words
    org: Party
    region: str
    locations: tuple[str, ...]
    park: Words | None = None


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation. `uscc`: 18 characters; `identity`: who vouches for its first key."""

    ref: str
    name: Words
    uscc: str
    region: str
    roles: tuple[Role, ...]
    identity: Literal["registrar", "ledger"]


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product of the viewer's world: its goods and, where the firm has one, its catalogue number."""

    goods: Goods
    org: Party | None
    catalogue: str | None = None


@dataclass(frozen=True, slots=True)
class DeskEvent:
    """A recent event on the desk, with the batch it was about where there is one."""

    moment: Moment
    batch: str | None
    batch_number: str | None
    product: Words | None


@dataclass(frozen=True, slots=True)
class DeskView:
    """The desk of the viewer's organisation; every figure as of record `as_of_index`, at `as_of`.

    `owned` and `held` are sums over all stock, also over lines that `stock` no longer shows.
    `stopped`: holds of others on what the organisation has.
    """

    org: Party
    roles: tuple[Role, ...]
    as_of_index: int
    as_of: Instant
    owned: Mass
    held: Mass
    stock: tuple[StockLine, ...]
    recent: tuple[DeskEvent, ...]
    findings: tuple[FindingView, ...]
    places: tuple[PlaceName, ...] = ()
    more_stock: bool = False
    stopped: tuple[StoppedLine, ...] = ()
    more_stopped: bool = False
