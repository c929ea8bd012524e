"""The command ``hazledger``: one module a topic, each loaded when its command is called."""

import importlib
import sys
from typing import Final

import click

from ledger import __version__
from ledger.errors import HazledgerError

COMMANDS: Final = {
    "demo": "demo",
    "init": "opening",
    "serve": "serve",
    "state": "writing",
    "heads": "writing",
    "recover": "writing",
    "registrar": "registrar",
    "admin": "people",
    "client": "people",
    "rules": "rules",
    "key": "keys",
    "login-link": "keys",
    "audit": "auditing",
    "evidence": "evidence",
    "verify": "checking",
    "findings": "findings",
    "label": "labels",
    "log": "log",
    "witness": "witness",
    "bench": "bench",
    "migrate": "upgrading",
    "backup": "backups",
    "restore": "backups",
}


class Lazy(click.Group):
    """A group whose commands are imported when asked for, so that ``--help`` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return the command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"ledger.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=Lazy)
@click.version_option(__version__, prog_name="hazledger")
def hazledger() -> None:
    """A tamper-evident ledger of hazardous chemicals, from production to disposal."""


def main() -> None:
    """Run the command; an error is told with its remedy, and exits with 2."""
    try:
        hazledger()
    except HazledgerError as error:
        from ledger.cli.places import EXIT_COULD_NOT, told

        click.echo(told(error), err=True)
        sys.exit(EXIT_COULD_NOT)
