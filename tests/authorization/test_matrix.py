"""The table of the file is what the application answers: a new route needs its rows, a changed cell a review."""

from fastapi import FastAPI

from tests.authorization import matrix
from tests.authorization.matrix import COMMAND, TABLE, Cell
from tests.authorization.realm import Realm


def test_every_row_of_the_routes_stands_in_the_table(realms: dict[bool, Realm]) -> None:
    asked, stand = matrix.rows_of(realms[False].app), matrix.parse(TABLE.read_text(encoding="utf-8"))
    missing = [" ".join(row) for row in asked if row not in stand]
    assert missing == [], f"routes without a row; write them with: {COMMAND}"
    gone = [" ".join(row) for row in stand if row not in asked]
    assert gone == [], f"rows without a route; take them out with: {COMMAND}"


def test_every_cell_is_as_in_the_table(cells: list[Cell]) -> None:
    stand = matrix.parse(TABLE.read_text(encoding="utf-8"))
    changed = [
        f"{' '.join(cell.row)}, {cell.subject.name}: {stand.get(cell.row, {}).get(cell.subject.name)} -> {cell.status}"
        for cell in cells
        if stand.get(cell.row, {}).get(cell.subject.name) != cell.status
    ]
    assert changed == [], f"review who may do what now, then write it with: {COMMAND}"
    assert len(cells) == sum(len(row) for row in stand.values())


def test_a_route_that_is_added_lacks_its_row() -> None:
    app = FastAPI()
    app.add_api_route("/api/v1/batches/{uuid}/price", lambda uuid: uuid)
    stand = matrix.parse(TABLE.read_text(encoding="utf-8"))
    assert [row.object for row in matrix.rows_of(app) if row.path.endswith("price") and row not in stand] == [
        "own",
        "tenant",
        "region",
        "absent",
    ]
