"""``hazledger key`` and ``hazledger login-link``: keys that read, and links into a demo."""

from pathlib import Path

import click

from ledger.bootstrap import ask, reader
from ledger.cli.places import located, settings_of
from ledger.core.times import format_recorded
from ledger.services.access import DAY_MS
from ledger.services.clock import SystemClock

org_argument = click.argument("org", metavar="ORG")


@click.group()
def key() -> None:
    """API keys of an organisation, which read: issue, list, revoke. Programs that state events are clients."""


@key.command()
@located
@org_argument
@click.option("--role", help="One of its roles (default: all of them).")
@click.option("--label", default="", help="What the key is for, for whoever reads the list.")
@click.option("--days", type=click.IntRange(1, 3650), help="Days after which it expires (default: never).")
def issue(*, data: Path | None, database: str | None, org: str, role: str | None, label: str, days: int | None) -> None:
    """Issue a key and print its secret, which is not kept: nobody can show it again."""
    expires = None if days is None else SystemClock().now_ms() + days * DAY_MS
    request = {"org": org, "role": role, "label": label or None, "expires_at_ms": expires}
    click.echo(ask(settings_of(data, database), "key issue", request)["secret"])


@key.command(name="list")
@located
@org_argument
def listing(*, data: Path | None, database: str | None, org: str) -> None:
    """List the keys of an organisation; the secrets are known to their holders alone."""
    with reader(settings_of(data, database)) as ledger, ledger.store.read() as unit:
        rows = unit.operations.api_keys(org)
    for row in rows:
        expires = "never" if row.expires_at_ms is None else format_recorded(row.expires_at_ms)
        revoked = "" if row.revoked_at_ms is None else f"  revoked {format_recorded(row.revoked_at_ms)}"
        made = format_recorded(row.created_at_ms)
        click.echo(f"{row.id}  {row.role}  made {made}  expires {expires}{revoked}  {row.label}".rstrip())


@key.command()
@located
@org_argument
@click.argument("key_id", metavar="KEY")
def revoke(*, data: Path | None, database: str | None, org: str, key_id: str) -> None:
    """Revoke a key by its id, as the list shows it. A running server refuses it within two seconds."""
    ask(settings_of(data, database), "key revoke", {"org": org, "id": key_id})
    click.echo(f"{key_id} revoked")


@click.command(name="login-link")
@located
@org_argument
@click.option("--role", help="One of its roles (default: all of them).")
@click.option("--days", type=click.IntRange(1, 30), default=7, show_default=True, help="Days for which it can be used.")
def login_link(*, data: Path | None, database: str | None, org: str, role: str | None, days: int) -> None:
    """Issue a link that signs one browser in to a demo, once, as nobody by name, and print it."""
    settings = settings_of(data, database)
    made = ask(settings, "login link", {"org": org, "role": role, "valid_ms": days * DAY_MS})
    click.echo(f"{settings.public_url}/login/{made['token']}")
