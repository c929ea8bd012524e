"""``hazledger demo``: builds a sample world from real reference data, shows its sums, and serves it."""

import datetime as dt
import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ledger.bootstrap import build_demo, build_year_of_history, exists, reader, totals
from ledger.cli.places import located, settings_of
from ledger.config import Settings
from ledger.core.quantity import kg
from ledger.demo.build import Built, Plan
from ledger.demo.story import EVENTS
from ledger.demo.year.build import EVENTS as YEAR_EVENTS
from ledger.demo.year.build import LEAST as YEAR_LEAST
from ledger.demo.year.build import plan_of
from ledger.demo.year.truth import NAME as TRUTH
from ledger.errors import HazledgerError

STAGES = {
    "governance": "治理 / governance",
    "production": "生产 / production",
    "storage": "储存 / storage",
    "use": "使用 / use",
    "operation": "经营 / trading",
    "transport": "运输 / transport",
    "disposal": "处置 / disposal",
}


@click.command()
@located
@click.option(
    "--events",
    type=click.IntRange(1000, 1_000_000),
    help=f"At least so many events (default: {EVENTS}; of a year {YEAR_EVENTS}).",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Fixes every byte, with --until.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The story ends before this day, 00:00 UTC (default: today)."
)
@click.option(
    "--story",
    "told",
    type=click.Choice(["world", "transfer", "year"]),
    default="world",
    show_default=True,
    help="The whole sample world, one deal step by step, or a year of history with faults put in.",
)
@click.option("--json", "as_json", is_flag=True, help="With --story transfer: print one JSON object.")
@click.option("--serve/--no-serve", "serving", default=True, help="Serve the ledger when it is built.")
@click.option("--host", help="Address to serve on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to serve on.")
def demo(  # noqa: PLR0913 - an argument for each option
    *,
    data: Path,
    database: str | None,
    events: int | None,
    seed: int,
    until: dt.datetime | None,
    told: str,
    as_json: bool,
    serving: bool,
    host: str | None,
    port: int | None,
) -> None:
    """Build a sample ledger with real chemicals and invented firms, then serve it."""
    console = Console()
    settings = settings_of(data, database, environment="demo", host=host, port=port)
    day = until or dt.datetime.now(tz=dt.UTC)
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    until_ms = int(midnight.timestamp()) * 1000
    if told == "year":
        plan = plan_of(max(events or YEAR_EVENTS, YEAR_LEAST), seed, until_ms)
    else:
        plan = Plan(events or EVENTS, seed, until_ms)
    if not serving:
        _make(settings, plan, console, told, as_json=as_json)
        return
    from ledger.cli.serve import listen, run

    with listen(settings) as listener:
        _make(settings, plan, console, told, as_json=as_json)
        run(settings, console, listener)


def _make(settings: Settings, plan: Plan, console: Console, told: str, *, as_json: bool) -> None:
    if told == "transfer":
        from ledger.cli.deal import tell

        tell(settings, plan, console, as_json=as_json)
    elif settings.database is None and exists(settings):
        console.print(f"{settings.data}: a ledger is here already; it is used as it is.")
    else:
        show(console, settings, _build(console, settings, plan, told))


def _build(console: Console, settings: Settings, plan: Plan, told: str) -> Built:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("events", total=plan.events)

        def advance(done: int, total: int) -> None:
            progress.update(task, completed=done, total=max(done, total))

        if told != "year":
            return build_demo(settings, plan, advance)
        built, truth = build_year_of_history(settings, plan, advance)
    file = settings.data / TRUTH
    file.write_text(json.dumps(truth.content(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    console.print(f"{file}: {len(truth.faults)} faults", highlight=False)
    return built


def show(console: Console, settings: Settings, built: Built) -> None:
    """Print events by stage, and kilograms by kind of account, which add up to zero."""
    stages = Table("阶段 / stage", "events", title="事件 / Events")
    stages.columns[1].justify = "right"
    for stage, name in STAGES.items():
        stages.add_row(name, f"{built.by_stage.get(stage, 0):,}")
    stages.add_row("合计 / total", f"{built.events:,}", style="bold")
    with reader(settings) as ledger:
        masses = totals(ledger.store)
    table = Table("账户 / account", "kg", title="千克 / Kilograms")
    table.columns[1].justify = "right"
    for account, mg in sorted(masses.items(), key=lambda item: item[1]):
        table.add_row(account, grouped(mg))
    left = sum(masses.values())
    table.add_row("合计 / sum", grouped(left), style="bold")
    console.print(stages, table)
    if left:
        raise HazledgerError("mass_not_zero", params={"kg": kg(left)})


def grouped(mg: int) -> str:
    """Kilograms with thousands separators and all their digits."""
    whole, _, rest = kg(mg).partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "") if whole != "-0" else f"-0.{rest}"
