"""A ledger of an older version brought to this one: schema first, then the projections, made again from the records.

Evidence is never changed. The writer's lock is held throughout, so nobody writes by the rules of another version.
"""

from dataclasses import dataclass

from sqlalchemy.engine import URL, make_url

from ledger.errors import ConfigurationError
from ledger.services.rebuild import Progress, rebuild
from ledger.store.engines import open_engines
from ledger.store.lock import acquire
from ledger.store.migrate import current_revision, head_revision, migrate
from ledger.store.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The schema's revisions before and after, and how many records were folded again."""

    before: str
    after: str
    rebuilt: int


def upgrade(url: str | URL, progress: Progress | None = None) -> Upgraded:
    """Bring schema and projections up to this version; a second call changes nothing.

    Raises ConfigurationError (no_ledger_here), WriterHeldError while another process writes, IntegrityError if the
    records do not add up.
    """
    lock = acquire(url)
    try:
        before = _revision(url)
        if before is None:
            raise ConfigurationError("no_ledger_here", params={"path": make_url(url).render_as_string()})
        migrate(url)
        store = Store.open(url)
        try:
            with store.read() as unit:
                stale = unit.projections.stale() and unit.log.size() > 0
            return Upgraded(before, head_revision(), rebuild(store, progress=progress) if stale else 0)
        finally:
            store.close()
    finally:
        lock.release()


def _revision(url: str | URL) -> str | None:
    engines = open_engines(url, readers=1)
    try:
        return current_revision(engines.reader)
    finally:
        engines.dispose()
