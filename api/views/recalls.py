"""Recalls: what an order reaches, who has acknowledged, who is late; and what one would reach."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant, Mass, Party, Words

Mine = Literal["none", "open", "acknowledged"]
"""Whether a recall reaches the viewer's organisation, and whether it has acknowledged."""


@dataclass(frozen=True, slots=True)
class RecalledLot:
    """A lot that an order names. ``opens``: whether the viewer may open its page."""

    ref: str
    number: str
    product: Words
    opens: bool


@dataclass(frozen=True, slots=True)
class RecallLine:
    """A recall in a list. ``index``: of the order's record, by which a recall is called; ``open``: not acknowledged."""

    index: int
    at: Instant
    by: Party
    lots: tuple[RecalledLot, ...]
    reason: str
    holders: int
    open: int
    mine: Mine


@dataclass(frozen=True, slots=True)
class RecallGoods:
    """A reached batch of which an organisation has something. ``most``: at most so much of the lot is in ``mass``.

    None: by a reaction, after which only the ancestry is known.
    """

    batch: str
    number: str
    product: Words
    mass: Mass
    most: Mass | None
    place: Words | None
    shipment: str | None
    opens: bool


@dataclass(frozen=True, slots=True)
class RecallHolder:
    """An organisation that a recall reaches. ``held``: in its hands or vehicles now, ``owned``: of its own elsewhere.

    ``reached_index``: the record by which it was first reached: the order, or what brought it goods later.
    ``acknowledged_index``: the last of its acknowledgements, once there is one for each lot. ``overdue``: since when
    one should be there.
    """

    party: Party
    held: Mass
    owned: Mass
    reached_index: int
    reached_at: Instant
    acknowledged_index: int | None
    acknowledged_at: Instant | None
    overdue: Instant | None
    goods: tuple[RecallGoods, ...] = ()


@dataclass(frozen=True, slots=True)
class RecallView:
    """A recall with its progress.

    ``reached``: organisations in all; ``undisclosed`` of them are not the viewer's to know of, ``undisclosed_open`` of
    those have not acknowledged. ``affected``: kilograms of what is reached, in stock now, as far as the viewer may see;
    ``most``: at most so much of the lots in it. ``trips``: shipments that carry some of it. ``acknowledge``: lots that
    the viewer's organisation has yet to acknowledge.
    """

    index: int
    event: str
    at: Instant
    by: Party
    lots: tuple[RecalledLot, ...]
    reason: str
    holders: tuple[RecallHolder, ...]
    reached: int
    open: int
    overdue: int
    undisclosed: int
    undisclosed_open: int
    affected: Mass
    most: Mass
    trips: tuple[str, ...]
    acknowledge: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecallPreview:
    """What a recall of lots would reach now, all of it: organisations, batches, kilograms, shipments on the road.

    ``disclosed``: the organisations that the viewer may know of.
    """

    lots: tuple[RecalledLot, ...]
    batches: int
    holders: int
    affected: Mass
    most: Mass
    trips: int
    disclosed: tuple[Party, ...]
