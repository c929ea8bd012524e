"""Labels: what is stuck on drums, bays and vehicles, as PDF, SVG, PNG or for a label printer."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.auth import GuardedRoute, acts, settings_of
from api.i18n import N_
from api.openapi import LABEL_RESPONSES, LABELS_RESPONSES
from api.v1.common import Ports, Viewer, reference
from labels.forms import MEDIA_TYPES, Format, Print, languages

router = APIRouter(prefix="/api/v1", tags=["codes"], route_class=GuardedRoute)

Form = Annotated[Format, Query(description="PDF, SVG, PNG, or ZPL for label printers.")]
Run = Annotated[Literal["pdf", "zpl"], Query(description="PDF, or ZPL for label printers.")]
Size = Annotated[Literal["100x150", "100x70"], Query(description="Millimetres, width by height.")]
Lang = Annotated[
    str, Query(description="Languages in their order: zh, en or both.", pattern="^(zh|en|zh,en|en,zh)$", max_length=5)
]
Sheets = Annotated[bool, Query(description="PDF on sheets of A4.")]
Dpi = Annotated[
    Literal["203", "300", "600"] | None,
    Query(description="Dots an inch of PNG (usually 300) and of the label printer (usually 203)."),
]

FORMAT: Form = "pdf"
RUN: Run = "pdf"
SIZE: Size = "100x150"
LANG: Lang = "zh,en"
SHEETS: Sheets = False
DPI: Dpi = None


@router.get("/labels/{code}", summary=N_("The label of a code"), response_class=Response, responses=LABEL_RESPONSES)
@acts("batch.read")
def label(  # noqa: PLR0913 - a parameter for each choice
    request: Request,
    ports: Ports,
    viewer: Viewer,
    code: str,
    *,
    format: Form = FORMAT,
    size: Size = SIZE,
    lang: Lang = LANG,
    sheets: Sheets = SHEETS,
    dpi: Dpi = DPI,
) -> Response:
    """Return the label as the thing is now: contents, hazards, supplier, phone, code. A voided code has none."""
    how = Print(format, size, languages(lang), sheets, None if dpi is None else int(dpi))
    return answer(ports.labels.one(viewer, code, how, settings_of(request).base_url), format, f"label-{code[:16]}")


@router.get(
    "/batches/{uuid}/labels", summary=N_("Labels of a batch"), response_class=Response, responses=LABELS_RESPONSES
)
@acts("batch.read")
def labels(  # noqa: PLR0913 - a parameter for each choice
    request: Request,
    ports: Ports,
    viewer: Viewer,
    uuid: str,
    *,
    format: Run = RUN,
    size: Size = SIZE,
    lang: Lang = LANG,
    sheets: Sheets = SHEETS,
    dpi: Dpi = DPI,
) -> Response:
    """Return a label for each container with matter of the batch, at most 1,000, in one file."""
    how = Print(format, size, languages(lang), sheets, None if dpi is None else int(dpi))
    batch = reference("batch", uuid)
    return answer(ports.labels.of_batch(viewer, batch, how, settings_of(request).base_url), format, f"labels-{uuid}")


def answer(data: bytes, format: Format, name: str) -> Response:
    """Return a file to be shown or kept."""
    safe = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter == "-"))
    headers: Final[dict[str, Any]] = {
        "cache-control": "private, no-store",
        "content-disposition": f'inline; filename="{safe}.{format}"',
    }
    return Response(data, 200, headers, MEDIA_TYPES[format])
