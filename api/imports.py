"""Faults of an imported table in words: the row, the column as it is headed, what is wrong and what to do."""

from typing import Final

from api.negotiate import Language
from api.problems import Body, describe
from ledger.services.imports.cells import Fault
from ledger.services.imports.columns import Kind, column

_PLACES: Final = {
    "zh": ("第 {row} 行“{column}”：", "第 {row} 行："),
    "en": ("Row {row}, “{column}”: ", "Row {row}: "),
}


def cell_problem(fault: Fault, kind: Kind, lang: Language, base_url: str) -> Body:
    """Return a fault as a problem; its details name row and column in both languages."""
    body = describe(fault.problem, lang, base_url)
    body["row"] = fault.row
    if fault.column is not None:
        body["column"] = fault.column
    for other in ("zh", "en"):
        key = "detail" if other == lang else f"detail_{other}"
        body[key] = f"{place(fault, kind, other)}{body[key]}"
    return body


def place(fault: Fault, kind: Kind, lang: str) -> str:
    """Return row and column in a language, as the words before what is wrong there."""
    known = None if fault.column is None else column(kind, fault.column)
    with_column, alone = _PLACES[lang]
    if known is None:
        return alone.format(row=fault.row)
    return with_column.format(row=fault.row, column=known.zh if lang == "zh" else known.en)
