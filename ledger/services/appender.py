"""The append path without its thread: decide in order, seal, write one transaction, sign, and only then let go.

The memo and the chain heads in memory make it quick; the guards in the database make it safe. Anything that goes wrong
inside a transaction drops both whole.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from ledger.core.audit_report import sign_report
from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.ids import CHAIN_KINDS
from ledger.core.note import Signer
from ledger.core.proof import Index, Listed, Title, sign_index
from ledger.core.reads import origin_of_reads
from ledger.core.records import manifest_hash
from ledger.core.tilereader import RightEdge, TileReader
from ledger.core.waybill import Waybill, sign_waybill
from ledger.errors import (
    ConfigurationError,
    ForbiddenError,
    HazledgerError,
    IntegrityError,
    RefusedError,
    UnavailableError,
)
from ledger.rules.aggregates import LedgerState
from ledger.rules.decide import decide
from ledger.rules.decision import Refused
from ledger.rules.event import Event
from ledger.rules.evolve import evolve
from ledger.services.answers import Appended, Result, appended, conflict, former, refusal, repeated
from ledger.services.clock import Clock
from ledger.services.entropy import Entropy
from ledger.services.erasure import ERASED, erase
from ledger.services.heads import heads_due, heads_statement
from ledger.services.intake import GENESIS, RULES, Submission
from ledger.services.log import LogService, reader_of, root_of
from ledger.services.memo import Memo
from ledger.services.projector import Projector
from ledger.services.receipts import FreshReceipts
from ledger.services.repetition import is_same
from ledger.services.right_edge import EdgeWatch
from ledger.services.rule_books import RuleBooks, store_manifests
from ledger.services.sealing import Place, Sealed, seal
from ledger.services.signer_state import Signed, SignerState
from ledger.store.faults import GuardError
from ledger.store.rows import CheckpointRow, Head, HeadMove, PublishedRow, RefusalRow
from ledger.store.unit_of_work import Store, Unit, WriteUnit

ROTATED: Final = "governance.log_key_rotated"
LEDGER: Final = "ledger:"
PUBLISH_MS: Final = 1_000
MAX_HEADS: Final = 100_000

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Batch:
    """What one transaction is about to write."""

    projector: Projector
    sealed: list[Sealed]
    refusals: list[RefusalRow]
    pending: dict[tuple[str, str], tuple[Submission, Appended]]
    was: dict[str, int | None]
    receipts: FreshReceipts
    looked_up: set[str]


@dataclass(frozen=True, slots=True)
class Ports:
    """What the append path needs from outside."""

    clock: Clock
    entropy: Entropy
    signer: Signer
    signer_state: SignerState


class Appender:
    """Appends to one store. One thread at a time; ``recover`` before the first use and after any error."""

    def __init__(self, store: Store, ports: Ports, books: RuleBooks, log: LogService) -> None:
        """Take what it works with; nothing is read yet."""
        self.store = store
        self.origin = ports.signer.name
        self._ports = ports
        self._books = books
        self._log = log
        self._incoming: Signer | None = None
        self._memo = Memo(None)
        self._heads: dict[str, Head] = {}
        self._edge = RightEdge()
        self._watch = EdgeWatch()
        self._signed: CheckpointRow | None = None
        self._published: tuple[int, int] = (0, 0)
        self._last_ms = 0

    @property
    def size(self) -> int:
        """The number of records that are committed and signed."""
        return 0 if self._signed is None else self._signed.size

    # --- beginning -------------------------------------------------------------------------------------------

    def recover(self) -> None:
        """Read again what is really there, and refuse to write unless the log extends what was signed before.

        Raises IntegrityError, ConfigurationError (not the log's key, signer state unreadable).
        """
        self._memo = Memo(None)
        self._heads.clear()
        self._log.forget()
        with self.store.read() as unit:
            row = unit.log.checkpoint()
            size = unit.log.size()
            if size != (0 if row is None else row.size):
                raise IntegrityError("checkpoint_not_of_log", params={"size": size})
            self._ports.signer_state.check(self.origin, size, partial(self._log.root, unit))
            self._signed = row
            if row is not None:
                self._read_ledger(unit, row)
        if row is not None:
            self._ports.signer_state.write(Signed(self.origin, row.size, row.root, row.note))
            self._log.release(row)

    def _read_ledger(self, unit: Unit, row: CheckpointRow) -> None:
        self._edge = RightEdge.read(row.size, partial(self._log.read_tile, unit))
        if root_of(reader_of(self._edge)) != row.root:
            raise IntegrityError("root_not_of_records", params={"size": row.size})
        self._watch.prove(unit, self._edge)
        self._last_ms = unit.log.last_recorded_at_ms() or 0
        published = unit.log.last_published()
        if published is not None:
            self._published = (published.size, published.at_ms)
            self._log.show(published.note)
        found = unit.projections.states_of(LEDGER, limit=1)
        if not found:
            raise IntegrityError("projections_missing")
        self._memo.ledger_id = found[0][0]
        ledger = self.ledger(unit)
        held = [signer for signer in (self._ports.signer, self._incoming) if signer is not None]
        recorded = [signer for signer in held if b64u(signer.verifier().key) in ledger.log_keys]
        if not recorded or ledger.origin != self.origin:
            raise ConfigurationError("log_key_not_recorded", params={"origin": ledger.origin})
        self._ports, self._incoming = replace(self._ports, signer=recorded[0]), None

    def ledger(self, unit: Unit) -> LedgerState:
        """Return the ledger's own state. Raises IntegrityError before the genesis."""
        found = self._memo.get(self._memo.ledger_id or LEDGER, self.size, unit)
        if not isinstance(found, LedgerState):
            raise IntegrityError("projections_missing")
        return found

    # --- appending -------------------------------------------------------------------------------------------

    def append(self, submissions: Sequence[Submission]) -> list[Result]:
        """Append statements in order, in one transaction; one result each.

        Raises UnavailableError and IntegrityError of the store, whereupon nothing may be written before ``recover``.
        """
        return self._transact(lambda _unit: submissions)

    def publish_heads(self) -> Appended:
        """Append the heads of all chains as they are now. Raises the error of the decision."""
        result = self._transact(self._heads_statement)[0]
        if isinstance(result, HazledgerError):
            raise result
        return result

    def sign_waybill(self, waybill: Waybill) -> str:
        """Return the code of a transport document, signed by the log's key."""
        return sign_waybill(waybill, self._ports.signer)

    def sign_index(self, title: Title, parts: Sequence[Listed], withheld: int) -> Index:
        """Return the index of a proof, signed by the log's key."""
        return sign_index(title, parts, withheld, self._ports.signer)

    def sign_reads(self, size: int, root: bytes) -> bytes:
        """Return the head of the log of reads, signed by the log's key under that log's name."""
        signer = self._ports.signer
        named = Signer(origin_of_reads(signer.name), signer.private)
        return sign_checkpoint(Checkpoint(named.name, size, root), [named])

    def sign_report(self, report: Mapping[str, Json]) -> bytes:
        """Return an audit's report in its envelope, signed by the log's key."""
        return sign_report(report, self._ports.signer)

    def rotate(self, submission: Submission, signer: Signer) -> Appended:
        """Append the record that names a new log key, and sign with that key from then on.

        The checkpoint over that record alone is signed by both keys, and published: who pins the old key sees that it
        handed over, and to which. Raises the error of the decision; then the old key goes on.
        """
        self._incoming = signer
        result = self._transact(lambda _unit: [submission])[0]
        if isinstance(result, HazledgerError):
            self._incoming = None
            raise result
        if result.repeated:  # it was recorded before, for a key that may be another one: nothing changes hands
            self._incoming = None
            return result
        if self._incoming is not None:
            self._ports, self._incoming = replace(self._ports, signer=signer), None
        self.publish_checkpoint()
        return result

    def heads_due(self, every_ms: int) -> bool:
        """Whether something was recorded since the heads were last published, and that is long enough ago."""
        with self.store.read() as unit:
            return heads_due(unit, self.ledger(unit), self.size, self._ports.clock.now_ms() - every_ms)

    def publish_checkpoint(self) -> bool:
        """Publish the last signed checkpoint if it is newer than the last published one; whether there was one."""
        if self.size <= self._published[0]:
            return False
        self._transact(lambda _unit: [], publish_now=True)
        return True

    def _transact(
        self, statements: Callable[[Unit], Sequence[Submission]], *, publish_now: bool = False
    ) -> list[Result]:
        shown: CheckpointRow | None = None
        signed: CheckpointRow | None = None
        edge = self._edge
        try:
            with self.store.write() as unit:
                self._check_checkpoint(unit)
                shown = self._publish(unit, now=publish_now)
                batch = _Batch(Projector(), [], [], {}, {}, FreshReceipts(), set())
                results = self._decide_all(unit, batch, statements(unit))
                unit.operations.add_refusals(batch.refusals)
                if batch.sealed:
                    self._write(unit, batch)
                    edge, completed = self._watch.grow(unit, self._edge, len(batch.sealed))
                    nodes = reader_of(edge, completed)
                    signed = self._sign(nodes)
                    batch.receipts.open(nodes, signed.note, self._signers())
                    unit.log.swap_checkpoint(self._signed, signed)
        except BaseException:
            self._memo.drop()
            self._heads.clear()
            raise
        if shown is not None:
            self._log.show(shown.note)
        if signed is not None:
            self._let_go(edge, signed)
        self._memo.settle()
        if len(self._heads) > MAX_HEADS:
            self._heads.clear()
        return results

    def remember(self, signed: Signed) -> None:
        """Put a checkpoint of this log that others hold on record outside: a log that does not extend it is refused.

        The writer must have ended. Raises OSError.
        """
        self._ports.signer_state.write(signed)

    def _check_checkpoint(self, unit: Unit) -> None:
        if unit.log.checkpoint() != self._signed:
            raise GuardError("checkpoint_moved", params={"size": self.size})

    def _let_go(self, edge: RightEdge, signed: CheckpointRow) -> None:
        """After the commit: put what was signed on record outside; only then may it leave."""
        self._edge, self._signed = edge, signed
        try:
            self._ports.signer_state.write(Signed(self.origin, signed.size, signed.root, signed.note))
        except OSError as error:
            raise UnavailableError("signer_state_unwritable", params={"reason": str(error)}) from error
        self._log.release(signed)

    def _publish(self, unit: WriteUnit, *, now: bool) -> CheckpointRow | None:
        """Publish what an earlier transaction signed and let go; at most once a second."""
        at_ms = self._ports.clock.now_ms()
        size, before_ms = self._published
        if self._signed is None or self._signed.size <= size or not (now or at_ms - before_ms >= PUBLISH_MS):
            return None
        unit.log.publish(PublishedRow(self._signed.size, self._signed.note, at_ms))
        self._published = (self._signed.size, at_ms)
        return self._signed

    # --- deciding --------------------------------------------------------------------------------------------

    def _decide_all(self, unit: Unit, batch: _Batch, submissions: Sequence[Submission]) -> list[Result]:
        known = unit.events.find_many([submission.key for submission in submissions])
        self._expect(unit, batch, submissions)
        results: list[Result] = []
        for submission in submissions:
            row = known.get(submission.key)
            if row is not None:
                same = is_same(submission, row.header, unit.events.disclosures(row.idx))
                results.append(former(unit, row.idx) if same else conflict(submission))
            elif submission.key in batch.pending:
                results.append(repeated(submission, *batch.pending[submission.key]))
            else:
                results.append(self._decide(unit, batch, submission))
        return results

    def _expect(self, unit: Unit, batch: _Batch, submissions: Sequence[Submission]) -> None:
        """Have at hand what the statements name: one question to the store for all of them instead of some for each."""
        named = {name for submission in submissions for name in (*submission.named(), *submission.bays())}
        self._memo.expect(named, self.size, unit)
        self._load_heads(unit, batch, [name for name in named if name.partition(":")[0] in CHAIN_KINDS])

    def _decide(self, unit: Unit, batch: _Batch, submission: Submission) -> Result:
        index = self.size + len(batch.sealed)
        now_ms = self._ports.clock.now_ms() if submission.at_ms is None else submission.at_ms
        recorded_at_ms = max(self._last_ms, now_ms)
        try:
            return self._accept(unit, batch, submission, index, recorded_at_ms)
        except (UnavailableError, IntegrityError):
            raise
        except RefusedError as error:
            batch.refusals.append(refusal(submission, error, recorded_at_ms))
            return error
        except HazledgerError as error:
            return error
        except Exception:  # noqa: BLE001 - a fault of the rules must not stop the statements of others; nothing was changed yet
            _log.exception("event %s could not be decided", submission.event.hash)
            return HazledgerError("internal_error")

    def _accept(self, unit: Unit, batch: _Batch, submission: Submission, index: int, recorded_at_ms: int) -> Appended:
        event = submission.event
        self._check_means(event)
        rules_hash, reference_hash = self._manifests(unit, event)
        rules = self._books.rules(rules_hash, unit)
        reference = self._books.require(reference_hash)
        decision = self._memo.ask(lambda state: decide(state, event, recorded_at_ms, rules, reference), index, unit)
        if isinstance(decision, Refused):
            raise RefusedError(decision.problems)
        place = Place(self.origin, index, recorded_at_ms, rules_hash, reference_hash)
        self._load_heads(unit, batch, decision.effects)
        sealed = seal(submission, decision.effects, place, self._heads, self._ports.entropy)
        changes = self._memo.ask(lambda state: evolve(state, sealed.entry), index, unit)
        if event.header.type == GENESIS:
            self._memo.ledger_id = next(key for key in changes if key.startswith(LEDGER))
        self._memo.put(changes, sealed.entry)
        batch.projector.add(sealed.entry, changes, lambda key: self._memo.get(key, index + 1, unit))
        for head in sealed.heads:
            former = self._heads.get(head.chain)
            batch.was.setdefault(head.chain, None if former is None else former.seq)
            self._heads[head.chain] = head
        if event.header.type == RULES and isinstance(stated := event.contents["rule"].get("rules"), dict):
            self._books.add(stated)  # the next record, maybe of this transaction, is decided by them
        self._last_ms = recorded_at_ms
        batch.sealed.append(sealed)
        answer = appended(sealed, partial(batch.receipts.make, sealed))
        batch.pending[submission.key] = (submission, answer)
        return answer

    def _check_means(self, event: Event) -> None:
        """Refuse what this process could not go on with: a log key that it lacks, reference data of another version."""
        if event.header.type == ROTATED:
            held = None if self._incoming is None else b64u(self._incoming.verifier().key)
            if event.contents["log"]["keys"] != [held]:
                raise ForbiddenError("log_key_not_held", "/sections/log/keys")
        elif event.header.type == RULES:
            stated = event.contents["rule"].get("reference")
            if isinstance(stated, dict):
                self._books.require(manifest_hash(stated))

    def _manifests(self, unit: Unit, event: Event) -> tuple[str, str]:
        if event.header.type == GENESIS and self._memo.ledger_id is None:
            stated = event.contents["rule"]["rules"]
            return self._books.add(stated if isinstance(stated, dict) else {}).hash, self._books.reference.hash
        known = self.ledger(unit)
        return known.rules, known.reference

    def _load_heads(self, unit: Unit, batch: _Batch, chains: Iterable[str]) -> None:
        missing = [chain for chain in chains if chain not in self._heads and chain not in batch.looked_up]
        if missing:
            self._heads.update(unit.chains.heads(missing))
            batch.looked_up.update(missing)

    def _heads_statement(self, unit: Unit) -> list[Submission]:
        now_ms = max(self._last_ms, self._ports.clock.now_ms())
        known = self.ledger(unit)
        return [heads_statement(unit, known, self.size, now_ms, self._ports.entropy)]

    # --- writing ---------------------------------------------------------------------------------------------

    def _write(self, unit: WriteUnit, batch: _Batch) -> None:
        sealed = batch.sealed
        unit.events.insert([one.event_row for one in sealed])
        unit.events.insert_disclosures([row for one in sealed for row in one.disclosure_rows])
        unit.log.insert_records([one.record for one in sealed])
        unit.chains.insert([row for one in sealed for row in one.links])
        moved = [self._heads[chain] for chain in batch.was]
        unit.chains.advance(
            [HeadMove(head.chain, head.seq, head.idx, head.hash, batch.was[head.chain]) for head in moved]
        )
        for one in sealed:
            if one.entry.event.header.type in (GENESIS, RULES):
                store_manifests(unit, one.entry.event.contents)
            elif one.entry.event.header.type == ERASED:
                erase(unit, one.entry.event)
        batch.projector.flush(unit)

    def _sign(self, nodes: TileReader) -> CheckpointRow:
        root = root_of(nodes)
        note = sign_checkpoint(Checkpoint(self.origin, nodes.size, root), self._signers())
        return CheckpointRow(nodes.size, root, note)

    def _signers(self) -> list[Signer]:
        return [self._ports.signer] if self._incoming is None else [self._ports.signer, self._incoming]
