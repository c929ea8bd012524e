"""Where forms and steps hand in what they state: it is appended, or kept as a draft where somebody is to sign it."""

import asyncio
from typing import Any, Final

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from api.auth import services_of
from api.views import DraftView, Outcome, Principal
from ledger.errors import HazledgerError, RefusedError
from ledger.rules.signing import MISSING

WAITS: Final[dict[str, Any]] = {
    "description": "It waits for signatures, under the id of its event; nothing is recorded yet.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DraftView"}}},
}
_VIEW: Final = TypeAdapter(DraftView)


class KeptAsDraft(Exception):  # noqa: N818 - carries a statement out of a step that would have stated it
    """The statement waits for signatures, under the id of its event."""

    def __init__(self, draft: str) -> None:
        """Take the id."""
        self.draft = draft
        super().__init__(draft)


def keep_as_draft(request: Request, onward: str) -> None:
    """Let what this request states wait for signatures; ``onward``: the page that follows once it is recorded."""
    request.state.draft_onward = onward


def keep_no_more(request: Request) -> None:
    """State what follows in this request at once."""
    request.state.draft_onward = None


async def submit(request: Request, reader: Principal, body: bytes) -> Outcome:
    """Append a statement and wait for its receipt. KeptAsDraft: the request wants it signed first."""
    onward = getattr(request.state, "draft_onward", None)
    if onward is None:
        return await services_of(request).intake.submit(reader, body)
    kept = await asyncio.to_thread(services_of(request).drafts.keep, reader, body, 1, onward)
    raise KeptAsDraft(kept.id)


def asks_for_signers(error: HazledgerError | None) -> bool:
    """Whether a statement was refused for nothing but too few signatures."""
    return isinstance(error, RefusedError) and {problem.code for problem in error.problems} <= MISSING


def waiting(view: DraftView) -> Response:
    """Return the answer to a program whose statement waits for signatures."""
    headers = {"cache-control": "no-store", "location": f"/api/v1/drafts/{view.id}"}
    return Response(_VIEW.dump_json(view), 202, headers, "application/json")
