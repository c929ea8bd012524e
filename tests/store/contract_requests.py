"""What a store must do with keys that wait and imports that are kept."""

from ledger.store.unit_of_work import Store
from tests.store.sample import IMPORT_JOB, KEY_REQUEST, ORG, OTHER


class KeyRequestContract:
    """A request is one organisation's, until it expires or is dropped."""

    def test_a_request_is_its_organisations_until_it_expires(self, store: Store) -> None:
        with store.write() as unit:
            unit.key_requests.add(KEY_REQUEST)
            unit.key_requests.add(KEY_REQUEST._replace(id="kr0", org=OTHER))
        with store.read() as unit:
            assert unit.key_requests.one(ORG, "kr1", at_ms=5) == KEY_REQUEST
            assert unit.key_requests.one(OTHER, "kr1", at_ms=5) is None
            assert unit.key_requests.one(ORG, "kr1", at_ms=KEY_REQUEST.expires_at_ms) is None
            assert unit.key_requests.of(ORG, at_ms=5, limit=9) == [KEY_REQUEST]
            assert unit.key_requests.of(ORG, at_ms=KEY_REQUEST.expires_at_ms, limit=9) == []

    def test_it_is_dropped_once(self, store: Store) -> None:
        with store.write() as unit:
            unit.key_requests.add(KEY_REQUEST)
            assert not unit.key_requests.drop(OTHER, "kr1")
            assert [unit.key_requests.drop(ORG, "kr1") for _ in range(2)] == [True, False]


class ImportJobContract:
    """An import goes from phase to phase, in guarded writes, and is kept for a while."""

    def test_it_is_begun_once_and_ended(self, store: Store) -> None:
        with store.write() as unit:
            unit.import_jobs.add(IMPORT_JOB)
            begun = [unit.import_jobs.begin(IMPORT_JOB, at_ms=7, all_or_nothing=False) for _ in range(2)]
            assert begun == [True, False]
            unit.import_jobs.step(ORG, "ij1", 3, 4, at_ms=8)
            row = unit.import_jobs.one(ORG, "ij1", at_ms=9)
            assert row == IMPORT_JOB._replace(phase="recording", done=3, total=4, all_or_nothing=0, changed_at_ms=8)
            unit.import_jobs.end(ORG, "ij1", "done", b'{"rows":[]}', at_ms=9)
            row = unit.import_jobs.one(ORG, "ij1", at_ms=9)
            assert row is not None
            assert (row.phase, row.outcome, row.changed_at_ms) == ("done", b'{"rows":[]}', 9)

    def test_it_is_its_organisations_the_newest_first_and_forgotten_in_time(self, store: Store) -> None:
        later = IMPORT_JOB._replace(id="ij2")
        with store.write() as unit:
            for row in (IMPORT_JOB, later, IMPORT_JOB._replace(org=OTHER)):
                unit.import_jobs.add(row)
            assert unit.import_jobs.of(ORG, at_ms=5, limit=9) == [later, IMPORT_JOB]
            assert unit.import_jobs.of(ORG, at_ms=5, limit=1) == [later]
            assert unit.import_jobs.one(ORG, "ij1", at_ms=IMPORT_JOB.expires_at_ms) is None
            unit.import_jobs.drop(ORG, "ij2")
            assert unit.import_jobs.of(ORG, at_ms=5, limit=9) == [IMPORT_JOB]
            unit.operations.drop_expired(at_ms=IMPORT_JOB.expires_at_ms)
            assert unit.import_jobs.of(OTHER, at_ms=5, limit=9) == []
