"""Forms as browsers send them: urlencoded, small, each field once; and the token that ties them to a session."""

import hmac
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from api.auth import check_same_site, services_of, session_secret
from ledger.errors import ForbiddenError, FormatError

URLENCODED: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 40
CSRF: Final = "csrf"


class Form:
    """The fields of a form."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Take names and values in their order."""
        self._pairs = tuple(pairs)

    def get(self, name: str, default: str = "") -> str:
        """Return a field that may be left out. FormatError `form_not_of_form`: given twice."""
        values = self.all(name)
        if len(values) > 1:
            raise FormatError("form_not_of_form", f"/{name}", {"name": name})
        return values[0] if values else default

    def need(self, name: str) -> str:
        """Return a field that must be there. FormatError `form_not_of_form`."""
        value = self.get(name)
        if not value:
            raise FormatError("form_not_of_form", f"/{name}", {"name": name})
        return value

    def fields(self) -> dict[str, str]:
        """Return every field by its name; of one that was given twice the last value."""
        return dict(self._pairs)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field, such as the boxes that were ticked."""
        return tuple(value for known, value in self._pairs if known == name)


async def pairs_of(request: Request, most: int = MOST_FIELDS) -> list[tuple[str, str]]:
    """Return names and values of the form of a request. FormatError: not urlencoded, not UTF-8, too many fields."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if given != URLENCODED and body:
        raise FormatError("media_type_unsupported", None, {"expected": URLENCODED, "given": given[:80] or "-"})
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=most)
    except ValueError:
        raise FormatError("form_not_of_form", None, {"name": "-"}) from None


async def read_form(request: Request) -> Form:
    """Return the form of a request. FormatError."""
    return Form(await pairs_of(request))


async def open_form(request: Request) -> Form:
    """Return a form that was sent by a page of this site, in this browser's session if it has one.

    ForbiddenError `cross_site_request`, `csrf_wrong`.
    """
    check_same_site(request)
    form = await read_form(request)
    check_csrf(request, form.get(CSRF))
    return form


def check_csrf(request: Request, given: str) -> None:
    """Demand the session's own token in a form (OWASP: synchronizer token); without a session there is none."""
    secret = session_secret(request)
    expected = None if secret is None else services_of(request).access.csrf(secret)
    if expected is not None and not hmac.compare_digest(given.encode(), expected.encode()):
        raise ForbiddenError("csrf_wrong")


def next_of(text: str | None, default: str) -> str:
    """Return where to go on to: a path of this site alone, never another one's address."""
    if not text or not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable():
        return default
    parts = urlsplit(text)
    return default if parts.scheme or parts.netloc else text[:500]
