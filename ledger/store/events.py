"""What actors stated: events by actor and id, and their sections."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select, update

from ledger.store.faults import GuardError
from ledger.store.repository import Repository
from ledger.store.rows import DisclosureRow, EventRow
from ledger.store.sql import distinct
from ledger.store.tables import disclosures, events

_COLUMNS = tuple(column.name for column in events.columns)


class Events(Repository):
    """Events and disclosures."""

    __slots__ = ()

    def insert(self, rows: Iterable[EventRow]) -> None:
        """Append events. Raises ConstraintError if (actor, id) was used before."""
        self._insert(events, rows)

    def insert_disclosures(self, rows: Iterable[DisclosureRow]) -> None:
        """Append sections."""
        self._insert(disclosures, rows)

    def find(self, actor: str, event_id: str) -> EventRow | None:
        """Return the event that this actor stated under this id."""
        return self.find_many([(actor, event_id)]).get((actor, event_id))

    def find_many(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], EventRow]:
        """Return the events that exist among these (actor, id) pairs."""
        found = self._by_keys(events, ("actor", "id"), _COLUMNS, distinct(pairs))
        return {(row[0], row[1]): EventRow(*row) for row in found}

    def by_hash(self, event_hash: bytes) -> EventRow | None:
        """Return the event with this hash (32 bytes)."""
        return self._one(select(events).where(events.c.hash == event_hash).order_by(events.c.idx).limit(1), EventRow)

    def at(self, idx: int) -> EventRow | None:
        """Return the event of record ``idx``."""
        return self._one(select(events).where(events.c.idx == idx).limit(1), EventRow)

    def headers(self, indices: Sequence[int]) -> list[tuple[int, bytes]]:
        """Return index and canonical header of the events of these records."""
        return [(row[0], bytes(row[1] or b"")) for row in self._by_keys(events, ("idx",), ("idx", "header"), indices)]

    def latest(self, *, before: int | None = None, limit: int = 50) -> list[EventRow]:
        """Return events from the newest down, with an index below ``before``."""
        query = select(events).order_by(events.c.idx.desc()).limit(limit)
        return self._all(query if before is None else query.where(events.c.idx < before), EventRow)

    def disclosures(self, idx: int) -> Mapping[str, bytes | None]:
        """Return the sections of record ``idx`` by name; an erased one is None."""
        query = (
            select(disclosures.c.name, disclosures.c.body).where(disclosures.c.idx == idx).order_by(disclosures.c.name)
        )
        return {row[0]: row[1] for row in self.connection.execute(query)}

    def disclosures_of(self, indexes: Iterable[int], names: frozenset[str] | None = None) -> list[DisclosureRow]:
        """Return the sections of many records, ordered by index and name; ``names`` None: all of them."""
        found = self._by_keys(disclosures, ("idx",), ("idx", "name", "body"), distinct(indexes))
        return sorted(DisclosureRow(*row) for row in found if names is None or row[1] in names)

    def erase(self, idx: int, name: str) -> None:
        """Erase a ``personal`` section, content and salt; its digest stays in the header. Once only."""
        statement = (
            update(disclosures)
            .where(disclosures.c.idx == idx, disclosures.c.name == name, disclosures.c.body.is_not(None))
            .values(body=None)
        )
        if self.connection.execute(statement).rowcount != 1:
            raise GuardError("nothing_to_erase", params={"idx": idx, "name": name})
