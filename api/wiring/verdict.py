"""The verdict on what a page shows: the offline verifier on each chain, and whether the stock shown follows from it."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.views import Fault, Inclusion, Verdict, Words
from api.wiring.known import Known
from api.wiring.steps import MOST_READ, steps
from ledger.core.b64 import b64u
from ledger.core.times import parse_recorded, parse_stated
from ledger.errors import FormatError, HazledgerError, IntegrityError, NotFoundError, Problem, catalogue
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import BatchState
from ledger.services.ledger import Ledger
from ledger.services.verdict import Verdict as Judged
from ledger.store.rows import LinkRow

MEMORY_MS: Final = 2_000
COST: Final = 20
"""A verdict that took long is kept so many times as long, so that nobody keeps the server busy with one code."""
MOST_REMEMBERED: Final = 4_096


@dataclass(frozen=True, slots=True)
class _Remembered:
    seq: int
    until_ms: int
    found: Judged | Fault


class Verdicts:
    """Verdicts on chains, each remembered for a moment: a code that many scan at once is judged once."""

    def __init__(self, ledger: Ledger) -> None:
        """Judge chains of this ledger."""
        self._ledger = ledger
        self._memory: OrderedDict[str, _Remembered] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, known: Known, chains: Sequence[str]) -> Verdict:
        """Return the verdict on a thing; the first chain is its own, and any that is broken breaks the verdict."""
        signed = self._ledger.log.state()
        head = known.unit.chains.history_back(chains[0], limit=1)
        faults: list[Fault] = []
        judged: list[Judged] = []
        for chain in chains:
            found = self._judge(known, chain)
            if isinstance(found, Fault):
                faults.append(found)
            elif found is not None:
                judged.append(found)
        faults.extend(Fault(found.step or "record", _code(found.code)) for found in judged if not found.intact)
        faults.extend(fault for chain in chains if chain.startswith("batch:") for fault in _stock(known, chain))
        first = judged[0] if judged else None
        waiting = first is None and not faults
        return Verdict(
            state="broken" if faults else "unknown" if waiting else "intact",
            records=head[0].seq + 1 if head else 0,
            log_size=signed.size,
            complete_as_of=None if first is None else first.complete_n,
            complete_at=None if first is None or first.complete_at is None else _instant(first.complete_at),
            newer=0 if first is None else first.newer,
            identity=known.identity(_producer(known, chains[0])),
            faults=tuple(faults),
            inclusion=None if faults or waiting else _inclusion(self._ledger, known, head),
            demo=self._ledger.recorded().demo,
        )

    def _judge(self, known: Known, chain: str) -> Judged | Fault | None:
        """Judge a chain, or say again what was said of the same head a moment ago; None: not in the signed log yet."""
        head = known.unit.chains.history_back(chain, limit=1)
        seq = head[0].seq if head else -1
        began = self._ledger.clock.now_ms()
        with self._lock:
            kept = self._memory.get(chain)
        if kept is not None and kept.seq == seq and began < kept.until_ms:
            return kept.found
        found = self._ask(chain)
        ended = self._ledger.clock.now_ms()
        until = ended + MEMORY_MS + COST * (ended - began)
        with self._lock:
            if found is None:
                self._memory.pop(chain, None)
            else:
                self._memory[chain] = _Remembered(seq, until, found)
                self._memory.move_to_end(chain)
            if len(self._memory) > MOST_REMEMBERED:
                self._memory.popitem(last=False)
        return found

    def _ask(self, chain: str) -> Judged | Fault | None:
        try:
            return self._ledger.verdict(chain)
        except NotFoundError:
            return None
        except (FormatError, IntegrityError) as error:
            return Fault("record", _words(error))


def _stock(known: Known, batch: str) -> list[Fault]:
    """Compare the stock that is shown with what the records of the batch add up to."""
    cells: dict[Holding, int] = {}
    count = 0
    try:
        for step in steps(known, batch):
            count += 1
            for account, mg in step.holdings:
                cells[account] = cells.get(account, 0) + mg
    except HazledgerError as error:
        return [Fault("record", _words(error))]
    if count >= MOST_READ:
        return []
    shown = {Holding(*row[:6]): row.mg for row in known.unit.queries.stock(batch=batch, limit=MOST_READ + 1)}
    if shown == {account: mg for account, mg in cells.items() if mg}:
        return []
    return [Fault("postings", Words("所示库存与账本记录不符", "The stock shown does not follow from the records"))]


def _inclusion(ledger: Ledger, known: Known, head: Sequence[LinkRow]) -> Inclusion | None:
    """Prove the newest record of the chain, if the signed log covers it."""
    signed = ledger.log.state()
    record = known.unit.log.record(head[0].idx) if head else None
    if record is None or record.idx >= signed.size:
        return None
    path = tuple(b64u(node) for node in ledger.log.inclusion(record.idx, signed.size))
    return Inclusion(record.idx, b64u(record.hash), signed.size, b64u(signed.root), path, signed.note.decode())


def _producer(known: Known, chain: str) -> str | None:
    batch = known.get(chain, BatchState) if chain.startswith("batch:") else None
    return None if batch is None else batch.producer


def _instant(text: str) -> int:
    return parse_recorded(text) if text.endswith("Z") else parse_stated(text)


def _words(error: HazledgerError) -> Words:
    return _rendered(error.problem)


def _code(code: str | None) -> Words:
    return _rendered(Problem(code or "record_malformed"))


def _rendered(problem: Problem) -> Words:
    """What a problem says in both languages; its code where the catalogue lacks it or needs more to say it."""
    entry = catalogue.load().get(problem.code)
    return Words(problem.code, problem.code) if entry is None else Words(entry.title["zh"], entry.title["en"])
