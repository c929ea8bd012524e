"""What is known of a scanned place and thing, within one read of the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from ledger.core.scanned import OwnCode, WaybillCode, read
from ledger.core.times import date_ms, format_utc
from ledger.errors import FormatError, Problem
from ledger.reference import Reference
from ledger.rules import codec, costorage
from ledger.rules.aggregates import (
    Aggregate,
    BatchState,
    BayState,
    ContainerState,
    ProductState,
    ShipmentState,
    SiteState,
    TransferState,
)
from ledger.rules.attribution import FOLDED
from ledger.rules.holds import first_of
from ledger.rules.licences import DAY
from ledger.rules.scanning import SHELVED, Action, Custody, Facts, Piece, location_of, site_of
from ledger.services.scanning.statement import Scan
from ledger.store.rows import HoldingRow
from ledger.store.unit_of_work import Unit

MOST_ROWS: Final = 200
COUNTED_MS: Final = 10 * 60_000
SHIPPED: Final = "shipment:"
T = TypeVar("T", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class Lot:
    """A row of stock of the scanned thing, whose it is at this moment, and under which transfer it moves."""

    row: HoldingRow
    custody: Custody
    transfer: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan is about. ``label``: what people call the thing; ``warned``: classes that the grid keeps apart."""

    here: str
    item: str
    label: str
    product: ProductState | None
    lots: tuple[Lot, ...]
    facts: Facts
    warned: costorage.Pair | None = None


def key_of(text: str) -> str | None:
    """Return what a scanned text is looked up by: our own code, a GS1 identity, or a code of another system as it is.

    None: it is none of these. No address is ever opened.
    """
    try:
        scanned = read(text)
    except FormatError:
        return None
    match scanned:
        case OwnCode():
            return scanned.code
        case WaybillCode():
            return None
        case _:
            return scanned.text


