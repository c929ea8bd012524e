"""``init``: opens a new production ledger. Its options serve ``log succeed``, too."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ledger.bootstrap import Opening, open_new
from ledger.cli.places import located, settings_of
from ledger.config import Settings
from ledger.core.b64 import unb64u
from ledger.core.keys import KEY_SIZE
from ledger.services.ledger import Ledger

F = TypeVar("F", bound=Callable[..., Any])


def described(command: F) -> F:
    """Add what a ledger is opened with; the command takes it as keywords of ``opening_of``, and ``policy``."""
    options = (
        click.option("--origin", required=True, help="What the log calls itself for ever, like trace.example.cn/log."),
        click.option("--name-zh", required=True, help="Name of the operator, in Chinese."),
        click.option("--name-en", help="Name of the operator, in English."),
        click.option("--uscc", required=True, help="The operator's unified social credit code (18 characters)."),
        click.option("--region", required=True, help="The operator's region: six digits of GB/T 2260."),
        click.option("--phone", help="The operator's phone."),
        click.option("--organisation", help="The operator's reference org:<uuid> (default: a new one)."),
        click.option(
            "--registrar",
            "registrars",
            multiple=True,
            metavar="KEY",
            help="Public key of a registrar, as `registrar keygen` prints it; may be given again.",
        ),
        click.option(
            "--policy",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Write the policy that auditors pin (hazledger/policy@1) to this file.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def opening_of(
    *,
    origin: str,
    name_zh: str,
    name_en: str | None,
    uscc: str,
    region: str,
    phone: str | None,
    organisation: str | None,
    registrars: tuple[str, ...],
    **more: Any,  # noqa: ANN401 - further fields of Opening
) -> Opening:
    """Read the options. Raises FormatError for a registrar that is no key."""
    names = {"zh": name_zh, **({} if name_en is None else {"en": name_en})}
    keys = tuple(unb64u(text, KEY_SIZE, field="--registrar") for text in registrars)
    return Opening(origin, names, uscc, region, phone, keys, organisation, **more)


@click.command()
@located
@described
def init(*, data: Path | None, database: str | None, policy: Path | None, **stated: Any) -> None:  # noqa: ANN401
    """Open a new production ledger: log key, schema, leaf 0, signer state. Says what to pin; refuses where one is."""
    settings = settings_of(data, database)
    open_and_say(settings, opening_of(**stated), policy)


def open_and_say(settings: Settings, opening: Opening, policy: Path | None) -> None:
    """Open the ledger and print what its operator has to keep, and what others pin."""
    with open_new(settings, opening) as ledger:
        _say(settings, ledger)
        if policy is not None:
            policy.write_bytes(ledger.policy().encode() + b"\n")
            click.echo(f"policy         {policy}")


def _say(settings: Settings, ledger: Ledger) -> None:
    state, pinned = ledger.recorded(), ledger.policy()
    click.echo(f"ledger         {state.id}")
    click.echo(f"operator       {state.operator}")
    click.echo(f"log key        {settings.log_key_path} (keep it secret, and a copy of it elsewhere)")
    click.echo(f"signer state   {settings.signer_state_path} (never restore it from a backup)")
    click.echo(f"verifier key   {pinned.log_keys[-1]}")
    click.echo(f"genesis        {pinned.genesis}")
    if not state.registrars:
        click.echo(
            "WARNING: no registrar key was given. Whoever runs this ledger can admit any organisation; every verdict"
            ' will say "identity asserted by the ledger only".',
            err=True,
        )
