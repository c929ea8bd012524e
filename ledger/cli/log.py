"""``hazledger log``: the transparency log as static files, and the key to check it with."""

from pathlib import Path

import click

from ledger.bootstrap import reader
from ledger.cli.places import located, settings_of


@click.group()
def log() -> None:
    """The transparency log: export it, show its key."""


@log.command()
@located
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(*, data: Path | None, database: str | None, folder: Path) -> None:
    """Write checkpoint, tiles and entries as static files that public tools verify (C2SP tlog-tiles)."""
    from ledger.services.log_export import export as write

    with reader(settings_of(data, database)) as ledger:
        files = write(ledger.log, folder)
    click.echo(f"{folder}: {files:,} files")


@log.command()
@located
def key(*, data: Path | None, database: str | None) -> None:
    """Print the verifier key of the log (C2SP signed-note vkey)."""
    with reader(settings_of(data, database)) as ledger:
        click.echo(ledger.verifier.vkey())