class Look:
    """Looks things up for one organisation, each once."""

    def __init__(self, unit: Unit, reference: Reference, org: str, now_ms: int) -> None:
        """Read within this unit."""
        self.unit = unit
        self.org = org
        self._reference = reference
        self._now_ms = now_ms
        self._states: dict[str, Aggregate | None] = {}

    def state(self, key: str, kind: type[T]) -> T | None:
        """Return what is known of a thing."""
        if key not in self._states:
            body = self.unit.projections.load_states([key])[key]
            self._states[key] = None if body is None else codec.load(key, body)
        found = self._states[key]
        return found if isinstance(found, kind) else None

    def target(self, text: str) -> tuple[str, bool] | None:
        """Return what a scanned text leads to, and whether that code was voided; None: it is bound to nothing here."""
        key = key_of(text)
        row = None if key is None else self.unit.queries.code(key)
        return None if row is None else (row.target, row.voided_idx is not None)

    def is_place(self, target: str) -> bool:
        """Whether goods can be scanned to it: a location of an own site, or a shipment that the organisation loads."""
        if target.startswith(SHIPPED):
            shipment = self.state(target, ShipmentState)
            return shipment is not None and (self.org in shipment.parties or bool(self._sent(shipment)))
        site = self.state(site_of(target), SiteState)
        return site is not None and site.org == self.org and location_of(target) in site.locations

    def found(self, scan: Scan, action: Action, here: str, item: str) -> Found:
        """Return the facts of a scan of a thing at a place."""
        lots = self._lots(action, here, item)
        batches = [batch for lot in lots if (batch := self.state(lot.row.batch, BatchState)) is not None]
        products = [known for batch in batches if (known := self.state(batch.product, ProductState)) is not None]
        apart, warned = self._neighbours(action, here, products)
        facts = Facts(
            action=action,
            here=here,
            pieces=tuple(Piece(lot.custody, lot.row.place, lot.row.mg, self._covered(here, lot)) for lot in lots),
            alerts=(*(problem for batch in batches for problem in self._alerts(batch)), *self._held(item, lots)),
            apart=apart,
            counted=action == "count" and scan.amount is None and self._counted(item),
            quarantine=scan.quarantine,
            override=scan.override is not None,
            report=scan.report,
        )
        return Found(here, item, self._label(item), products[0] if products else None, lots, facts, warned)

    # --- where it lies ----------------------------------------------------------------------------------------------

    def _lots(self, action: Action, here: str, item: str) -> tuple[Lot, ...]:
        vessel = item if item.startswith("container:") else None
        batch = item if item.startswith("batch:") else None
        if vessel is None and batch is None:
            return ()
        rows = self.unit.queries.stock(container=vessel, batch=batch, limit=MOST_ROWS)
        if batch is not None:
            rows = [row for row in rows if row.container == "-"]
        lots = [self._lot(action, here, row) for row in rows]
        ours = [lot for lot in lots if lot.custody != "other"]
        return tuple(ours or lots)

    def _lot(self, action: Action, here: str, row: HoldingRow) -> Lot:
        if row.custodian == self.org:
            shipment = self.state(here, ShipmentState) if here.startswith(SHIPPED) else None
            return Lot(row, "own", None if shipment is None else self._consignment(shipment, row.batch, "consignor"))
        if row.custodian == here:
            return Lot(row, "aboard")
        shipment = self.state(row.custodian, ShipmentState) if row.custodian.startswith(SHIPPED) else None
        if shipment is None or action == "dispatch":
            return Lot(row, "other")
        transfer = self._consignment(shipment, row.batch, "consignee")
        if transfer is not None or (not shipment.transfers and shipment.consignee == self.org):
            return Lot(row, "coming", transfer)
        return Lot(row, "other")

    def _consignment(self, shipment: ShipmentState, batch: str, side: str) -> str | None:
        """The transfer aboard under which a batch goes from, or comes to, the organisation."""
        for name in shipment.transfers:
            known = self.state(name, TransferState)
            if known is not None and getattr(known, side) == self.org and self._takes(known, batch):
                return name
        return None

    def _takes(self, transfer: TransferState, batch: str) -> bool:
        if transfer.goods:
            return batch in transfer.goods
        known = self.state(batch, BatchState)
        return known is not None and known.product == transfer.product

    def _sent(self, shipment: ShipmentState) -> list[str]:
        known = (self.state(name, TransferState) for name in shipment.transfers)
        return [item.id for item in known if item is not None and item.consignor == self.org]

    def _covered(self, here: str, lot: Lot) -> bool:
        """Whether what is loaded goes under an agreed consignment, where the shipment carries consignments at all."""
        shipment = self.state(here, ShipmentState) if here.startswith(SHIPPED) else None
        return shipment is None or lot.transfer is not None or not shipment.transfers

    # --- what stands against it -------------------------------------------------------------------------------------

    def _alerts(self, batch: BatchState) -> list[Problem]:
        """Return why a batch is not to be used: as the rules judge an act, for its lots, too."""
        found: list[Problem] = []
        lots = (batch.id, *(lot for lot in batch.shares if lot not in (FOLDED, batch.id)))
        recalled = next((lot for lot in lots if self._recalled(lot)), None)
        if recalled is not None:
            found.append(Problem("batch_recalled", "/item", {"batch": batch.id, "lot": recalled}))
        if batch.holds:
            found.append(Problem("batch_on_hold", "/item", {"batch": batch.id, "by": batch.holds[0]}))
        if batch.expires_on is not None and self._now_ms >= date_ms(batch.expires_on) + DAY:
            found.append(Problem("batch_expired", "/item", {"batch": batch.id, "expires_on": batch.expires_on}))
        return found

    def _held(self, item: str, lots: Sequence[Lot]) -> list[Problem]:
        """Return the holds on the container itself and on the sites where its content lies."""
        found: list[Problem] = []
        vessel = self.state(item, ContainerState) if item.startswith("container:") else None
        if vessel is not None and vessel.held:
            found.append(Problem("container_on_hold", "/item", {"container": item, "by": first_of(vessel.held)}))
        for ref in dict.fromkeys(lot.row.site for lot in lots if lot.row.site):
            site = self.state(ref, SiteState)
            if site is not None and site.held:
                found.append(Problem("site_on_hold", "/item", {"site": ref, "by": first_of(site.held)}))
        return found

    def _recalled(self, lot: str) -> bool:
        known = self.state(lot, BatchState)
        return known is not None and known.recalled is not None

    def _neighbours(
        self, action: Action, here: str, products: Sequence[ProductState]
    ) -> tuple[costorage.Pair | None, costorage.Pair | None]:
        """Return what the site's table keeps apart; where it has none, what the grid for vehicles would."""
        site = self.state(site_of(here), SiteState) if action in SHELVED else None
        if site is None or not products:
            return None, None
        there = self._products(self.state("bay:" + here, BayState))
        if costorage.has_table(site, self._now_ms):
            clashes = (costorage.clash(site, here, product, there) for product in products)
            return next((pair for pair in clashes if pair is not None), None), None
        day = format_utc(self._now_ms)[:10]
        pairs = (costorage.by_grid(self._reference, product, there, day) for product in products)
        return None, next((pair for pair in pairs if pair is not None), None)

    def _products(self, bay: BayState | None) -> list[ProductState]:
        """What lies at a location, as the rules see it."""
        stored = () if bay is None else bay.stored
        return [known for ref in stored if (known := self.state(ref, ProductState)) is not None]

    def _counted(self, item: str) -> bool:
        row = self.unit.scans.newest(self.org, item=item)
        if row is None or row.action != "count" or row.outcome != "ok":
            return False
        return self._now_ms - row.received_at_ms < COUNTED_MS

    def _label(self, item: str) -> str:
        """Return what is painted on a container, or a lot number."""
        vessel = self.state(item, ContainerState) if item.startswith("container:") else None
        batch = self.state(item, BatchState) if item.startswith("batch:") else None
        name = vessel.serial if vessel is not None else "" if batch is None else batch.lot
        return name or item[-8:].upper()
