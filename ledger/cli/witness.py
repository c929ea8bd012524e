"""``hazledger witness``: a witness of one's own, which cosigns what extends what it saw before."""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from ledger.cli.places import EXIT_FOUND, written
from ledger.config import load
from ledger.core.addcheckpoint import log_id
from ledger.core.checkpoint import Checkpoint
from ledger.core.note import COSIGNATURE, parse_note
from ledger.core.times import format_utc

FOLDER = click.Path(path_type=Path, file_okay=False)
data_option = click.option(
    "--data", type=FOLDER, default=Path("hazledger-witness"), show_default=True, help="Folder of the witness."
)
logs_option = click.option(
    "--logs",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    required=True,
    help="Logs it knows: `log VKEY` lines (C2SP tlog-policy), or what `hazledger log policy` wrote. Repeatable.",
)


@click.group()
def witness() -> None:
    """A witness: it cosigns checkpoints of logs it knows, and never two histories of one."""


@witness.command()
@click.argument("name")
@data_option
def keygen(*, name: str, data: Path) -> None:
    """Make the key of a witness called NAME (like w1.example.org/witness) and print its verifier key."""
    from ledger.services.entropy import SystemEntropy
    from ledger.witness import keys

    click.echo(keys.make(data, name, SystemEntropy()).vkey())


@witness.command()
@data_option
@logs_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="TCP port; 0: any.")
def serve(*, data: Path, logs: Sequence[Path], host: str, port: int) -> None:
    """Serve a witness. It needs no ledger, and should not run on the machine of one."""
    import uvicorn

    from ledger.cli.serve import listen
    from ledger.services.clock import SystemClock
    from ledger.witness import keys
    from ledger.witness import logs as known
    from ledger.witness.app import create_app
    from ledger.witness.check import Witness
    from ledger.witness.state import State

    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    made = Witness(keys.load(data), known.read(logs), State(data), SystemClock())
    with listen(load(os.environ, {"host": host, "port": port})) as listener:
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"http://{shown}:{listener.getsockname()[1]}/  ·  {made.signer.verifier(COSIGNATURE).vkey()}")
        for origin in made.logs:
            click.echo(f"  {origin}: /{log_id(origin)}/checkpoint")
        config = uvicorn.Config(
            create_app(made), log_level="warning", server_header=False, access_log=False, limit_concurrency=64
        )
        uvicorn.Server(config).run(sockets=[listener])


@witness.command()
@data_option
@logs_option
@click.option("--conflicts", type=FOLDER, help="Write the proofs that a log forked into this folder.")
def show(*, data: Path, logs: Sequence[Path], conflicts: Path | None) -> None:
    """Show what was seen of each log, and whether it forked. Exit 1: one did."""
    from ledger.verify.compare import contradiction, hold
    from ledger.witness import keys
    from ledger.witness import logs as known
    from ledger.witness.state import State

    click.echo(keys.load(data).verifier(COSIGNATURE).vkey())
    state, forked = State(data), 0
    for origin, signers in known.read(logs).items():
        seen = state.seen(origin)
        if seen is None:
            click.echo(f"{origin}: nothing seen yet")
            continue
        root = Checkpoint.parse(parse_note(seen.note)[0]).root.hex()
        click.echo(f"{origin}: size {seen.size}, root {root}, {format_utc(seen.time_s * 1000)}")
        for conflict in state.conflicts(origin):
            forked += 1
            click.echo(
                f"  FORKED at size {conflict.size}: two roots signed; shown {format_utc(conflict.time_s * 1000)}"
            )
            found = contradiction(hold(conflict.seen, signers), hold(conflict.shown, signers))
            if conflicts is not None and found is not None and found.misbehaviour is not None:
                conflicts.mkdir(parents=True, exist_ok=True)
                written(conflicts / f"misbehaviour-{forked}.json", found.misbehaviour.encode())
    sys.exit(EXIT_FOUND if forked else 0)
