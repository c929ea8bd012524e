"""RFC 9457 answers: every error of the ledger, of the framework and of the edge in one shape and both languages.

Members beyond the RFC: `code`; `remedy`, what to do next; `field`, a JSON pointer into what was sent;
`request_id`; `problems`, every reason where there are several; and title, detail and remedy once more in the
other language, as `title_zh`, `detail_zh`, `remedy_zh` or `title_en`, ...
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import orjson

from api.negotiate import LANGUAGES, Language
from ledger.errors import HazledgerError, Problem, RefusedError, UnavailableError, catalogue

MEDIA_TYPE: Final = "application/problem+json"
MAX_PROBLEMS: Final = 100

Body: TypeAlias = dict[str, "str | int | list[Body]"]

_FALLBACK: Final = "internal_error"


@dataclass(frozen=True, slots=True)
class Told:
    """A problem ready to be answered, as JSON or as a page."""

    status: int
    body: Body
    headers: Mapping[str, str]


def _known(problem: Problem) -> Problem:
    return problem if problem.code in catalogue.load() else Problem(_FALLBACK, problem.field)


def describe(problem: Problem, lang: Language, base_url: str) -> Body:
    """Return one problem in words: the reader's language first, the other beside it."""
    known = _known(problem)
    words = catalogue.render(known, lang)
    body: Body = {
        "type": f"{base_url}/problems/{known.code}",
        "title": words["title"],
        "status": words["status"],
        "detail": words["detail"],
        "remedy": words["remedy"],
        "code": known.code,
    }
    for other in LANGUAGES:
        if other != lang:
            again = catalogue.render(known, other)
            body[f"title_{other}"] = again["title"]
            body[f"detail_{other}"] = again["detail"]
            body[f"remedy_{other}"] = again["remedy"]
    if problem.field is not None:
        body["field"] = problem.field
    return body


def _headers(error: HazledgerError, status: int, lang: Language) -> dict[str, str]:
    headers = {
        "content-language": "zh-CN" if lang == "zh" else "en",
        "cache-control": "no-store",
        "vary": "Accept, Accept-Language, Cookie",
    }
    if isinstance(error, UnavailableError):
        headers["retry-after"] = str(error.retry_after_s)
    if status == 401:
        headers["www-authenticate"] = 'Bearer realm="hazledger"'
    return headers


def tell(error: HazledgerError, lang: Language, base_url: str, request_id: str) -> Told:
    """Return an error as an answer. Params given as `request_id` in the texts are filled with the request's."""
    problems: Sequence[Problem] = error.problems if isinstance(error, RefusedError) else (error.problem,)
    first = problems[0]
    body = describe(Problem(first.code, first.field, {"request_id": request_id, **first.params}), lang, base_url)
    status = body["status"]
    assert isinstance(status, int)
    body["instance"] = f"urn:hazledger:request:{request_id}"
    body["request_id"] = request_id
    if len(problems) > 1:
        body["problems"] = [describe(problem, lang, base_url) for problem in problems[:MAX_PROBLEMS]]
    return Told(status, body, _headers(error, status, lang))


def encode(told: Told) -> bytes:
    """Return the body of an answer as JSON bytes."""
    return orjson.dumps(told.body)
