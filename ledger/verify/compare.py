"""Two histories of one log, compared: the same, one the beginning of the other, or proof that the log misbehaved.

Pure. What two holders have (checkpoints, receipts, evidence) may contradict itself already (`contradiction`); else the
nodes of a tree that the log signed decide (`judge_in`): a log that serves either history cannot help proving.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from ledger.core.b64 import unb64u
from ledger.core.bundle import Entry, Evidence, Receipt, read_bundle
from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.merkle import (
    EMPTY_ROOT,
    NodeReader,
    consistency_proof,
    leaf_hash,
    require_consistency,
    require_inclusion,
    root_of_nodes,
)
from ledger.core.misbehaviour import Fork, Leaf, Misbehaviour, Withheld
from ledger.core.note import Verifier, format_note, parse_note
from ledger.core.records import record_hash
from ledger.errors import VerificationError
from ledger.verify.checks import broken, log_keys_of, step
from ledger.verify.misbehaviour import contradiction_of
from ledger.verify.shown import HEADS

Path: TypeAlias = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody holds of a log: a checkpoint that it signed, and what came with it.

    `note` keeps the log's own signature lines alone, `keys` made them; `leaves`: index -> record hash and inclusion
    path; `evidence`: what shows a chain.
    """

    note: bytes
    checkpoint: Checkpoint
    keys: tuple[Verifier, ...]
    leaves: Mapping[int, tuple[bytes, Path]] = field(default_factory=dict)
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """`same`; `consistent`, where `proof` leads from the smaller checkpoint to the larger; or `equivocation`."""

    outcome: Literal["same", "consistent", "equivocation"]
    proof: Path = ()
    misbehaviour: Misbehaviour | None = None


def hold(data: bytes, keys: Sequence[Verifier] = ()) -> Held:
    """Read a signed note, a receipt or evidence, and verify what it holds under these keys of the log.

    Without keys a receipt or evidence is taken at its own word for whose they are. VerificationError.
    """
    with step("form"):
        if not data.startswith(b"{"):
            return _hold(data, Checkpoint.parse(parse_note(data)[0]).origin, keys)
        bundle = read_bundle(data)
    if isinstance(bundle, Receipt):
        proof = bundle.proof
        held = _hold(proof.checkpoint, bundle.record.origin, keys or log_keys_of(bundle.record.origin, bundle.vkeys))
        return _with_leaves(held, {bundle.record.index: (_hash(bundle), proof.path)}, None)
    held = _hold(bundle.checkpoint, bundle.origin, keys or log_keys_of(bundle.origin, bundle.vkeys))
    leaves = {entry.record.index: (_hash(entry), entry.path) for entry in bundle.entries}
    return _with_leaves(held, leaves, bundle)


def _hold(note: bytes, origin: str, keys: Sequence[Verifier]) -> Held:
    with step("checkpoint"):
        if not keys:
            raise broken("log_key_missing", origin=origin)
        checkpoint, signatures = open_checkpoint(note, origin, [key for key in keys if key.name == origin])
        text = parse_note(note)[0]
        by_key = sorted(signatures, key=lambda found: found.verifier.vkey())
        own = format_note(text, [found.signature for found in by_key])
    return Held(own, checkpoint, tuple(found.verifier for found in by_key))


def _with_leaves(held: Held, leaves: Mapping[int, tuple[bytes, Path]], evidence: Evidence | None) -> Held:
    with step("inclusion"):
        for index, (record, path) in leaves.items():
            require_inclusion(index, held.checkpoint.size, leaf_hash(record), path, held.checkpoint.root)
    return replace(held, leaves=leaves, evidence=evidence)


def _hash(shown: Entry | Receipt) -> bytes:
    return unb64u(record_hash(shown.record.encode()))


