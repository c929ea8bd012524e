"""What authorities asked of whom, and what they show each other for a limited time."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import or_, select, union

from ledger.rules.jurisdiction import Jurisdiction
from ledger.store.repository import Repository
from ledger.store.rows import GrantRow, RequestRow
from ledger.store.scopes import batches_in, here
from ledger.store.tables import edges, grants, places, presence, requests, search

Side = Literal["asked", "asker"]
MOST_SHOWN = 1_000


class Authorities(Repository):
    """Reading requests and grants."""

    __slots__ = ()

    def request(self, event: str) -> RequestRow | None:
        """Return what the event of this hash asks for, or None."""
        return self._one(select(requests).where(requests.c.event == event), RequestRow)

    def requests(
        self, org: str, side: Side, *, statuses: Sequence[str] = (), before: int | None = None, limit: int = 50
    ) -> list[RequestRow]:
        """Return what was asked of an organisation, or by it, newest first, below an index."""
        query = select(requests).where(requests.c[side] == org)
        if statuses:
            query = query.where(requests.c.status.in_(statuses))
        if before is not None:
            query = query.where(requests.c.idx < before)
        return self._all(query.order_by(requests.c.idx.desc()).limit(limit), RequestRow)

    def grants(self, org: str, *, before: int | None = None, limit: int = 200) -> list[GrantRow]:
        """Return what an organisation shows or is shown, newest first, below an index; one row a thing."""
        query = select(grants).where(or_(grants.c.giver == org, grants.c.getter == org))
        if before is not None:
            query = query.where(grants.c.idx < before)
        return self._all(query.order_by(grants.c.idx.desc(), grants.c.thing).limit(limit), GrantRow)

    def grant(self, event: str) -> list[GrantRow]:
        """Return the things that the event of this hash shows."""
        return self._all(select(grants).where(grants.c.event == event).order_by(grants.c.thing), GrantRow)

    def shown(self, org: str, *, at_ms: int) -> tuple[str, ...]:
        """Return the things that are shown to an organisation at a time, at most ``MOST_SHOWN``."""
        query = select(grants.c.thing).where(
            grants.c.getter == org, grants.c.until_ms > at_ms, grants.c.withdrawn_idx.is_(None)
        )
        rows = self.connection.execute(query.distinct().order_by(grants.c.thing).limit(MOST_SHOWN))
        return tuple(str(thing) for thing in rows.scalars())

    def in_force(self, org: str, *, at_ms: int) -> list[GrantRow]:
        """Return what is shown to an organisation at a time, with the grants, at most ``MOST_SHOWN`` rows."""
        query = select(grants).where(
            grants.c.getter == org, grants.c.until_ms > at_ms, grants.c.withdrawn_idx.is_(None)
        )
        return self._all(query.order_by(grants.c.thing, grants.c.event).limit(MOST_SHOWN), GrantRow)

    def adding_sites(self, things: Sequence[str], bounds: Jurisdiction) -> frozenset[str]:
        """Return those of these things that add sites to what lies in a jurisdiction."""
        if not things:
            return frozenset()
        query = select(places.c.place, places.c.org).where(
            or_(places.c.place.in_(things), places.c.org.in_(things)), ~here(bounds), places.c.place != places.c.org
        )
        rows = self.connection.execute(query)
        return frozenset(name for row in rows for name in row) & frozenset(things)

    def adding_batches(self, things: Sequence[str], bounds: Jurisdiction) -> frozenset[str]:
        """Return those of these things that add batches to those of a jurisdiction: themselves, or what is there."""
        if not things:
            return frozenset()
        own = batches_in(bounds)
        named = select(search.c.id, search.c.id).where(
            search.c.kind == "batch", search.c.id.in_(things), search.c.id.not_in(own)
        )
        there = (
            select(presence.c.place, places.c.org)
            .join(places, places.c.place == presence.c.place)
            .where(or_(places.c.place.in_(things), places.c.org.in_(things)), presence.c.batch.not_in(own))
        )
        coming = select(presence.c.place, presence.c.place).where(
            presence.c.place.in_(things), presence.c.batch.not_in(own)
        )
        rows = self.connection.execute(union(named, there, coming))
        return frozenset(name for row in rows for name in row) & frozenset(things)

    def touches(self, things: Sequence[str], batch: str) -> bool:
        """Whether a batch is one of these things, went into one, or is, was or is about to be at one of them.

        So is what was made of it: whoever is shown a batch or a place is shown the ancestry, too.
        """
        if not things:
            return False
        made = select(edges.c.child.label("batch")).where(edges.c.parent == batch).cte("made", recursive=True)
        made = made.union(select(edges.c.child).where(edges.c.parent == made.c.batch))
        family = or_(presence.c.batch == batch, presence.c.batch.in_(select(made.c.batch)))
        itself = select(made.c.batch).where(made.c.batch.in_(things))
        there = select(presence.c.batch).where(family, presence.c.place.in_(things))
        owned = (
            select(presence.c.batch)
            .join(places, or_(places.c.place == presence.c.place, places.c.org == presence.c.place))
            .where(family, places.c.org.in_(things))
        )
        return batch in things or self.connection.execute(union(itself, there, owned).limit(1)).first() is not None
