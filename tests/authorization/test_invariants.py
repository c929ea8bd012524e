"""What holds whatever the table says: nobody learns of what is foreign, and who only reads changes nothing."""

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tests.authorization.matrix import Cell
from tests.authorization.objects import ANYBODY, OWNERS, kind_of
from tests.authorization.realm import FIRMS, Realm
from tests.authorization.subjects import Subject

PUBLIC = frozenset(
    {
        ("GET", "/"),
        ("GET", "/01/{identity:path}"),
        ("GET", "/Q/{code}"),
        ("GET", "/W/{code}"),
        ("GET", "/d/{token}"),
        ("GET", "/d/{token}/receipts/{step}"),
        ("GET", "/d/{token}/waybill"),
        ("GET", "/docs"),
        ("GET", "/favicon.ico"),
        ("GET", "/find"),
        ("GET", "/healthz"),
        ("GET", "/invite/{token}"),
        ("GET", "/log/checkpoint"),
        ("GET", "/log/key"),
        ("GET", "/log/witnesses"),
        ("GET", "/log/tile/{path:path}"),
        ("GET", "/login"),
        ("GET", "/login/{token}"),
        ("GET", "/metrics"),
        ("GET", "/open/{code}"),
        ("GET", "/openapi.json"),
        ("GET", "/problems"),
        ("GET", "/problems/{code}"),
        ("GET", "/q/{code}"),
        ("GET", "/readyz"),
        ("GET", "/scan/worker.js"),
        ("GET", "/static/{name:path}"),
        ("GET", "/verifier.html"),
        ("GET", "/w/{code}"),
        ("HEAD", "/openapi.json"),
        ("POST", "/d/{token}/{step}"),
        ("POST", "/api/v1/codes/{code}/open"),
        ("POST", "/api/v1/token"),
        ("POST", "/invite/{token}"),
        ("POST", "/login/passkey"),
        ("POST", "/login/passkey/options"),
        ("POST", "/logout"),
        ("POST", "/open/{code}"),
    }
)
"""All that the public gets; /metrics from this machine alone, /d/ by a one-time link and its PIN, open by a code."""
HARMLESS = frozenset(
    {
        *("/api/v1/codes/{code}/open", "/open/{code}", "/api/v1/heads", "/api/v1/token", "/logout", "/purpose"),
        *("/api/v1/audits", "/audit", "/api/v1/pins", "/log/witnesses/pins"),
    }
)
OWN = ("/account/", "/login", "/invite/")
"""Writes of those who only read: heads repeat what is on record, an audit reads it, a pin is a note of a checkpoint.

The rest is about oneself and how one comes in.
"""
NAMED = {"/api/v1/shipments": "transfer", "/api/v1/transfers": "batch"}
"""What the bodies of the matrix name (`bodies.NAMING`), where its owner is not who must ask."""
INSUFFICIENT = frozenset({401, 403})
VOLATILE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|"
    r"(?<![0-9])[0-9]+-[0-9]+(?![0-9])|/recalls/[0-9]+|"  # a finding by record and number, a recall by record
    r'"request_id":"[^"]*"|urn:hazledger:request:[^"]*|nonce="[^"]*"|[A-Za-z0-9_-]{22,43}'
)


def foreign(
    cells: list[Cell], objects: tuple[str, ...] = tuple(OWNERS), bodies: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Cell]:
    """Cells about what is foreign to who asks, by its address, or by the body of the routes named in `bodies`."""
    for cell in cells:
        kind = kind_of(cell.row.path) or bodies.get(cell.row.path)
        if not kind or kind in ANYBODY or cell.row.object not in objects:
            continue
        if cell.subject.standing(kind, OWNERS[cell.row.object]) == "foreign":
            yield cell


def told(cell: Cell) -> str:
    return f"{' '.join(cell.row)}, {cell.subject.name}: {cell.status}"


def test_nothing_breaks(cells: list[Cell]) -> None:
    assert [told(cell) for cell in cells if cell.status >= 500] == []


def test_what_is_foreign_is_not_there(cells: list[Cell]) -> None:
    asked = list(foreign(cells))
    assert len(asked) > 1_000
    assert [told(cell) for cell in asked if cell.status not in INSUFFICIENT | {404}] == []


