"""Are the append-only triggers in place? They are no boundary (whoever owns the database can drop them), so ask."""

from typing import Final

from sqlalchemy import text

from ledger.store.engines import Backend
from ledger.store.repository import Repository
from ledger.store.tables import EVIDENCE, family

_EVENTS: Final[dict[Backend, tuple[str, ...]]] = {
    "sqlite": ("update", "delete"),
    "postgresql": ("update", "delete", "truncate"),
}
_SQLITE: Final = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%is append-only%'"
_POSTGRESQL: Final = """
SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
WHERE p.proname = 'hazledger_append_only' AND t.tgenabled IN ('O', 'A') AND t.tgname LIKE c.relname || '_no_%'
AND c.relnamespace = current_schema()::regnamespace
"""


class Guards(Repository):
    """Reads the catalogue of the database."""

    __slots__ = ()

    def missing(self) -> list[str]:
        """Return the names of append-only triggers that are gone or switched off, sorted; [] in a sound store."""
        query = text(_SQLITE if self.backend == "sqlite" else _POSTGRESQL)
        present = {row[0] for row in self.connection.execute(query)}
        return sorted(expected(self.backend) - present)


def expected(backend: Backend) -> set[str]:
    """Return the names of the triggers that the migrations make."""
    return {f"{table.name}_no_{event}" for table in family(EVIDENCE) for event in _EVENTS[backend]}
