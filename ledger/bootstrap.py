"""The composition root: from settings to the parts, put together."""

from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from ledger.config import Settings
from ledger.core.note import Signer
from ledger.demo.build import Built, Plan, Progress, build
from ledger.errors import ConfigurationError
from ledger.reference import load
from ledger.rules.standard import standard_manifest
from ledger.services import log_key
from ledger.services.clock import SetClock
from ledger.services.entropy import SystemEntropy
from ledger.services.feed import Feed
from ledger.services.ledger import Ledger
from ledger.services.webhooks.delivery import Delivery
from ledger.services.webhooks.sending import Sender
from ledger.services.webhooks.subscriptions import Subscriptions, master_key
from ledger.store.unit_of_work import Store

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
    return Ledger.open(settings.database_url)


def writer(settings: Settings) -> Ledger:
    """Open a ledger as its one writer.

    Raises ConfigurationError: none here, a demo in production or the other way round, no signer state of its own, not
    the log's key; WriterHeldError; IntegrityError.
    """
    with reader(settings) as known:
        recorded = known.recorded()
    if recorded.demo != (settings.environment == "demo"):
        raise ConfigurationError("environment_mismatch", params={"environment": settings.environment})
    signer = log_key.load(settings.log_key_path, recorded.origin)
    return Ledger.open(
        settings.database_url,
        signer=signer,
        signer_state=settings.signer_state_path,
        heads_every_ms=settings.heads_interval_s * 1000,
    )


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


def build_demo(settings: Settings, plan: Plan, progress: Progress) -> Built:
    """Build the demo's ledger in an empty place. Raises ConfigurationError (data_not_empty)."""
    if settings.database is None and exists(settings):
        raise ConfigurationError("data_not_empty", params={"path": str(settings.data)})
    settings.data.mkdir(parents=True, exist_ok=True)
    reference = load()
    signer = _demo_signer(settings, plan)
    clock = SetClock(plan.start_ms)
    with Ledger.create(
        settings.database_url,
        plan.genesis(standard_manifest()),
        signer=signer,
        signer_state=settings.signer_state_path,
        clock=clock,
        entropy=plan.entropy(),
        reference=reference,
    ) as ledger:
        return build(ledger, clock, plan, reference, progress)


def _demo_signer(settings: Settings, plan: Plan) -> Signer:
    return log_key.make(settings.log_key_path, DEMO_ORIGIN, plan.key_entropy())


def totals(store: Store) -> dict[str, int]:
    """The mass of the whole ledger by kind of account, in milligrams; it adds up to zero."""
    with store.read() as unit:
        return unit.queries.mass_by_account()
