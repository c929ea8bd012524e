"""What ``serve --lan`` adds: a certificate of this machine's own authority, and a page that explains it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import uvicorn
from rich.console import Console

from api import lan as page
from api.settings import ApiSettings
from labels import symbol
from ledger.config import Settings
from ledger.services import lan
from ledger.services.clock import SystemClock
from ledger.services.lan import Trust

EVERYWHERE = "0.0.0.0"  # noqa: S104 - that is what --lan asks for
THIS_MACHINE = "127.0.0.1"


def everywhere(settings: Settings) -> Settings:
    """The same settings, listening on every address unless another one was chosen."""
    return replace(settings, host=EVERYWHERE) if settings.host == THIS_MACHINE else settings


def beside(settings: Settings, listener: socket.socket) -> Settings:
    """The settings of the explaining page: the next port, or one that the system chooses."""
    port = int(listener.getsockname()[1])
    return replace(settings, port=port + 1 if settings.port and port < 65_535 else 0)


@dataclass(frozen=True, slots=True)
class Lan:
    """How the server is reached: its address, certificate and authority; ``helper`` listens for the explaining page."""

    url: str
    host: str
    trust: Trust
    helper: socket.socket

    @classmethod
    def open(cls, settings: Settings, listener: socket.socket, helper: socket.socket) -> "Lan":
        """Find the addresses of this machine, and make what is missing for them. ConfigurationError."""
        found = lan.addresses() if settings.host == EVERYWHERE else [settings.host]
        host = found[0] if found else THIS_MACHINE
        named = f"[{host}]" if ":" in host else host
        trust = lan.prepare(settings.data, found, SystemClock().now_ms())
        return cls(f"https://{named}:{listener.getsockname()[1]}", named, trust, helper)

    @contextmanager
    def explained(self, edge: ApiSettings, console: Console) -> Iterator[None]:
        """Serve the explaining page over plain HTTP for as long as the block lasts, and say where it is."""
        address = f"http://{self.host}:{self.helper.getsockname()[1]}"
        app = page.create(replace(edge, base_url=address), self.trust.authority, self.trust.fingerprint, edge.base_url)
        config = uvicorn.Config(app, log_level="warning", server_header=False, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [self.helper]}, name="lan", daemon=True)
        thread.start()
        _tell(console, address, self.trust.fingerprint)
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()


def _tell(console: Console, address: str, fingerprint: str) -> None:
    console.print(f"手机先打开 / phones first open  {address}/", highlight=False)
    console.print(f"SHA-256  {fingerprint}", highlight=False, soft_wrap=True)
    if "[" not in address:  # the symbol knows no brackets
        console.print(_drawn(f"{address}/".upper()), highlight=False, soft_wrap=True)


def _drawn(text: str) -> str:
    """A QR symbol of half blocks, light on dark as most terminals are."""
    rows = symbol.matrix(text, level="Q")
    quiet = [False] * (len(rows) + 4)
    padded = [quiet, quiet, *([False, False, *row, False, False] for row in rows), quiet, quiet]
    padded += [quiet] * (len(padded) % 2)
    blocks = {(True, True): " ", (True, False): "▄", (False, True): "▀", (False, False): "█"}
    pairs = zip(padded[::2], padded[1::2], strict=True)
    return "\n".join("".join(blocks[upper, lower] for upper, lower in zip(*pair, strict=True)) for pair in pairs)
