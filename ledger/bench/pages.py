"""How long a regulator waits for its pages on a ledger, against the first page of the same server.

The application runs in this process and is asked as a server would ask it. Whoever asks is the first authority of the
ledger, and nothing is noted of its reads: nothing is written.
"""

import asyncio
import gc
import re
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final, cast
from urllib.parse import quote, urlsplit

from fastapi import FastAPI

from api.app import create_app
from api.ports import Access, Action, Services
from api.settings import ApiSettings
from api.views import Party, Principal, UserRole, Words
from api.wiring import wire
from api.wiring.known import roles_shown
from ledger import __version__
from ledger.bench.context import Context
from ledger.bench.frame import Measured, Target, pair, timed
from ledger.core.times import format_recorded
from ledger.errors import HazledgerError, NotFoundError
from ledger.rules import codec
from ledger.rules.aggregates import OrgState
from ledger.services.ledger import Ledger

NAME: Final = "pages"
LIMIT_MS: Final = 500
MILLI: Final = 1_000
OK: Final = 200
CHUNK: Final = 500
READERS: Final[tuple[UserRole, ...]] = ("auditor", "investigator", "responder")
PATHS: Final = (
    "/overview",
    "/desk",
    "/stock",
    "/stock?sort=kg",
    "/batches",
    "/containers",
    "/transfers",
    "/shipments",
    "/findings",
    "/findings?severity=critical&order=oldest",
    "/filings",
    "/filings?status=overdue",
    "/recalls",
    "/products",
    "/sites",
    "/firms",
    "/licences",
    "/requests",
    "/grants",
    "/matrix",
    "/audit",
    "/proofs",
    "/log/witnesses",
    "/scan/findings",
    "/find?q=" + quote("甲醇"),
    "/find?q=00012",
)
UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ONE_BATCH: Final = (
    "",
    "/flow",
    "/flow?at={day}T00:00&sense=known",
    "/flow?at={day}T00:00&sense=was",
    "/trace",
    "/trace?direction=backward",
)
LINKED: Final = (
    ("/batches", f"/batches/{UUID}", ONE_BATCH),
    ("/findings", '/findings/[^"?]+', ("",)),
    ("/recalls", "/recalls/[0-9]+", ("",)),
    ("/transfers", f"/transfers/{UUID}", ("",)),
    ("/shipments", f"/shipments/{UUID}", ("",)),
    ("/firms", f"/firms/{UUID}", ("",)),
)
"""Pages of single things: the list whose first link leads there, its form, and what follows it in the address."""


class _As:
    """Lets one reader in, whatever it shows, and notes nothing; asks the real one what it may do."""

    def __init__(self, access: Access, reader: Principal) -> None:
        self._access, self._reader = access, reader

    def by_key(self, _secret: str) -> Principal:
        return self._reader

    def note(self, _viewer: Principal, _action: Action, _subject: str) -> None:
        """Note nothing."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        return getattr(self._access, name)


def pages(context: Context) -> list[Measured]:
    """Each page of a regulator in milliseconds / the first page."""
    with _application(context.audited()) as (app, paths, day):
        loop = asyncio.new_event_loop()
        gc.freeze()  # garbage is looked for before every page: among what pages left, or it would take longer than they
        try:
            linked = _linked(loop, app, day)
            return [_measured(context, loop, app, path) for path in (*paths, *linked)]
        finally:
            gc.unfreeze()
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()


def _linked(loop: asyncio.AbstractEventLoop, app: FastAPI, day: str) -> Iterator[str]:
    """Addresses of single things, as the lists lead to them; none of what a ledger has not."""
    for listed, form, rest in LINKED:
        found = re.search(f'href="({form})"', loop.run_until_complete(get(app, listed)).decode())
        yield from (found[1] + more.format(day=day) for more in rest if found)


def _measured(context: Context, loop: asyncio.AbstractEventLoop, app: FastAPI, path: str) -> Measured:
    def ask(address: str) -> float:
        return timed(lambda: loop.run_until_complete(get(app, address))) * MILLI

    ask(path)
    sides: tuple[Callable[[], float], Callable[[], float]] = (lambda: ask(path), lambda: ask("/"))
    target = Target("value", "at most", LIMIT_MS)
    return pair(f"{NAME}: {path}", "ms", "first page", sides, context.rounds, target=target)


async def get(app: FastAPI, address: str) -> bytes:
    """Ask an application for a page and return its body. HazledgerError `bench_answer`: it is not there."""
    parts = urlsplit(address)
    headers = [(b"host", b"127.0.0.1"), (b"accept", b"text/html"), (b"authorization", b"Bearer bench")]
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "root_path": "",
    }
    asked = False
    status, body = 0, bytearray()

    async def receive() -> MutableMapping[str, Any]:
        nonlocal asked
        if asked:
            await asyncio.Event().wait()
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        status = int(message.get("status", status))
        body.extend(message.get("body", b""))

    await app(scope, receive, send)
    if status != OK:
        raise HazledgerError("bench_answer", params={"answer": f"{status} {address}"})
    return bytes(body)


@contextmanager
def _application(url: str) -> Iterator[tuple[FastAPI, tuple[str, ...], str]]:
    """The application over a ledger as an authority sees it, the pages to ask for, and the day of the last record."""
    with Ledger.open(url) as ledger:
        services = wire(ledger)
        reader = _authority(ledger)
        site = _largest_site(services, reader)
        seen = replace(services, access=cast("Access", _As(services.access, reader)))
        settings = ApiSettings(base_url="http://127.0.0.1", version=__version__, demo=True)
        yield create_app(seen, settings), (*PATHS, *site), format_recorded(services.log.state().at)[:10]


def _authority(ledger: Ledger) -> Principal:
    """An investigator of the first authority. NotFoundError: the ledger has none."""
    after = ""
    with ledger.store.read() as unit:
        while rows := unit.projections.states_of("org:", after=after, limit=CHUNK):
            for key, body in rows:
                state = codec.load(key, body)
                if isinstance(state, OrgState) and "authority" in state.roles:
                    party = Party(key, Words(state.name_zh, state.name_en or state.name_zh))
                    return Principal("token", party, roles_shown(state.roles), user_roles=READERS, purpose=NAME)
            after = rows[-1][0]
    raise NotFoundError("unknown_organisation", params={"organisation": "authority"})


def _largest_site(services: Services, reader: Principal) -> tuple[str, ...]:
    """The page of the site with the most stock, and the overview of its province; none where there is no site."""
    page = services.registry.sites(reader, None, 200)
    if not page.items:
        return ()
    largest = max(page.items, key=lambda view: services.overviews.site(reader, view.ref).mass)
    return f"/sites/{largest.ref.partition(':')[2]}", f"/overview?region={largest.region[:2]}"
