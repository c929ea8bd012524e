"""What a store must do with scans and the keys of devices."""

import pytest

from ledger.store.faults import ConstraintError
from ledger.store.rows import ScanFindingRow
from ledger.store.unit_of_work import Store
from tests.store.sample import ORG, OTHER, SCAN, digest


class ScanContract:
    """A scan is kept once; the newest that stands is found; counters are counted."""

    def test_an_id_is_used_once_by_an_organisation(self, store: Store) -> None:
        with store.write() as unit:
            unit.scans.add(SCAN)
            unit.scans.add(SCAN._replace(org=OTHER))
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.scans.add(SCAN._replace(item="container:2"))
        with store.read() as unit:
            assert unit.scans.one(ORG, SCAN.id) == SCAN
            assert unit.scans.one(ORG, "s2") is None

    def test_the_newest_scan_that_stands_is_found(self, store: Store) -> None:
        later = SCAN._replace(id="s2", counter=5, received_at_ms=7)
        undo = SCAN._replace(id="s3", counter=6, received_at_ms=8, action="undo")
        with store.write() as unit:
            for row in (SCAN, later, undo):
                unit.scans.add(row)
            assert unit.scans.newest(ORG, item=SCAN.item, outcome="ok") == later
            unit.scans.undo(ORG, "s2", by="s3")
            assert unit.scans.newest(ORG, item=SCAN.item) == SCAN
            assert unit.scans.newest(ORG, item=SCAN.item, outcome="blocked") is None
            assert [row.id for row in unit.scans.latest(ORG, SCAN.device, limit=2)] == ["s3", "s2"]

    def test_counters_are_counted_by_device(self, store: Store) -> None:
        with store.write() as unit:
            for number, counter in enumerate((4, 4, 6, 0)):
                unit.scans.add(SCAN._replace(id=f"s{number}", counter=counter))
            assert unit.scans.counters(ORG, SCAN.device, limit=9) == [(6, 1), (4, 2)]
            assert unit.scans.counters(ORG, SCAN.device, limit=1) == [(6, 1)]
            assert unit.scans.counters(OTHER, SCAN.device, limit=1) == []

    def test_a_device_has_one_key(self, store: Store) -> None:
        with store.write() as unit:
            unit.scans.put_key(ORG, "device:1", digest("key"))
            assert unit.scans.key(ORG, "device:1") == digest("key")
            assert unit.scans.key(OTHER, "device:1") is None
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.scans.put_key(ORG, "device:1", digest("other"))

    def test_all_scans_of_a_thing_are_found_whoever_made_them(self, store: Store) -> None:
        other = SCAN._replace(org=OTHER, id="s2", received_at_ms=SCAN.received_at_ms + 1)
        undone = SCAN._replace(id="s3", undone_by="s4")
        with store.write() as unit:
            for row in (SCAN, other, undone, SCAN._replace(id="s5", item="container:2")):
                unit.scans.add(row)
            assert unit.scans.sightings(SCAN.item, limit=9) == [other, SCAN]
            assert unit.scans.sightings(SCAN.item, limit=1) == [other]
            assert unit.scans.at_counter(ORG, SCAN.device, SCAN.counter) == SCAN
            assert unit.scans.at_counter(ORG, SCAN.device, SCAN.counter + 1) is None

    def test_a_finding_is_closed_once_and_is_its_organisations(self, store: Store) -> None:
        row = ScanFindingRow(ORG, "f1", "two_places@1", SCAN.item, 5, b"{}")
        later = row._replace(id="f2", found_at_ms=6, item="container:2")
        with store.write() as unit:
            for one in (row, later):
                unit.scans.add_finding(one)
            assert unit.scans.findings(ORG, limit=9) == [later, row]
            assert unit.scans.findings(ORG, item=SCAN.item, limit=9) == [row]
            assert unit.scans.findings(OTHER, limit=9) == []
            assert unit.scans.finding(OTHER, "f1") is None
            assert not unit.scans.resolve_finding(OTHER, "f1", at_ms=7, by="e1")
            assert unit.scans.resolve_finding(ORG, "f1", at_ms=7, by="e1")
            assert not unit.scans.resolve_finding(ORG, "f1", at_ms=8, by="e2")
            assert unit.scans.finding(ORG, "f1") == row._replace(resolved_at_ms=7, resolved_by="e1")
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.scans.add_finding(row)
