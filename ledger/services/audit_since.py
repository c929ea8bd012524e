"""Going on from what was audited before: the log must extend it, and what is new is held to it.

What came before is not read again, but for the records that name the log's keys and the rules. That the log extends the
earlier state shows the root: the edge of the tree as it was then is made from what is stored today.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.tilereader import RightEdge
from ledger.errors import ConflictError
from ledger.services.audit_entry import Checked, check_entry
from ledger.services.audit_findings import Findings
from ledger.services.audit_log import stated_keys
from ledger.services.audit_tables import stated_manifests
from ledger.services.log import Tiles, reader_of, root_of
from ledger.store.unit_of_work import Unit
from ledger.verify.shown import NAMES_KEYS_OF_THE_LOG

RULES: Final = "governance.rules_published"

PAGE: Final = 1_024

OLDER_RECORDS: Final = "older_records"
OLDER_HEADS: Final = "older_heads"
OLDER_STATE: Final = "older_state"
DECISIONS: Final = "decisions"


@dataclass(frozen=True, slots=True)
class Start:
    """An earlier state: log size; root (32 bytes), number of chains and root over their heads, where they are known."""

    size: int
    root: bytes | None = None
    chains: int | None = None
    heads_root: bytes | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """What the new records are held to: the tree's edge, the log's origin and keys, the time, the manifests."""

    edge: RightEdge
    origin: str
    keys: Sequence[bytes]
    former: Sequence[bytes]
    recorded_at_ms: int
    demo: Json
    stated: dict[bytes, str]


def resume(unit: Unit, start: Start, size: int, findings: Findings) -> Before:
    """Return what stands before record ``start.size``; notes where it is not what was audited.

    Raises ConflictError (audit_start_beyond_log) where there is nothing to go on from.
    """
    if not 0 < start.size <= size:
        raise ConflictError("audit_start_beyond_log", params={"start": start.size, "size": size})
    tiles = Tiles(unit.log)
    edge = RightEdge()
    with findings.catching("log_not_extended", size=start.size):
        edge = RightEdge.read(start.size, tiles.read)
        if start.root is not None and root_of(reader_of(edge)) != start.root:
            findings.add("log_not_extended", "another root", size=start.size)
    keys: list[bytes] = []
    former: list[bytes] = []
    stated: dict[bytes, str] = {}
    origin, demo = "", None
    for checked in governing(unit, start.size, findings):
        origin = origin or checked.origin
        stated.update(stated_manifests(checked.event.contents))
        if checked.idx == 0:
            demo = checked.event.contents.get("log", {}).get("demo")
        if checked.event.header.type in NAMES_KEYS_OF_THE_LOG:
            with findings.catching("log_key_not_of_form", index=checked.idx):
                former += keys
                keys = stated_keys(checked)
    newest = unit.log.record(start.size - 1)
    if edge.size != start.size or not origin or newest is None:
        raise ConflictError("audit_start_unreadable", params={"start": start.size})
    return Before(edge, origin, keys, former, newest.recorded_at_ms, demo, stated)


def governing(unit: Unit, size: int, findings: Findings) -> Sequence[Checked]:
    """The records before a size that name the log's keys, or the rules, read strictly."""
    read: list[Checked] = []
    for index in _candidates(unit, size):
        checked = check_entry(unit.entries.at(index), read[0].origin if read else None, findings)
        if checked is not None:
            read.append(checked)
    return read


def _candidates(unit: Unit, size: int) -> Iterator[int]:
    """Indexes, by what their headers say last, on the ledger's own chain."""
    names = tuple(b'"type":"%b"}' % name.encode() for name in (*NAMES_KEYS_OF_THE_LOG, RULES))
    [ledger] = [row.chain for row in unit.entries.at(0).links if row.chain.startswith("ledger:")][:1] or [""]
    history = unit.chains.iter_history(ledger)
    while page := [*islice(history, PAGE)]:
        indices = [row.idx for row in page if row.idx < size]
        yield from (index for index, header in sorted(unit.events.headers(indices)) if header.endswith(names))


def hold_heads(start: Start, found: tuple[int, bytes], findings: Findings) -> list[str]:
    """Compare the heads of all chains as they were then with those that were audited; say what could not be."""
    if start.heads_root is None:
        return [OLDER_HEADS] if start.root is not None else [OLDER_STATE, OLDER_HEADS]
    if found != (start.chains, start.heads_root):
        findings.add("heads_not_as_audited", f"{found[0]} chains, root {b64u(found[1])}", size=start.size)
    return []


def left_out(*, full: bool, since: int, not_compared: Sequence[str]) -> list[Json]:
    """Name what an audit did not read: words that pages and reports explain."""
    names = [*([OLDER_RECORDS] if since else []), *not_compared, *([] if full else [DECISIONS])]
    return [*names]
