"""``hazledger log``: the transparency log as static files, and the key to check it with."""

import sys
from pathlib import Path
from typing import Any

import click

from ledger.bootstrap import Opening, ask, reader, successor
from ledger.cli.comparing import compare
from ledger.cli.opening import described, open_and_say, opening_of
from ledger.cli.places import EXIT_FOUND, located, settings_of, written
from ledger.cli.timestamps import check_timestamp, timestamp
from ledger.cli.vouching import FILE, draft_of, read_signed, signed_here, vouched, write_draft
from ledger.cli.writing import say
from ledger.core.canonical import Json
from ledger.services import rotation
from ledger.services.entropy import SystemEntropy


@click.group()
def log() -> None:
    """The transparency log: export it, show what to pin, compare it, change its key, open its successor."""


log.add_command(compare)
log.add_command(timestamp)
log.add_command(check_timestamp)


@log.command()
@located
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(*, data: Path | None, database: str | None, folder: Path) -> None:
    """Write checkpoint, tiles and entries as static files that public tools verify (C2SP tlog-tiles)."""
    from ledger.services.log_export import export as write
    from ledger.services.timestamps.daily import export as write_timestamps

    with reader(settings_of(data, database)) as ledger:
        files = write(ledger.log, folder) + write_timestamps(ledger, folder)
    click.echo(f"{folder}: {files:,} files")


@log.command()
@located
def key(*, data: Path | None, database: str | None) -> None:
    """Print the verifier key of the log (C2SP signed-note vkey)."""
    with reader(settings_of(data, database)) as ledger:
        click.echo(ledger.verifier.vkey())


@log.command()
@located
@click.argument("file", type=FILE)
def policy(*, data: Path | None, database: str | None, file: Path) -> None:
    """Write the policy that pins this ledger. Retired log keys stand in it: take out one that was stolen."""
    with reader(settings_of(data, database)) as ledger:
        written(file, ledger.policy().encode() + b"\n")


@log.command()
@located
@click.option("--name", help="Of one witness, for --draft and --answer.")
@click.option("--draft", type=FILE, help="Only write the request that this witness would be sent, to carry it there.")
@click.option("--answer", type=FILE, help="Keep what this witness answered to such a request.")
def witness(
    *, data: Path | None, database: str | None, name: str | None, draft: Path | None, answer: Path | None
) -> None:
    """Send the newest published checkpoint to every witness now. Exit 1: one did not cosign."""
    settings = settings_of(data, database)
    if draft is not None:
        written(draft, str(ask(settings, "witness draft", {"name": name or ""})["request"]).encode())
        return
    if answer is not None:
        told = {"name": name or "", "answer": answer.read_bytes().decode("utf-8", "replace")}
        click.echo(f"{name}: cosigned, size {ask(settings, 'witness answer', told)['size']}")
        return
    asked = ask(settings, "witness", {})["witnesses"]
    assert isinstance(asked, list)
    outcomes = [one for one in asked if isinstance(one, dict)]
    for one in outcomes:
        click.echo(f"{one['name']}: {one['word']}, size {one['size']}")
    sys.exit(0 if all(one["outcome"] == "cosigned" for one in outcomes) else EXIT_FOUND)


@log.command(name="rotate-key")
@located
@vouched
def rotate_key(
    *,
    data: Path | None,
    database: str | None,
    registrar_key: Path | None,
    draft: Path | None,
    signed: Path | None,
) -> None:
    """Give the log a new key. The old one signs once more, together with it, and is kept aside."""
    settings = settings_of(data, database)
    request: dict[str, Json] = {}
    if signed is not None:
        request = {"signed": read_signed(signed)}
    elif draft is not None or registrar_key is not None:
        with reader(settings) as ledger:
            signer = rotation.prepare(settings.log_key_path, ledger.origin, SystemEntropy())
            stated = draft_of(ledger, rotation.TYPE, rotation.sections(ledger, signer))
        if draft is not None:
            write_draft(draft, stated)
            return
        assert registrar_key is not None
        request = {"signed": signed_here(stated, registrar_key)}
    made = ask(settings, "rotate", request)
    say(made)
    click.echo(f"verifier key   {made['vkey']}")
    if made["aside"] is not None:
        click.echo(f"old key        {made['aside']} (destroy it once nobody needs it)")
    click.echo("Hand out the new policy: hazledger log policy FILE")


@log.command()
@located
@described
@click.option(
    "--checkpoint",
    type=FILE,
    required=True,
    help="Last checkpoint known of the former log: a note or a signer state.",
)
@click.option("--former-policy", type=FILE, help="Policy of the former log, to check that checkpoint with.")
@click.option("--reason", required=True, help="Why the former log cannot go on.")
def succeed(
    *,
    data: Path | None,
    database: str | None,
    policy: Path | None,
    checkpoint: Path,
    former_policy: Path | None,
    reason: str,
    **stated: Any,  # noqa: ANN401 - options of ``opening_of``
) -> None:
    """Open a ledger that succeeds another whose tail is lost: leaf 0 names its origin, last checkpoint, and why."""
    former = successor(checkpoint.read_bytes(), None if former_policy is None else former_policy.read_bytes())
    if former_policy is None:
        click.echo("WARNING: without --former-policy nobody checked who signed that checkpoint.", err=True)
    opening: Opening = opening_of(**stated, former=former, reason=reason)
    open_and_say(settings_of(data, database), opening, policy)
