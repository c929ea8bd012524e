"""What a shipment has in custody: by batch, with its description for transport, and piece by piece."""

from typing import Final

from api.views import Cargo, Piece
from api.wiring.goods import goods_of, phone_of
from api.wiring.known import CONTAINER_KINDS, Known
from api.wiring.picking import LOOSE
from labels.content import Identity
from ledger.rules.aggregates import BatchState, ContainerState, ShipmentState
from ledger.store.rows import HoldingRow
from ledger.store.scopes import EVERYTHING

MOST_PIECES: Final = 500
PARTICULARS: Final = (
    "origin",
    "destination",
    "departure_date",
    "mode",
    "trailer",
    "vehicle_certificate",
    "driver_certificate",
    "escort_certificate",
    "packages",
    "package_kind",
    "remark",
)
"""What a view of a shipment tells of the trip."""


def cargo_of(known: Known, state: ShipmentState) -> tuple[Cargo, ...]:
    """Return what a shipment has in custody, by batch, each with its pieces."""
    rows = known.related.stock(EVERYTHING, custodian=state.id, limit=MOST_PIECES)
    known.load([row.container for row in rows if row.container != LOOSE])
    return tuple(
        _cargo(known, batch, mg, tuple(_piece(known, row) for row in rows if row.batch == batch))
        for batch, mg in sorted(state.cargo.items())
    )


def _cargo(known: Known, batch: str, mg: int, pieces: tuple[Piece, ...]) -> Cargo:
    product = known.must(batch, BatchState).product
    goods = goods_of(known, product)
    h = goods.hazards
    name = goods.name if h.shipping_name is None else h.shipping_name
    shown = Identity(
        name.zh, name.en, h.un or "", name.en, h.transport_class or "", h.subsidiary, h.packing_group or "", ()
    )
    return Cargo(
        batch=batch,
        batch_number=known.lot(batch),
        product=goods.name,
        un=h.un,
        transport_class=h.transport_class,
        mass=mg,
        subsidiary=h.subsidiary,
        packing_group=h.packing_group,
        description=shown.shipping_line,
        phone=phone_of(known, product),
        pieces=pieces,
    )


def _piece(known: Known, row: HoldingRow) -> Piece:
    vessel = known.get(row.container, ContainerState)
    return Piece(
        container=None if row.container == LOOSE else row.container,
        container_label=None if row.container == LOOSE else known.label(row.container),
        kind=None if vessel is None else CONTAINER_KINDS.get(vessel.kind),
        owner=known.party(row.owner),
        place=row.place,
        status=row.status,
        mass=row.mg,
    )
