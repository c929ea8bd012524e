"""Ledgers of the demo, built from a seed in an empty place."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ledger.bootstrap.running import exists
from ledger.config import Settings
from ledger.core.note import Signer
from ledger.demo.build import Built, Plan, Progress, build
from ledger.demo.deal import Told, tell
from ledger.demo.year import Truth
from ledger.demo.year.build import build_year
from ledger.errors import ConfigurationError
from ledger.reference import load
from ledger.rules.standard import standard_manifest
from ledger.services import log_key
from ledger.services.clock import SetClock
from ledger.services.ledger import Ledger
from ledger.store.unit_of_work import Store

DEMO_ORIGIN: Final = "demo.hazledger.example/log"


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
