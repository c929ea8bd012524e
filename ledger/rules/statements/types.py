"""The closed list of event types: which sections each states, and what each is checked against.

A type is ``<stage>.<verb>``. The five verbs of any stage are listed once for each stage of the life cycle.
``licences`` names the kinds of licence of which the actor needs one in force; ``blocked`` says that recall, hold and
expiry stop the act; ``modes`` are the modes in which it may be stated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ledger.rules.statements import sections as s
from ledger.rules.statements.shapes import Shape

STAGES = ("production", "storage", "use", "operation", "transport", "disposal")
ACT = frozenset({"act"})
BOTH = frozenset({"act", "report"})
COMMON = ("agent", "reason", "documents", "condition", "time", "personal", "quantity")


@dataclass(frozen=True)
class EventType:
    """What a type of event may and must say."""

    name: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    licences: tuple[str, ...] = ()
    blocked: bool = False
    modes: frozenset[str] = BOTH
    server_only: bool = False

    @property
    def stage(self) -> str:
        """The part before the dot."""
        return self.name.partition(".")[0]

    @property
    def verb(self) -> str:
        """The part after the dot."""
        return self.name.partition(".")[2]

    @cached_property
    def sections(self) -> frozenset[str]:
        """Every section this type may state."""
        return frozenset(self.required) | frozenset(self.optional) | frozenset(COMMON)

    def shape(self, section: str) -> Shape:
        """The shape of a section in this type."""
        own = self.shapes.get(section)
        return s.SECTIONS[section] if own is None else own


def _born(name: str, *licences: str, more: tuple[str, ...] = ()) -> EventType:
    optional = ("place", "parties", "commercial", *more)
    return EventType(name, ("product", "outputs"), optional, licences=licences)


def _stock(name: str, *licences: str, required: tuple[str, ...] = (), blocked: bool = False) -> EventType:
    optional = tuple({"place", "parties", "commercial", "transport", "outputs"} - set(required))
    return EventType(name, ("inputs", *required), optional, licences=licences, blocked=blocked)


def _step(name: str, *optional: str, licences: tuple[str, ...] = ()) -> EventType:
    return EventType(name, ("transport",), ("place", "parties", "commercial", *optional), licences=licences)


def _agreement(name: str, *more: str, **shapes: Shape) -> EventType:
    stated = {"parties": s.STEP_PARTIES, **shapes}
    required = ("parties", "reason") if "reason" in stated else ("parties",)
    return EventType("operation." + name, required, ("commercial", *more), stated, modes=ACT)


def _governance(
    name: str, *required: str, optional: tuple[str, ...] = (), shapes: Mapping[str, Shape] | None = None
) -> EventType:
    return EventType("governance." + name, required, optional, shapes or {}, modes=ACT)


_BATCHES = {"product": s.BATCHES}
_HELD = {**_BATCHES, "place": s.SITE_ALONE, "containers": s.CONTAINERS_HELD}
_STOCKHOLDER = ("storage", "operation", "production", "use")
_MAKER = ("production", "operation")

_LIST = (
    _born("production.batch_produced", "production"),
    EventType(
        "production.batch_transformed",
        ("product", "inputs", "outputs"),
        ("place",),
        licences=("production", "use"),
        blocked=True,
    ),
    EventType("production.batch_blended", ("product", "inputs", "outputs"), ("place",), licences=_MAKER, blocked=True),
    _stock("production.packed", *_MAKER, required=("outputs",), blocked=True),
    EventType("production.filled", ("inputs", "outputs"), ("place", "product"), licences=_MAKER, blocked=True),
    EventType("production.quality_tested", ("product", "condition"), (), _BATCHES),
    EventType("production.label_issued", ("containers",), ("product",), {"containers": s.LABELS_ISSUED}),
    EventType("production.label_voided", ("containers",), (), {"containers": s.LABELS_VOIDED}),
    _born("storage.opening_declared"),
    EventType(
        "storage.received", ("inputs", "place"), ("parties", "transport"), {"inputs": s.RECEIVED}, licences=_STOCKHOLDER
    ),
    _stock("storage.moved", required=("place",)),
    EventType("storage.counted", ("inputs",), ("place",), {"inputs": s.COUNTED}),
    _stock("storage.sampled"),
    EventType("storage.inspected", (), ("containers", "place", "inputs")),
    EventType("storage.repacked", ("inputs", "outputs"), ("place", "product"), licences=_MAKER, blocked=True),
    _stock("storage.quarantined"),
    _stock("storage.released"),
    EventType("storage.emptied", ("containers",), ("place",)),
    EventType("storage.cleaned", ("containers",), ("place",)),
    _stock("use.issued_for_use", "use", "production", required=("place",), blocked=True),
    _stock("use.consumed", "use", "production", blocked=True),
    _stock("use.returned_to_stock", required=("place",)),
    _agreement("transfer_offered", "inputs", "product", "place", "transport", parties=s.OFFER_PARTIES),
    _agreement("transfer_agreed"),
    _agreement("transfer_declined"),
    _agreement("transfer_cancelled"),
    _agreement("difference_settled", reason=s.SETTLEMENT_REASON),
    _stock("operation.sold", *_MAKER, required=("parties",), blocked=True),
    _stock("operation.returned", required=("parties",)),
    _born("operation.imported", "operation", "production"),
    _stock("operation.exported", *_MAKER, blocked=True),
    EventType("operation.filed_with_authority", ("documents",), ("parties", "commercial")),
    EventType("transport.shipment_planned", ("transport", "parties"), ("place", "commercial", "inputs")),
    _stock(
        "transport.loaded",
        "road_transport",
        "operation",
        "production",
        "storage",
        "use",
        "disposal",
        required=("transport",),
    ),
    _step("transport.dispatched"),
    _step("transport.carrier_accepted"),
    _step("transport.departed"),
    _step("transport.arrived"),
    _step("transport.diverted"),
    _stock("transport.handed_over", required=("transport",)),
    _stock("transport.unloaded", required=("transport", "place")),
    _step("transport.delivered"),
    replace(_stock("transport.refused", required=("transport", "reason")), shapes={"reason": s.REFUSAL_REASON}),
    _stock("disposal.declared_waste"),
    EventType("transport.paper_confirmed", (), (), modes=ACT),
    EventType("disposal.waste_manifested", ("inputs", "documents"), ("parties", "transport", "place")),
    _stock("disposal.disposed", "disposal"),
    _governance("ledger_opened", "log", "organisation", "rule"),
    _governance("log_key_rotated", "log"),
    _governance("registrar_changed", "log"),
    _governance("organisation_admitted", "organisation", optional=("key",)),
    _governance("organisation_renamed", "organisation"),
    _governance("organisation_succeeded", "organisation"),
    _governance("site_registered", "site"),
    _governance("product_registered", "product", shapes={"product": s.PRODUCT_MASTER}),
    _governance("container_registered", "containers", shapes={"containers": s.CONTAINER_MASTER}),
    _governance("key_registered", "key"),
    _governance("key_rotated", "key"),
    _governance("key_revoked", "key", shapes={"key": s.KEY_REVOKED}),
    _governance("licence_registered", "licence"),
    _governance("licence_suspended", "licence", shapes={"licence": s.LICENCE_CHANGE}),
    _governance("licence_reinstated", "licence", shapes={"licence": s.LICENCE_CHANGE}),
    _governance("hold_placed", optional=("product", "place", "containers"), shapes=_HELD),
    _governance("hold_released", optional=("product", "place", "containers"), shapes=_HELD),
    _governance("recall_ordered", "product", shapes=_BATCHES),
    _governance("recall_acknowledged", "product", shapes=_BATCHES),
    _governance("finding_resolved", "finding"),
    _governance("finding_assigned", "finding", "parties", "reason", shapes={"finding": s.RULE_FOUND, "parties": s.TO}),
    _governance("correction_requested", "finding", "reason", shapes={"finding": s.SECTION_STATED}),
    _governance(
        "inspection_recorded", "place", "condition", "reason", shapes={"place": s.SITE_ALONE, "condition": s.INSPECTED}
    ),
    _governance("request_answered", "reason"),
    _governance("request_closed", "reason", shapes={"reason": s.CLOSING}),
    _governance(
        "sight_granted",
        "parties",
        "time",
        "reason",
        optional=("product", "place"),
        shapes={**_BATCHES, "parties": s.SHOWN_TO, "time": s.UNTIL, "place": s.SITE_ALONE},
    ),
    _governance("sight_withdrawn", "reason"),
    _governance("section_erased", "reason", shapes={"reason": s.ERASURE}),
    _governance("batches_same_as", "product", shapes=_BATCHES),
    replace(_governance("heads_published", "heads"), server_only=True),
    replace(_governance("rules_published", "rule"), server_only=True),
)

_ANY_STAGE = (
    EventType("incident_reported", (), ("place", "containers", "inputs", "transport")),
    EventType("loss_or_theft_reported", ("inputs",), ("place", "transport")),
    EventType("released_to_environment", ("inputs",), ("place", "transport")),
    EventType("received_without_order", ("outputs",), ("product", "place", "parties")),
    EventType(
        "event_corrected",
        (),
        ("inputs", "outputs", "product", "place", "parties", "transport"),
        {"inputs": s.RESTATED},
    ),
)

TYPES: Mapping[str, EventType] = {
    **{kind.name: kind for kind in _LIST},
    **{f"{stage}.{kind.name}": replace(kind, name=f"{stage}.{kind.name}") for stage in STAGES for kind in _ANY_STAGE},
}
