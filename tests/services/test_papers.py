"""Photographed papers in the store: what goes missing or is altered is a finding, what was erased is none."""

from pathlib import Path
from typing import Any

import pytest

from ledger.errors import FormatError, NotFoundError
from ledger.services import papers
from ledger.services.answers import Appended
from ledger.services.backup import backup, restore
from ledger.services.rebuild import rebuild
from ledger.store.engines import sqlite_url
from ledger.verify import verify
from tests.services.tampering import tamper
from tests.services.test_erasure import erase, findings
from tests.services.world import AUTH, PRODUCER, World, ref
from tests.support.photos import jpeg, pdf, png

CONTENT = jpeg()
HASH = papers.hash_of(CONTENT)
DOCUMENTS: dict[str, Any] = {"items": [{"kind": "paper_signature", "number": "YD1", "hash": HASH}]}


def state(plant: World, n: int = 1, **more: Any) -> Appended:  # noqa: ANN401 - sections
    body = plant.produce_body(n)
    body["sections"] |= {"documents": DOCUMENTS, "personal": papers.personal(DOCUMENTS)} | more
    return plant.ledger.append(plant.ledger.state(body, AUTH))


@pytest.fixture
def stated(plant: World) -> Appended:
    papers.add(plant.ledger.store, plant.ledger.clock, PRODUCER, CONTENT)
    return state(plant)


def test_a_sound_paper_is_no_finding_and_reads_back(plant: World, stated: Appended) -> None:
    row, content = papers.content(plant.ledger.store, PRODUCER, HASH)
    assert (row.hash, row.size, row.media_type, content) == (HASH, len(CONTENT), "image/jpeg", CONTENT)
    assert findings(plant) == []
    assert stated.index


@pytest.mark.parametrize(
    ("statement", "values", "kind"),
    [
        ("DELETE FROM papers", (), "paper_missing"),
        ("UPDATE papers SET hash = ?", (papers.hash_of(png()),), "paper_missing"),
        ("UPDATE papers SET org = ?", (ref("org", 9),), "paper_missing"),
        ("UPDATE papers SET content = ?", (jpeg(note=b"another"),), "paper_altered"),
        ("UPDATE papers SET content = ?", (CONTENT[:-1],), "paper_altered"),
        ("UPDATE papers SET size = size + 1", (), "paper_altered"),
        ("UPDATE papers SET media_type = ?", ("text/html",), "paper_altered"),
        ("UPDATE papers SET content = NULL", (), "erased_unannounced"),
    ],
)
def test_what_is_missing_or_altered_is_a_finding_by_name(
    plant: World, stated: Appended, statement: str, values: tuple[Any, ...], kind: str
) -> None:
    tamper(plant, statement, *values)
    assert kind in {found for found, _ in findings(plant)}
    assert verify(plant.ledger.evidence(ref("batch", 1))).records, "the proof itself stands"
    assert stated.index


def test_a_file_that_is_no_paper_is_altered_though_its_hash_fits(plant: World) -> None:
    text = b"<html>"
    papers.add(plant.ledger.store, plant.ledger.clock, PRODUCER, CONTENT)
    tamper(plant, "UPDATE papers SET content = ?, hash = ?, size = ?", text, papers.hash_of(text), len(text))
    assert [kind for kind, _ in findings(plant)] == ["paper_altered"]


def test_with_what_is_personal_the_photograph_goes_and_every_proof_stays(plant: World, stated: Appended) -> None:
    erase(plant, stated, "personal")
    with pytest.raises(NotFoundError):
        papers.content(plant.ledger.store, PRODUCER, HASH)
    assert findings(plant) == []
    assert verify(plant.ledger.evidence(ref("batch", 1))).records
    tamper(plant, "UPDATE papers SET content = ?", CONTENT)
    assert findings(plant) == [("erasure_not_done", "paper")]


def test_erasing_auth_leaves_the_photograph(plant: World, stated: Appended) -> None:
    erase(plant, stated, "auth")
    assert papers.content(plant.ledger.store, PRODUCER, HASH)[1] == CONTENT
    assert findings(plant) == []


def test_one_photograph_stated_twice_goes_with_either_event(plant: World, stated: Appended) -> None:
    second = state(plant, 2)
    erase(plant, second, "personal")
    assert findings(plant) == []
    assert stated.index < second.index


def test_backup_restore_and_rebuild_keep_it(plant: World, stated: Appended, tmp_path: Path) -> None:
    backup(plant.ledger.store, tmp_path / "b.sqlite3")
    found = restore(tmp_path / "b.sqlite3", sqlite_url(tmp_path / "restored.sqlite3"))
    assert found["ok"], found["findings"]
    rebuild(plant.ledger.store)
    assert findings(plant) == []
    with plant.ledger.store.read() as unit:
        assert [(index, row.hash) for index, row in unit.papers.stated([stated.index])] == [(stated.index, HASH)]


def test_a_statement_names_only_what_is_here_and_can_be_erased(plant: World) -> None:
    with pytest.raises(FormatError) as error:
        state(plant)
    assert (error.value.code, error.value.field) == ("paper_not_here", "/sections/documents/items/0/hash")
    papers.add(plant.ledger.store, plant.ledger.clock, PRODUCER, CONTENT)
    body = plant.produce_body(1)
    body["sections"]["documents"] = DOCUMENTS
    with pytest.raises(FormatError, match="paper_not_erasable"):
        plant.ledger.state(body, AUTH)
    items = [{"kind": "invoice", "number": "1", "hash": HASH}, {"kind": "paper_signature", "number": "2"}]
    other: dict[str, Any] = {"items": items}
    assert papers.personal(other) == {}
    plant.ledger.append(plant.ledger.state({**body, "sections": body["sections"] | {"documents": other}}, AUTH))


def test_a_paper_about_to_be_stated_is_not_forgotten_meanwhile(plant: World) -> None:
    store, clock = plant.ledger.store, plant.ledger.clock
    papers.add(store, clock, PRODUCER, CONTENT)
    with store.write() as unit:
        unit.connection.exec_driver_sql("UPDATE papers SET uploaded_at_ms = 0")
    state(plant)
    with store.read() as unit:
        row = unit.papers.one(PRODUCER, HASH)
    assert row is not None
    assert row.uploaded_at_ms == clock.now_ms()


def test_larger_than_most_is_refused(plant: World) -> None:
    with pytest.raises(FormatError, match="body_too_large"):
        papers.add(plant.ledger.store, plant.ledger.clock, PRODUCER, pdf() + bytes(papers.MOST_BYTES))
