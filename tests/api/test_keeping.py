"""What a browser may keep of a printed code: for how long, how heavy it is, and that it opens without a network."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from api import caching
from api.app import create_app
from tests.api import world
from tests.api.fakes import Fakes, settings
from tests.support.live import listening, serving

PATH = f"/Q/{world.DRUM_CODE}"
MOST_BYTES = 30_000


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_what_anybody_may_see_is_kept_for_a_while_and_asked_for_by_its_tag(client: TestClient, accept: str) -> None:
    first = client.get(PATH, headers={"accept": accept})
    assert first.status_code == 200
    assert first.headers["cache-control"] == f"private, max-age={caching.KEPT_S}"
    assert {"Accept", "Cookie", "Accept-Encoding"} <= set(first.headers["vary"].split(", "))
    tag = first.headers["etag"]
    for asked in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = client.get(PATH, headers={"accept": accept, "if-none-match": asked})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == first.headers["cache-control"]
    assert client.get(PATH, headers={"accept": accept, "if-none-match": '"other"'}).status_code == 200


def test_what_somebody_is_shown_by_a_relation_is_never_kept(client: TestClient, key: dict[str, str]) -> None:
    for accept in ("text/html", "application/json"):
        answer = client.get(PATH, headers={**key, "accept": accept, "if-none-match": "*"})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        assert "content-encoding" not in answer.headers


def test_a_page_is_compressed_for_who_takes_it(client: TestClient) -> None:
    packed = client.get(PATH, headers={"accept-encoding": "gzip"})
    plain = client.get(PATH, headers={"accept-encoding": "identity, gzip;q=0"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) * 2 < int(plain.headers["content-length"])


def test_the_worker_may_answer_for_codes_and_for_nothing_else(client: TestClient) -> None:
    assert client.get("/static/keep-worker.js").headers["service-worker-allowed"] == "/Q/"
    assert "service-worker-allowed" not in client.get("/static/keep.js").headers


def _weigh(page: Page) -> list[float]:
    """Note what each answer weighs as it comes over the wire, heads and all."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    weights: list[float] = []
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    return weights


@pytest.mark.browser
@pytest.mark.parametrize("code", [world.DRUM_CODE, world.CYLINDER_CODE, world.BAY_CODE])
def test_a_first_visit_with_all_its_files_is_light(browser: Browser, address: str, code: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    weights = _weigh(page)
    page.goto(f"{address}/Q/{code}", wait_until="networkidle")
    assert len(weights) > 3
    assert sum(weights) < MOST_BYTES
    context.close()


@pytest.mark.browser
def test_a_code_that_was_scanned_opens_again_without_a_network_and_says_so(browser: Browser) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    with listening() as (listener, url), serving(create_app(Fakes().services(), settings()), listener):
        page.goto(f"{url}{PATH}")
        assert page.locator("#kept").is_hidden()
        page.wait_for_function(
            "async path => (await caches.match(location.origin + path, {ignoreVary: true})) !== undefined", arg=PATH
        )
        page.wait_for_function(
            "async () => (await Promise.all([...document.images].map(i => caches.match(i.src)))).every(Boolean)"
        )
    page.reload()
    assert page.locator("#kept").is_visible()
    assert page.get_by_role("heading", name="Acrylonitrile, stabilized").is_visible()
    assert page.locator("a.call").get_attribute("href") == "tel:+8653283889090"
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert page.locator(".plate").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 139, 26)"
    context.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with listening() as (listener, url), serving(create_app(Fakes().services(), settings()), listener):
        yield url
