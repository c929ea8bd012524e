"""``hazledger serve``: the pages, the API and the transparency log of a ledger, over HTTP."""

import errno
import os
import signal
import socket
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click
import uvicorn
from rich.cells import cell_len
from rich.console import Console

from api.app import create_app
from api.settings import ApiSettings
from api.wiring import wire
from ledger import __version__
from ledger.bootstrap import (
    Checking,
    audits,
    controlled,
    delivery,
    reader,
    subscriptions,
    timestamping,
    witnessing,
    writer,
)
from ledger.cli.lan import Lan, beside, everywhere
from ledger.cli.places import located, settings_of, told
from ledger.config import Settings
from ledger.demo.showcase import LOGINS, Showcase, find
from ledger.errors import ConfigurationError, UnavailableError
from ledger.services import access
from ledger.services.identity.ports import Site
from ledger.services.ledger import Ledger
from ledger.services.webhooks.delivery import Delivery
from ledger.services.witnessing.rounds import Rounds

HOUR_MS = 3_600_000
LINKS_MS = 7 * 86_400_000
LINKS_FROM = 22
"""The column in which the links to open begin."""
STREAMS_END_S = 3
"""How long a stop waits for streams, which have no end of their own."""


@click.command()
@located
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 lets the system choose.")
@click.option(
    "--lan",
    is_flag=True,
    help="HTTPS for phones on this network, with an authority of its own; explains on the next port.",
)
def serve(*, data: Path | None, database: str | None, host: str | None, port: int | None, lan: bool) -> None:
    """Serve a ledger. A second server on the same ledger serves reads and says who writes."""
    settings = settings_of(data, database, host=host, port=port)
    if not lan:
        with listen(settings) as listener:
            run(settings, Console(), listener)
        return
    settings = everywhere(settings)
    with listen(settings) as listener, listen(beside(settings, listener)) as helper:
        run(settings, Console(), listener, Lan.open(settings, listener, helper))


def listen(settings: Settings) -> socket.socket:
    """Take the address of the settings, before any work is done. ConfigurationError: it cannot be had.

    Who connects from now on waits for an answer until the server runs.
    """
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    params: dict[str, str | int] = {"host": host, "port": port}
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would share the port with another server
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ConfigurationError("port_in_use", params=params) from None
        raise ConfigurationError("address_unusable", params={**params, "reason": str(error)}) from None
    return listener


def run(settings: Settings, console: Console, listener: socket.socket, lan: Lan | None = None) -> None:
    """Open the ledger, say where it is, and serve until interrupted. ``lan``: over HTTPS, explained beside it."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))  # as Ctrl-C does: leave, and close the ledger
    ledger = _open(settings, console)
    sending: Delivery | None = None
    asking: list[Rounds] = []
    checking: Checking | None = None
    try:
        port = int(listener.getsockname()[1])
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        url = settings.base_url or (f"http://{host}:{port}" if lan is None else lan.url)
        edge = ApiSettings(
            base_url=url,
            version=__version__,
            demo=ledger.recorded().demo,
            utc_offset=settings.utc_offset,
            metrics_open=settings.metrics_open,
            max_bulk_body=settings.max_bulk_body,
            max_bulk_lines=settings.max_bulk_lines,
            body_timeout_s=settings.body_timeout_s,
            rate_credential=settings.rate_credential,
            rate_address=settings.rate_address,
            rate_public=settings.rate_public,
            rate_failures=settings.rate_failures,
        )
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)  # with a server's database, too: socket, keys
        hooks = subscriptions(settings, ledger)
        sending = delivery(settings, ledger, hooks)
        checking = audits(settings, ledger)
        ports = wire(
            ledger,
            hooks,
            sending,
            audits=checking.jobs,
            scrub=checking.scrub,
            session_ms=settings.session_hours * HOUR_MS,
            heads_gap_s=settings.heads_gap_s,
            site=Site(url),
        )
        app = create_app(ports, edge)
        config = uvicorn.Config(
            app,
            log_level=settings.log_level,
            server_header=False,
            access_log=False,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=STREAMS_END_S,
            ssl_certfile=None if lan is None else lan.trust.certificate,
            ssl_keyfile=None if lan is None else lan.trust.key,
        )
        with _control(settings, ledger, console), nullcontext() if lan is None else lan.explained(edge, console):
            console.print(f"{url}/  ·  API: {url}/docs", highlight=False)
            if edge.demo:
                _show_links(console, ledger, url)
            if sending is not None:
                sending.start()
            chosen = (witnessing(settings, ledger), timestamping(settings, ledger))
            asking += [Rounds(ledger, one) for one in chosen if one is not None]
            for one in asking:
                one.start()
            checking.start()
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        for one in asking:
            one.close()
        if checking is not None:
            checking.close()
        if sending is not None:
            sending.close()
        ledger.close()


def _open(settings: Settings, console: Console) -> Ledger:
    try:
        return writer(settings, wait_s=settings.writer_wait_s)
    except UnavailableError as error:
        console.print(told(error), highlight=False)
        return reader(settings)


def _control(settings: Settings, ledger: Ledger, console: Console) -> AbstractContextManager[object]:
    """Open the control socket, or say why commands cannot reach this server."""
    try:
        made = controlled(settings, ledger)
    except ConfigurationError as error:
        console.print(told(error), highlight=False)
        return nullcontext()
    return made or nullcontext()


def _show(console: Console, name: str, told: str) -> None:
    """Print one line of what there is to open; an address is never broken."""
    console.print(f"{name}{' ' * (LINKS_FROM - cell_len(name))}{told}", highlight=False, soft_wrap=True)


def _show_links(console: Console, ledger: Ledger, url: str) -> None:
    shown: Showcase = find(ledger)
    for name, code in (("桶 / drum", shown.code), ("货位 / place", shown.place), ("车辆 / vehicle", shown.vehicle)):
        if code is not None:
            _show(console, name, f"{url}/Q/{code}")
    if shown.batch is not None:
        _show(console, "批次 / batch", f"{url}/batches/{shown.batch.partition(':')[2]}  (登录后 / after signing in)")
    for name, org in shown.logins.items():
        token = access.issue_login_link(ledger, org, uses=None, valid_ms=LINKS_MS)
        _show(console, name, f"{url}/login/{token}")
    if shown.barred is not None:
        barred = shown.barred
        _show(console, "禁忌 / blocked", f"{url}/scan  以仓库登录，移库 / as the warehouse, Move:")
        _show(console, "", f"{url}/Q/{barred.drum}  {barred.coming} × {barred.there}")
        _show(console, "", f"{url}/Q/{barred.bay}")
    keeper = shown.logins.get(LOGINS["warehouse"])
    if keeper is not None:
        key = access.issue_key(ledger, keeper, label="demo", expires_at_ms=ledger.clock.now_ms() + LINKS_MS)
        _show(console, "仓库密钥 / API key", key)
