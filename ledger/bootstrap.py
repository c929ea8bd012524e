"""The composition root: from settings to the parts, put together."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from ledger.config import SIGNER_STATE, Settings
from ledger.core.b64 import b64u
from ledger.core.bundle import Policy
from ledger.core.canonical import Json
from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.ids import check_origin, uuid7
from ledger.core.keys import KEY_SIZE, check_public_key, private_key
from ledger.core.note import Signer, Verifier, parse_note
from ledger.demo.build import Built, Plan, Progress, build
from ledger.demo.deal import Told, tell
from ledger.demo.year import Truth
from ledger.demo.year.build import build_year
from ledger.errors import ConfigurationError, ConflictError, FormatError, HazledgerError, UnavailableError
from ledger.reference import load
from ledger.rules.standard import standard_manifest
from ledger.services import control, genesis, key_file, log_key
from ledger.services.append import Pace
from ledger.services.audit_jobs import AuditJobs
from ledger.services.audit_process import Places
from ledger.services.audit_process import run as run_audit
from ledger.services.audit_state import StateFile
from ledger.services.clock import SetClock, SystemClock
from ledger.services.control import ControlServer
from ledger.services.entropy import SystemEntropy
from ledger.services.feed import Feed
from ledger.services.genesis import Genesis
from ledger.services.intake import Auth
from ledger.services.ledger import Ledger
from ledger.services.operate import Answer, Operator, Request
from ledger.services.proofs import Signing, signing, unsigned
from ledger.services.read_kept import beside
from ledger.services.read_log import ReadLogService
from ledger.services.room import MIB
from ledger.services.scrub import Scrub
from ledger.services.signer_state import SignerState, read_state
from ledger.services.timestamps import authority
from ledger.services.timestamps.authority import Authority
from ledger.services.timestamps.daily import Timestamping
from ledger.services.webhooks.delivery import Delivery
from ledger.services.webhooks.sending import Sender
from ledger.services.webhooks.subscriptions import Subscriptions, master_key
from ledger.services.witnessing import roster, rounds
from ledger.services.witnessing.roster import Roster
from ledger.services.witnessing.rounds import Witnessing
from ledger.store.lock import WriterHeldError
from ledger.store.unit_of_work import Store

READS_JOURNAL: Final = "reads.journal"
DEMO_ORIGIN: Final = "demo.hazledger.example/log"


def exists(settings: Settings) -> bool:
    """Whether there is a database to read. A server's database is taken to be there."""
    url = make_url(settings.database_url)
    return url.get_backend_name() != "sqlite" or (url.database is not None and Path(url.database).exists())


def need(settings: Settings) -> None:
    """Raise ConfigurationError (no_ledger_here) where there is no ledger."""
    if not exists(settings):
        raise ConfigurationError("no_ledger_here", params={"path": str(settings.data)})


def reader(settings: Settings) -> Ledger:
    """Open a ledger for reading. Raises ConfigurationError where there is none."""
    need(settings)
    ledger = Ledger.open(settings.database_url)
    try:
        _watch(ledger, witnesses_of(settings))
        ledger.authority = authority_of(settings)
    except BaseException:
        ledger.close()
        raise
    return ledger


def witnesses_of(settings: Settings) -> Roster | None:
    """Return the witnesses that the operator chose; None: there are none. Raises ConfigurationError."""
    return None if settings.witnesses is None else roster.read(settings.witnesses, private=settings.witnesses_private)


def authority_of(settings: Settings) -> Authority | None:
    """Return the time-stamping authority that the operator chose; None: there is none. Raises ConfigurationError."""
    private, crls = settings.tsa_private, settings.tsa_crls
    return authority.chosen(settings.tsa_url, settings.tsa_certificates, private=private, crls=crls)


def _watch(ledger: Ledger, chosen: Roster | None) -> None:
    if chosen is not None:
        ledger.log.watch(chosen)


def _guard(chosen: Roster, state: Path) -> Callable[[Ledger], None]:
    """Refuse a log that does not extend what a witness shows, for good: what it shows was signed by this log."""

    def check(ledger: Ledger) -> None:
        found = rounds.guard(ledger, chosen)
        if found is not None:
            SignerState(state).write(found[1])
            raise found[0]

    return check


