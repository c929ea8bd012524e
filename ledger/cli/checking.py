"""``verify``: what the ledger handed out, checked by people who trust neither it nor us."""

import sys
from pathlib import Path

import click

from ledger.cli.places import EXIT_FOUND, EXIT_MISBEHAVED, language, written
from ledger.errors import VerificationError


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--policy", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Whom to trust: log keys, genesis."
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write a page that holds the file and verifies it in any browser, offline.",
)
def verify(*, file: Path, policy: Path | None, html: Path | None) -> None:
    """Verify evidence, a proof, a receipt, an audit's report (PDF), or a proof of misbehaviour, offline.

    Exit 0: evidence, proof, receipt or report holds; 1: a step broke; 3: the file proves that the log misbehaved.
    """
    from ledger import verify as judge
    from ledger.verify import audit_text, browser, report_text

    trust = policy.read_bytes() if policy else b""
    try:
        trusted = judge.read_policy(trust) if policy else None
        audited = _report_in(file)
        if audited is not None:
            signed = judge.verify_report(audited, trusted)
            click.echo("\n".join(audit_text.lines(signed, language(), policy is not None)))
            return
        if html is not None:
            written(html, browser.page(file.read_bytes(), trust, file.name))
        with file.open("rb") as lines:
            report = judge.verify_lines(lines, trusted)
    except VerificationError as error:
        click.echo("\n".join(report_text.failure(error, language())))
        sys.exit(EXIT_FOUND)
    click.echo("\n".join(report_text.render(report, language())))
    sys.exit(EXIT_MISBEHAVED if report.misbehaviour else 0)


def _report_in(file: Path) -> bytes | None:
    """The signed report of an audit that a file is or holds; a long proof is not read for it."""
    from ledger.verify import find_report, may_hold_report

    with file.open("rb") as opened:
        head = opened.read(16)
    return find_report(file.read_bytes()) if may_hold_report(head) else None
