"""What a store must do, whichever database is behind it. `test_contract.py` runs this on each of them."""

import threading

import pytest
from sqlalchemy import func, select

from ledger.errors import UnavailableError
from ledger.store.faults import ConstraintError, GuardError, StoreBusyError, StoreFaultError
from ledger.store.rows import (
    CheckpointRow,
    CodeRow,
    DisclosureRow,
    EdgeRow,
    FindingRow,
    Head,
    HeadMove,
    HoldingRow,
    LinkRow,
    LoginLinkRow,
    PublishedRow,
    RefusalRow,
    SearchRow,
    Tile,
)
from ledger.store.tables import PROJECTION, family
from ledger.store.unit_of_work import Store
from tests.store import sample
from tests.store.sample import BATCH, CHILD, GRANDCHILD, ORG, OTHER, SITE, TANK, TRUCK, digest


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
        with store.write() as unit:
            sample.append(unit, 0, 1)

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


class MassContract:
    """Stock is never negative, and all of it can be asked for."""

    def test_matter_moves_between_cells(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            unit.projections.move_holdings({TANK: -70, TRUCK: 70, f"holding:{CHILD}|{ORG}|{ORG}|{SITE}/b|-|waste": 5})
        with store.read() as unit:
            assert unit.projections.load_holdings([TANK, TRUCK]) == {TANK: 0, TRUCK: 100}
            rows = unit.queries.stock(batch=BATCH)
            assert rows == [HoldingRow(BATCH, ORG, OTHER, "vehicle:A·12345", "-", "free", "", 100)]

    @pytest.mark.parametrize("deltas", [{TANK: -71}, {TANK: -1, TRUCK: -31}, {TANK: 5, TRUCK: -31}])
    def test_a_holding_is_never_overdrawn(self, store: Store, deltas: dict[str, int]) -> None:
        sample.fill(store)
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.projections.move_holdings(deltas)
        with store.read() as unit:
            assert unit.projections.load_holdings([TANK, TRUCK]) == {TANK: 70, TRUCK: 30}

    def test_an_empty_holding_is_not_drawn_from(self, store: Store) -> None:
        sample.fill(store)
        with pytest.raises(GuardError), store.write() as unit:
            unit.projections.move_holdings({TANK: -1, TANK.replace("free", "hold"): -1})
        with store.read() as unit:
            assert unit.projections.load_holdings([TANK]) == {TANK: 70}

    def test_kilograms_by_account_add_up_to_zero(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            unit.projections.add_totals({(BATCH, "used"): 20, (CHILD, "produced"): -8, (CHILD, "used"): 8})
            unit.projections.move_holdings({TANK: -20})
            unit.projections.add_totals({(BATCH, "used"): 1, (BATCH, "difference"): -1})
        with store.read() as unit:
            assert unit.queries.mass_by_account() == {"difference": -1, "produced": -108, "used": 29, "holding": 80}
            assert unit.queries.batch_mass(BATCH) == {"difference": -1, "produced": -100, "used": 21, "holding": 80}
            assert unit.queries.batch_mass(GRANDCHILD) == {"holding": 0}

    def test_sums_go_beyond_64_bits(self, store: Store) -> None:
        most = 10**18 - 1
        with store.write() as unit:
            unit.projections.add_totals({(f"batch:{n}", "produced"): -most for n in range(20)})
            unit.projections.move_holdings({f"holding:batch:{n}|o|c|site:s/l|-|free": most for n in range(20)})
        with store.read() as unit:
            assert unit.queries.mass_by_account() == {"produced": -20 * most, "holding": 20 * most}

    def test_stock_is_paged_and_filtered(self, store: Store) -> None:
        cells = {f"holding:{BATCH}|{ORG}|{ORG}|{SITE}/l|container:{n:02}|free": n + 1 for n in range(7)}
        sample.fill(store)
        with store.write() as unit:
            unit.projections.move_holdings(cells)
        with store.read() as unit:
            pages, last = [], None
            while page := unit.queries.stock(site=SITE, after=last, limit=3):
                pages.append(len(page))
                last = page[-1]
            assert pages == [3, 3, 2]
            assert [row.mg for row in unit.queries.stock(container="container:04")] == [5]
            assert [row.mg for row in unit.queries.stock(custodian=OTHER, owner=ORG)] == [30]
            assert unit.queries.stock(owner=OTHER) == []


class ProjectionContract:
    """States, edges, findings, codes, search; and forgetting them all."""

    def test_states_are_overwritten(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            unit.projections.put_states({BATCH: b"new", CHILD: b"child"})
            unit.projections.put_states({})
        with store.read() as unit:
            assert unit.projections.load_states([BATCH, CHILD, SITE]) == {BATCH: b"new", CHILD: b"child", SITE: None}
            assert unit.projections.load_states([]) == {}
            assert unit.projections.states_of("batch:") == [(BATCH, b"new"), (CHILD, b"child")]
            assert unit.projections.states_of("batch:", after=BATCH) == [(CHILD, b"child")]
            assert unit.projections.states_of("batch:", limit=1) == [(BATCH, b"new")]

    def test_ancestry_reaches_all_the_way(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            unit.projections.add_edges([EdgeRow(GRANDCHILD, BATCH, 2, 1)])
        with store.read() as unit:
            assert unit.queries.ancestors(GRANDCHILD) == [BATCH, CHILD]
            assert unit.queries.descendants(BATCH) == [CHILD, GRANDCHILD]
            assert unit.queries.descendants(GRANDCHILD) == []
            assert unit.queries.parents(GRANDCHILD) == [
                EdgeRow(GRANDCHILD, BATCH, 2, 1),
                EdgeRow(GRANDCHILD, CHILD, 2, 10),
            ]
            assert unit.queries.children(CHILD) == [EdgeRow(GRANDCHILD, CHILD, 2, 10)]
            assert unit.queries.descendants(BATCH, limit=1) == [CHILD]

    def test_a_loop_in_the_ancestry_ends(self, store: Store) -> None:
        with store.write() as unit:
            unit.projections.add_edges([EdgeRow(CHILD, BATCH, 1, 1), EdgeRow(BATCH, CHILD, 2, 1)])
        with store.read() as unit:
            assert unit.queries.ancestors(BATCH) == [CHILD]

    def test_a_finding_is_settled_once(self, store: Store) -> None:
        sample.fill(store)
        more = [FindingRow(2, n, BATCH, "late@1", "critical", b"{}", BATCH, OTHER) for n in range(3)]
        with store.write() as unit:
            unit.projections.add_findings(more)
            unit.projections.resolve_finding(1, 0, by=2)
        with store.read() as unit:
            assert [(row.idx, row.n) for row in unit.queries.findings(batch=BATCH)] == [(1, 0), (2, 0), (2, 1), (2, 2)]
            assert [(row.idx, row.n) for row in unit.queries.findings(unresolved=True, limit=2)] == [(2, 0), (2, 1)]
            assert unit.queries.findings(after=(2, 1)) == more[2:]
            assert unit.queries.findings(org=ORG, severity="critical") == []
            assert unit.queries.findings(rule="variance@1")[0].resolved_idx == 2
        with pytest.raises(GuardError), store.write() as unit:
            unit.projections.resolve_finding(1, 0, by=3)

    def test_what_was_printed_resolves_for_ever(self, store: Store) -> None:
        sample.fill(store)
        row = CodeRow("0123456789ABCDEF", "batch", BATCH, 1)
        with store.write() as unit:
            unit.projections.void_code(row.code, by=2)
        with store.read() as unit:
            assert unit.queries.code(row.code) == row._replace(voided_idx=2)
            assert unit.queries.codes_of(BATCH) == [row._replace(voided_idx=2)]
            assert unit.queries.code("none") is None
        with pytest.raises(GuardError), store.write() as unit:
            unit.projections.void_code(row.code, by=3)
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.projections.put_codes([row._replace(target=CHILD)])

    def test_things_are_found_by_any_of_their_names(self, store: Store) -> None:
        rows = [
            SearchRow(
                "product",
                f"product:{n}",
                org=ORG if n % 2 else OTHER,
                region="320500",
                zh=f"氯{n}",
                en=f"Chlorine 5{n}%_",
            )
            for n in range(5)
        ]
        with store.write() as unit:
            unit.projections.put_search(rows)
            unit.projections.put_search([rows[0]._replace(un="UN1017", cas="7782-50-5", region="310000")])
        with store.read() as unit:
            assert [row.id for row in unit.queries.things("product", limit=2)] == ["product:0", "product:1"]
            assert [row.id for row in unit.queries.things("product", after="product:2")] == ["product:3", "product:4"]
            assert [row.id for row in unit.queries.things("product", text="氯3")] == ["product:3"]
            assert [row.id for row in unit.queries.things("product", text="chLORine 52%_")] == ["product:2"]
            assert unit.queries.things("product", text="chlorine%2") == []
            assert [row.id for row in unit.queries.things("product", text="un1017", region="31")] == ["product:0"]
            assert [row.id for row in unit.queries.things("product", org=ORG)] == ["product:1", "product:3"]
            assert unit.queries.things("batch", product="product:1") == []
            assert unit.queries.thing("product", "product:4") == rows[4]

    def test_projections_are_forgotten_and_evidence_stays(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            assert not unit.projections.stale()
            unit.projections.clear()
        with store.read() as unit:
            counts = [unit.connection.scalar(select(func.count()).select_from(table)) for table in family(PROJECTION)]
            assert counts == [0] * len(counts)
            assert unit.projections.stale()
            assert unit.log.size() == sample.EVIDENCE_ROWS
        with store.write() as unit:
            unit.projections.mark_current()
            assert not unit.projections.stale()


class OperationContract:
    """Refusals, keys, logins, facts."""

    def test_refusals_are_paged(self, store: Store) -> None:
        rows = [
            RefusalRow(actor, at, "id", "use.consumed", "user:1", b"{}", b"[]")
            for actor in (ORG, OTHER)
            for at in (1, 2)
        ]
        with store.write() as unit:
            unit.operations.add_refusals([*rows, rows[0]])
            unit.operations.add_refusals(rows[:1])
        with store.read() as unit:
            assert unit.operations.refusals() == rows
            assert unit.operations.refusals(actor=OTHER) == rows[2:]
            assert unit.operations.refusals(after=(ORG, 2, "id"), limit=1) == rows[2:3]

    def test_an_api_key_is_revoked_once(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            assert unit.operations.revoke_api_key(digest("key"), at_ms=7)
            assert not unit.operations.revoke_api_key(digest("key"), at_ms=8)
            assert not unit.operations.revoke_api_key(digest("none"), at_ms=8)
        with store.read() as unit:
            key = unit.operations.api_key(digest("key"))
            assert key is not None
            assert key.revoked_at_ms == 7
            assert unit.operations.api_keys(ORG) == [key]
            assert unit.operations.api_key(digest("none")) is None

    def test_a_login_link_is_spent(self, store: Store) -> None:
        with store.write() as unit:
            unit.operations.add_login_link(LoginLinkRow(digest("once"), "user:1", ORG, "warehouse", 1, 100, 1))
            unit.operations.add_login_link(LoginLinkRow(digest("demo"), "user:2", ORG, "trader", 1, None, None))
        with store.write() as unit:
            assert unit.operations.use_login_link(digest("once"), at_ms=100) is None
            used = unit.operations.use_login_link(digest("once"), at_ms=99)
            assert used is not None
            assert used.user == "user:1"
            assert unit.operations.use_login_link(digest("once"), at_ms=99) is None
            assert unit.operations.use_login_link(digest("none"), at_ms=99) is None
            for _ in range(3):
                assert unit.operations.use_login_link(digest("demo"), at_ms=10**12) is not None

    def test_sessions_expire(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            assert unit.operations.session(digest("session"), at_ms=9_999) is not None
            assert unit.operations.session(digest("session"), at_ms=10_000) is None
            assert unit.operations.drop_expired(at_ms=9_999) == 0
            assert unit.operations.drop_expired(at_ms=10_000) == 1
            unit.operations.end_session(digest("session"))
            assert unit.operations.session(digest("session"), at_ms=1) is None

    def test_facts_are_overwritten(self, store: Store) -> None:
        with store.write() as unit:
            unit.operations.set_fact("origin", "a")
            unit.operations.set_fact("origin", "b")
            assert unit.operations.fact("origin") == "b"
            assert unit.operations.fact("none") is None
