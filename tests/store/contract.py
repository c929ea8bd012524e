"""What a store must do, whichever database is behind it. `test_contract.py` runs this on each of them."""

import threading

import pytest
from sqlalchemy import func, select

from ledger.errors import UnavailableError
from ledger.store.faults import ConstraintError, GuardError, StoreBusyError, StoreFaultError
from ledger.store.rows import (
    CheckpointRow,
    DisclosureRow,
    Head,
    HeadMove,
    LinkRow,
    PublishedRow,
    Tile,
)
from ledger.store.tables import links, metadata, states
from ledger.store.unit_of_work import Store
from tests.store import sample
from tests.store.sample import BATCH, CHILD, GRANDCHILD, ORG, OTHER, digest


class UnitContract:
    """Committing, rolling back, reading one state, one writer."""

    def test_leaving_normally_commits(self, store: Store) -> None:
        with store.write() as unit:
            sample.append(unit, 0, 2)
        with store.read() as unit:
            assert unit.log.size() == 2

    def test_an_exception_leaves_nothing_behind(self, store: Store) -> None:
        def half_done() -> None:
            with store.write() as unit:
                sample.append(unit, 0, 2)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            half_done()
        with store.read() as unit:
            assert unit.log.size() == 0
            assert unit.log.checkpoint() is None
        with store.write() as writing:
            sample.append(writing, 0, 1)

    @pytest.mark.parametrize("count", [1, 3, 4, 15, 16, 21, 63, 64, 65, 149])
    def test_rows_are_written_in_their_order_however_many(self, store: Store, count: int) -> None:
        keys = [f"batch:{number:04d}" for number in range(count)]
        with store.write() as unit:
            unit.projections.put_states(dict.fromkeys(keys[::2], b"old"))
            unit.projections.put_states({key: key.encode() for key in keys})
        with store.read() as unit:
            assert unit.projections.states_of("batch:") == [(key, key.encode()) for key in keys]

    def test_one_row_of_many_that_is_refused_takes_all_with_it(self, store: Store) -> None:
        rows = [sample.record(number) for number in range(40)]
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.log.insert_records([*rows, rows[20]])
        with store.read() as unit:
            assert unit.log.size() == 0

    def test_a_refused_row_takes_the_whole_unit_with_it(self, store: Store) -> None:
        with store.write() as unit:
            sample.append(unit, 0, 1)
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.log.insert_records([sample.record(1), sample.record(0)])
        with store.read() as unit:
            assert unit.log.size() == 1

    def test_a_read_unit_sees_one_state_however_long_it_takes(self, store: Store) -> None:
        with store.read() as before:
            with store.write() as writing:
                sample.append(writing, 0, 2)
            assert before.log.size() == 0
            assert before.log.checkpoint() is None
        with store.read() as after:
            assert after.log.size() == 2

    def test_a_read_unit_cannot_write(self, store: Store) -> None:
        with pytest.raises(StoreFaultError, match=r"(?i)read.?only"), store.read() as unit:
            unit.operations.set_fact("a", "b")
        with store.read() as unit:
            assert unit.operations.fact("a") is None

    def test_a_second_unit_of_writing_waits_and_then_says_busy(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ledger.store.unit_of_work.WRITER_WAIT_S", 0.01)
        caught: list[Exception] = []

        def second() -> None:
            try:
                store.write()
            except UnavailableError as error:
                caught.append(error)

        with store.write():
            thread = threading.Thread(target=second)
            thread.start()
            thread.join()
        assert [type(error) for error in caught] == [StoreBusyError]

    def test_all_readers_taken_says_busy(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(store.engines.reader.pool, "_timeout", 0.01)
        units = [store.read() for _ in range(8)]
        with pytest.raises(StoreBusyError):
            store.read()
        for unit in units:
            unit.connection.close()


class EvidenceContract:
    """Events, records, links, heads, tiles, checkpoints."""

    def test_an_event_is_found_by_actor_and_id_alone(self, store: Store) -> None:
        sample.fill(store)
        with store.read() as unit:
            assert unit.events.find(ORG, "id-0001") == sample.event(1)
            assert unit.events.find(OTHER, "id-0001") is None
            pairs = [(ORG, "id-0000"), (ORG, "id-0002"), (ORG, "none"), (OTHER, "id-0000")]
            assert unit.events.find_many(pairs) == {pairs[0]: sample.event(0), pairs[1]: sample.event(2)}
            assert unit.events.find_many([]) == {}
            assert unit.events.by_hash(digest("event 2")) == sample.event(2)
            assert unit.events.by_hash(digest("none")) is None
            assert unit.events.at(1) == sample.event(1)
            assert [row.idx for row in unit.events.latest(limit=2)] == [2, 1]
            assert [row.idx for row in unit.events.latest(before=2)] == [1, 0]

    def test_an_id_is_used_once_by_an_actor(self, store: Store) -> None:
        sample.fill(store)
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.events.insert([sample.event(1)._replace(idx=9)])
        with store.write() as unit:
            unit.events.insert([sample.event(1, actor=OTHER)._replace(idx=9)])

    def test_sections_come_back_byte_for_byte(self, store: Store) -> None:
        sample.fill(store)
        with store.read() as unit:
            assert unit.events.disclosures(1) == {
                "agent": b'["salt","agent",{}]',
                "personal": b'["salt","personal",{}]',
            }
            found = unit.events.disclosures_of([2, 0, 7], frozenset({"agent"}))
            assert [(row.idx, row.name) for row in found] == [(0, "agent"), (2, "agent")]
            assert len(unit.events.disclosures_of([0])) == 2

    def test_erasure_takes_the_content_and_leaves_the_row(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            unit.events.erase(1, "personal")
            unit.log.erase_auth(1)
        with store.read() as unit:
            assert unit.events.disclosures(1)["personal"] is None
            record = unit.log.record(1)
            assert record is not None
            assert record == sample.record(1)._replace(auth=None)

    @pytest.mark.parametrize(("idx", "name"), [(1, "personal"), (9, "personal"), (2, "none")])
    def test_nothing_is_erased_twice_or_unsaid(self, store: Store, idx: int, name: str) -> None:
        sample.fill(store)
        with store.write() as unit:
            unit.events.erase(1, "personal")
            unit.log.erase_auth(1)
        with pytest.raises(GuardError), store.write() as unit:
            unit.events.erase(idx, name)
        with pytest.raises(GuardError), store.write() as unit:
            unit.log.erase_auth(1)

    def test_records_and_their_hashes_come_in_order(self, store: Store) -> None:
        with store.write() as unit:
            assert unit.log.size() == 0
            assert unit.log.last_recorded_at_ms() is None
            unit.log.insert_records([sample.record(idx) for idx in (2, 0, 1)])
        with store.read() as unit:
            assert unit.log.size() == 3
            assert unit.log.records(1, 3) == [sample.record(1), sample.record(2)]
            assert unit.log.record_hashes(0, 3) == [digest(f"record {idx}") for idx in range(3)]
            assert unit.log.record_hashes(2, 2) == []
            assert unit.log.last_recorded_at_ms() == 1_020
            assert unit.log.by_record_hash(0, digest("record 1")) == sample.record(1)
            assert unit.log.record(3) is None

    def test_a_missing_leaf_is_never_skipped(self, store: Store) -> None:
        with store.write() as unit:
            unit.log.insert_records([sample.record(0), sample.record(2)])
        with store.read() as unit:
            with pytest.raises(GuardError):
                unit.log.record_hashes(0, 3)
            with pytest.raises(GuardError):
                unit.log.size_at(1_010)

    @pytest.mark.parametrize(("at_ms", "size"), [(0, 0), (999, 0), (1_000, 1), (1_015, 2), (1_020, 3), (9_999, 3)])
    def test_the_log_size_as_known_at_a_time(self, store: Store, at_ms: int, size: int) -> None:
        sample.fill(store)
        with store.read() as unit:
            assert unit.log.size_at(at_ms) == size

    def test_tiles_are_whole(self, store: Store) -> None:
        sample.fill(store)
        with store.read() as unit:
            assert unit.log.tile(0, 0) == bytes(8192)
            assert unit.log.tile(1, 0) is None
            assert unit.log.tiles(0) == [Tile(0, 0, bytes(8192))]
            assert unit.log.tiles(0, after=0) == []
            assert unit.log.tiles_at([(0, 0), (0, 1), (1, 0)]) == {(0, 0): bytes(8192)}
            assert unit.log.tiles_at([]) == {}
            assert unit.log.bodies([0, 2, 99]) == {0: sample.record(0).body, 2: sample.record(2).body}
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.log.insert_tiles([Tile(0, 1, bytes(8160))])

    def test_published_checkpoints_are_kept_by_size(self, store: Store) -> None:
        with store.write() as unit:
            for size in (1, 5, 9):
                unit.log.publish(PublishedRow(size, b"note %d" % size, size))
        with store.read() as unit:
            assert [row.size for row in unit.log.published(after=1)] == [5, 9]
            assert unit.log.last_published() == PublishedRow(9, b"note 9", 9)
            assert unit.log.last_published(until=8) == PublishedRow(5, b"note 5", 5)
            assert unit.log.last_published(until=0) is None

    def test_a_manifest_is_stored_once_under_its_hash(self, store: Store) -> None:
        with store.write() as unit:
            unit.manifests.put(digest("m"), "rules", b"{}")
            unit.manifests.put(digest("m"), "rules", b"{}")
        with store.read() as unit:
            assert unit.manifests.get(digest("m")) == b"{}"
            assert unit.manifests.get(digest("other")) is None
            assert unit.manifests.all() == [(digest("m"), "rules", b"{}")]
        with pytest.raises(GuardError), store.write() as unit:
            unit.manifests.put(digest("m"), "rules", b"[]")


class GuardContract:
    """Heads and the checkpoint move only from where the writer believed them to be."""

    def test_heads_move_from_where_they_were(self, store: Store) -> None:
        with store.write() as unit:
            unit.chains.advance([HeadMove(BATCH, 0, 0, digest("a"), None), HeadMove(CHILD, 1, 2, digest("b"), None)])
        with store.write() as unit:
            unit.chains.advance([HeadMove(CHILD, 2, 4, digest("d"), 1), HeadMove(BATCH, 3, 5, digest("c"), 0)])
            assert unit.chains.heads([BATCH, CHILD, GRANDCHILD]) == {
                BATCH: Head(BATCH, 3, 5, digest("c")),
                CHILD: Head(CHILD, 2, 4, digest("d")),
            }
            assert unit.chains.count() == 2

    @pytest.mark.parametrize("was", [1, 2])
    def test_a_writer_that_is_behind_is_stopped(self, store: Store, was: int) -> None:
        with store.write() as unit:
            sample.append(unit, 0, 1)
            unit.chains.advance([HeadMove(CHILD, 0, 0, digest("a"), None)])
        moves = [HeadMove(CHILD, 1, 1, digest("b"), 0), HeadMove(BATCH, 5, 5, digest("b"), was)]
        with pytest.raises(GuardError), store.write() as unit:
            unit.chains.advance(moves)
        with store.read() as unit:
            assert unit.chains.heads([CHILD])[CHILD].seq == 0

    def test_a_chain_begins_once(self, store: Store) -> None:
        with store.write() as unit:
            sample.append(unit, 0, 1)
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.chains.advance([HeadMove(BATCH, 0, 0, digest("fork"), None)])

    def test_a_place_in_a_chain_is_taken_once(self, store: Store) -> None:
        with store.write() as unit:
            sample.append(unit, 0, 2)
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.chains.insert([sample.link(7, seq=1)])

    def test_the_checkpoint_is_compared_and_swapped(self, store: Store) -> None:
        with store.write() as unit:
            unit.log.swap_checkpoint(None, sample.checkpoint(1))
        with store.write() as unit:
            unit.log.swap_checkpoint(sample.checkpoint(1), sample.checkpoint(3))
            assert unit.log.checkpoint() == sample.checkpoint(3)

    @pytest.mark.parametrize(
        "was", [sample.checkpoint(1), sample.checkpoint(2), sample.checkpoint(3)._replace(note=b"another note")]
    )
    def test_a_checkpoint_that_moved_is_not_overwritten(self, store: Store, was: CheckpointRow) -> None:
        with store.write() as unit:
            unit.log.swap_checkpoint(None, sample.checkpoint(3))
        with pytest.raises(GuardError), store.write() as unit:
            unit.log.swap_checkpoint(was, sample.checkpoint(4))
        with store.read() as unit:
            assert unit.log.checkpoint() == sample.checkpoint(3)

    def test_there_is_one_checkpoint(self, store: Store) -> None:
        with store.write() as unit:
            unit.log.swap_checkpoint(None, sample.checkpoint(1))
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.log.swap_checkpoint(None, sample.checkpoint(2))


class ChainContract:
    """Histories, and heads as of a log size."""

    def test_a_chain_is_paged_from_both_ends(self, store: Store) -> None:
        with store.write() as unit:
            sample.append(unit, 0, 5)
        with store.read() as unit:
            assert [row.seq for row in unit.chains.history(BATCH, limit=2)] == [0, 1]
            assert [row.seq for row in unit.chains.history(BATCH, after=1, limit=2)] == [2, 3]
            assert [row.seq for row in unit.chains.history_back(BATCH, limit=2)] == [4, 3]
            assert [row.seq for row in unit.chains.history_back(BATCH, before=3)] == [2, 1, 0]
            assert [row.seq for row in unit.chains.iter_history(BATCH)] == [0, 1, 2, 3, 4]
            assert unit.chains.link(BATCH, 4) == sample.link(4)
            assert unit.chains.link(BATCH, 5) is None
            assert unit.chains.links_of(3) == [sample.link(3)]

    def test_heads_as_they_were_at_a_log_size(self, store: Store) -> None:
        with store.write() as unit:
            sample.append(unit, 0, 3)
            unit.chains.insert([LinkRow(CHILD, 0, 2, b"l", b"e")])
            unit.chains.advance([HeadMove(CHILD, 0, 2, digest("record 2"), None)])
        with store.read() as unit:
            assert list(unit.chains.iter_heads()) == [
                Head(BATCH, 2, 2, digest("record 2")),
                Head(CHILD, 0, 2, digest("record 2")),
            ]
            assert list(unit.chains.iter_heads(2)) == [Head(BATCH, 1, 1, digest("record 1"))]
            assert list(unit.chains.iter_heads(0)) == []

    def test_heads_are_sorted_by_code_point(self, store: Store) -> None:
        chains = ["batch:b", "batch:a", "Batch:a", "batch:ab", "batch:a-b", "site:_", "site:-"]
        with store.write() as unit:
            unit.chains.advance([HeadMove(chain, 0, 0, digest(chain), None) for chain in chains])
        with store.read() as unit:
            assert [head.chain for head in unit.chains.iter_heads()] == sorted(chains)


class EntryContract:
    """Everything about each index, in order, whatever is missing."""

    @pytest.mark.parametrize("chunk", [1, 2, 3, 100])
    def test_entries_come_in_order_in_any_chunks(self, store: Store, chunk: int) -> None:
        with store.write() as unit:
            sample.append(unit, 0, 7)
            unit.chains.insert([LinkRow(CHILD, 0, 3, b"l", b"e")])
        with store.read() as unit:
            entries = list(unit.entries.iterate(2, chunk=chunk))
        assert [entry.idx for entry in entries] == [2, 3, 4, 5, 6]
        assert [entry.event for entry in entries] == [sample.event(idx) for idx in range(2, 7)]
        assert [entry.record for entry in entries] == [sample.record(idx) for idx in range(2, 7)]
        assert entries[1].links == (sample.link(3), LinkRow(CHILD, 0, 3, b"l", b"e"))
        assert [row.name for row in entries[0].disclosures] == ["agent", "personal"]

    def test_what_is_missing_shows(self, store: Store) -> None:
        with store.write() as unit:
            unit.log.insert_records([sample.record(0), sample.record(2)])
            unit.events.insert([sample.event(1), sample.event(1, actor=OTHER)])
            unit.events.insert_disclosures([DisclosureRow(5, "agent", b"x")])
        with store.read() as unit:
            assert unit.entries.end() == 6
            entries = list(unit.entries.iterate())
            assert [entry.record is None for entry in entries] == [False, True, False, True, True, True]
            assert entries[0].event is None
            assert len(entries[1].events) == 2
            assert entries[5].disclosures == (DisclosureRow(5, "agent", b"x"),)
            assert unit.entries.outside(3) == {"disclosures": 1}
            assert unit.entries.outside(6) == {}
            assert unit.entries.at(2).record == sample.record(2)

    def test_an_empty_log_has_no_entries(self, store: Store) -> None:
        with store.read() as unit:
            assert unit.entries.end() == 0
            assert list(unit.entries.iterate()) == []


class StreamContract:
    """Whole tables, in one order on either database."""

    def test_rows_come_by_primary_key_in_any_chunks(self, store: Store) -> None:
        keys = ["batch:b", "batch:B", "batch:é", "batch:-", "batch:a-b", "batch:ab", "org:1"]
        with store.write() as unit:
            unit.projections.put_states({key: key.encode() for key in keys})
        with store.read() as unit:
            for chunk in (1, 3, 100):
                assert list(unit.streams.rows(states, chunk=chunk)) == [(key, key.encode()) for key in sorted(keys)]
            assert list(unit.streams.rows(links)) == []

    def test_every_table_is_read_whole(self, store: Store) -> None:
        sample.fill(store)
        with store.read() as unit:
            for table in metadata.tables.values():
                rows = [row for chunk in unit.streams.chunks(table) for row in chunk]
                assert rows
                assert len(rows) == unit.connection.scalar(select(func.count()).select_from(table))
                assert sorted(rows, key=repr) == sorted(unit.streams.rows(table), key=repr)
