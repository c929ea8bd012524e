"""Applications that listen in a thread of this process: a test can break what is inside."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from api.app import create_app
from api.settings import ApiSettings
from api.wiring import wire
from ledger.services.ledger import Ledger


@contextmanager
def live(ledger: Ledger) -> Iterator[str]:
    """Serve a ledger for as long as the block lasts; yields the address."""
    with listening() as (listener, url):
        app = create_app(wire(ledger), ApiSettings(url, "0", demo=True))
        with serving(app, listener):
            yield url


@contextmanager
def listening(host: str = "127.0.0.1") -> Iterator[tuple[socket.socket, str]]:
    """Take a free port; yields its socket and the address, under the name that browsers are to use."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener, f"http://{host}:{listener.getsockname()[1]}"


@contextmanager
def serving(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Serve an application for as long as the block lasts."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
