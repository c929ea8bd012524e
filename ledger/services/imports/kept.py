"""What an import came to, as bytes that outlive the process: a report of rows with their faults, or why it failed."""

import orjson

from ledger.errors import HazledgerError, Problem
from ledger.services.imports.cells import Fault
from ledger.services.imports.run import Report, RowResult
from ledger.services.imports.tables import Table


def dump(outcome: Report | HazledgerError | None) -> bytes:
    """Return an outcome as JSON; None: there is none yet."""
    if outcome is None:
        return b"{}"
    if isinstance(outcome, HazledgerError):
        return orjson.dumps({"error": [outcome.code, outcome.field, dict(outcome.params)]})
    return orjson.dumps({"applied": outcome.applied, "rows": [_row(row) for row in outcome.rows]})


def _row(row: RowResult) -> list[object]:
    faults = [[one.column, one.problem.code, one.problem.field, dict(one.problem.params)] for one in row.faults]
    return [row.row, row.label, row.status, row.event, row.thing, faults]


def load(table: Table, body: bytes) -> Report | HazledgerError | None:
    """Return the outcome of a table that ``dump`` wrote."""
    said = orjson.loads(body)
    if "error" in said:
        code, field, params = said["error"]
        return HazledgerError(code, field, params)
    if "rows" not in said:
        return None
    rows = tuple(_result(*item) for item in said["rows"])
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.status] = counts.get(row.status, 0) + 1
    return Report(table, rows, said["applied"], counts)


def _result(row: int, label: str, status: str, event: str | None, thing: str | None, faults: list[object]) -> RowResult:
    told = tuple(_fault(row, *item) for item in faults)  # type: ignore[misc]
    return RowResult(row, label, status, event, told, thing)  # type: ignore[arg-type]


def _fault(row: int, column: str | None, code: str, field: str | None, params: dict[str, str | int]) -> Fault:
    return Fault(row, column, Problem(code, field, params))