def witnessing(settings: Settings, ledger: Ledger) -> Witnessing | None:
    """Return what sends checkpoints to witnesses; None where none is chosen, or another process writes."""
    chosen = witnesses_of(settings)
    if chosen is None or ledger.sequencer is None:
        return None
    return Witnessing(ledger, chosen, gap_ms=settings.witness_gap_s * 1000)


def timestamping(settings: Settings, ledger: Ledger) -> Timestamping | None:
    """Return what asks for timestamps; None where nobody is to be asked, or another process writes."""
    chosen = authority_of(settings)
    if chosen is None or chosen.url is None or ledger.sequencer is None:
        return None
    return Timestamping(ledger, chosen)


def signer_state(settings: Settings) -> Path | None:
    """Return the file of the last signed checkpoint, where one is named or lies beside a demo's data."""
    own = settings.data / SIGNER_STATE
    return settings.signer_state or (own if settings.database is None and own.exists() else None)


def index_signing(settings: Settings, ledger: Ledger) -> Signing:
    """Return what signs the index of a proof: the log's key where it is at hand, else nothing."""
    if not settings.log_key_path.exists():
        return unsigned
    recorded = ledger.recorded()
    return signing(log_key.current(settings.log_key_path, recorded.origin, recorded.log_keys))


def writer(settings: Settings, *, wait_s: float = 0) -> Ledger:
    """Open a ledger as its one writer; `wait_s`: how long to wait for another one's end.

    Raises ConfigurationError: none here, a demo in production or the other way round, no signer state of its own, not
    the log's key; WriterHeldError; IntegrityError.
    """
    with reader(settings) as known:
        recorded = known.recorded()
    if recorded.demo != (settings.environment == "demo"):
        raise ConfigurationError("environment_mismatch", params={"environment": settings.environment})
    signer = log_key.current(settings.log_key_path, recorded.origin, recorded.log_keys)
    chosen = witnesses_of(settings)
    ledger = Ledger.open(
        settings.database_url,
        signer=signer,
        signer_state=settings.signer_state_path,
        pace=Pace(
            settings.queue_size,
            settings.batch_size,
            settings.heads_interval_s * 1000,
            settings.min_free_mb * MIB,
            wait_s,
        ),
        guard=None if chosen is None else _guard(chosen, settings.signer_state_path),
    )
    _watch(ledger, chosen)
    ledger.authority = authority_of(settings)
    return ledger


def subscriptions(settings: Settings, ledger: Ledger) -> Subscriptions:
    """Return the webhooks of a ledger; makes their key file when it is missing. Raises ConfigurationError."""
    random = SystemEntropy()
    master = master_key(settings.webhook_key_path, random)
    return Subscriptions(ledger.store, ledger.clock, random, master, private=settings.webhooks_private)


def delivery(settings: Settings, ledger: Ledger, hooks: Subscriptions) -> Delivery | None:
    """Return what sends for the webhooks, not yet started; None where another process writes."""
    if ledger.sequencer is None:
        return None
    sender = Sender(private=settings.webhooks_private)
    return Delivery(hooks, Feed(ledger.store, ledger.log), ledger.clock, sender)


@dataclass(frozen=True, slots=True)
class Checking:
    """What checks a ledger that is served: audits on demand, and the scrub where this process writes."""

    jobs: AuditJobs
    scrub: Scrub | None
    reads: ReadLogService | None = None
    journal: Path | None = None

    def start(self) -> None:
        """Tell of audits that a former server was at, begin to scrub, and let reads be noted without waiting."""
        if self.reads is not None and self.journal is not None:
            self.reads.start(self.journal)
        self.jobs.take_over()
        if self.scrub is not None:
            self.scrub.start()

    def close(self) -> None:
        """Stop both; where they are is noted."""
        self.jobs.close()
        if self.scrub is not None:
            self.scrub.close()


def audit_state(settings: Settings) -> StateFile:
    """Return where it is noted what was audited last."""
    return StateFile(settings.audit_state_path, settings.audit_key_path)


