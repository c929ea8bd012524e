"""The heads of all chains as a statement that the server alone makes: what makes completeness provable.

Hourly if another event was recorded since, and on demand. The writer makes it, so that its n is its own index.
"""

from typing import Final

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.events import Header
from ledger.core.heads import Heads
from ledger.core.ids import uuid7
from ledger.core.times import format_utc
from ledger.rules.aggregates import LedgerState
from ledger.services.entropy import Entropy
from ledger.services.intake import Submission, server_made
from ledger.store.unit_of_work import Unit

HEADS: Final = "governance.heads_published"
HOUR_MS: Final = 3_600_000


def heads_statement(unit: Unit, ledger: LedgerState, index: int, now_ms: int, entropy: Entropy) -> Submission:
    """Make the statement that will become record ``index``: the root over every chain's head before it."""
    heads = Heads((head.chain, head.hash) for head in unit.chains.iter_heads())
    header = Header(
        origin=ledger.origin,
        id=uuid7(now_ms, entropy.bytes(10)),
        type=HEADS,
        mode="act",
        actor=ledger.operator,
        keys=(),
        occurred_at=format_utc(now_ms),
        not_after=None,
        refs=(),
        sections={},
    )
    content: dict[str, Json] = {"n": index, "chains": len(heads), "root": b64u(heads.root)}
    return server_made(header, {"heads": content}, entropy)


def heads_due(unit: Unit, ledger: LedgerState, size: int, before_ms: int) -> bool:
    """Whether anything was recorded since heads were published, and that was before a time (or never)."""
    if ledger.heads is None:
        return size > 1
    row = unit.log.record(ledger.heads)
    return size > ledger.heads + 1 and row is not None and row.recorded_at_ms <= before_ms
