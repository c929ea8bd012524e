"""The page that labels are printed from: one code or a batch, size and language, a preview, the files. No script."""

from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.auth import enter, services_of
from api.codes import normal_code
from api.i18n import N_
from api.v1.common import reference
from api.views import LabelLine
from api.web.render import page
from labels.layout import SIZES
from ledger.errors import HazledgerError, NotFoundError

router = APIRouter(include_in_schema=False)

LANGS: Final = {"zh,en": N_("Chinese and English"), "zh": N_("Chinese"), "en": N_("English")}
"""What a label may be written in, as the form offers it."""
SHOWN: Final = 24
"""Labels that a page previews."""
MOST: Final = 60


@router.get("/labels")
def labels(request: Request, code: str = "", batch: str = "", size: str = "", langs: str = "") -> Response:
    """Show the form, and what was asked for as it will be printed."""
    reader = enter(request, "batch.read")
    how = {"size": size if size in SIZES else SIZES[0], "langs": langs if langs in LANGS else "zh,en"}
    lines: tuple[LabelLine, ...] = ()
    problem: HazledgerError | None = None
    port = services_of(request).labels
    try:
        if batch:
            lines = port.listing(reader, reference("batch", batch))
        elif code:
            lines = (port.named(reader, _code(code)),)
    except HazledgerError as error:
        problem = error
    context: dict[str, Any] = {
        **how,
        "sizes": SIZES,
        "languages": LANGS,
        "code": code[:MOST],
        "batch": batch if lines and batch else "",
        "lines": lines,
        "shown": lines[:SHOWN],
        "query": urlencode({"size": how["size"], "lang": how["langs"]}),
    }
    return page(request, "labels.html", 200 if problem is None else 404, problem=problem, **context)


def _code(text: str) -> str:
    found = normal_code(text)
    if found is None:
        raise NotFoundError("label_not_here", "/code")
    return found
