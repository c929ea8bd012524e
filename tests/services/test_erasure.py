"""Erasure takes what was announced and keeps every proof; the audit finds what was not announced or not done."""

from typing import Any

import pytest

from ledger.core.canonical import Json
from ledger.services.answers import Appended
from ledger.services.audit import audit, audit_evidence
from ledger.verify import verify
from tests.services.tampering import tamper
from tests.services.world import AUTH, OPERATOR, World, ref

SECTIONS = ("auth", "personal")
GONE = {
    "auth": "UPDATE records SET auth = NULL WHERE idx = ?",
    "personal": "UPDATE disclosures SET body = NULL WHERE name = 'personal' AND idx = ?",
}
OTHER = {"auth": "personal", "personal": "auth"}


def findings(plant: World) -> list[tuple[str, str]]:
    """What both depths of the audit find, which is the same."""
    store = plant.ledger.store
    full: Any = audit(store, reference=plant.reference, signer_state=plant.state_path)["findings"]
    quick: Any = audit_evidence(store, signer_state=plant.state_path)["findings"]
    assert full == quick
    return [(one["kind"], one["detail"]) for one in full]


@pytest.fixture
def body(plant: World) -> dict[str, Any]:
    stated = plant.produce_body(1)
    stated["sections"]["personal"] = {"driver": "someone"}
    return stated


@pytest.fixture
def stated(plant: World, body: dict[str, Any]) -> Appended:
    return plant.ledger.append(plant.ledger.state(body, AUTH))


def erase(plant: World, answer: Appended, section: str) -> Appended:
    refs: Json = [{"rel": "erases", "hash": answer.event}]
    reason = {"text": "PIPL article 47, at the driver's request", "kind": section}
    return plant.append("governance.section_erased", OPERATOR, refs=refs, reason=reason)


def left(plant: World, index: int) -> set[str]:
    """Which of the two sections still have content."""
    with plant.ledger.store.read() as unit:
        record = unit.log.record(index)
        assert record is not None
        there = {"auth"} if record.auth is not None else set()
        return there | ({"personal"} if unit.events.disclosures(index)["personal"] is not None else set())


@pytest.mark.parametrize("section", SECTIONS)
def test_it_takes_the_named_section_and_nothing_beside_it(plant: World, stated: Appended, section: str) -> None:
    neighbour = plant.produce(2)
    erase(plant, stated, section)
    assert left(plant, stated.index) == {OTHER[section]}
    with plant.ledger.store.read() as unit:
        record = unit.log.record(neighbour.index)
    assert record is not None
    assert record.auth is not None
    assert findings(plant) == []


def test_both_may_go_and_asking_again_changes_nothing(plant: World, stated: Appended) -> None:
    for section in (*SECTIONS, *SECTIONS):
        erase(plant, stated, section)
    assert left(plant, stated.index) == set()
    assert findings(plant) == []


@pytest.mark.parametrize("section", SECTIONS)
def test_receipt_evidence_and_repetition_go_on_as_before(
    plant: World, body: dict[str, Any], stated: Appended, section: str
) -> None:
    plant.ledger.publish_heads()
    receipt = plant.ledger.receipt(str(body["actor"]), str(body["id"]))
    erase(plant, stated, section)
    again = plant.ledger.append(plant.ledger.state(body, AUTH))
    assert (again.index, again.repeated) == (stated.index, True)
    assert plant.ledger.verdict(ref("batch", 1)).intact
    later = plant.ledger.receipt(str(body["actor"]), str(body["id"]))
    for bundle in (receipt, later, plant.ledger.evidence(ref("batch", 1))):
        verify(bundle, plant.ledger.policy())


@pytest.mark.parametrize("section", SECTIONS)
def test_an_erasure_that_was_not_announced_is_found(plant: World, stated: Appended, section: str) -> None:
    tamper(plant, GONE[section], stated.index)
    assert findings(plant) == [("erased_unannounced", section)]


@pytest.mark.parametrize("section", SECTIONS)
def test_the_announcement_of_one_section_does_not_cover_the_other(plant: World, stated: Appended, section: str) -> None:
    erase(plant, stated, OTHER[section])
    tamper(plant, GONE[section], stated.index)
    assert findings(plant) == [("erased_unannounced", section)]


@pytest.mark.parametrize("section", SECTIONS)
def test_the_announcement_for_one_event_does_not_cover_another(plant: World, stated: Appended, section: str) -> None:
    second = plant.produce_body(2)
    second["sections"]["personal"] = {"driver": "someone else"}
    other = plant.ledger.append(plant.ledger.state(second, AUTH))
    erase(plant, stated, section)
    tamper(plant, GONE[section], other.index)
    assert findings(plant) == [("erased_unannounced", section)]


@pytest.mark.parametrize("section", SECTIONS)
def test_content_that_was_put_back_is_found(plant: World, stated: Appended, section: str) -> None:
    """As after a restore of an older copy of these rows: what was said to be gone is there."""
    with plant.ledger.store.read() as unit:
        record = unit.log.record(stated.index)
        kept = unit.events.disclosures(stated.index)["personal"]
    assert record is not None
    erase(plant, stated, section)
    back = {
        "auth": ("UPDATE records SET auth = ? WHERE idx = ?", record.auth),
        "personal": ("UPDATE disclosures SET body = ? WHERE name = 'personal' AND idx = ?", kept),
    }[section]
    tamper(plant, back[0], back[1], stated.index)
    assert findings(plant) == [("erasure_not_done", section)]
