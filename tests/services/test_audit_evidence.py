"""The depth ``evidence``: bytes, chains and the log; what it finds, and what it leaves to the full audit."""

from typing import Any

import pytest

from ledger.services import audit as auditing
from ledger.services.audit import audit, audit_evidence
from ledger.services.audit_entry import Checked, check_entry
from ledger.services.audit_findings import Findings
from ledger.services.audit_quick import Quick
from ledger.store.rows import Entry
from tests.services.tampering import BYTES, MEANING, tamper
from tests.services.world import World, ref

BOTH = [*BYTES, *MEANING]


def findings(world: World) -> list[dict[str, Any]]:
    found = audit_evidence(world.ledger.store, signer_state=world.state_path)
    listed: Any = found["findings"]
    assert found["ok"] == (not listed)
    return list(listed)


def test_a_sound_ledger_has_no_findings(lived: World) -> None:
    told: list[tuple[int, int]] = []
    store, size = lived.ledger.store, lived.ledger.log.state().size
    found = audit_evidence(store, progress=lambda done, of: told.append((done, of)))
    assert (found["ok"], found["depth"], found["replayed"]) == (True, "evidence", False)
    assert told[-1] == (size, size)
    full = audit(store)
    assert full["depth"] == "full"
    assert {**full, "depth": "evidence", "replayed": False, "not_read": ["decisions"]} == found


@pytest.mark.parametrize(("statement", "values", "kind"), BYTES)
def test_changed_bytes_are_found(lived: World, statement: str, values: tuple[object, ...], kind: str) -> None:
    tamper(lived, statement, *values)
    assert kind in {one["kind"] for one in findings(lived)}


@pytest.mark.parametrize("statement", [statement for statement, _, kind in MEANING if kind == "projection_differs"])
def test_projections_are_no_evidence(lived: World, statement: str) -> None:
    tamper(lived, statement, next(values for text, values, _ in MEANING if text == statement)[0])
    assert findings(lived) == []


@pytest.mark.parametrize(("statement", "values", "kind"), BOTH)
def test_the_quick_way_hides_nothing(
    lived: World, monkeypatch: pytest.MonkeyPatch, statement: str, values: tuple[object, ...], kind: str
) -> None:
    """With every index looked at closely the audit says the same, word for word, if in another order."""
    del kind
    tamper(lived, statement, *values)
    quickly = sorted(findings(lived), key=str)
    monkeypatch.setattr(Quick, "judge", lambda _, chunk: [chunk.part(n, n + 1) for n in range(chunk.low, chunk.high)])
    assert sorted(findings(lived), key=str) == quickly


def test_the_quick_way_is_taken(lived: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nothing here would be tested: but for leaf 0, published heads and what came with leaf 0, all is quick."""
    monkeypatch.setattr(auditing, "CHUNK", 1)
    looked: list[int] = []

    def noted(stored: Entry, origin: str | None, found: Findings) -> Checked | None:
        looked.append(stored.idx)
        return check_entry(stored, origin, found)

    monkeypatch.setattr(auditing, "check_entry", noted)
    assert findings(lived) == []
    assert looked == [0, lived.ledger.recorded().heads]


def test_more_chains_than_are_kept_at_hand(lived: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.services.audit_chains.CAPACITY", 1)
    assert findings(lived) == []
    tamper(lived, "UPDATE chain_heads SET seq = seq + 1 WHERE chain = ?", ref("batch", 2))
    assert [one["kind"] for one in findings(lived)] == ["chain_head_wrong"]
