"""From settings to the parts of a ledger that is there, put together: readers, the writer, and what works beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from ledger.config import SIGNER_STATE, Settings
from ledger.errors import ConfigurationError, UnavailableError
from ledger.services import control, log_key
from ledger.services.append import Pace
from ledger.services.audit_jobs import AuditJobs
from ledger.services.audit_process import Places
from ledger.services.audit_process import run as run_audit
from ledger.services.audit_state import StateFile
from ledger.services.control import ControlServer
from ledger.services.entropy import SystemEntropy
from ledger.services.feed import Feed
from ledger.services.intake import Auth
from ledger.services.ledger import Ledger
from ledger.services.operate import Answer, Operator, Request
from ledger.services.proofs import Signing, signing, unsigned
from ledger.services.read_log import ReadLogService
from ledger.services.room import MIB
from ledger.services.scrub import Scrub
from ledger.services.signer_state import SignerState
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

READS_JOURNAL: Final = "reads.journal"


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
