"""What a store must do with projections and operational tables, whichever database is behind it."""

import pytest
from sqlalchemy import func, select

from ledger.store.faults import ConstraintError, GuardError
from ledger.store.rows import (
    CodeRow,
    EdgeRow,
    FindingRow,
    HoldingRow,
    LoginLinkRow,
    RefusalRow,
    SearchRow,
)
from ledger.store.tables import PROJECTION, family
from ledger.store.unit_of_work import Store
from tests.store import sample
from tests.store.sample import BATCH, CHILD, GRANDCHILD, ORG, OTHER, SITE, TANK, TRUCK, digest


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
            unit.projections.put_codes([row._replace(voided_idx=2), CodeRow("/01/1/10/A", "alias", BATCH, 1)])
        with store.read() as unit:
            assert unit.queries.code(row.code) == row._replace(voided_idx=2)
            assert unit.queries.codes_of(BATCH) == [row._replace(voided_idx=2)]
            assert unit.queries.code("none") is None

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

    def test_facts_are_overwritten(self, store: Store) -> None:
        with store.write() as unit:
            unit.operations.set_fact("origin", "a")
            unit.operations.set_fact("origin", "b")
            assert unit.operations.fact("origin") == "b"
            assert unit.operations.fact("none") is None
