"""Which products a statement is about: of the batches it moves, or of what a shipment carries."""

from collections.abc import Iterable, Mapping

from ledger.rules.aggregates import ProductState, ShipmentState
from ledger.rules.draft import Draft
from ledger.rules.state import State
from ledger.rules.transfer_state import TransferState

Goods = tuple[tuple[ProductState, int], ...]
"""Products with their milligrams, in the order of their ids."""


def goods_of(state: State, batches: Mapping[str, int]) -> Goods:
    """The products of known batches, with the mass of each."""
    state.require(batches)
    sums: dict[str, int] = {}
    for batch, mg in batches.items():
        known = state.batch(batch)
        assert known is not None
        sums[known.product] = sums.get(known.product, 0) + mg
    state.require(sums)
    return tuple((product, mg) for key, mg in sorted(sums.items()) if (product := state.product(key)) is not None)


def goods_agreed(state: State, transfer: TransferState) -> Goods:
    """The products that a transfer is about: of the chosen batches, or the one whose batches are not chosen yet."""
    if transfer.goods or transfer.product is None:
        return goods_of(state, transfer.goods)
    product = state.product(transfer.product)
    return () if product is None else ((product, transfer.most_mg),)


def moved(draft: Draft) -> Goods:
    """The products that the draft moves, with the mass that leaves each account."""
    masses: dict[str, int] = {}
    for move in draft.moves:
        masses[move.batch] = masses.get(move.batch, 0) + move.mg
    return goods_of(draft.state, masses)


def aboard(draft: Draft, shipment: ShipmentState) -> Goods:
    """The products that a shipment carries, what the draft loads included: loading moves nothing else."""
    masses = dict(shipment.cargo)
    for move in draft.moves:
        masses[move.batch] = masses.get(move.batch, 0) + move.mg
    return goods_of(draft.state, masses)


def of_list(goods: Iterable[tuple[ProductState, int]], name: str) -> bool:
    """Whether one of the goods is on a regulated list."""
    return any(name in product.lists for product, _ in goods)
