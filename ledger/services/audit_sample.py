"""A sample of the records, each proven against the signed checkpoint together with its neighbours in its chains.

Drawn without replacement from a stated seed, so that anybody can draw the same one again. How little it may be trusted
is part of what it tells: with ``bad`` unsound records among ``n``, a sample of ``k`` misses them all with the chance
C(n - bad, k) / C(n, k).
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, exp, lgamma
from pathlib import Path
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.checkpoint import open_checkpoint
from ledger.core.merkle import inclusion_proof, leaf_hash, verify_inclusion
from ledger.core.note import Verifier
from ledger.core.records import Link
from ledger.core.sections import Disclosure
from ledger.core.tilereader import TileCache, TileReader
from ledger.errors import FormatError
from ledger.services.audit_entry import Checked, check_entry
from ledger.services.audit_findings import Findings
from ledger.services.audit_log import last_signed, stated_keys
from ledger.services.audit_run import Place
from ledger.services.audit_since import governing
from ledger.services.audit_tables import masses, signed_note
from ledger.services.log import Tiles
from ledger.services.signer_state import Signed
from ledger.store.rows import CheckpointRow
from ledger.store.unit_of_work import Store, Unit
from ledger.verify.shown import NAMES_KEYS_OF_THE_LOG

UNREAD: Final = "all_but_the_sample"
_SIZE: Final = re.compile(r"([1-9][0-9]{0,8})|((?:[0-9]|[1-9][0-9]|100)(?:\.[0-9]{1,4})?)%", re.ASCII)
_SHARES: Final = (Fraction(1, 1000), Fraction(1, 100))


def sample_size(text: str, size: int) -> int:
    """Return how many records "400" or "2.5%" are of a log of ``size``. Raises FormatError (sample_not_of_form)."""
    found = _SIZE.fullmatch(text)
    if found is None or (found[2] is not None and Fraction(found[2]) == 0):
        raise FormatError("sample_not_of_form", params={"value": text[:40]})
    wanted = int(found[1]) if found[1] else ceil(size * Fraction(found[2]) / 100)
    return min(wanted, size)


def draw(seed: str, count: int, size: int) -> list[int]:
    """Return ``count`` different indexes below ``size``, sorted: each is SHA-256(seed LF i), i = 0, 1, ... mod size.

    The remainder is off by less than 2**-200 from even.
    """
    drawn: set[int] = set()
    number = 0
    while len(drawn) < count:
        digest = hashlib.sha256(f"{seed}\n{number}".encode()).digest()
        drawn.add(int.from_bytes(digest) % size)
        number += 1
    return sorted(drawn)


def missing(size: int, count: int, bad: int) -> float:
    """Return the chance that a sample of ``count`` of ``size`` records holds none of ``bad`` unsound ones."""
    if count + bad > size:
        return 0.0
    ways = lgamma(size - bad + 1) - lgamma(size - bad - count + 1) - lgamma(size + 1) + lgamma(size - count + 1)
    return exp(ways)


def audit_sample(
    store: Store,
    wanted: str,
    seed: str,
    *,
    signer_state: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Json]:
    """Prove a sample; returns what ``audit`` returns, and "sample": {"seed", "size", "of", "missed": [...]}.

    An item of "missed" is {"bad", "chance"}: a number of unsound records, and the chance, as decimal text, that the
    sample holds none of them. Raises FormatError (sample_not_of_form, audit_log_empty).
    """
    findings = Findings()
    signed = last_signed(signer_state, findings)
    with store.read() as unit:
        size = unit.log.size()
        if size == 0:
            raise FormatError("audit_log_empty")
        run = Probe(unit, size, signed, findings)
        drawn = draw(seed, sample_size(wanted, size), size)
        for done, index in enumerate(drawn, 1):
            run.look(index)
            if progress is not None:
                progress(done, len(drawn))
        return run.result(seed, len(drawn))


class Probe:
    """Looks at single records in one state of a store."""

    def __init__(
        self,
        unit: Unit,
        size: int,
        signed: Signed | None,
        findings: Findings,
        known: Sequence[Checked] | None = None,
    ) -> None:
        """Hold records to the checkpoint of ``size``; ``known``: the records that name the log's keys, once read."""
        self._unit = unit
        self._size = size
        self._findings = findings
        self._records = self._events = 0
        self.governing = first = governing(unit, size, findings) if known is None else known
        self._origin = first[0].origin if first else None
        self._demo = first[0].event.contents.get("log", {}).get("demo") if first else None
        self._nodes = TileReader(size, Tiles(unit.log).read, TileCache(64))
        self._root = self._signed_root(first)
        if signed is not None and signed.size > size:
            findings.add("log_behind_signer", f"signed {signed.size}, records {size}")

    def _signed_root(self, first: Sequence[Checked]) -> bytes | None:
        """The root that the log's key signed for all records; None where there is none."""
        row = self._unit.log.checkpoint()
        if row is None:
            self._findings.add("checkpoint_missing")
            return None
        keys: list[bytes] = []
        for checked in first:
            if checked.event.header.type in NAMES_KEYS_OF_THE_LOG:
                with self._findings.catching("log_key_not_of_form", index=checked.idx):
                    keys = stated_keys(checked)
        return self._opened(row, keys)

    def _opened(self, row: CheckpointRow, keys: list[bytes]) -> bytes | None:
        with self._findings.catching("checkpoint_wrong", size=row.size):
            origin = self._origin or ""
            found, _ = open_checkpoint(row.note, origin, [Verifier(origin, raw) for raw in keys])
            if (found.size, found.root, row.size) == (self._size, row.root, self._size):
                return found.root
            self._findings.add("checkpoint_not_of_log", f"size {found.size}, records {self._size}")
        return None

    def look(self, index: int) -> None:
        """Prove one record and look at its neighbours."""
        stored = self._unit.entries.at(index)
        self._records += stored.record is not None
        self._events += len(stored.events)
        checked = check_entry(stored, self._origin, self._findings)
        if checked is None:
            return
        for name in checked.erased:
            if name not in {"auth", "personal"}:
                self._findings.add("erased_unannounced", name, index=index)
        self._prove(index, checked.record_hash)
        for place in checked.places:
            self._look_around(checked, place)

    def _prove(self, index: int, record_hash: bytes) -> None:
        if self._root is None:
            return
        with self._findings.catching("record_not_in_log", index=index):
            path = inclusion_proof(index, self._size, self._nodes)
            if not verify_inclusion(index, self._size, leaf_hash(record_hash), path, self._root):
                self._findings.add("record_not_in_log", index=index)

    def _look_around(self, checked: Checked, place: Place) -> None:
        """The record before in the chain is the one that is named; the one after names this one, or there is none."""
        chain, seq, prev = place
        before = self._unit.chains.link(chain, seq - 1) if seq else None
        if seq:
            record = None if before is None else self._unit.log.record(before.idx)
            if record is None or record.idx >= checked.idx or b64u(record.hash or b"") != prev:
                self._findings.add("chain_broken", f"place {seq}", index=checked.idx, chain=chain)
        elif prev is not None:
            self._findings.add("chain_broken", "a first place names one before", index=checked.idx, chain=chain)
        after = self._unit.chains.link(chain, seq + 1)
        if after is None:
            head = self._unit.chains.heads([chain]).get(chain)
            if head is None or (head.seq, head.idx, head.hash) != (seq, checked.idx, checked.record_hash):
                self._findings.add("chain_head_wrong", chain=chain)
            return
        with self._findings.catching("chain_broken", index=after.idx, chain=chain):
            link = Link.parse(Disclosure.parse(after.link, ("link",)).content)
            if after.idx <= checked.idx or link.prev != b64u(checked.record_hash):
                self._findings.add("chain_broken", f"place {seq + 1}", index=after.idx, chain=chain)

    def result(self, seed: str, count: int) -> dict[str, Json]:
        """Return what was found."""
        size = self._size
        bad = sorted({1, 10, 100, *(ceil(size * share) for share in _SHARES)})
        missed: list[Json] = [{"bad": one, "chance": f"{missing(size, count, one):.6f}"} for one in bad if one <= size]
        sample: dict[str, Json] = {"seed": seed, "size": count, "of": size, "missed": missed}
        return {
            "ok": self._findings.count == 0,
            "depth": "sample",
            "since": None,
            "events": self._events,
            "records": self._records,
            "log_size": size,
            "root": (self._root or b"").hex(),
            "origin": self._origin,
            "demo": self._demo,
            "replayed": False,
            "not_read": [UNREAD, "decisions"] if count < size else ["decisions"],
            "sample": sample,
            "checkpoint": signed_note(self._unit),
            "milligrams": masses(self._unit),
            "count": self._findings.count,
            "findings": [*self._findings.listed],
        }
