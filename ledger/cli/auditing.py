"""``audit``: every stored byte re-read, by people who trust neither the ledger nor us."""

import json
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import click
from rich.console import Console
from rich.progress import Progress

from ledger.bootstrap import ask, audit_state, reader, signer_state
from ledger.cli.places import EXIT_COULD_NOT, EXIT_FOUND, located, settings_of, told, written
from ledger.config import Settings
from ledger.core.audit_report import SPEC
from ledger.core.canonical import digest_text, encode
from ledger.errors import HazledgerError
from ledger.services.audit_order import LAST, Kind, Order, carry_out, origin_of
from ledger.services.audit_report import report_of
from ledger.services.audit_since import Start
from ledger.services.audit_state import start_of
from ledger.services.audit_workers import MOST
from ledger.services.ledger import Ledger

LEFT_OUT = {
    "decisions": "signatures, decisions and projections were not judged",
    "older_records": "records before the start were not read again",
    "older_heads": "the chains' heads at the start were not compared with audited ones",
    "older_state": "the start was not compared with an earlier checkpoint",
    "all_but_the_sample": "records outside the sample were not read",
}


@click.command()
@located
@click.option(
    "--depth",
    type=click.Choice(["evidence", "full"]),
    help="evidence: bytes, chains and the log; full (default): also every signature, decision and projection.",
)
@click.option(
    "--since",
    metavar="last|SIZE|FILE",
    help="Only what came after the checkpoint audited last, a log size, or a checkpoint kept in a file.",
)
@click.option("--sample", metavar="N|P%", help="So many records at random, each proven, with its chains' neighbours.")
@click.option("--seed", help="Draw the sample of this seed again.")
@click.option("--processes", type=click.IntRange(1, MOST), default=1, show_default=True, help="Read side by side.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a bilingual PDF with the report signed by the log's key: as the writer, or through the server.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def audit(  # noqa: PLR0913 - options
    *,
    data: Path | None,
    database: str | None,
    depth: Literal["evidence", "full"] | None,
    since: str | None,
    sample: str | None,
    seed: str | None,
    processes: int,
    report: Path | None,
    as_json: bool,
) -> None:
    """Re-read every stored byte and prove it. Exit 0: clean; 1: something is wrong; 2: it could not run."""
    if since is not None and sample is not None:
        message = "--since and --sample exclude each other."
        raise click.UsageError(message)
    if depth == "full" and (since or sample):
        message = "--since and --sample read evidence: the full audit makes decisions again from the first record on."
        raise click.UsageError(message)
    settings = settings_of(data, database)
    try:
        with (
            reader(settings) as ledger,
            Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress,
        ):
            task = progress.add_task("audit", total=None)
            result = carry_out(
                ledger.store,
                _order(ledger, depth, since, sample, seed, processes),
                now_ms=ledger.clock.now_ms(),
                reference=ledger.reference,
                signer_state=signer_state(settings),
                state=audit_state(settings),
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
        if report is not None:
            written(report, _report(settings, result))
    except HazledgerError as error:
        click.echo(told(error), err=True)
        sys.exit(EXIT_COULD_NOT)
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else "\n".join(said(result)))
    sys.exit(0 if result["ok"] else EXIT_FOUND)


def _report(settings: Settings, result: Mapping[str, Any]) -> bytes:
    from labels.audit_report import render

    report = report_of(result)
    envelope = str(ask(settings, "report sign", {"report": report})["envelope"]).encode()
    return render(report, envelope, digest_text(SPEC, encode(report)), settings.utc_offset)


def _order(
    ledger: Ledger,
    depth: Literal["evidence", "full"] | None,
    since: str | None,
    sample: str | None,
    seed: str | None,
    processes: int,
) -> Order:
    if sample is not None:
        return Order("sample", sample=sample, seed=seed or secrets.token_hex(16))
    if since is None:
        kind: Kind = depth or ("evidence" if processes > 1 else "full")
        return Order(kind, processes=processes)
    if since == LAST:
        return Order("since", processes=processes)
    if since.isascii() and since.isdecimal():
        return Order("since", Start(int(since)), processes=processes)
    try:
        kept = Path(since).read_bytes()
    except OSError as error:
        message = f"--since: {error}"
        raise click.UsageError(message) from None
    return Order("since", start_of(kept, origin_of(ledger.store)), processes=processes)


def said(result: Mapping[str, Any]) -> list[str]:
    """Return what an audit found, a line each."""
    count, findings = result["count"], result["findings"]
    verdict = "clean" if result["ok"] else f"{count} findings"
    since = f" since {result['since']}" if result["since"] else ""
    counted = f"{result['events']} events, {result['records']} records, log size {result['log_size']}"
    lines = [f"{result['depth']}{since}: {counted}: {verdict}"]
    for finding in findings:
        where = ", ".join(f"{name} {value}" for name, value in finding["where"].items())
        lines.append(f"  {finding['kind']}: {where}: {finding['detail']}")
    if count > len(findings):
        lines.append(f"  and {count - len(findings)} more")
    lines += [f"  not read: {LEFT_OUT[name]}" for name in result["not_read"]]
    sample = result.get("sample")
    if sample is not None:
        lines.append(f"  sample: {sample['size']} of {sample['of']}, seed {sample['seed']}")
        lines += [f"  chance to miss {one['bad']} unsound records: {one['chance']}" for one in sample["missed"]]
    return lines
