"""A file that a form of this site sends, with the fields beside it: multipart (RFC 7578), bounded in every part.

What all of it may weigh, and how long it may take, is bounded before (`api.limits`).
"""

from dataclasses import dataclass
from typing import Final

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.auth import check_same_site
from api.forms import CSRF, Form, check_csrf
from ledger.errors import FormatError

MULTIPART: Final = "multipart/form-data"
MOST_FIELDS: Final = 8
MOST_FIELD: Final = 4 * 1024
MOST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with one file. `name`: as the browser called it, only to be shown; b"": none was chosen."""

    form: Form
    name: str
    body: bytes


async def open_upload(request: Request, field: str, most: int = MOST_FIELDS) -> Upload:
    """Return a form of at most so many fields with the file of one, sent by a page of this site.

    FormatError, ForbiddenError.
    """
    check_same_site(request)
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != MULTIPART:
        raise FormatError("media_type_unsupported", None, {"expected": MULTIPART, "given": given[:80] or "-"})
    try:
        async with request.form(max_files=1, max_fields=most, max_part_size=MOST_FIELD) as sent:
            pairs = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
            file = sent.get(field)
            body = await file.read() if isinstance(file, UploadFile) else b""
            name = (file.filename or "") if isinstance(file, UploadFile) else ""
    except HTTPException:
        raise FormatError("form_not_of_form", None, {"name": field}) from None
    form = Form(pairs)
    check_csrf(request, form.get(CSRF))
    shown = "".join(letter for letter in name if letter.isprintable())[-MOST_NAME:]
    return Upload(form, shown, body)
