"""Proofs of many chains, made from a ledger of bytes: what the service would write, or what a forger would."""

from collections.abc import Sequence
from dataclasses import replace

from ledger.core.bundle import Evidence
from ledger.core.note import Signer
from ledger.core.proof import Index, Listed, Span, Subject, Title, part_digest, sign_index
from tests.support.ledger_bytes import (
    BATCH,
    NOTHING,
    PRODUCER,
    SITE,
    START_MS,
    STEP_MS,
    LedgerBytes,
    Show,
    seed_of,
    uid,
)

TRANSFER = f"transfer:{uid(21)}"
DAY = Subject("site", SITE, START_MS + 4 * STEP_MS, START_MS + 6 * STEP_MS)
"""From the record before record 4 on, to the heads that record 6 publishes."""

DEAL = Subject("transfer", TRANSFER)
REGION = Subject("region", "3302", START_MS, START_MS + 6 * STEP_MS)


def busy_ledger(*, demo: bool = False) -> LedgerBytes:
    """Leaf 0; a producer; a batch made (2) and used three times (3 to 5); heads (6); used again (7); a transfer (8)."""
    ledger = LedgerBytes(demo=demo)
    ledger.open()
    ledger.admit(PRODUCER, "producer")
    ledger.produce(1000)
    for kg in (100, 200, 300):
        ledger.consume(kg)
    ledger.publish_heads()
    ledger.consume(50)
    chains = {TRANSFER: NOTHING, BATCH: NOTHING}
    ledger.append("operation.transfer_offered", PRODUCER, {"reason": {"text": "x"}}, chains, signers=["producer"])
    return ledger


def span(ledger: LedgerBytes, chain: str, first: int, last: int | None = None, *, heads: bool = True) -> Span:
    """Return the records of a chain from one place to another."""
    whole = ledger.evidence(chain, with_heads=heads)
    linked = [entry for entry in whole.entries if entry.link is not None]
    kept = linked[first:] if last is None else linked[first : last + 1]
    entries = tuple(entry for entry in whole.entries if entry.link is None or entry in kept)
    return Span(first, replace(whole, entries=entries))


def proof(
    subject: Subject,
    parts: Sequence[Evidence | Span],
    *,
    signer: str | None = "log",
    origin: str | None = None,
    listed: Sequence[Listed] | None = None,
    withheld: int = 0,
) -> bytes:
    """Return the file of these parts; `listed` makes its index state something else."""
    lines = [part.encode() for part in parts]
    evidence = [part.evidence if isinstance(part, Span) else part for part in parts]
    title = Title(origin or evidence[0].origin, subject)
    index = [
        Listed(one.chain, part.seq if isinstance(part, Span) else 0, part_digest(line))
        for part, one, line in zip(parts, evidence, lines, strict=True)
    ]
    stated = index if listed is None else list(listed)
    last = (
        Index(tuple(stated), withheld, None)
        if signer is None
        else sign_index(title, stated, withheld, Signer(title.origin, seed_of(signer)))
    )
    return b"".join(line + b"\n" for line in (title.encode(), *lines, last.encode()))


def site_day(ledger: LedgerBytes | None = None) -> bytes:
    """Return the proof of a site's period: its chain from the record before it on."""
    return proof(DAY, [span(ledger or busy_ledger(), SITE, 1)])


def deal(ledger: LedgerBytes | None = None, show: Show | None = None) -> bytes:
    """Return the proof of a transfer: its batch and itself."""
    known = ledger or busy_ledger()
    batch = known.evidence(BATCH, show=show)
    return proof(DEAL, [batch, known.evidence(TRANSFER)])


def region(ledger: LedgerBytes | None = None) -> bytes:
    """Return the proof of a region's period, the site's chain cut into two parts."""
    known = ledger or busy_ledger()
    cut = [span(known, SITE, 0, 2, heads=False), span(known, SITE, 2)]
    return proof(REGION, [known.evidence(BATCH), *cut], withheld=2)
