"""Scans of the floor with their outcomes, and the keys of devices: operational, prove nothing."""

from sqlalchemy import func, select, update

from ledger.store.repository import Repository
from ledger.store.rows import ScanRow
from ledger.store.tables import device_keys, scans

_COLUMNS = scans.c


class Scans(Repository):
    """Scans by organisation and id; devices' keys."""

    __slots__ = ()

    def add(self, row: ScanRow) -> None:
        """Store a scan. Raises ConstraintError if the organisation used the id before."""
        self._insert(scans, [row])

    def one(self, org: str, id: str) -> ScanRow | None:
        """Return a scan of an organisation."""
        return self._one(select(scans).where(_COLUMNS.org == org, _COLUMNS.id == id), ScanRow)

    def newest(
        self, org: str, *, item: str | None = None, device: str | None = None, outcome: str | None = None
    ) -> ScanRow | None:
        """Return the newest scan that stands: not undone, and itself no undoing."""
        query = select(scans).where(_COLUMNS.org == org, _COLUMNS.undone_by == "", _COLUMNS.action != "undo")
        for column, wanted in ((_COLUMNS.item, item), (_COLUMNS.device, device), (_COLUMNS.outcome, outcome)):
            query = query if wanted is None else query.where(column == wanted)
        return self._one(query.order_by(_COLUMNS.received_at_ms.desc(), _COLUMNS.id.desc()).limit(1), ScanRow)

    def latest(self, org: str, device: str, *, limit: int) -> list[ScanRow]:
        """Return the latest scans of a device, newest first."""
        query = select(scans).where(_COLUMNS.org == org, _COLUMNS.device == device)
        return self._all(query.order_by(_COLUMNS.counter.desc(), _COLUMNS.id.desc()).limit(limit), ScanRow)

    def undo(self, org: str, id: str, *, by: str) -> None:
        """Note which scan undid one."""
        self.connection.execute(update(scans).where(_COLUMNS.org == org, _COLUMNS.id == id).values(undone_by=by))

    def counters(self, org: str, device: str, *, limit: int) -> list[tuple[int, int]]:
        """Return the latest counters of a device with how many scans bear each, highest first."""
        count = func.count()
        query = select(_COLUMNS.counter, count).where(
            _COLUMNS.org == org, _COLUMNS.device == device, _COLUMNS.counter > 0
        )
        rows = self.connection.execute(query.group_by(_COLUMNS.counter).order_by(_COLUMNS.counter.desc()).limit(limit))
        return [(int(counter), int(many)) for counter, many in rows]

    # --- keys of devices --------------------------------------------------------------------------------------------

    def put_key(self, org: str, device: str, key: bytes) -> None:
        """Store the key of a device. Raises ConstraintError if it has one."""
        self._insert(device_keys, [(org, device, key)])

    def key(self, org: str, device: str) -> bytes | None:
        """Return the key of a device; None if it has none."""
        columns = device_keys.c
        found = self.connection.execute(
            select(columns.key).where(columns.org == org, columns.device == device)
        ).scalar_one_or_none()
        return None if found is None else bytes(found)
