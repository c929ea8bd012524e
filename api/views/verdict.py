"""The verdict on a thing's chain: one sentence for people, the figures under it for programs."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant, Words


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: the step that broke ("record", "link", "inclusion", "heads", ...) and in words."""

    step: str
    detail: Words
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That the chain's newest record stands in the signed log (RFC 6962 inclusion proof).

    `record` and `root` are base64url; `proof` base64url hashes, the leaf's sibling first, against the tree of
    `size` leaves whose signed checkpoint is `checkpoint`.
    """

    index: int
    record: str
    size: int
    root: str
    proof: tuple[str, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the ledger can prove about one chain now.

    `state`: "intact" needs every check passed; "broken" names `faults`; "unknown" is what could not be
    checked now. `complete_as_of`: number of records (log size n) for which published heads prove that
    nothing was left out, at `complete_at`; `newer` records of the chain came after. `identity`: whether a
    registrar vouches for the producer's key or the ledger alone.
    """

    state: Literal["intact", "broken", "unknown"]
    records: int
    log_size: int
    complete_as_of: int | None
    complete_at: Instant | None
    newer: int
    identity: Literal["registrar", "ledger"]
    faults: tuple[Fault, ...] = ()
    inclusion: Inclusion | None = None
    demo: bool = False
