"""``evidence``, ``verify``: what the ledger says, checked by people who trust neither it nor us."""

import sys
from pathlib import Path

import click

from ledger.bootstrap import reader
from ledger.cli.places import EXIT_FOUND, EXIT_MISBEHAVED, language, located, settings_of
from ledger.errors import VerificationError


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
    """Verify evidence, a receipt, or a proof of misbehaviour, offline.

    Exit 0: evidence or receipt holds; 1: a step broke; 3: the file proves that the log misbehaved.
    """
    from ledger import verify as judge
    from ledger.verify import report_text

    try:
        trusted = judge.read_policy(policy.read_bytes()) if policy else None
        report = judge.verify(file.read_bytes(), trusted)
    except VerificationError as error:
        click.echo("\n".join(report_text.failure(error, language())))
        sys.exit(EXIT_FOUND)
    click.echo("\n".join(report_text.render(report, language())))
    sys.exit(EXIT_MISBEHAVED if report.misbehaviour else 0)
