"""``backup`` and ``restore``: the whole ledger in one file, for either database."""

import sys
from pathlib import Path

import click

from ledger.bootstrap import reader
from ledger.cli.places import EXIT_FOUND, located, settings_of


@click.command()
@located
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(*, data: Path | None, database: str | None, file: Path) -> None:
    """Write a backup. The log key and the signer state are not in it: keep them elsewhere."""
    from ledger.services.backup import backup as write

    with reader(settings_of(data, database)) as ledger:
        write(ledger.store, file)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


@click.command()
@located
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(*, data: Path | None, database: str | None, file: Path) -> None:
    """Restore a backup into an empty place, and audit it. Writing resumes only where the signer state agrees."""
    from ledger.services.backup import restore as read

    settings = settings_of(data, database)
    settings.data.mkdir(parents=True, exist_ok=True)
    result = read(file, settings.database_url)
    click.echo(f"{result['records']} records: {'clean' if result['ok'] else 'NOT clean'}")
    sys.exit(0 if result["ok"] else EXIT_FOUND)
