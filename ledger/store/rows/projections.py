"""What is made from the evidence, and can be made again."""

from typing import NamedTuple


class HoldingRow(NamedTuple):
    """A holding that is not empty, in milligrams."""

    batch: str
    owner: str
    custodian: str
    place: str
    container: str
    status: str
    site: str
    mg: int


class EdgeRow(NamedTuple):
    """In record ``idx``, ``mg`` of ``parent`` went into ``child``."""

    child: str
    parent: str
    idx: int
    mg: int


class RecalledRow(NamedTuple):
    """The recall of ``lot`` by the order at index ``recall`` reaches a batch: the lot, or one made of it."""

    batch: str
    recall: int
    lot: str


class RecallHolderRow(NamedTuple):
    """The recall reaches an organisation by ``batch`` in record ``idx``; ``acknowledged_idx``: where it says so."""

    org: str
    recall: int
    lot: str
    batch: str
    idx: int
    acknowledged_idx: int | None = None


class HoldReachRow(NamedTuple):
    """A hold on ``ref`` stops goods of an organisation since record ``idx``, until record ``lifted_idx``."""

    org: str
    hold: int
    ref: str
    placed_by: str
    idx: int
    lifted_idx: int | None = None


class FindingRow(NamedTuple):
    """The ``n``-th finding of record ``idx``; ``data``: canonical JSON; ``resolved_idx``: what settled it."""

    idx: int
    n: int
    chain: str
    rule: str
    severity: str
    data: bytes
    batch: str | None
    org: str | None
    resolved_idx: int | None = None


ALIAS = "alias"
ROLL = "roll"


class CodeRow(NamedTuple):
    """A printed code, the ref it resolves to and the record that issued it.

    ``kind``: of the thing; ``ROLL`` while the code stands for nothing yet, ``ALIAS`` for a code of another system.
    """

    code: str
    kind: str
    target: str
    idx: int
    voided_idx: int | None = None


class SearchRow(NamedTuple):
    """A thing people look for. ``id`` is its full ref; '' where a column does not apply."""

    kind: str
    id: str
    org: str = ""
    region: str = ""
    product: str = ""
    label: str = ""
    zh: str = ""
    en: str = ""
    un: str = ""
    cas: str = ""


class PresenceRow(NamedTuple):
    """A place at which a batch is, was or is about to be; ``idx``: the record that first said so."""

    batch: str
    place: str
    idx: int


class SiteStockRow(NamedTuple):
    """What of a product somebody has at a site, for whom; ``idx``: the newest record that moved some of it."""

    site: str
    product: str
    owner: str
    custodian: str
    mg: int
    idx: int


class ExpiryRow(NamedTuple):
    """A licence, or a date of a batch ("batch", "retest"), that ends on ``day``; ``org``: its holder or producer."""

    ref: str
    kind: str
    org: str
    day: str
    idx: int


class PlaceRow(NamedTuple):
    """A site, or an organisation at its own address."""

    place: str
    org: str
    region: str
    park: str


class DealRow(NamedTuple):
    """A transfer or shipment of one party; ``side``: giver, taker, both, carrier, arranger; ``idx``: newest record."""

    org: str
    ref: str
    kind: str
    side: str
    status: str
    idx: int


class RequestRow(NamedTuple):
    """What ``asker`` asked of ``asked`` with an event; ``moved_idx``: the newest record that changed its status."""

    event: str
    kind: str
    asker: str
    asked: str
    status: str
    due_ms: int | None
    idx: int
    moved_idx: int


class GrantRow(NamedTuple):
    """One thing that ``giver`` shows to ``getter`` until a time; ``withdrawn_idx``: the record that ended it before."""

    event: str
    thing: str
    giver: str
    getter: str
    until_ms: int
    idx: int
    withdrawn_idx: int | None
