"""``hazledger registrar``: what a registrar does with a key that never touches the server."""

import json
from pathlib import Path

import click

from ledger.cli.places import written
from ledger.core.b64 import b64u
from ledger.core.canonical import Json, parse
from ledger.core.ids import uuid7
from ledger.core.keys import KEY_SIZE, private_key, public_key
from ledger.core.shape import object_at
from ledger.core.times import parse_stated
from ledger.services import key_file, signing
from ledger.services.clock import SystemClock
from ledger.services.entropy import SystemEntropy

MAX_DRAFT = 4 * 2**20
FILE = click.Path(path_type=Path, dir_okay=False)
key_option = click.option("--key", type=FILE, required=True, help="The registrar's key file.")
at_option = click.option("--at", metavar="TIME", help="When it will be recorded, like 2026-11-22T09:00:00+08:00.")
output_option = click.option("-o", "--output", type=FILE, required=True, help="File to write.")


@click.group()
def registrar() -> None:
    """Registrars vouch for organisations, rules and log keys. Run these offline, where the key is."""


@registrar.command()
@click.argument("file", type=FILE)
def keygen(*, file: Path) -> None:
    """Make a key file of mode 0600 and print its public key."""
    seed = SystemEntropy().bytes(KEY_SIZE)
    key_file.write(file, seed)
    click.echo(b64u(public_key(private_key(seed))))


@registrar.command()
@click.argument("file", type=FILE)
def public(*, file: Path) -> None:
    """Print the public key of a key file."""
    click.echo(b64u(public_key(private_key(key_file.read(file)))))


@registrar.command()
@click.argument("draft", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@key_option
@at_option
@output_option
def sign(*, draft: Path, key: Path, at: str | None, output: Path) -> None:
    """Sign the draft of a statement, such as `log rotate-key --draft` writes one. Read it before you sign."""
    stated = object_at(parse(draft.read_bytes(), max_bytes=MAX_DRAFT))
    _sign(stated, key, at, output)


@registrar.command()
@key_option
@at_option
@output_option
@click.option("--origin", required=True, help="Origin of the log.")
@click.option("--operator", required=True, help="Reference of the operator, org:<uuid>.")
@click.option("--organisation", help="Reference org:<uuid> of the organisation (default: a new one).")
@click.option("--name-zh", required=True, help="Its name in Chinese.")
@click.option("--name-en", help="Its name in English.")
@click.option("--uscc", required=True, help="Its unified social credit code.")
@click.option("--region", required=True, help="Its region: six digits of GB/T 2260.")
@click.option("--role", "roles", multiple=True, required=True, help="A role of it, such as producer; may be repeated.")
@click.option("--park", help="The park it lies in.")
@click.option("--phone", help="Its phone.")
@click.option("--public-key", help="Its first public key: then it can sign statements itself.")
def admit(  # noqa: PLR0913 - one keyword for each option
    *,
    key: Path,
    at: str | None,
    output: Path,
    origin: str,
    operator: str,
    organisation: str | None,
    name_zh: str,
    name_en: str | None,
    uscc: str,
    region: str,
    roles: tuple[str, ...],
    park: str | None,
    phone: str | None,
    public_key: str | None,
) -> None:
    """Sign the admission of an organisation. Record it with `hazledger state`, or post it to the API."""
    org = organisation or f"org:{uuid7(SystemClock().now_ms(), SystemEntropy().bytes(10))}"
    stated: dict[str, Json] = {
        "organisation": org,
        "names": {"zh": name_zh, **({} if name_en is None else {"en": name_en})},
        "uscc": uscc,
        "region": region,
        "roles": [*roles],
        **{name: value for name, value in (("park", park), ("phone", phone)) if value is not None},
    }
    sections: dict[str, Json] = {"organisation": stated}
    if public_key is not None:
        sections["key"] = {"key": public_key, "alg": "ed25519", "holder": org}
    draft: dict[str, Json] = {
        "origin": origin,
        "type": "governance.organisation_admitted",
        "actor": operator,
        "sections": sections,
    }
    _sign(draft, key, at, output)
    click.echo(org)


def _sign(draft: dict[str, Json], key: Path, at: str | None, output: Path) -> None:
    at_ms = SystemClock().now_ms() if at is None else parse_stated(at, field="--at")
    if at is not None:
        draft = {**draft, "occurred_at": at}
    signed = signing.sign(draft, private_key(key_file.read(key)), at_ms=at_ms, entropy=SystemEntropy())
    written(output, json.dumps(signed, ensure_ascii=False, indent=1).encode() + b"\n")
