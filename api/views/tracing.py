"""Where a batch went and what it was made of: batches, what went into what, and how much of a lot is where."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Mass, Party, Words
from api.views.matter import Holding

Direction = Literal["forward", "backward"]


@dataclass(frozen=True, slots=True)
class TraceEdge:
    """Matter from one batch into another. References are "batch:<uuid>"; ``how``: the event type."""

    source: str
    target: str
    how: str
    mass: Mass
    index: int


@dataclass(frozen=True, slots=True)
class TraceHolding:
    """Stock of a traced batch. ``most``: of the traced lot at most so much is in it, None after a reaction.

    Goods on the way have a shipment in ``holding`` and here its carrier; the place is then the vehicle, by its plate.
    """

    holding: Holding
    most: Mass | None
    carrier: Party | None = None


@dataclass(frozen=True, slots=True)
class TraceNode:
    """A batch that was traced. ``present``: what the viewer may see of its stock.

    ``ppb``: the share of the traced lot, an upper bound in parts per 10^9; going back, the share of this batch in the
    traced one. ``most``: that share of the stock. None after a reaction, where only ancestry is known: then ``charged``
    is what of the lot was charged to it at most, None where that was further back.
    """

    ref: str
    number: str
    product: Words
    un: str | None
    producer: Party | None
    present: Mass
    ppb: int | None
    most: Mass | None
    charged: Mass | None
    holdings: tuple[TraceHolding, ...]
    recalled: bool = False


@dataclass(frozen=True, slots=True)
class TraceView:
    """Ancestors or descendants of a batch: one page of ``nodes`` by reference, and what went into what among them.

    ``origin``: the traced batch itself. ``found``: batches that were reached, ``undisclosed`` of them are not the
    viewer's to know of.
    """

    ref: str
    direction: Direction
    origin: TraceNode
    nodes: tuple[TraceNode, ...]
    edges: tuple[TraceEdge, ...]
    found: int
    undisclosed: int
    next: str | None = None