def contradiction(one: Held, other: Held) -> Compared | None:
    """Compare two holdings by themselves; None: they leave it open. VerificationError: not of one log."""
    first, second = _ordered(one, other)
    if first.checkpoint.size == second.checkpoint.size:
        if first.checkpoint.root == second.checkpoint.root:
            return _chains(first, second)
        return _against(first, second, Fork(second.checkpoint.root, ()))
    if first.checkpoint.size == 0:
        if first.checkpoint.root == EMPTY_ROOT:
            return Compared("consistent")
        return _against(first, second, Fork(EMPTY_ROOT, ()))
    for index in sorted(first.leaves.keys() & second.leaves.keys()):
        (record, path), (other_record, other_path) = first.leaves[index], second.leaves[index]
        if record != other_record:
            return _against(first, second, Leaf(index, (record, other_record), (path, other_path)))
    found = _chains(first, second)
    return None if found.outcome == "same" else found


def _chains(first: Held, second: Held) -> Compared:
    """Look for a record of a chain in the one that the heads in the other leave out."""
    for shows, names in ((first, second), (second, first)):
        left_out = _left_out(shows, names)
        found = None if left_out is None else _against(shows, names, left_out)
        if found is not None and found.misbehaviour is not None and _holds(found.misbehaviour):
            return found
    return Compared("same")


def _holds(made: Misbehaviour) -> bool:
    """Whether it proves what it says: evidence may name heads that nobody published."""
    try:
        contradiction_of(made)
    except VerificationError:
        return False
    return True


def _left_out(shows: Held, names: Held) -> Withheld | None:
    here, there = shows.evidence, names.evidence
    if here is None or there is None or here.chain != there.chain or there.heads is None:
        return None
    published = next((item for item in reversed(there.entries) if item.header and item.header.type == HEADS), None)
    linked = [item for item in there.entries if item.link is not None]
    if published is None:
        return None
    older = [item for item in linked if item.record.index < published.record.index]
    if not older:
        return None
    head = older[-1]
    for entry in here.entries:
        if entry.link is not None and head.record.index < entry.record.index < published.record.index:
            linked_one, last = Entry(entry.record, entry.path, link=entry.link), Entry(head.record, head.path)
            return Withheld(here.chain, linked_one, last, _published(published), there.heads)
    return None


def _published(entry: Entry) -> Entry:
    sections = tuple(section for section in entry.sections if section.name == "heads")
    return Entry(entry.record, entry.path, entry.header, entry.signatures, sections)


def judge_in(one: Held, other: Held, tree: Held, nodes: NodeReader) -> Compared | None:
    """Compare two checkpoints by the nodes of a tree that the log signed, `tree`; None: the tree is too small.

    VerificationError, FormatError: the nodes are not those of the tree.
    """
    first, second = _ordered(one, other)
    with step("tree"):
        if root_of_nodes(tree.checkpoint.size, nodes) != tree.checkpoint.root:
            raise broken("tree_not_of_checkpoint", size=tree.checkpoint.size)
        size = second.checkpoint.size
        if size <= tree.checkpoint.size and root_of_nodes(size, nodes) == second.checkpoint.root:
            return _prefix(first, second, nodes)
        for held in (first, second):
            if held.checkpoint.size <= tree.checkpoint.size:
                found = _prefix(held, tree, nodes)
                if found.outcome == "equivocation":
                    return found
    return None


def _prefix(first: Held, second: Held, nodes: NodeReader) -> Compared:
    """Compare a checkpoint with the beginning of a tree whose nodes are known."""
    sizes = first.checkpoint.size, second.checkpoint.size
    root = root_of_nodes(sizes[0], nodes)
    proof = consistency_proof(*sizes, nodes)
    require_consistency(*sizes, proof, root, second.checkpoint.root)
    if root == first.checkpoint.root:
        return Compared("consistent", proof)
    return _against(first, second, Fork(root, proof))


def _ordered(one: Held, other: Held) -> tuple[Held, Held]:
    if one.checkpoint.origin != other.checkpoint.origin:
        params = {"expected": one.checkpoint.origin, "actual": other.checkpoint.origin}
        raise VerificationError("checkpoint_wrong_origin", "checkpoint", params=params)
    return (one, other) if one.checkpoint.size <= other.checkpoint.size else (other, one)


def _against(first: Held, second: Held, proof: Fork | Leaf | Withheld) -> Compared:
    made = Misbehaviour(
        first.checkpoint.origin,
        (first.note, second.note),
        (tuple(key.vkey() for key in first.keys), tuple(key.vkey() for key in second.keys)),
        proof,
    )
    return Compared("equivocation", misbehaviour=made)
