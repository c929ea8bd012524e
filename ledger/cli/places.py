"""What every command shares: where the ledger lies, and how an error is told on the terminal."""

import locale
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ledger.bootstrap import Place
from ledger.errors import HazledgerError, RefusedError
from ledger.errors.catalogue import render

F = TypeVar("F", bound=Callable[..., Any])
DATA = Path("hazledger-data")
EXIT_FOUND, EXIT_COULD_NOT = 1, 2


def located(command: F) -> F:
    """Add ``--data`` and ``--database``; the command takes them as ``data`` and ``database``."""
    command = click.option(
        "--database",
        metavar="URL",
        envvar="HAZLEDGER_DATABASE",
        help="Database URL instead of the SQLite file in --data.",
    )(command)
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=DATA,
        envvar="HAZLEDGER_DATA",
        show_default=True,
        help="Data folder.",
    )(command)


def place_of(data: Path, database: str | None) -> Place:
    """The place that the options name; the key and signer state may be elsewhere by the environment."""
    key, state = os.environ.get("HAZLEDGER_LOG_KEY"), os.environ.get("HAZLEDGER_SIGNER_STATE")
    return Place.of(data, database, Path(key) if key else None, Path(state) if state else None)


def language() -> str:
    """The language of the terminal: ``zh`` or ``en``."""
    named = os.environ.get("LC_ALL") or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return "zh" if named.lower().startswith("zh") else "en"


def told(error: HazledgerError) -> str:
    """An error with its remedy, a line each."""
    problems = error.problems if isinstance(error, RefusedError) else (error.problem,)
    lines = []
    for problem in problems:
        said = render(problem, language())
        where = f" [{problem.field}]" if problem.field else ""
        lines += [f"{said['title']}{where}: {said['detail']}", f"  {said['remedy']}"]
    return "\n".join(lines)
