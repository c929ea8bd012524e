"""``audit``, ``evidence``, ``verify``: what the ledger says, checked by people who trust neither it nor us."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from ledger.bootstrap import reader, signer_state
from ledger.cli.places import EXIT_COULD_NOT, EXIT_FOUND, language, located, settings_of, told
from ledger.errors import HazledgerError, VerificationError


@click.command()
@located
@click.option(
    "--depth",
    type=click.Choice(["evidence", "full"]),
    default="full",
    show_default=True,
    help="evidence: bytes, chains and the log; full: also every signature, decision and projection.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def audit(*, data: Path | None, database: str | None, depth: str, as_json: bool) -> None:
    """Re-read every stored byte and prove it. Exit 0: clean; 1: something is wrong; 2: it could not run."""
    from ledger.services import audit as auditing

    settings = settings_of(data, database)
    try:
        with (
            reader(settings) as ledger,
            Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress,
        ):
            task = progress.add_task("audit", total=None)

            def advance(done: int, total: int) -> None:
                progress.update(task, completed=done, total=total)

            run = auditing.audit if depth == "full" else auditing.audit_evidence
            result = run(ledger.store, signer_state=signer_state(settings), progress=advance)
    except HazledgerError as error:
        click.echo(told(error), err=True)
        sys.exit(EXIT_COULD_NOT)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        _say(result)
    sys.exit(0 if result["ok"] else EXIT_FOUND)


def _say(result: Mapping[str, object]) -> None:
    findings = result["findings"]
    assert isinstance(findings, list)
    verdict = "clean" if result["ok"] else f"{len(findings)} findings"
    counted = f"{result['events']} events, {result['records']} records, log size {result['log_size']}"
    click.echo(f"{result['depth']}: {counted}: {verdict}")
    for finding in findings:
        where = ", ".join(f"{name} {value}" for name, value in finding["where"].items())
        click.echo(f"  {finding['kind']}: {where}: {finding['detail']}")


@click.command()
@located
@click.argument("chain", metavar="BATCH")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write.")
def evidence(*, data: Path | None, database: str | None, chain: str, output: Path) -> None:
    """Write the evidence of a batch (its reference, or a bare UUID) to a file that verifies offline."""
    subject = chain if ":" in chain else f"batch:{chain}"
    with reader(settings_of(data, database)) as ledger:
        made = ledger.evidence(subject)
    output.write_bytes(made)
    click.echo(f"{output}: {len(made):,} bytes")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--policy", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Whom to trust: log keys, genesis."
)
def verify(*, file: Path, policy: Path | None) -> None:
    """Verify evidence or a receipt offline. Exit 0: it holds; 1: a step broke."""
    from ledger import verify as judge
    from ledger.verify import report_text

    try:
        trusted = judge.read_policy(policy.read_bytes()) if policy else None
        report = judge.verify(file.read_bytes(), trusted)
    except VerificationError as error:
        click.echo("\n".join(report_text.failure(error, language())))
        sys.exit(EXIT_FOUND)
    click.echo("\n".join(report_text.render(report, language())))
