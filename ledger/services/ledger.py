"""One ledger, opened: the door to every use case. Reads are safe from several threads; writing is the sequencer's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy.engine import URL

from ledger.core.b64 import b64u, unb64u
from ledger.core.bundle import Policy
from ledger.core.canonical import Json
from ledger.core.note import Signer, Verifier
from ledger.core.proof import Index, Listed, Title
from ledger.core.waybill import Waybill, open_waybill
from ledger.errors import ConflictError, HazledgerError, UnavailableError
from ledger.reference import Reference, load
from ledger.rules import codec
from ledger.rules.aggregates import LedgerState
from ledger.services import genesis as opening
from ledger.services import intake, papers
from ledger.services.answers import Appended, Result
from ledger.services.append import Pace, Sequencer
from ledger.services.appender import Appender, Ports
from ledger.services.clock import Clock, SystemClock
from ledger.services.entropy import Entropy, SystemEntropy
from ledger.services.evidence import EvidenceService, Show, everything
from ledger.services.genesis import Genesis
from ledger.services.intake import Auth, Submission
from ledger.services.log import LogService
from ledger.services.proofs import ProofService, unsigned
from ledger.services.public_keys import PublicKeys
from ledger.services.read_kept import KeptHead
from ledger.services.read_log import ReadLogService
from ledger.services.rebuild import rebuild
from ledger.services.room import Room
from ledger.services.rule_books import RuleBooks
from ledger.services.signer_state import Signed, SignerState
from ledger.services.timestamps.authority import Authority
from ledger.services.verdict import Verdict, judge
from ledger.store.lock import WriterHeldError, WriterLock, acquire
from ledger.store.migrate import migrate
from ledger.store.unit_of_work import Store

LEDGER = "ledger:"


class Ledger:
    """A store with its log, and a writer where there is a signer. Use as a context manager, or ``close`` it."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        entropy: Entropy,
        reference: Reference,
        sequencer: Sequencer | None = None,
        lock: WriterLock | None = None,
    ) -> None:
        """Take the parts; ``open`` and ``create`` make them."""
        self.store = store
        self.clock = clock
        self.entropy = entropy
        self.reference = reference
        self.sequencer = sequencer
        self.log = LogService(store)
        self._lock = lock
        self.authority: Authority | None = None
        self._evidence = EvidenceService(store, self.log)
        self._origin: str | None = None
        self.keys = PublicKeys(store, self.recorded)
        self.reads = ReadLogService(store, lambda: self.origin, entropy, self.sign_reads)

    @classmethod
    def create(
        cls,
        url: str | URL,
        genesis: Genesis,
        *,
        signer: Signer,
        signer_state: Path,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        reference: Reference | None = None,
    ) -> "Ledger":
        """Make the schema, write leaf 0, and open. Raises ConflictError if there is a ledger already."""
        clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
        known = reference or load()
        lock = acquire(url)
        try:
            migrate(url)
            store = Store.open(url)
            try:
                ports = Ports(clock, entropy, signer, SignerState(signer_state))
                appender = Appender(store, ports, RuleBooks(known), LogService(store))
                appender.recover()
                if appender.size:
                    raise ConflictError("ledger_exists", params={"size": appender.size})
                with store.write() as unit:
                    unit.projections.mark_current()
                made = appender.append([opening.statement(genesis, signer, known, clock, entropy)])[0]
                if isinstance(made, HazledgerError):
                    raise made
            finally:
                store.close()
        finally:
            lock.release()
        return cls.open(url, signer=signer, signer_state=signer_state, clock=clock, entropy=entropy, reference=known)

    @classmethod
    def open(
        cls,
        url: str | URL,
        *,
        signer: Signer | None = None,
        signer_state: Path | None = None,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        reference: Reference | None = None,
        pace: Pace = Pace(),  # noqa: B008 - frozen
        guard: Callable[["Ledger"], None] | None = None,
    ) -> "Ledger":
        """Open a ledger; with ``signer`` and ``signer_state`` become its one writer, else read only.

        ``pace``: how much waits, how much is written at once, when heads are published, how much room there must be,
        how long to wait for another writer's end. ``guard`` is asked while the lock is held and nothing was signed yet.
        Raises WriterHeldError if another process writes; IntegrityError if the log does not extend what was signed.
        """
        clock, entropy, reference = clock or SystemClock(), entropy or SystemEntropy(), reference or load()
        if signer is None or signer_state is None:
            return cls(Store.open(url), clock=clock, entropy=entropy, reference=reference)
        lock = acquire(url, pace.lock_wait_s)
        try:
            store = Store.open(url)
            try:
                made = cls(store, clock=clock, entropy=entropy, reference=reference, lock=lock)
                made.reads.keep(KeptHead(signer_state))
                ports = Ports(clock, entropy, signer, SignerState(signer_state))
                with store.read() as unit:
                    stale = unit.projections.stale()
                if stale:
                    rebuild(store)
                if guard is not None:
                    guard(made)
                appender = Appender(store, ports, RuleBooks(reference), made.log)
                written = (signer_state,) if store.engines.path is None else (store.engines.path, signer_state)
                made.sequencer = Sequencer(appender, pace, Room(written, pace.least_free))
                made.sequencer.start()
            except BaseException:
                store.close()
                raise
        except BaseException:
            lock.release()
            raise
        return made

    def close(self) -> None:
        """Write what waits, stop, and close the store. A second call does nothing."""
        self.reads.close()
        if self.sequencer is not None:
            self.sequencer.close()
        self.store.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        """Return the ledger."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    # --- what it is ------------------------------------------------------------------------------------------

    def recorded(self) -> LedgerState:
        """Return the ledger's own state: operator, keys, manifests. Raises UnavailableError before the genesis."""
        with self.store.read() as unit:
            found = unit.projections.states_of(LEDGER, limit=1)
        state = codec.load(*found[0]) if found else None
        if not isinstance(state, LedgerState):
            raise UnavailableError("ledger_not_open")
        return state

    @property
    def origin(self) -> str:
        """The log's origin, which never changes."""
        if self._origin is None:
            self._origin = self.recorded().origin
        return self._origin

    @property
    def verifier(self) -> Verifier:
        """The key that speaks for the log now: the last one recorded."""
        state = self.recorded()
        return Verifier(state.origin, unb64u(state.log_keys[-1], 32))

    @property
    def verifiers(self) -> tuple[Verifier, ...]:
        """Every key that ever spoke for the log, the present one last."""
        state = self.recorded()
        return tuple(Verifier(state.origin, unb64u(raw, 32)) for raw in (*state.former_log_keys, *state.log_keys))

    @property
    def why_not_writing(self) -> str | None:
        """Why nothing is written; None while writing goes on."""
        if self.sequencer is not None:
            return self.sequencer.why_not_writing
        try:
            holder = self.store.holder()
        except UnavailableError:
            holder = None
        return f"opened for reading; the writer is {holder or '?'}"

    # --- stating ---------------------------------------------------------------------------------------------

    def state(self, body: Mapping[str, Json], auth: Auth, *, own: bool = False, parsed: bool = False) -> Submission:
        """Make an event of the simple form; ``own``, ``parsed``: see ``intake``. Raises FormatError."""
        made = intake.simple(body, auth, origin=self.origin, entropy=self.entropy, own=own, parsed=parsed)
        return papers.check(self.store, self.clock, made)

    def signed(self, body: Mapping[str, Json], auth: Auth, *, own: bool = False, parsed: bool = False) -> Submission:
        """Check an event of the signed form; ``own``, ``parsed``: see ``intake``. Raises FormatError."""
        made = intake.signed(body, auth, origin=self.origin, find_key=self.keys.find, own=own, parsed=parsed)
        return papers.check(self.store, self.clock, made)

    def submit(self, submission: Submission) -> "Future[Appended]":
        """Queue a statement. Raises UnavailableError."""
        return self._writer().submit(submission)

    def append(self, submission: Submission) -> Appended:
        """Append a statement and wait. Raises RefusedError, ConflictError, FormatError, UnavailableError."""
        return self._writer().append(submission)

    def append_many(self, submissions: Iterable[Submission]) -> list[Result]:
        """Append statements in order; one answer each."""
        return self._writer().append_many(submissions)

    def sign_waybill(self, waybill: Waybill) -> str:
        """Return the code of a transport document, signed by the log's key. Raises UnavailableError: not the writer."""
        return self._writer().sign_waybill(waybill)

    def sign_report(self, report: Mapping[str, Json]) -> bytes:
        """Return an audit's report in its envelope, signed by the log's key. UnavailableError: not the writer."""
        return self._writer().sign_report(report)

    def sign_reads(self, size: int, root: bytes) -> bytes:
        """Return the signed head of the log of reads. UnavailableError: not the writer."""
        return self._writer().sign_reads(size, root)

    def open_waybill(self, code: str) -> Waybill:
        """Return what a code says if a key of this log signed it, now or before. FormatError, VerificationError."""
        state = self.recorded()
        keys = (*state.log_keys, *state.former_log_keys)
        return open_waybill(code, [Verifier(state.origin, unb64u(raw, 32)) for raw in keys])

    def publish_heads(self) -> Appended:
        """Publish the heads of all chains."""
        return self._writer().publish_heads()

    def rotate_log_key(self, submission: Submission, signer: Signer) -> Appended:
        """Record a new log key and sign with it from then on; ``rotation`` makes both."""
        return self._writer().rotate(submission, signer)

    # --- showing -----------------------------------------------------------------------------------------------------

    def receipt(self, actor: str, event_id: str) -> bytes:
        """Return the receipt (hazledger/receipt@1) of an event by its actor and id. Raises NotFoundError."""
        return self._evidence.receipt(self.recorded().id, actor, event_id, find_key=self.keys.find)

    def evidence(self, chain: str, show: Show = everything) -> bytes:
        """Return the evidence (hazledger/evidence@1) of a chain. Raises NotFoundError."""
        return self._evidence.evidence(self.recorded().id, chain, show=show)

    @property
    def proofs(self) -> ProofService:
        """What makes proofs (hazledger/proof@1) of many chains."""
        return ProofService(self.store, self.log, self._evidence, self.recorded().id)

    def sign_index(self, title: Title, parts: Sequence[Listed], withheld: int) -> Index:
        """Return the index of a proof, signed by the log's key where this process writes, else unsigned."""
        sign = unsigned if self.sequencer is None else self.sequencer.sign_index
        return sign(title, parts, withheld)

    def verdict(self, chain: str) -> Verdict:
        """Return what the offline verifier says of a chain, with this ledger's own policy. Raises NotFoundError."""
        return judge(self.evidence(chain), self.policy())

    def policy(self) -> Policy:
        """Return the policy that pins this ledger: origin, log keys (retired ones too), genesis, registrars."""
        state = self.recorded()
        with self.store.read() as unit:
            genesis = unit.log.record_hashes(0, 1)[0]
        registrars = tuple(unb64u(raw, 32) for raw in state.registrars)
        return Policy(state.origin, tuple(key.vkey() for key in self.verifiers), b64u(genesis), registrars)

    # --- writing -----------------------------------------------------------------------------------------------------

    def recover(self) -> None:
        """After an error: read again what is really there and write on. Raises if that is not possible."""
        self._writer().recover()

    def halt(self, error: HazledgerError, signed: Signed | None = None) -> None:
        """Write no more, because of this; ``signed``: what this log is known to have signed, to refuse for good."""
        if self.sequencer is not None:
            self.sequencer.halt(error, signed)

    def _writer(self) -> Sequencer:
        if self.sequencer is None:
            raise WriterHeldError(self.store.holder())
        return self.sequencer