def audits(settings: Settings, ledger: Ledger) -> Checking:
    """Return what checks a ledger that is served, not yet started. Where another process writes, that one does it."""
    if ledger.sequencer is None:
        return Checking(AuditJobs(ledger.store, ledger.clock, None), None)
    places = Places(ledger.store.engines.url, settings.signer_state_path, audit_state(settings))
    jobs = AuditJobs(ledger.store, ledger.clock, partial(run_audit, places))
    scrub = Scrub(ledger.store, ledger.clock, settings.scrub_rate) if settings.scrub_rate else None
    return Checking(jobs, scrub, ledger.reads, settings.data / READS_JOURNAL)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new ledger is opened with: origin, operator (names zh and en, USCC, region), raw registrar keys.

    ``organisation``: the operator's reference, None for a new one; ``former`` and ``reason``: see ``Genesis``.
    """

    origin: str
    names: Mapping[str, str]
    uscc: str
    region: str
    phone: str | None = None
    registrars: tuple[bytes, ...] = ()
    organisation: str | None = None
    former: Mapping[str, Json] = field(default_factory=dict)
    reason: str | None = None

    def genesis(self, now_ms: int) -> Genesis:
        """Leaf 0 of a production ledger with the standard rules."""
        entropy = SystemEntropy()
        organisation: dict[str, Json] = {
            "organisation": self.organisation or f"org:{uuid7(now_ms, entropy.bytes(10))}",
            "names": dict(self.names),
            "uscc": self.uscc,
            "region": self.region,
            "roles": ["operator"],
        }
        if self.phone is not None:
            organisation["phone"] = self.phone
        return Genesis(
            ledger=f"ledger:{uuid7(now_ms, entropy.bytes(10))}",
            organisation=organisation,
            registrars=self.registrars,
            demo=False,
            former=self.former,
            reason=self.reason,
        )


def open_new(settings: Settings, opening: Opening) -> Ledger:
    """Open a new production ledger in an empty place: key, schema, leaf 0, signer state. Nothing is left by a failure.

    Raises ConflictError (ledger_exists, signer_state_in_use), ConfigurationError, RefusedError and FormatError with
    the field.
    """
    if settings.environment != "production":
        raise ConfigurationError("environment_mismatch", params={"environment": settings.environment})
    state = settings.signer_state_path
    clock, entropy, reference = SystemClock(), SystemEntropy(), load()
    for at, raw in enumerate(opening.registrars):
        check_public_key(raw, field=f"/sections/log/registrars/{at}")
    reference.regions.region(opening.region)
    seed = entropy.bytes(KEY_SIZE)
    signer = Signer(check_origin(opening.origin, field="/origin"), private_key(seed))
    if opening.former.get("former_origin") == opening.origin:
        raise FormatError("successor_needs_new_origin", "/origin", {"origin": opening.origin})
    stated = opening.genesis(clock.now_ms())
    genesis.check(stated, signer, reference, clock, entropy)
    _need_empty(settings, state)
    for folder in (settings.data, settings.log_key_path.parent, state.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_file.write(settings.log_key_path, seed)
    try:
        return Ledger.create(
            settings.database_url,
            stated,
            signer=signer,
            signer_state=state,
            clock=clock,
            entropy=entropy,
            reference=reference,
        )
    except BaseException:
        if _records(settings) == 0 and not state.exists():
            settings.log_key_path.unlink()
        raise


def successor(checkpoint: bytes, policy: bytes | None) -> dict[str, Json]:
    """What leaf 0 says of the log that it succeeds: its origin, and its last known checkpoint, base64url of the note.

    ``checkpoint``: a signed note or a signer state. Raises FormatError, VerificationError (not signed by its key).
    """
    note = note_of(checkpoint)
    former = Checkpoint.parse(parse_note(note)[0])
    if policy is not None:
        pinned = Policy.parse(policy)
        open_checkpoint(note, pinned.origin, [Verifier.parse(key) for key in pinned.log_keys])
    return {"former_origin": former.origin, "former_checkpoint": b64u(note)}


def note_of(held: bytes) -> bytes:
    """Return the signed note in a signer state; other bytes as they are. Raises FormatError."""
    return read_state(held).note if held.startswith(b"{") and b'"hazledger/signer-state@1"' in held[:4096] else held


def _need_empty(settings: Settings, state: Path) -> None:
    records = _records(settings)
    if records:
        raise ConflictError("ledger_exists", params={"size": records})
    for file in (state, beside(state)):
        if file.exists():
            raise ConflictError("signer_state_in_use", params={"path": str(file)})


def _records(settings: Settings) -> int | None:
    """How many records are there; 0 without a schema, None where that cannot be told."""
    if not exists(settings):
        return 0
    try:
        store = Store.open(settings.database_url, readers=1)
    except ConfigurationError as error:
        return 0 if error.code == "schema_not_current" and error.params["found"] == "-" else None
    except HazledgerError:
        return None
    try:
        with suppress(HazledgerError), store.read() as unit:
            return unit.log.size()
        return None
    finally:
        store.close()


def operator(settings: Settings, ledger: Ledger, uid: int) -> Operator:
    """Who acts on this machine: the record says so, with the user id of the system."""
    return Operator(
        ledger,
        Auth("local", f"uid:{uid}"),
        settings.log_key_path,
        witnessing(settings, ledger),
        timestamping(settings, ledger),
    )


def ask(settings: Settings, name: str, request: Request) -> Answer:
    """Carry out an operator's request: as the writer, or through the server that writes.

    Raises UnavailableError (writer_not_reachable) where another process writes and listens to nobody here.
    """
    try:
        with writer(settings) as ledger:
            return operator(settings, ledger, control.own_uid()).do(name, request)
    except WriterHeldError as held:
        with reader(settings) as ledger:
            answer = control.ask(settings.data, ledger.origin, name, request)
        if answer is None:
            params = {**held.params, "path": str(settings.data / control.NAME)}
            raise UnavailableError("writer_not_reachable", params=params, retry_after_s=5) from held
        return answer


def controlled(settings: Settings, ledger: Ledger) -> ControlServer | None:
    """Make the control socket of a server that writes; None in one that only reads.

    Raises ConfigurationError (control_socket_unusable).
    """
    if ledger.sequencer is None:
        return None
    return ControlServer(
        settings.data, ledger.origin, lambda name, request, uid: operator(settings, ledger, uid).do(name, request)
    )


def build_demo(settings: Settings, plan: Plan, progress: Progress) -> Built:
    """Build the demo's ledger in an empty place. Raises ConfigurationError (data_not_empty)."""
    with _demo_ledger(settings, plan) as (ledger, clock):
        return build(ledger, clock, plan, ledger.reference, progress)


