"""Statements of the operator that a registrar has to sign, where the ledger has any: here, or offline by a draft."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from ledger.cli.places import written
from ledger.core.canonical import Json, parse
from ledger.core.keys import private_key
from ledger.core.shape import object_at
from ledger.services import key_file, signing
from ledger.services.clock import SystemClock
from ledger.services.entropy import SystemEntropy
from ledger.services.ledger import Ledger

F = TypeVar("F", bound=Callable[..., Any])
MAX_STATEMENT = 4 * 2**20
FILE = click.Path(path_type=Path, dir_okay=False)


def vouched(command: F) -> F:
    """Add the three ways in which a registrar signs: its key here, a draft for elsewhere, what came back signed."""
    options = (
        click.option("--registrar-key", type=FILE, help="Sign here, with this registrar's key file."),
        click.option("--draft", type=FILE, help="Only write the statement for `registrar sign`, and do nothing else."),
        click.option("--signed", type=FILE, help="Record this statement, as `registrar sign` made it."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def draft_of(ledger: Ledger, kind: str, sections: Mapping[str, Json]) -> dict[str, Json]:
    """A statement of the operator, to be signed."""
    known = ledger.recorded()
    return {"origin": known.origin, "type": kind, "actor": known.operator, "sections": dict(sections)}


def signed_here(draft: Mapping[str, Json], key: Path) -> dict[str, Json]:
    """Sign a draft with a key file of this machine."""
    private = private_key(key_file.read(key))
    return signing.sign(draft, private, at_ms=SystemClock().now_ms(), entropy=SystemEntropy())


def read_signed(path: Path) -> dict[str, Json]:
    """Read what `registrar sign` wrote."""
    return object_at(parse(path.read_bytes(), max_bytes=MAX_STATEMENT))


def write_draft(path: Path, draft: Mapping[str, Json]) -> None:
    """Write a draft for a person to read and a registrar to sign."""
    written(path, json.dumps(draft, ensure_ascii=False, indent=1).encode() + b"\n")
