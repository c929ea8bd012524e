"""The log of reads in words: every page and operation whose reading is recorded has some."""

import re
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts

import api.web
from api.app import create_app
from api.auth import GuardedRoute
from api.read_words import OTHER, READS, read_word
from ledger.services.policy_tables import WATCHED
from tests.api.fakes import Fakes, settings

UUID = "0198c2a4-5a4e-7cc1-9b1c-0123456789ab"
PAGE = re.compile(
    r'@router\.get\("([^"]+)"[^\n]*\)\n(?:async )?def [^@]*?\b(?:enter|note)\(request, (?:reader, )?"([a-z.]+)"'
)


def filled(path: str) -> str:
    return re.sub(r"\{[a-z_:]+\}", UUID, path)


def watched_pages() -> list[str]:
    texts = [file.read_text(encoding="utf-8") for file in Path(api.web.__file__).parent.glob("*.py")]
    return [path for text in texts for path, action in PAGE.findall(text) if action in WATCHED]


def watched_operations() -> list[str]:
    routes = iter_route_contexts(create_app(Fakes().services(), settings()).routes)
    return [
        str(one.path)
        for one in routes
        if isinstance(one.original_route, GuardedRoute)
        and one.original_route.action in WATCHED
        and "GET" in (one.methods or ())
    ]


def test_every_read_that_is_recorded_has_its_words() -> None:
    paths = [*watched_pages(), *watched_operations()]
    assert len(paths) > 50
    assert [path for path in paths if read_word(filled(path)) == OTHER] == []


@pytest.mark.parametrize(
    ("address", "word"),
    [
        (f"/batches/{UUID}", READS["batches/*"]),
        (f"/api/v1/batches/{UUID}/trace.csv?direction=forward", READS["batches/*/trace"]),
        ("/api/v1/export/stock?q=x", READS["export/*"]),
        (f"/holds/sites/{UUID}", READS["holds/sites/*"]),
        ("/Q/0123456789ABCDEF", READS["Q/*"]),
        ("/somewhere/else", OTHER),
        ("", OTHER),
    ],
)
def test_an_address_is_told_in_words(address: str, word: str) -> None:
    assert read_word(address) == word