def test_a_credential_that_suffices_gets_404_not_403_for_what_is_foreign(cells: list[Cell]) -> None:
    absent = {(cell.row.path, cell.row.method, cell.subject.name): cell.status for cell in cells if _absent(cell)}
    wrong = [
        told(cell)
        for cell in foreign(cells, bodies=NAMED)
        if cell.status != absent[cell.row.path, cell.row.method, cell.subject.name]
    ]
    assert wrong == []


def test_foreign_and_absent_are_told_in_the_same_words(cells: list[Cell]) -> None:
    absent = {(cell.row.path, cell.row.method, cell.subject.name): cell for cell in cells if _absent(cell)}
    wrong = [
        told(cell)
        for cell in foreign(cells, bodies=NAMED)
        if _words(cell) != _words(absent[cell.row.path, cell.row.method, cell.subject.name])
    ]
    assert wrong == []


def _absent(cell: Cell) -> bool:
    return cell.row.object == "absent"


def _words(cell: Cell) -> str:
    """What a problem says; a page of one's own that shows the problem says more, and its status was compared."""
    if cell.answer.headers.get("content-type") != "application/problem+json":
        return str(cell.status)
    return VOLATILE.sub("?", cell.answer.body.decode(errors="replace"))


def test_the_public_gets_the_public_routes_alone(cells: list[Cell]) -> None:
    got = {
        (cell.row.method, cell.row.path)
        for cell in cells
        if cell.subject.via == "none" and cell.status not in INSUFFICIENT and not _to_the_door(cell)
    }
    routes = {(cell.row.method, cell.row.path) for cell in cells}
    assert got <= PUBLIC, sorted(got - PUBLIC)
    assert got == PUBLIC & routes


def _to_the_door(cell: Cell) -> bool:
    return cell.status == 303 and cell.answer.headers["location"].startswith("/login")


def test_who_only_reads_changes_nothing(cells: list[Cell]) -> None:
    asked = [
        cell
        for cell in cells
        if cell.subject.reads_only and cell.row.write
        if cell.row.path not in HARMLESS and not cell.row.path.startswith(OWN)
    ]
    assert len(asked) > 500
    assert [told(cell) for cell in asked if cell.status < 400 and not _to_the_door(cell)] == []
    assert [told(cell) for cell in asked if cell.recorded] == []


def test_reading_records_nothing_in_the_log(cells: list[Cell]) -> None:
    assert [told(cell) for cell in cells if cell.recorded and not cell.row.write] == []


def test_no_answer_names_what_is_foreign(cells: list[Cell], realms: dict[bool, Realm]) -> None:
    hidden = {subject: _hidden(subject, realms[subject.via == "link"]) for subject in {cell.subject for cell in cells}}
    assert any(hidden.values())
    # /reads repeats what the organisation itself asked for.
    wrong = [
        f"{told(cell)} names {name}"
        for cell in cells
        if cell.row.object in {"-", "own"} and cell.row.path not in {"/log/tile/{path:path}", "/reads"}
        if kind_of(cell.row.path) not in ANYBODY or cell.subject.org != "home"
        for name in hidden[cell.subject]
        if _names(cell, name)
    ]
    assert wrong == []


def _hidden(subject: Subject, realm: Realm) -> list[str]:
    kinds = ("batch", "container", "transfer", "shipment", "webhook", "receipt", "site")
    owners = [firm for firm in FIRMS if firm != "home"]
    return [realm.things[kind, firm] for kind in kinds for firm in owners if subject.standing(kind, firm) == "foreign"]


def _names(cell: Cell, name: str) -> bool:
    return cell.status < 400 and name.encode() in cell.answer.body


def test_a_code_shows_matter_to_who_has_a_relation_alone(cells: list[Cell]) -> None:
    asked = [cell for cell in cells if cell.row.path == "/Q/{code}" and cell.row.object in OWNERS]
    for cell in asked:
        standing = cell.subject.standing("batch", OWNERS[cell.row.object])
        matter = json.loads(cell.answer.body)["matter"]
        assert standing != "foreign" or matter is None, told(cell)
        assert standing != "mine" or (matter is None) == (cell.subject.via == "unproven"), told(cell)
