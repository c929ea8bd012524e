"""What every command shares: where the ledger lies, and how an error is told on the terminal."""

import locale
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ledger.config import Settings, load
from ledger.errors import HazledgerError, RefusedError
from ledger.errors.catalogue import render

F = TypeVar("F", bound=Callable[..., Any])
EXIT_FOUND, EXIT_COULD_NOT, EXIT_MISBEHAVED = 1, 2, 3


def located(command: F) -> F:
    """Add ``--data`` and ``--database``; the command takes them as ``data`` and ``database``."""
    command = click.option("--database", metavar="URL", help="Database URL instead of the SQLite file in --data.")(
        command
    )
    where = click.Path(path_type=Path, file_okay=False)
    return click.option("--data", type=where, help="Data folder (default: hazledger-data).")(command)


def settings_of(data: Path | None, database: str | None, **more: object) -> Settings:
    """The settings: what the options state wins over the environment."""
    return load(os.environ, {"data": data, "database": database, **more})


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


def written(path: Path, data: bytes) -> None:
    """Write a file and say so on the error stream, so that what is printed stays fit for programs."""
    path.write_bytes(data)
    click.echo(f"{path}: {len(data):,} bytes", err=True)
