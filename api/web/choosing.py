"""Goods chosen in a form: lines of stock looked for by word and paged; what is ticked stays, whatever is looked for."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import Request

from api.auth import services_of, viewer
from api.codes import normal_code
from api.cursors import read_cursor, write_cursor
from api.views import Key, StockLine
from api.web import forms
from api.web.forms import KEY, Form, Row
from ledger.store.stock_search import StockWanted

LINES: Final = 50
MOST_PAGES: Final = 20
MOST_TEXT: Final = 80
LOOK: Final = "look"
"""The button that looks for goods: "first", or the cursor of further lines. Nothing is stated by it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The lines of a form: those ticked, then those found; ``more``: the cursor of further ones."""

    rows: list[Row]
    find: str = ""
    more: str | None = None


def looks(form: Form) -> bool:
    """Whether a form was sent to look for goods, and states nothing."""
    return bool(form.text(LOOK))


def choose(
    request: Request,
    form: Form,
    wanted: StockWanted,
    fits: Callable[[StockLine], bool],
    left: dict[str, int] | None = None,
) -> Choice:
    """Return the lines of the own stock that a form may take. FormatError: no such cursor.

    ``fits``: which lines; ``left``: what may still be taken by batch, and is then proposed. The one thing whose code
    was scanned or typed is ticked.
    """
    kept = _kept(request, form, fits, left)
    find, look = form.text("find")[:MOST_TEXT], form.text(LOOK)
    after = read_cursor("goods", look) if look not in ("", "first") else None
    named = {row.key for row in kept}
    found, next_key = _page(request, replace(wanted, text=find), fits, after)
    rows = [row for line in found if (row := forms.of_stock(line, left)).key not in named]
    more = None if next_key is None else write_cursor("goods", next_key)
    rows = forms.as_filled(rows, form)
    if len(rows) == 1 and look == "first" and normal_code(find) is not None:
        rows = [replace(rows[0], ticked=True)]
    return Choice(kept + rows, find, more)


def _page(
    request: Request, wanted: StockWanted, fits: Callable[[StockLine], bool], after: Key | None
) -> tuple[list[StockLine], Key | None]:
    """The next lines that fit: pages on which none does are passed over."""
    registry, reader = services_of(request).registry, viewer(request)
    found: list[StockLine] = []
    for _ in range(MOST_PAGES):
        page = registry.stock(reader, after, LINES, wanted)
        found = [line for line in page.items if fits(line)]
        after = page.next_key
        if found or after is None:
            break
    return found, after


def _kept(request: Request, form: Form, fits: Callable[[StockLine], bool], left: dict[str, int] | None) -> list[Row]:
    """The lines that are ticked already, as they lie now."""
    ticked = [key for key, state in forms.filled(form).items() if state.ticked]
    names = [tuple(key.split(" ")) for key in ticked]
    names = [name for name in names if len(name) == len(KEY)]
    if not names:
        return []
    page = services_of(request).registry.stock(viewer(request), None, len(names), StockWanted(lines=names))
    rows = [forms.of_stock(line, left) for line in page.items if fits(line)]
    return forms.as_filled(rows, form)
