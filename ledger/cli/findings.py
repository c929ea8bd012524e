"""``hazledger findings``: what the rules found, stored and computed, at a time; compared with a truth on demand."""

import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import Progress

from ledger.bootstrap import reader
from ledger.cli.places import EXIT_FOUND, language, located, settings_of
from ledger.core.canonical import Json, parse
from ledger.core.shape import object_at
from ledger.core.times import format_utc
from ledger.demo.year import Comparison, compare
from ledger.demo.year.truth import read
from ledger.errors import FormatError
from ledger.rules import codec
from ledger.rules.aggregates import OrgState
from ledger.rules.names import RULES
from ledger.services.findings import Finding, Findings, Wanted, every
from ledger.services.ledger import Ledger
from ledger.services.past import past
from ledger.services.rule_books import RuleBooks
from ledger.store.scopes import EVERYTHING
from ledger.store.unit_of_work import Unit

SHOWN: Final = 200
MAX_TRUTH: Final = 64 * 2**20
SEVERITIES: Final = ("critical", "warning", "info")


@click.command()
@located
@click.option("--rule", default="", help="Findings of one rule, name@n.")
@click.option("--severity", type=click.Choice(SEVERITIES), default=None, help="Findings so grave.")
@click.option("--open/--all", "unresolved", default=True, help="Without resolved ones (default), or with them.")
@click.option("--as-of", "as_of", help="At this time, YYYY-MM-DD or with THH:MM:SS+HH:MM (default: now).")
@click.option("--org", default="", help="Of one organisation, org:<uuid>: what it stated, or has to act on.")
@click.option("--region", default="", help="In a region, by the first digits of its GB/T 2260 code.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--truth",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Hold what is found against a truth of `demo --story year`; exit 1 if one is missed or unexplained.",
)
def findings(  # noqa: PLR0913 - an argument for each option
    *,
    data: Path | None,
    database: str | None,
    rule: str,
    severity: str | None,
    unresolved: bool,
    as_of: str | None,
    org: str,
    region: str,
    as_json: bool,
    truth: Path | None,
) -> None:
    """List findings: those that records carry, and those that time or the stock makes."""
    if rule and rule not in RULES:
        raise FormatError("unknown_rule", params={"rule": rule[:80]})
    wanted = Wanted(rule, severity or "", "open" if unresolved else "all", org=org, region=region)
    known = None if truth is None else read(object_at(parse(truth.read_bytes(), max_bytes=MAX_TRUTH)))
    if known is not None:
        as_of, wanted = as_of or known.as_of, Wanted(status="all")
    with reader(settings_of(data, database)) as ledger:
        at = _moment(as_of, ledger)
        with reading(ledger, at, quiet=as_json) as (unit, found):
            listed = every(found, EVERYTHING, wanted)
            if known is not None:
                _hold(compare(map(content, listed), known), as_json=as_json)
                return
            if as_json:
                items = [content(one) for one in listed]
                click.echo(json.dumps({"as_of": format_utc(at), "count": len(items), "findings": items}))
            else:
                _show(unit, listed, at)


@contextmanager
def reading(ledger: Ledger, at: int, *, quiet: bool = False) -> Iterator[tuple[Unit, Findings]]:
    """Yield findings at a time: of the state now, or of the records until then, folded again, where it is past."""
    with ledger.store.read() as unit:
        last = unit.log.last_recorded_at_ms() or 0
        rules = RuleBooks(ledger.reference).rules(ledger.recorded().rules, unit)
        if at >= last:
            yield unit, Findings(unit, rules, ledger.reference, at)
            return
    with Progress(console=Console(stderr=True), transient=True, disable=quiet) as progress:
        task = progress.add_task("records", total=None)

        def advance(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        with past(ledger.store, at, progress=advance) as then:
            progress.stop()
            yield then, Findings(then, rules, ledger.reference, at)


def _moment(stated: str | None, ledger: Ledger) -> int:
    """The time that is asked about: now, or the last record's where a demo's story lies ahead of the clock."""
    if stated is None:
        with ledger.store.read() as unit:
            return max(ledger.clock.now_ms(), unit.log.last_recorded_at_ms() or 0)
    try:
        moment = dt.datetime.fromisoformat(stated)
    except ValueError:
        raise FormatError("time_not_of_form", "--as-of", {"value": stated[:40]}) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp() * 1000)


def content(one: Finding) -> dict[str, Json]:
    """A finding as JSON."""
    return {
        "id": one.id,
        "rule": one.rule,
        "severity": one.severity,
        "since": format_utc(one.since_ms),
        "at_least": one.at_least,
        "computed": one.index is None,
        "chain": one.chain,
        "part": one.part,
        "org": one.org,
        "batch": one.batch,
        "site": one.site or None,
        "record": one.index,
        "evidence": list(one.evidence),
        "resolved": one.resolved,
        "data": dict(one.data),
    }


def _hold(held: Comparison, *, as_json: bool) -> None:
    """Say what of a truth was found, and what was found beside it."""
    told = held.content()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(f"faults: {told['found']} of {told['faults']} found")
        for fault in held.missed:
            click.echo(f"  missed: {fault['kind']} ({fault['rule']}) {fault['where']} {fault['chain']}")
        click.echo(f"findings that follow from a fault: {sum(held.beside.values())}")
        for rule, many in sorted(held.natural.items()):
            click.echo(f"findings by nature of the story: {many} {rule}: {held.why[rule]}")
        click.echo(f"false findings, unexplained: {len(held.unexplained)}")
        for one in held.unexplained[:SHOWN]:
            click.echo(f"  {one['rule']} {one['chain']} since {one['since']} [{one['id']}]")
    sys.exit(0 if held.ok else EXIT_FOUND)


def _show(unit: Unit, listed: Iterable[Finding], at: int) -> None:
    zh = language() == "zh"
    by_rule: dict[str, int] = {}
    orgs: dict[str, str] = {}
    shown = 0
    for one in listed:
        by_rule[one.rule] = by_rule.get(one.rule, 0) + 1
        shown += 1
        if shown <= SHOWN:
            name = RULES[one.rule].zh if zh else RULES[one.rule].en
            figures = " ".join(
                f"{key}={value}" for key, value in one.data.items() if not isinstance(value, list | dict)
            )
            click.echo(f"{format_utc(one.since_ms)}  {one.severity:8}  {one.rule}  {name}")
            click.echo(f"    {_name(unit, one.org, orgs, zh=zh)}  {one.chain}  {figures}  [{one.id}]")
    if shown > SHOWN:
        click.echo(f"... {shown - SHOWN:,} more; --json lists all")
    click.echo(f"{shown:,} findings at {format_utc(at)}")
    for rule, many in sorted(by_rule.items(), key=lambda item: -item[1]):
        click.echo(f"  {many:7,}  {rule}")


def _name(unit: Unit, org: str, known: dict[str, str], *, zh: bool) -> str:
    if org not in known:
        body = unit.projections.load_states([org])[org] if org else None
        state: Any = None if body is None else codec.load(org, body)
        known[org] = (state.name_zh if zh else state.name_en or state.name_zh) if isinstance(state, OrgState) else org
    return known[org]
