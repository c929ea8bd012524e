"""What a store must do with lines of witnesses, what they know, and pinned checkpoints."""

from ledger.store.rows import CosignatureRow, PinRow, PublishedRow, TimestampRow, WitnessViewRow
from ledger.store.unit_of_work import Store
from tests.store.sample import ORG, OTHER


class WitnessContract:
    """Lines are kept by witness and size; what each knows is one row; pins are an organisation's own."""

    def test_lines_are_kept_by_witness_and_size(self, store: Store) -> None:
        with store.write() as unit:
            for witness, size, line in (("w1", 5, b"a"), ("w1", 9, b"b"), ("w2", 5, b"c"), ("w1", 9, b"d")):
                unit.witnesses.keep(CosignatureRow(witness, size, line, size))
        with store.read() as unit:
            assert unit.witnesses.at(9) == [CosignatureRow("w1", 9, b"d", 9)]
            assert [row.witness for row in unit.witnesses.at(5)] == ["w1", "w2"]
            assert unit.witnesses.sizes(limit=9) == [9, 5]
            assert unit.witnesses.sizes(limit=1) == [9]
            assert [(row.witness, row.size) for row in unit.witnesses.newest()] == [("w1", 9), ("w2", 5)]

    def test_old_lines_are_dropped_by_witness(self, store: Store) -> None:
        with store.write() as unit:
            for size in range(1, 6):
                unit.witnesses.keep(CosignatureRow("w1", size, b"a", size))
            unit.witnesses.keep(CosignatureRow("w2", 1, b"a", 1))
            unit.witnesses.drop("w1", keep=2)
            unit.witnesses.drop("w2", keep=2)
        with store.read() as unit:
            assert unit.witnesses.sizes(limit=9) == [5, 4, 1]
            assert [row.witness for row in unit.witnesses.at(1)] == ["w2"]

    def test_what_a_witness_knows_is_one_row(self, store: Store) -> None:
        first, second = (WitnessViewRow("w1", size, size, 1, 2, "x") for size in (3, 4))
        with store.write() as unit:
            unit.witnesses.note_view(first)
            unit.witnesses.note_view(second)
        with store.read() as unit:
            assert unit.witnesses.views() == [second]

    def test_a_day_has_one_timestamp(self, store: Store) -> None:
        days = [TimestampRow(f"2026-11-2{n}", n, b"note", b"answer", n) for n in (1, 3, 2)]
        with store.write() as unit:
            assert unit.witnesses.last_timestamp() is None
            for row in (*days, days[1]._replace(size=9)):
                unit.witnesses.keep_timestamp(row)
        with store.read() as unit:
            assert unit.witnesses.timestamps(limit=2) == [days[1]._replace(size=9), days[2]]
            assert unit.witnesses.last_timestamp() == days[1]._replace(size=9)

    def test_pins_are_an_organisations_own(self, store: Store) -> None:
        pins = [PinRow(ORG, "a", 3, b"note", "user:1", 7), PinRow(ORG, "b", 4, b"note", "user:1", 8)]
        with store.write() as unit:
            unit.witnesses.pin(pins)
            unit.witnesses.pin([pins[0]._replace(at_ms=99)])
        with store.read() as unit:
            assert unit.witnesses.pins(ORG, limit=9) == [pins[1], pins[0]]
            assert unit.witnesses.pins(OTHER, limit=9) == []
            assert unit.witnesses.pinned(ORG, "a") == pins[0]
            assert unit.witnesses.pinned(OTHER, "a") is None
        with store.write() as unit:
            assert not unit.witnesses.unpin(OTHER, "a")
            assert unit.witnesses.unpin(ORG, "a")
            assert not unit.witnesses.unpin(ORG, "a")

    def test_published_checkpoints_are_found_from_the_newest_on(self, store: Store) -> None:
        rows = [PublishedRow(size, b"%d" % size, size) for size in (3, 5, 8)]
        with store.write() as unit:
            for row in rows:
                unit.log.publish(row)
        with store.read() as unit:
            assert unit.log.newest_published(limit=2) == [rows[2], rows[1]]
