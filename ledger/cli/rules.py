"""``hazledger rules``: which rules are in force, and publishing others."""

import json
from pathlib import Path

import click

from ledger.bootstrap import ask, reader
from ledger.cli.places import located, settings_of
from ledger.cli.vouching import draft_of, read_signed, signed_here, vouched, write_draft
from ledger.cli.writing import say
from ledger.core.b64 import unb64u
from ledger.core.canonical import Json, decode, parse
from ledger.core.shape import object_at
from ledger.errors import IntegrityError
from ledger.rules.manifest import rule_set
from ledger.services.intake import RULES
from ledger.services.rule_books import MAX_BYTES


@click.group()
def rules() -> None:
    """The rules in force: show them, publish others."""


@rules.command()
@located
def show(*, data: Path | None, database: str | None) -> None:
    """Print the manifest in force, to be edited and published again; its hash goes to the error stream."""
    with reader(settings_of(data, database)) as ledger:
        digest = ledger.recorded().rules
        with ledger.store.read() as unit:
            body = unit.manifests.get(unb64u(digest, 32))
    if body is None:
        raise IntegrityError("rules_not_available", params={"hash": digest})
    click.echo(json.dumps(decode(body, max_bytes=MAX_BYTES), ensure_ascii=False, indent=1))
    click.echo(digest, err=True)


@rules.command()
@located
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@vouched
def publish(
    *,
    data: Path | None,
    database: str | None,
    file: Path,
    registrar_key: Path | None,
    draft: Path | None,
    signed: Path | None,
) -> None:
    """Publish a manifest; it decides from the next record on. With `--signed`, FILE must be what was signed."""
    settings = settings_of(data, database)
    manifest = object_at(parse(file.read_bytes(), max_bytes=MAX_BYTES, names=False))
    made = rule_set(manifest)
    request: dict[str, Json] = {"rules": manifest}
    if draft is not None or registrar_key is not None:
        with reader(settings) as ledger:
            stated = draft_of(ledger, RULES, {"rule": {"rules": manifest}})
        if draft is not None:
            write_draft(draft, stated)
            return
        assert registrar_key is not None
        request = {"signed": signed_here(stated, registrar_key)}
    elif signed is not None:
        request = {"signed": read_signed(signed)}
    say(ask(settings, "rules", request))
    click.echo(f"rules {made.hash}")
