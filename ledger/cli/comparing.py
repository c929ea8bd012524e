"""``hazledger log compare``: what two people hold of one log, held against each other."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ledger import verify as judge
from ledger.bootstrap import note_of, reader
from ledger.cli.places import EXIT_COULD_NOT, EXIT_FOUND, EXIT_MISBEHAVED, language, settings_of, told, written
from ledger.core.bundle import Policy
from ledger.core.checkpoint import Checkpoint
from ledger.core.lines import b64std
from ledger.core.merkle import NodeReader
from ledger.core.misbehaviour import Misbehaviour
from ledger.core.note import Verifier, parse_note
from ledger.errors import ConfigurationError, IntegrityError, VerificationError
from ledger.services import log_sources
from ledger.verify import report_text
from ledger.verify.compare import Compared, Held, contradiction, hold, judge_in

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@dataclass(frozen=True, slots=True)
class _Tree:
    """A log that is at hand: what it signed, and its nodes."""

    note: bytes
    nodes: NodeReader
    keys: tuple[Verifier, ...]


@click.command()
@click.argument("one", type=FILE)
@click.argument("other", type=FILE)
@click.option("--policy", type=FILE, help="Whose log it is: the keys to check both with.")
@click.option("--key", multiple=True, metavar="VKEY", help="A key of the log, instead of a policy. Repeatable.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The ledger itself, to prove from.")
@click.option("--database", metavar="URL", help="Database URL of the ledger, instead of --data.")
@click.option("--log-dir", type=click.Path(path_type=Path, exists=True, file_okay=False), help="An exported log.")
@click.option("--url", help="A served log, like https://trace.example.cn/log.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where a proof is written.")
def compare(
    *,
    one: Path,
    other: Path,
    policy: Path | None,
    key: tuple[str, ...],
    output: Path | None,
    **place: Any,  # noqa: ANN401 - options of ``_tree``
) -> None:
    """Compare two checkpoints of one log (or receipts, evidence, signer states): the same, consistent, or a fork.

    Where they alone leave it open, a log at hand (--data, --log-dir or --url) proves it. Exit 0: the same, or the one
    extends the other; 3: the log misbehaved, and the proof is written; 1: not verified, or the log lacks what it
    signed; 2: nothing here can tell.
    """
    pinned = None if policy is None else judge.read_policy(policy.read_bytes())
    keys = tuple(Verifier.parse(text) for text in (pinned.log_keys if pinned is not None else key))
    try:
        with _tree(**place) as tree:
            signers = keys or (() if tree is None else tree.keys)
            held = hold(note_of(one.read_bytes()), signers), hold(note_of(other.read_bytes()), signers)
            found = contradiction(*held)
            if found is None and tree is not None:
                found = judge_in(*held, hold(tree.note, signers or held[0].keys), tree.nodes)
    except VerificationError as error:
        click.echo("\n".join(report_text.failure(error, language())))
        sys.exit(EXIT_FOUND)
    if found is None:
        _check_length(tree, held)
        raise ConfigurationError("compare_needs_log")
    sys.exit(_tell(found, held, pinned, output or Path("misbehaviour.json")))


def _check_length(tree: _Tree | None, held: tuple[Held, Held]) -> None:
    """Say of a log that is shorter than what it signed that its tail is missing, which proves nothing to others yet."""
    size = None if tree is None else Checkpoint.parse(parse_note(tree.note)[0]).size
    signed = max(one.checkpoint.size for one in held)
    if size is not None and size < signed:
        click.echo(told(IntegrityError("log_shorter_than_checkpoint", params={"size": size, "signed": signed})))
        sys.exit(EXIT_FOUND)


def _tell(found: Compared, held: tuple[Held, Held], policy: Policy | None, output: Path) -> int:
    sizes = " · ".join(f"{one.checkpoint.origin} {one.checkpoint.size}" for one in held)
    click.echo(f"{sizes}: {found.outcome}")
    for node in found.proof:
        click.echo(f"  {b64std(node)}")
    if found.misbehaviour is None:
        return 0
    return _prove(found.misbehaviour, policy, output)


def _prove(made: Misbehaviour, policy: Policy | None, output: Path) -> int:
    """Write a proof once it holds for whoever verifies it."""
    proof = made.encode()
    try:
        report = judge.verify(proof, policy)
    except VerificationError as error:  # two keys signed, and no policy says that both are the log's
        click.echo("\n".join(report_text.failure(error, language())))
        return EXIT_COULD_NOT
    written(output, proof)
    click.echo("\n".join(report_text.render(report, language())))
    return EXIT_MISBEHAVED


@contextmanager
def _tree(data: Path | None, database: str | None, log_dir: Path | None, url: str | None) -> Iterator[_Tree | None]:
    if data is not None or database is not None:
        with reader(settings_of(data, database)) as ledger, ledger.store.read() as unit:
            state = ledger.log.state()
            yield _Tree(state.note, ledger.log.reader(unit, state.size), ledger.verifiers)
    elif log_dir is not None or url is not None:
        source = log_sources.in_folder(log_dir) if log_dir is not None else log_sources.at_url(url or "")
        yield _Tree(source.note, source.nodes, ())
    else:
        yield None
