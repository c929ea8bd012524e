"""``hazledger admin`` and ``hazledger client``: an organisation's first administrator, and its programs."""

from pathlib import Path

import click

from ledger.bootstrap import ask, reader
from ledger.cli.places import located, settings_of
from ledger.core.times import format_recorded


@click.group()
def admin() -> None:
    """Administrators of organisations: the first one is invited here, the others by administrators."""


@admin.command(name="create")
@located
@click.option("--org", required=True, help="The organisation, org:<uuid>.")
@click.option("--login", required=True, help="Login name: 3 to 64 lower-case letters, digits or . _ @ + -.")
@click.option("--name", help="Name as colleagues see it (default: the login name).")
@click.option("--roles", help="Further roles, with commas between them: for a firm of one person.")
def create_admin(
    *, data: Path | None, database: str | None, org: str, login: str, name: str | None, roles: str | None
) -> None:
    """Invite an administrator and print the link, which works once and for three days."""
    settings = settings_of(data, database)
    made = ask(settings, "admin create", {"org": org, "login": login, "name": name, "roles": roles})
    click.echo(f"{settings.public_url}/invite/{made['token']}")


@click.group()
def client() -> None:
    """Programs of an organisation, which exchange a secret for short-lived tokens: create, list, revoke."""


@client.command(name="create")
@located
@click.option("--org", required=True, help="The organisation, org:<uuid>.")
@click.option("--label", required=True, help="What the program is, for whoever reads the list.")
@click.option("--roles", required=True, help="Its roles, with commas between them, such as operator.")
@click.option("--purpose", help="What a regulator's or park's program reads for.")
def create_client(
    *, data: Path | None, database: str | None, org: str, label: str, roles: str, purpose: str | None
) -> None:
    """Create a client and print its id and its secret, which is not kept: nobody can show it again."""
    request = {"org": org, "label": label, "roles": roles, "purpose": purpose}
    made = ask(settings_of(data, database), "client create", request)
    click.echo(f"{made['id']} {made['secret']}")


@client.command(name="list")
@located
@click.option("--org", required=True, help="The organisation, org:<uuid>.")
def listing(*, data: Path | None, database: str | None, org: str) -> None:
    """List the clients of an organisation; the secrets are known to their holders alone."""
    with reader(settings_of(data, database)) as ledger, ledger.store.read() as unit:
        rows = unit.sessions.clients_of(org)
    for row in rows:
        revoked = "" if row.revoked_at_ms is None else f"  revoked {format_recorded(row.revoked_at_ms)}"
        click.echo(f"{row.id}  {row.roles}  made {format_recorded(row.created_at_ms)}{revoked}  {row.label}")


@client.command()
@located
@click.option("--org", required=True, help="The organisation, org:<uuid>.")
@click.argument("client_id", metavar="CLIENT")
def revoke(*, data: Path | None, database: str | None, org: str, client_id: str) -> None:
    """Revoke a client and its tokens. A running server refuses them within two seconds."""
    ask(settings_of(data, database), "client revoke", {"org": org, "id": client_id})
    click.echo(f"{client_id} revoked")
