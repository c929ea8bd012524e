"""Every page of every route, as whoever may open it, in both languages, light and dark: no serious fault by axe."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from api.web.bodies import TRANSFER_BODIES, TRIP_BODIES
from tests.accessibility.axe import equip, faults
from tests.authorization.asking import ask
from tests.authorization.matrix import Row, rows_of
from tests.authorization.objects import kind_of, place_of
from tests.authorization.realm import Realm, open_realm
from tests.authorization.subjects import SUBJECTS, Subject
from tests.support.live import listening, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1_800)]

ASKERS = ("operator", "admin", "safety", "responder", "auditor", "police", "buyer", "carrier", "none")
"""Subjects that open pages, tried in this order; together they open all there are."""
STEPS = (*TRANSFER_BODIES, *TRIP_BODIES)
LOOKS = (("zh", "light", 360), ("en", "dark", 1280))
NO_PAGES = re.compile(r"/(?:api|log|static|epcis)/|/(?:healthz|readyz|metrics|openapi\.json|favicon\.ico|find)\Z")
"""Routes for programs and files."""
HERE_NO_PAGE = {
    "/proofs/{job}/file": "a file to keep: a page of tests/api/wiring/test_wiring_proofs.py",
    "/account/confirm": "leads on, but for who has a passkey and came in by a password: a page of tests/api/wiring",
    "/shipments/{uuid}/paper": "needs goods that travel: a page of tests/api/wiring",
    "/login/{token}": "its links are for demos: a page of tests/api",
    "/d/{token}": "behind a link and its PIN: a page of tests/api/wiring",
    "/d/{token}/waybill": "a file",
    "/reads/{read}/proof": "a file",
    "/audit/{uuid}/report.pdf": "a file",
    "/d/{token}/receipts/{step}": "a file",
    "/scan/place": "what a place is called, as JSON for the page of scans",
    "/scan/worker.js": "a script",
    "/01/{identity:path}": "leads to the code; the page is that of the code",
    "/open/{code}": "leads back to the code; the page is that of the code",
}


@dataclass(frozen=True)
class Opened:
    """A page of a route: its address, and what its reader sends to be known."""

    route: str
    address: str
    cookie: str


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realm]:
    made = open_realm(tmp_path_factory.mktemp("realm"))
    yield made
    made.ledger.close()


@pytest.fixture(scope="module")
def pages(realm: Realm) -> list[Opened]:
    """One page of each route, by the first subject to whom it answers with a page."""
    asked = [row for row in rows_of(realm.app) if row.method == "GET" and not NO_PAGES.match(row.path)]
    routes = {row.path: row for row in asked if row.object in {"own", "-"}}
    subjects = [subject for name in ASKERS for subject in SUBJECTS if subject.name == name]

    def all_of_them() -> list[Opened]:
        with asyncio.Runner() as runner:
            return [_opened(runner, realm, row, subjects) for row in routes.values() if row.path not in HERE_NO_PAGE]

    with ThreadPoolExecutor(1) as aside:  # the browser's driver has a loop in this thread
        return aside.submit(all_of_them).result()


def _opened(runner: asyncio.Runner, realm: Realm, row: Row, subjects: list[Subject]) -> Opened:
    for subject in subjects:
        cookie = subject.headers(realm).get("cookie", "")
        headers = {"accept": "text/html", "host": "testserver", **({"cookie": cookie} if cookie else {})}
        for path in _addresses(realm, row):
            answer = ask(runner, realm.app, "GET", path, headers)
            if answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html"):
                return Opened(row.path, path, cookie)
    message = f"{row.path}: nobody of {', '.join(ASKERS)} gets a page"
    raise AssertionError(message)


def _addresses(realm: Realm, row: Row) -> Iterator[str]:
    """What a route's address may be; of forms of steps every step that there is, until one is open."""
    if row.path == "/shipments/new":
        yield f"{row.path}?transfer={realm.transfer('home')}"
        return
    if row.path == "/requests/new":
        yield f"{row.path}?kind=inspection_recorded"
        return
    if "{" not in row.path:
        yield row.path
        return
    kind, stepped = kind_of(row.path), row.path.endswith(("/{step}", "/paper"))
    for step in STEPS if stepped else [row.step]:
        place = place_of(realm, kind, row.object, write=stepped, step=step)
        path = re.sub(r"{[^}]+}", place, row.path, count=1).replace("{step}", step)
        yield f"{path}?step={step}" if path.endswith("/paper") else path


@pytest.fixture(scope="module")
def address(realm: Realm) -> Iterator[str]:
    with listening() as (listener, url), serving(realm.app, listener):
        yield url


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """The one page in which all the others are opened: a context for each costs more than the look at it."""
    context = browser.new_context(service_workers="block")
    equip(context)
    yield context.new_page()
    context.close()


def _visit(page: Page, url: str, lang: str, cookie: str) -> None:
    """Open an address as who sends this cookie and no other."""
    page.context.clear_cookies()
    if cookie:
        name, _, secret = cookie.partition("=")
        page.context.add_cookies([{"name": name, "value": secret, "url": url.partition("?")[0]}])
    page.goto(f"{url}{'&' if '?' in url else '?'}lang={lang}")


@pytest.mark.parametrize(("lang", "scheme", "width"), LOOKS)
def test_no_page_has_a_serious_fault(
    window: Page, address: str, pages: list[Opened], lang: str, scheme: Literal["light", "dark"], width: int
) -> None:
    assert len(pages) > 30
    window.emulate_media(color_scheme=scheme)
    window.set_viewport_size({"width": width, "height": 800})
    wrong: dict[str, list[str]] = {}
    for opened in pages:
        _visit(window, f"{address}{opened.address}", lang, opened.cookie)
        assert window.locator("html").get_attribute("lang") == ("zh-CN" if lang == "zh" else "en")
        if found := faults(window):
            wrong[opened.route] = found
        if window.evaluate("document.documentElement.scrollWidth") > width:
            wrong.setdefault(opened.route, []).append(f"wider than {width} px")
    assert wrong == {}


def test_a_fault_is_found(window: Page, address: str) -> None:
    window.emulate_media(color_scheme="light")
    _visit(window, f"{address}/", "en", "")
    assert faults(window) == []
    window.evaluate("""() => { const main = document.querySelector('main');
      main.innerHTML = '<img src=x><p>pale</p><input>'; main.querySelector('p').style.color = '#ccc'; }""")
    assert {fault.partition(":")[0] for fault in faults(window)} >= {"image-alt", "color-contrast", "label"}
