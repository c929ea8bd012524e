"""The application over an open ledger, listening in a thread of this process: a test can break what is inside."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import create_app
from api.settings import ApiSettings
from api.wiring import wire
from ledger.services.ledger import Ledger


@contextmanager
def live(ledger: Ledger) -> Iterator[str]:
    """Serve for as long as the block lasts; yields the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = create_app(wire(ledger), ApiSettings(url, "0", demo=True))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join()
