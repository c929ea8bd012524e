"""From a view to a page: the templates, with the words and figures of the reader's language."""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api import figures, words
from api.ages import age
from api.auth import identify, may, services_of, session_secret, settings_of
from api.i18n import Translator, translator
from api.negotiate import LANGUAGE_COOKIE, LANGUAGES, Language, choose_language
from api.ports import Action
from api.problems import Told, tell
from api.request_id import request_id
from api.views import ANONYMOUS, Principal
from api.web.assets import asset_url, pictogram_url
from api.web.recorded import recorded_of
from labels.classes import class_words
from ledger.core.times import format_recorded
from ledger.errors import HazledgerError, catalogue

HAN: Final = re.compile(r"[\u4e00-\u9fff]+")
LANGUAGE_AGE_S: Final = 365 * 86_400
BAR: Final[tuple[tuple[str, Action], ...]] = (("/overview", "stock.read"), ("/findings", "finding.read"))
"""What the bar leads to beside the desk, and what its reader must be allowed for that."""
MENU: Final[tuple[tuple[str, Action], ...]] = (
    ("/account", "account.manage"),
    ("/users", "users.read"),
    ("/programs", "clients.manage"),
    ("/devices", "devices.manage"),
    ("/reads", "reads.read"),
    ("/incidents", "incident.manage"),
)


def language_of(request: Request) -> Language:
    """Return the language of a request: `?lang=`, else the cookie, else Accept-Language."""
    return choose_language(
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        request.headers.get("accept-language"),
    )


@pass_context
def _age(context: Context, ms: int) -> str:
    return age(ms, context["now"], context["t"])


@pass_context
def _local(context: Context, ms: int) -> str:
    return figures.instant_local(ms, context["zone"])


@pass_context
def _day(context: Context, ms: int) -> str:
    return figures.day_local(ms, context["zone"])


@pass_context
def _clock(context: Context, ms: int) -> str:
    return figures.clock_local(ms, context["zone"])


def _padded(figure: str, places: int) -> Markup:
    """Return a figure with unseen digits after it, so that decimal points of a column stand below one another."""
    unseen = figures.padding(figure, places)
    told = escape(figure)
    return Markup('{}<span class="pad" aria-hidden="true">{}</span>').format(told, unseen) if unseen else told


def _number(value: int) -> str:
    return f"{value:,}"


def _short(reference: str) -> str:
    """Return the uuid part of a reference, for addresses."""
    return reference.partition(":")[2]


def _group(code: str) -> str:
    """Return a code in groups of four, as printed under a symbol."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _chinese(text: str, lang: str) -> Markup:
    """Mark what stays Chinese in a name on a page of another language, so that it is read out as Chinese."""
    told = escape(text)
    return told if lang == "zh" else Markup(HAN.sub(r'<span lang="zh-CN">\g<0></span>', str(told)))  # noqa: S704 - escaped


def _phone(number: str) -> str:
    """Return a phone number as a tel: address takes it."""
    return "".join(character for character in number if character in "+0123456789")


@functools.cache
def environment(lang: Language) -> Environment:
    """Return the templates of a language. Everything is escaped; an unknown name is an error, never a blank."""
    t: Translator = translator(lang)
    env = Environment(
        loader=PackageLoader("api.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(t.gettext, t.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(
        age=_age,
        local=_local,
        day=_day,
        clock=_clock,
        iso=format_recorded,
        kg=figures.kg_figure,
        places=figures.places,
        padded=_padded,
        delta=figures.kg_delta,
        percent=figures.percent,
        number=_number,
        short=_short,
        group=_group,
        phone=_phone,
        chinese=_chinese,
        problem=functools.partial(_problem, lang),
        roles=functools.partial(_roles, t),
        event_word=functools.partial(_event_word, t),
        stage=words.stage_of,
    )
    env.globals.update(
        t=t,
        lang=lang,
        other=next(language for language in LANGUAGES if language != lang),
        word=functools.partial(_word, t),
        words=words,
        asset=asset_url,
        pictogram=pictogram_url,
        class_words=class_words,
    )
    return env


def _problem(lang: Language, error: HazledgerError) -> catalogue.Rendered:
    """Return a problem in words."""
    return catalogue.render(error.problem, lang)


def _roles(t: Translator, roles: Sequence[str]) -> str:
    """Return roles of users in words."""
    return ("、" if t.lang == "zh" else ", ").join(words.word(words.USER_ROLES, role, t) for role in roles)


def _event_word(t: Translator, event_type: str) -> str:
    return words.event_word(event_type, t)


def _word(t: Translator, table: Mapping[str, str], name: str) -> str:
    return words.word(table, name, t)


def _switch(request: Request, language: Language) -> str:
    """Return the address of this page in another language."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*kept, ('lang', language)])}"


def _reader(request: Request) -> Principal:
    try:
        return identify(request)
    except HazledgerError:
        return ANONYMOUS


def _open(request: Request, reader: Principal, pages: Sequence[tuple[str, Action]]) -> tuple[str, ...]:
    """Return those of some pages that the reader may open; none to whom no session shows."""
    if reader.method != "session":
        return ()
    return tuple(path for path, action in pages if may(request, reader, action))


def _csrf(request: Request) -> str:
    """Return what the forms of this browser's session carry."""
    secret = session_secret(request)
    return (services_of(request).access.csrf(secret) if secret else None) or ""


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401
    """Return a page in the reader's language; a language asked for by address is remembered.

    Pages of somebody who is known are never stored; others may be kept by that browser and asked about again.
    """
    lang = language_of(request)
    settings = settings_of(request)
    services = services_of(request)
    reader = _reader(request)
    env = environment(lang)
    body = env.get_template(template).render(
        now=services.clock.now_ms(),
        zone=settings.zone,
        settings=settings,
        viewer=reader,
        path=request.url.path,
        switch=functools.partial(_switch, request),
        log=services.log.state(),
        csrf=_csrf(request),
        menu=_open(request, reader, MENU),
        bar=_open(request, reader, BAR),
        own_keys=functools.cache(lambda: services.keys.own(reader)),
        just_recorded=functools.cache(functools.partial(recorded_of, request, reader)),
        told=request.query_params.get("done", "")[:20],
        **context,
    )
    response = HTMLResponse(body, status)
    response.headers["content-language"] = "zh-CN" if lang == "zh" else "en"
    response.headers["vary"] = "Accept, Accept-Language, Cookie"
    response.headers["cache-control"] = "no-store" if reader.known or status >= 400 else "private, no-cache"
    if request.query_params.get("lang") and request.method == "GET":
        response.set_cookie(
            LANGUAGE_COOKIE,
            lang,
            max_age=LANGUAGE_AGE_S,
            path="/",
            secure=settings.secure,
            samesite="lax",
            httponly=True,
        )
    return response


def told_of(request: Request, error: HazledgerError) -> Told:
    """Return what is told of an error to who asked, in the language of its pages."""
    return tell(error, language_of(request), settings_of(request).base_url, request_id(request.scope))


def told_page(
    request: Request,
    template: str,
    wrong: HazledgerError | None = None,
    **context: Any,  # noqa: ANN401
) -> HTMLResponse:
    """Return a page with its form: empty, or as it was filled in, with why it was refused (`problem`)."""
    if wrong is None:
        return page(request, template, problem=None, **context)
    told = told_of(request, wrong)
    return page(request, template, told.status, problem=told.body, **context)
