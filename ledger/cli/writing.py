"""``state``, ``heads`` and ``recover``: what is written, by this command or through the server that writes."""

from pathlib import Path

import click

from ledger.bootstrap import ask
from ledger.cli.places import located, settings_of, written
from ledger.core.canonical import parse
from ledger.core.shape import object_at
from ledger.core.times import format_recorded
from ledger.services.intake import MAX_BYTES
from ledger.services.operate import Answer

ENVELOPE = 64 * 1024
"""Bytes that salts, signatures and white space may add to the largest event."""


@click.command()
@located
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--receipt", type=click.Path(path_type=Path, dir_okay=False), help="Write the receipt to this file.")
def state(*, data: Path | None, database: str | None, file: Path, receipt: Path | None) -> None:
    """Record a statement from a file, simple or signed. The same file again is recorded once."""
    body = object_at(parse(file.read_bytes(), max_bytes=MAX_BYTES + ENVELOPE))
    made = ask(settings_of(data, database), "state", {"body": body})
    say(made)
    if receipt is not None:
        written(receipt, str(made["receipt"]).encode())


@click.command()
@located
def heads(*, data: Path | None, database: str | None) -> None:
    """Publish the heads of all chains now: evidence made after it is complete as of this moment."""
    say(ask(settings_of(data, database), "heads", {}))


@click.command()
@located
def recover(*, data: Path | None, database: str | None) -> None:
    """Let a server whose writing stopped read again what is really there, and write on."""
    made = ask(settings_of(data, database), "recover", {})
    click.echo(f"writing goes on; the log has {made['size']} records")


def say(made: Answer) -> None:
    """Print where a statement stands."""
    index, at_ms = made["index"], made["recorded_at_ms"]
    assert isinstance(at_ms, int)
    again = " (it was recorded before)" if made["repeated"] else ""
    click.echo(f"record {index}  {made['record']}  {format_recorded(at_ms)}{again}")
    findings = made["findings"]
    for rule in findings if isinstance(findings, list) else ():
        click.echo(f"  finding: {rule}")
