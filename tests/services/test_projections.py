"""Projections: codes are bound once, findings are settled by events, a stale ledger is rebuilt when it is opened."""

import pytest

from ledger.errors import RefusedError
from ledger.services.appender import Appender, Ports
from ledger.services.audit import audit
from ledger.services.heads import HOUR_MS
from ledger.services.log import LogService
from ledger.services.rule_books import RuleBooks
from ledger.services.signer_state import SignerState
from ledger.store.unit_of_work import Store
from tests.services.world import World, ref

CODE, OTHER = "0123456789ABCDEF", "0123456789ABCDEG"


def issue(world: World, code: str, target: str) -> None:
    world.append("production.label_issued", containers={"items": [{"code": code, "target": target}]})


def test_a_code_is_bound_once_and_resolves_for_ever(plant: World) -> None:
    plant.produce(1)
    plant.produce(2)
    issue(plant, CODE, ref("batch", 1))
    with pytest.raises(RefusedError) as error:
        issue(plant, CODE, ref("batch", 2))
    assert (error.value.code, error.value.field) == ("code_taken", "/sections/containers/items/0/code")
    issue(plant, OTHER, ref("batch", 2))
    plant.append("production.label_voided", containers={"items": [{"code": CODE}]})
    with plant.ledger.store.read() as unit:
        first, second = unit.queries.code(CODE), unit.queries.code(OTHER)
    assert first is not None
    assert second is not None
    assert (first.target, first.voided_idx is None) == (ref("batch", 1), False)
    assert (second.target, second.voided_idx) == (ref("batch", 2), None)
    assert audit(plant.ledger.store, reference=plant.reference)["findings"] == []


def test_a_finding_disappears_only_through_an_event(plant: World) -> None:
    plant.produce(1)
    bad = plant.append(
        "production.quality_tested", product={"batches": [ref("batch", 1)]}, condition={"result": "fail"}
    )
    with plant.ledger.store.read() as unit:
        assert [row.rule for row in unit.queries.findings(unresolved=True, rule="quality@1")] == ["quality@1"]
    settled = plant.append(
        "governance.finding_resolved", finding={"event": bad.event, "rule": "quality@1", "resolution": "retested"}
    )
    with plant.ledger.store.read() as unit:
        assert unit.queries.findings(unresolved=True, rule="quality@1") == []
        assert [row.resolved_idx for row in unit.queries.findings(rule="quality@1")] == [settled.index]
    assert audit(plant.ledger.store, reference=plant.reference)["findings"] == []


def test_stale_projections_are_made_again_when_a_writer_opens(plant: World) -> None:
    plant.produce(1)
    with plant.ledger.store.write() as unit:
        unit.projections.clear()
    assert audit(plant.ledger.store, reference=plant.reference)["ok"] is False
    plant.ledger.close()
    plant.open()
    assert audit(plant.ledger.store, reference=plant.reference)["findings"] == []
    assert plant.lose(1, "5").index == 6


def test_heads_are_due_an_hour_after_the_last_if_anything_was_recorded_since(plant: World) -> None:
    plant.ledger.close()
    plant.ledger.store = Store.open(plant.url)
    ports = Ports(plant.clock, plant.entropy, plant.signer, SignerState(plant.state_path))
    writer = Appender(plant.ledger.store, ports, RuleBooks(plant.reference), LogService(plant.ledger.store))
    writer.recover()
    assert writer.heads_due(HOUR_MS)
    writer.publish_heads()
    plant.clock.set(plant.clock.now_ms() + HOUR_MS)
    assert not writer.heads_due(HOUR_MS)
    writer.append([plant.statement("storage.inspected", place={"site": ref("site", 1)})])
    assert writer.heads_due(HOUR_MS)
    assert not writer.heads_due(2 * HOUR_MS)