def build_year_of_history(settings: Settings, plan: Plan, progress: Progress) -> tuple[Built, Truth]:
    """Build the year's ledger in an empty place; what is true of it. Raises ConfigurationError (data_not_empty)."""
    with _demo_ledger(settings, plan) as (ledger, clock):
        return build_year(ledger, clock, plan, ledger.reference, progress)


def tell_deal(settings: Settings, plan: Plan) -> Told:
    """Tell the story of one deal to a new demo ledger. Raises ConfigurationError (data_not_empty)."""
    with _demo_ledger(settings, plan) as (ledger, clock):
        return tell(ledger, clock, plan)


@contextmanager
def _demo_ledger(settings: Settings, plan: Plan) -> Iterator[tuple[Ledger, SetClock]]:
    if settings.database is None and exists(settings):
        raise ConfigurationError("data_not_empty", params={"path": str(settings.data)})
    settings.data.mkdir(parents=True, exist_ok=True)
    clock = SetClock(plan.start_ms)
    with Ledger.create(
        settings.database_url,
        plan.genesis(standard_manifest()),
        signer=_demo_signer(settings, plan),
        signer_state=settings.signer_state_path,
        clock=clock,
        entropy=plan.entropy(),
        reference=load(),
    ) as ledger:
        yield ledger, clock


def _demo_signer(settings: Settings, plan: Plan) -> Signer:
    return log_key.make(settings.log_key_path, DEMO_ORIGIN, plan.key_entropy())


def totals(store: Store) -> dict[str, int]:
    """The mass of the whole ledger by kind of account, in milligrams; it adds up to zero."""
    with store.read() as unit:
        return unit.queries.mass_by_account()
