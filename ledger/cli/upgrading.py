"""``migrate``: brings a ledger of an older version to this one."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from ledger.bootstrap import need
from ledger.cli.places import located, settings_of


@click.command()
@located
def migrate(*, data: Path | None, database: str | None) -> None:
    """Bring a ledger to this version: its schema, then what is computed from its records. Back up first."""
    from ledger.services.upgrade import upgrade

    settings = settings_of(data, database)
    need(settings)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("migrate", total=None)
        done = upgrade(settings.database_url, lambda at, size: progress.update(task, completed=at, total=size))
    moved = f"{done.before} -> {done.after}" if done.before != done.after else f"{done.after}, as it was"
    click.echo(f"schema         {moved}")
    click.echo(f"projections    {f'made again from {done.rebuilt} records' if done.rebuilt else 'as they were'}")
