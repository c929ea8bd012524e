"""The matrix: every route by every subject by every object, asked of the real application; and its table in a file.

`python -m tests.support.documents` writes the table anew. A change of a cell is a change of who may do what: review it
as that.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, get_args, get_origin

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from tests.authorization.asking import Answer, ask
from tests.authorization.bodies import CLOSING, FORM, NAMING, UPLOAD, body_of, with_csrf
from tests.authorization.objects import OBJECTS, PUBLIC, Object, kind_of, place_of
from tests.authorization.realm import BASE, Realm, open_realm
from tests.authorization.subjects import SUBJECTS, Subject

TABLE: Final = Path(__file__).parent / "matrix.txt"
COMMAND: Final = "python -m tests.support.documents"
STEP: Final = {"change": ("disable", "enable", "forget-passkeys")}
"""Values of a parameter that its route takes from a list of its own."""


class Row(NamedTuple):
    """A line of the table. `path`: with the names of its parameters, but for steps, which are rows of their own."""

    path: str
    method: str
    object: Object

    @property
    def write(self) -> bool:
        return self.method not in {"GET", "HEAD"}

    @property
    def step(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Cell:
    """An answer, and how many records were appended meanwhile."""

    row: Row
    subject: Subject
    answer: Answer
    recorded: int

    @property
    def status(self) -> int:
        """Its status; of statements in bulk that of the first line."""
        if self.row.path.endswith(":bulk") and self.answer.status == 200:
            return int(json.loads(self.answer.body.splitlines()[0])["status"])
        return self.answer.status


# --- rows -------------------------------------------------------------------------------------------------------------


def rows_of(app: FastAPI) -> list[Row]:
    """Every row that the routes of the application ask for, sorted. UnknownKindError."""
    found = set[Row]()
    for route in iter_route_contexts(app.routes):
        for path in _paths(route.path or "", getattr(route, "dependant", None)):
            found |= {Row(path, method, object) for method in route.methods or () for object in _objects(path, method)}
    return sorted(found, key=lambda row: (row.path, row.method, (*OBJECTS, "-").index(row.object)))


def _objects(path: str, method: str) -> tuple[Object, ...]:
    kind = kind_of(path)
    if kind == "handover":
        return ("own", "absent")  # whoever has the link may open it; who asks besides plays no part
    if kind in PUBLIC or kind == "link":
        return "own", "absent"
    return OBJECTS if kind or (method == "POST" and path in NAMING) else ("-",)


def _paths(path: str, dependant: Any) -> Iterator[str]:  # noqa: ANN401 - FastAPI's
    """The path for each value of its last parameter, if it takes one of a list."""
    names = [name.partition(":")[0] for name in re.findall(r"{([^}]+)}", path)]
    choices = {
        field.name: get_args(field.field_info.annotation)
        for field in getattr(dependant, "path_params", ())
        if get_origin(field.field_info.annotation) is Literal
    }
    last = names[-1] if names else ""
    values = choices.get(last) or (STEP.get(last, ()) if len(names) > 1 else ())
    yield from (path.replace(f"{{{last}}}", value) for value in values) if values else (path,)


# --- asking -----------------------------------------------------------------------------------------------------------


class Asker:
    """One subject that asks one realm."""

    def __init__(self, realm: Realm, subject: Subject, runner: asyncio.Runner) -> None:
        self._realm = realm
        self._subject = subject
        self._runner = runner
        self._headers: dict[str, str] | None = None

    def cell(self, row: Row) -> Cell:
        """Ask for one cell. Objects are made before, below the edge; a page's write may spend the credential."""
        realm, path, body, media_type = self._realm, row.path, b"", ""
        if row.object != "-" and "{" in path:
            place = place_of(realm, kind_of(path), row.object, write=row.write, step=row.step)
            path = re.sub(r"{[^}]+}", place, path, count=1)
        if row.write:
            body, media_type = body_of(realm, row.path, row.object, self._subject.org)
        credential = self._credential()
        headers = credential | {"accept": "application/json", "accept-language": "en", "host": "testserver"}
        if media_type:
            headers |= {"content-type": media_type, "origin": BASE}
        if media_type in {FORM, UPLOAD} and "cookie" in credential:
            body = with_csrf(realm, body, media_type, credential["cookie"])
        body += CLOSING if media_type == UPLOAD else b""
        before = realm.ledger.log.state().size
        answer = ask(self._runner, realm.app, row.method, path, headers, body)
        if row.write and not row.path.startswith("/api/") and "cookie" in headers:
            self._headers = None
        return Cell(row, self._subject, answer, realm.ledger.log.state().size - before)

    def _credential(self) -> dict[str, str]:
        if self._headers is None:
            self._headers = self._subject.headers(self._realm)
        return self._headers


def ask_all(realms: Mapping[bool, Realm], rows: Iterable[Row]) -> list[Cell]:
    """Ask every cell; `realms`: by whether they are demos."""
    asked = list(rows)
    with asyncio.Runner() as runner:
        return [
            asker.cell(row)
            for subject in SUBJECTS
            for asker in (Asker(realms[subject.via == "link"], subject, runner),)
            for row in asked
        ]


# --- the table --------------------------------------------------------------------------------------------------------


def render(cells: Iterable[Cell]) -> str:
    """The table as text: a line a row, a column a subject, statuses in the cells."""
    by_row: dict[Row, dict[str, int]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, {})[cell.subject.name] = cell.status
    names = [subject.name for subject in SUBJECTS]
    lines = [["path", "method", "object", *names]]
    lines += [[*row, *(str(found[name]) for name in names)] for row, found in by_row.items()]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return "".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


def parse(text: str) -> dict[Row, dict[str, int]]:
    """The table of a file."""
    head, *lines = (line.split() for line in text.splitlines())
    return {
        Row(path, method, object): dict(zip(head[3:], map(int, found), strict=True))  # type: ignore[arg-type]
        for path, method, object, *found in lines
    }


def made() -> str:
    """The table as the application answers now."""
    with tempfile.TemporaryDirectory() as name:
        folders = {demo: Path(name, str(demo)) for demo in (False, True)}
        for folder in folders.values():
            folder.mkdir()
        realms = {demo: open_realm(folder, demo=demo) for demo, folder in folders.items()}
        try:
            return render(ask_all(realms, rows_of(realms[False].app)))
        finally:
            for realm in realms.values():
                realm.ledger.close()
