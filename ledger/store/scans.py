"""Scans of the floor with their outcomes, and the keys of devices: operational, prove nothing."""

from sqlalchemy import func, select, update

from ledger.store.repository import Repository
from ledger.store.rows import ScanFindingRow, ScanRow
from ledger.store.tables import device_keys, scan_findings, scans

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

    def sightings(self, item: str, *, limit: int) -> list[ScanRow]:
        """Return the latest scans of a thing that stand, of whatever organisation, newest first."""
        query = select(scans).where(_COLUMNS.item == item, _COLUMNS.undone_by == "", _COLUMNS.action != "undo")
        return self._all(query.order_by(_COLUMNS.received_at_ms.desc(), _COLUMNS.id.desc()).limit(limit), ScanRow)

    def at_counter(self, org: str, device: str, counter: int) -> ScanRow | None:
        """Return the scan of a device with this counter, the one that came in first."""
        query = select(scans).where(_COLUMNS.org == org, _COLUMNS.device == device, _COLUMNS.counter == counter)
        return self._one(query.order_by(_COLUMNS.received_at_ms, _COLUMNS.id).limit(1), ScanRow)

    # --- findings ---------------------------------------------------------------------------------------------------

    def add_finding(self, row: ScanFindingRow) -> None:
        """Store a finding. Raises ConstraintError if there is one of that id."""
        self._insert(scan_findings, [row])

    def finding(self, org: str, id: str) -> ScanFindingRow | None:
        """Return a finding of an organisation."""
        columns = scan_findings.c
        return self._one(select(scan_findings).where(columns.org == org, columns.id == id), ScanFindingRow)

    def findings(self, org: str, *, item: str | None = None, limit: int) -> list[ScanFindingRow]:
        """Return the findings of an organisation, newest first."""
        columns = scan_findings.c
        query = select(scan_findings).where(columns.org == org)
        query = query if item is None else query.where(columns.item == item)
        return self._all(query.order_by(columns.found_at_ms.desc(), columns.id.desc()).limit(limit), ScanFindingRow)

    def resolve_finding(self, org: str, id: str, *, at_ms: int, by: str) -> bool:
        """Note the event that says what a finding was; False where it was resolved before."""
        columns = scan_findings.c
        query = update(scan_findings).where(columns.org == org, columns.id == id, columns.resolved_at_ms.is_(None))
        return self.connection.execute(query.values(resolved_at_ms=at_ms, resolved_by=by)).rowcount == 1

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
