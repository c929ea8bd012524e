"""The composition root: where a ledger lies, and how its parts are put together."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url

from ledger.core.note import Signer
from ledger.demo.build import Built, Plan, Progress, build
from ledger.errors import ConfigurationError
from ledger.reference import load
from ledger.rules.standard import standard_manifest
from ledger.services import log_key
from ledger.services.clock import SetClock
from ledger.services.ledger import Ledger
from ledger.store.unit_of_work import Store

FILE: Final = "ledger.sqlite3"
KEY: Final = "log.key"
SIGNER_STATE: Final = "signer-state.json"
DEMO_ORIGIN: Final = "demo.hazledger.example/log"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ledger lies: its database, its log key, and the signer's own state.

    A demo keeps the state beside its data; anywhere else it belongs outside the data and its backups.
    """

    url: URL
    key: Path
    signer_state: Path

    @classmethod
    def of(cls, data: Path, database: str | None = None, key: Path | None = None, state: Path | None = None) -> "Place":
        """The place in a data folder; the database may be elsewhere."""
        url = make_url(database) if database else URL.create("sqlite", database=str(data.resolve() / FILE))
        return cls(url, key or data / KEY, state or data / SIGNER_STATE)

    @property
    def exists(self) -> bool:
        """Whether there is a database to read. A server's database is taken to be there."""
        if self.url.get_backend_name() != "sqlite":
            return True
        return self.url.database is not None and Path(self.url.database).exists()

    def need(self) -> None:
        """Raise ConfigurationError (no_ledger_here) where there is no ledger."""
        if not self.exists:
            raise ConfigurationError("no_ledger_here", params={"path": str(self.url.database)})


def reader(place: Place) -> Ledger:
    """Open a ledger for reading. Raises ConfigurationError where there is none."""
    place.need()
    return Ledger.open(place.url)


def writer(place: Place) -> Ledger:
    """Open a ledger as its one writer. Raises ConfigurationError, WriterHeldError, IntegrityError."""
    place.need()
    return Ledger.open(place.url, signer=_signer(place), signer_state=place.signer_state)


def _signer(place: Place) -> Signer:
    with Ledger.open(place.url) as known:
        origin = known.origin
    return log_key.load(place.key, origin)


def build_demo(place: Place, plan: Plan, progress: Progress) -> Built:
    """Build the demo's ledger in an empty place. Raises ConfigurationError (data_not_empty)."""
    if place.url.get_backend_name() == "sqlite" and place.exists:
        raise ConfigurationError("data_not_empty", params={"path": str(place.url.database)})
    place.key.parent.mkdir(parents=True, exist_ok=True)
    reference = load()
    signer = log_key.make(place.key, DEMO_ORIGIN, plan.key_entropy())
    clock = SetClock(plan.start_ms)
    with Ledger.create(
        place.url,
        plan.genesis(standard_manifest()),
        signer=signer,
        signer_state=place.signer_state,
        clock=clock,
        entropy=plan.entropy(),
        reference=reference,
    ) as ledger:
        return build(ledger, clock, plan, reference, progress)


def totals(store: Store) -> dict[str, int]:
    """The mass of the whole ledger by kind of account, in milligrams; it adds up to zero."""
    with store.read() as unit:
        return unit.queries.mass_by_account()
