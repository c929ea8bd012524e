"""Cosignatures, what witnesses know, pinned checkpoints: operational, prove nothing that they do not carry."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select

from ledger.store.repository import Repository
from ledger.store.rows import CosignatureRow, PinRow, TimestampRow, WitnessViewRow
from ledger.store.tables import cosignatures, pins, timestamps, witness_views


class Witnesses(Repository):
    """Lines of witnesses by size, and the state of the talk with each."""

    __slots__ = ()

    def keep(self, row: CosignatureRow) -> None:
        """Keep a line; a newer one of the same witness and size replaces it."""
        self._upsert(cosignatures, [row], update=("line", "time_s"))

    def at(self, size: int) -> list[CosignatureRow]:
        """Return the lines on the checkpoint of a size."""
        query = select(cosignatures).where(cosignatures.c.size == size).order_by(cosignatures.c.witness)
        return self._all(query, CosignatureRow)

    def sizes(self, *, limit: int) -> list[int]:
        """Return the sizes that somebody cosigned, the greatest first."""
        query = select(cosignatures.c.size).distinct().order_by(cosignatures.c.size.desc()).limit(limit)
        return [int(row[0]) for row in self.connection.execute(query)]

    def newest(self) -> list[CosignatureRow]:
        """Return each witness's line of the greatest size."""
        greatest = select(cosignatures.c.witness, func.max(cosignatures.c.size).label("size")).group_by(
            cosignatures.c.witness
        )
        top = greatest.subquery()
        here = (cosignatures.c.witness == top.c.witness) & (cosignatures.c.size == top.c.size)
        return self._all(select(cosignatures).join(top, here).order_by(cosignatures.c.witness), CosignatureRow)

    def drop(self, witness: str, *, keep: int) -> None:
        """Forget all but the newest lines of a witness: a newer tree holds what an older one held."""
        newest = (
            select(cosignatures.c.size)
            .where(cosignatures.c.witness == witness)
            .order_by(cosignatures.c.size.desc())
            .limit(1)
            .offset(keep)
        )
        bound = self._scalar(newest)
        if bound is not None:
            here = (cosignatures.c.witness == witness, cosignatures.c.size <= bound)
            self.connection.execute(delete(cosignatures).where(*here))

    def keep_timestamp(self, row: TimestampRow) -> None:
        """Keep a day's timestamp; a later one of the same day replaces it."""
        self._upsert(timestamps, [row], update=("size", "note", "response", "at_ms"))

    def timestamps(self, *, limit: int) -> list[TimestampRow]:
        """Return the timestamps of the last days, the newest first."""
        return self._all(select(timestamps).order_by(timestamps.c.day.desc()).limit(limit), TimestampRow)

    def last_timestamp(self) -> TimestampRow | None:
        """Return that of the last day that has one."""
        return self._one(select(timestamps).order_by(timestamps.c.day.desc()).limit(1), TimestampRow)

    def note_view(self, row: WitnessViewRow) -> None:
        """Say what a witness knows now."""
        self._upsert(witness_views, [row], update=("size", "failures", "due_at_ms", "tried_at_ms", "outcome"))

    def views(self) -> list[WitnessViewRow]:
        """Return what each witness knows."""
        return self._all(select(witness_views).order_by(witness_views.c.witness), WitnessViewRow)

    # --- pins --------------------------------------------------------------------------------------------------------

    def pin(self, rows: Iterable[PinRow]) -> None:
        """Keep pinned checkpoints; the same again stays as it was."""
        self._add_missing(pins, rows)

    def pins(self, org: str, *, limit: int) -> list[PinRow]:
        """Return what an organisation pinned, the newest first."""
        query = select(pins).where(pins.c.org == org).order_by(pins.c.at_ms.desc(), pins.c.id)
        return self._all(query.limit(limit), PinRow)

    def pinned(self, org: str, id: str) -> PinRow | None:
        """Return one pin of an organisation."""
        return self._one(select(pins).where(pins.c.org == org, pins.c.id == id), PinRow)

    def unpin(self, org: str, id: str) -> bool:
        """Forget a pin; False if there is none."""
        return self.connection.execute(delete(pins).where(pins.c.org == org, pins.c.id == id)).rowcount == 1
