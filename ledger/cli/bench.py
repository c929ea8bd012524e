"""``hazledger bench``: what the ledger costs here, as ratios to what this machine could do at best."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ledger.bench import suite
from ledger.bench.report import tables
from ledger.bootstrap import need
from ledger.cli.places import located, settings_of


@click.command()
@located
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--rounds", type=click.IntRange(1, 100), default=5, show_default=True, help="Rounds of each pair.")
@click.option("--quick", is_flag=True, help="Small sizes: shows that it runs, says little about speed.")
@click.option("--events", type=click.IntRange(1), help="Events of the ledger that audits read (20,000).")
@click.option("--only", multiple=True, type=click.Choice(list(suite.MEASURES)), help="Run this measure; repeatable.")
def bench(
    *,
    data: Path | None,
    database: str | None,
    as_json: bool,
    rounds: int,
    quick: bool,
    events: int | None,
    only: tuple[str, ...],
) -> None:
    """Measure pairs in alternating rounds: medians, spread, targets.

    With --data or --database, what only reads is measured on that ledger, which may be large; nothing is written there.
    """
    url = None
    if data is not None or database is not None:
        settings = settings_of(data, database)
        need(settings)
        url = settings.database_url
    possible = suite.names(url)
    wanted = [name for name in possible if not only or name in only]
    if not wanted:
        message = f"{', '.join(only)}: not to be measured here; possible: {', '.join(possible)}"
        raise click.UsageError(message)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=as_json) as progress:
        task = progress.add_task("", total=None)

        def tell(what: str, done: int, total: int) -> None:
            progress.update(task, description=what, completed=done, total=total or None)

        with suite.context(rounds, tell, quick=quick, url=url, events=events) as given:
            measured = list(suite.run(wanted, given))
            told = suite.as_json(measured, given)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        Console().print(tables(measured, told["machine"]))
