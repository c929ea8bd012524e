"""A client over the fakes; nothing leaves the process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from starlette.testclient import TestClient

from api.app import create_app
from tests.api.fakes import KEY, Fakes, settings


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


@pytest.fixture
def client(fakes: Fakes) -> Iterator[TestClient]:
    app = create_app(fakes.services(), settings())
    with TestClient(app, follow_redirects=False, headers={"accept-language": "en"}) as opened:
        yield opened


@pytest.fixture
def key() -> dict[str, str]:
    return {"authorization": f"Bearer {KEY}"}


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """Chromium, started once for the tests of a file."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()
