"""Photographed papers as they are shown."""

from collections.abc import Iterable

from api.views import PaperView
from api.wiring.known import Known
from ledger.store.rows import PaperRow


def view_of(row: PaperRow, index: int | None = None) -> PaperView:
    """Return a paper as it is shown; ``index``: of a record that states it."""
    return PaperView("" if index is None else f"{index}.{row.hash}", row.hash, row.media_type, row.size, row.erased)


def papers_by_record(known: Known, indexes: Iterable[int]) -> dict[int, tuple[PaperView, ...]]:
    """Return the papers that records state, by index."""
    found: dict[int, tuple[PaperView, ...]] = {}
    for index, row in known.unit.papers.stated(indexes):
        found[index] = (*found.get(index, ()), view_of(row, index))
    return found
