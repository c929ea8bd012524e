"""``hazledger rules``: which rules are in force, and publishing others."""

import json
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import Progress

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
from ledger.services.rule_books import MAX_BYTES, RuleBooks
from ledger.services.trial import try_rules

TOLD: Final = (
    ("would have found", "found"),
    ("would not have found", "not_found"),
    ("would have refused, by", "refused"),
    ("would find now", "due"),
    ("would no longer find now", "not_due"),
)


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


@rules.command(name="try")
@located
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--since", type=click.IntRange(0), default=0, show_default=True, help="Judge records from this index on.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def trial(*, data: Path | None, database: str | None, file: Path, since: int, as_json: bool) -> None:
    """Replay history under the manifest in FILE: what it would have found and refused. Nothing is written."""
    manifest = object_at(parse(file.read_bytes(), max_bytes=MAX_BYTES, names=False))
    with (
        reader(settings_of(data, database)) as ledger,
        Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress,
    ):
        task = progress.add_task("records", total=None)

        def advance(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        with ledger.store.read() as unit:
            in_force = RuleBooks(ledger.reference).rules(ledger.recorded().rules, unit)
        made = try_rules(ledger.store, manifest, in_force, ledger.reference, since=since, progress=advance)
    if as_json:
        click.echo(json.dumps(made.content(), ensure_ascii=False))
        return
    click.echo(f"{made.records:,} records judged; what was recorded stays the truth, also where it would be refused")
    for title, part in TOLD:
        for name, one in sorted(getattr(made, part).items()):
            click.echo(f"{title}: {one.count:,} {name}")
            for example in one.examples:
                click.echo(f"    {json.dumps(example, ensure_ascii=False)}")


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
