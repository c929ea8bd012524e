"""What a form comes to: an event that is recorded, or waits to be signed; or the form again, with what was wrong."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import deal_words, stating
from api.web import forms
from api.web.forms import Form
from api.web.render import page, told_of
from ledger.errors import HazledgerError

SIGN: Final = "sign"
"""The field by which a browser that keeps a key says that the statement waits for its signature."""


async def pressed(
    request: Request,
    form: Form,
    act: forms.Act,
    again: Callable[[HazledgerError], Response],
    onward: str,
) -> Response:
    """State the event of a form and lead on; refused, show the form again with what was wrong.

    Where the browser signs, or the rules ask for more signatures than a form without a key can give, it waits as a
    draft and leads to the page on which people sign it.
    """
    wrong, draft = await press_or_keep(request, form, act, onward, sign=signs(form))
    if draft:
        return RedirectResponse(f"/drafts/{draft}", 303)
    if wrong is not None:
        return await asyncio.to_thread(again, wrong)
    return RedirectResponse(f"{onward}?done=1&event={form.text('id')}", 303)


def signs(form: Form) -> bool:
    """Whether the browser keeps a key of the reader's, with which it will sign what the form states."""
    return form.text(SIGN) == "1"


async def press_or_keep(
    request: Request, form: Form, act: forms.Act, onward: str, *, sign: bool
) -> tuple[HazledgerError | None, str]:
    """State the event of a form, or keep it as a draft; return why it was refused, and the draft's id, "" if none."""
    try:
        if sign:
            stating.keep_as_draft(request, onward)
        wrong = await forms.press(request, form, act)
        if stating.asks_for_signers(wrong):
            stating.keep_as_draft(request, onward)
            wrong = await forms.press(request, form, act)
    except stating.KeptAsDraft as kept:
        return None, kept.draft
    finally:
        stating.keep_no_more(request)
    return wrong, ""


def form_page(
    request: Request,
    template: str,
    form: Form,
    wrong: HazledgerError | None,
    **context: Any,  # noqa: ANN401
) -> Response:
    """Show a form: empty, or as it was filled in, with why it was refused."""
    problem: Mapping[str, Any] | None = None
    status = 200
    if wrong is not None:
        told = told_of(request, wrong)
        problem, status = told.body, told.status
    event = form.text("id") if form.given.get("id") and wrong is not None else forms.new_id(request)
    more = {"deal": deal_words, "problem": problem, "form": form, "event": event}
    return page(request, template, status, **more, **context)
