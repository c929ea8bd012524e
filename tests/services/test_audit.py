"""The audit finds nothing in a sound ledger, and what was done to an unsound one."""

from typing import Any

import pytest

from ledger.services.audit import audit
from ledger.services.rebuild import rebuild
from tests.services.tampering import BATCH_LINK, BYTES, MEANING, tamper
from tests.services.world import AUTH, World


def findings(world: World) -> list[dict[str, Any]]:
    found = audit(world.ledger.store, reference=world.reference, signer_state=world.state_path)
    listed: Any = found["findings"]
    assert found["ok"] == (not listed)
    return list(listed)


def kinds(world: World) -> set[str]:
    return {str(one["kind"]) for one in findings(world)}


def test_a_sound_ledger_has_no_findings(lived: World) -> None:
    told: list[tuple[int, int]] = []
    found = audit(lived.ledger.store, progress=lambda done, size: told.append((done, size)))
    assert found["findings"] == []
    assert found["ok"] is True
    assert found["replayed"] is True
    assert found["demo"] is True
    size = lived.ledger.log.state().size
    assert (found["events"], found["records"], found["log_size"]) == (size, size, size)
    assert told[-1] == (size, size)


def test_a_large_ledger_is_sound_across_tiles(plant: World) -> None:
    bodies = [plant.produce_body(n) for n in range(1, 541)]
    plant.ledger.append_many([plant.ledger.state(body, AUTH) for body in bodies])
    plant.ledger.publish_heads()
    assert findings(plant) == []


def test_a_rebuild_changes_nothing(lived: World) -> None:
    assert rebuild(lived.ledger.store) == lived.ledger.log.state().size
    assert findings(lived) == []


@pytest.mark.parametrize(
    ("statement", "values", "kind"),
    [*BYTES, *MEANING],
)
def test_what_was_changed_is_found(lived: World, statement: str, values: tuple[object, ...], kind: str) -> None:
    tamper(lived, statement, *values)
    assert kind in kinds(lived)


def test_a_missing_guard_is_found(lived: World) -> None:
    with lived.ledger.store.engines.writer.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER records_no_update")
    assert kinds(lived) == {"guard_missing"}


def test_a_cut_log_contradicts_the_signer_state(lived: World) -> None:
    size = lived.ledger.log.state().size
    for table in ("events", "records"):
        tamper(lived, f"DELETE FROM {table} WHERE idx = ?", size - 1)
    assert {"log_behind_signer", "rows_outside_log", "checkpoint_not_of_log"} <= kinds(lived)


def test_a_decision_by_other_rules_is_found(lived: World) -> None:
    """Records whose effects the named rules do not make: here a lot more than was stated."""
    inner = "replace(effects, '\"-100\"', '\"-101\"')"
    outer = f"CAST(replace({inner}, '\"100\"', '\"101\"') AS BLOB)"
    tamper(lived, f"UPDATE links SET effects = {outer} WHERE {BATCH_LINK}", 5)
    assert {"effects_digest_wrong", "decision_differs"} <= kinds(lived)
