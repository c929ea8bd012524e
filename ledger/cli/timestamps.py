"""``hazledger log timestamp`` and ``log check-timestamp``: an authority's word on when a checkpoint existed."""

import sys
from pathlib import Path
from typing import cast

import click

from ledger.bootstrap import ask
from ledger.cli.places import EXIT_FOUND, located, settings_of, told
from ledger.cli.vouching import FILE
from ledger.core.checkpoint import Checkpoint
from ledger.core.note import parse_note
from ledger.core.times import format_recorded
from ledger.errors import FormatError, VerificationError
from ledger.services.timestamps.authority import trusted
from ledger.services.timestamps.revocation import lists
from ledger.services.timestamps.stamp import check


@click.command()
@located
def timestamp(*, data: Path | None, database: str | None) -> None:
    """Ask the time-stamping authority (RFC 3161) about the newest published checkpoint now. Exit 1: it did not."""
    answer = ask(settings_of(data, database), "timestamp", {})
    if answer["outcome"] != "stamped":
        click.echo(f"{answer['word']}, size {answer['size']}", err=True)
        sys.exit(EXIT_FOUND)
    click.echo(f"stamped {format_recorded(cast('int', answer['at_ms']))}, size {answer['size']}")


@click.command(name="check-timestamp")
@click.argument("checkpoint", type=FILE)
@click.argument("response", type=FILE)
@click.option("--certificates", type=FILE, required=True, help="PEM: the root that you trust for the authority.")
@click.option("--crls", type=FILE, help="PEM: revocation lists; without them revocation is not asked.")
def check_timestamp(*, checkpoint: Path, response: Path, certificates: Path, crls: Path | None) -> None:
    """Check offline that an authority stamped a checkpoint, both as `log export` wrote them. Exit 1: it proves nothing.

    Who signed the checkpoint, and that your file extends it, tells `log compare`.
    """
    note = checkpoint.read_bytes()
    try:
        revoked = None if crls is None else lists(crls)
        stamp = check(response.read_bytes(), note, trusted(certificates), revoked=revoked)
        signed = Checkpoint.parse(parse_note(note)[0])
    except (FormatError, VerificationError) as error:
        click.echo(told(error), err=True)
        sys.exit(EXIT_FOUND)
    click.echo(f"{signed.origin}, size {signed.size}: existed at {format_recorded(stamp.at_ms)}")
    asked = "not asked whether a certificate was revoked" if crls is None else "no certificate was revoked"
    click.echo(f"serial {stamp.serial}, policy {stamp.policy}, {asked}")
