"""The heads of all chains as one RFC 6962 tree: what makes "this chain is complete" provable.

The leaf of a chain is its name in UTF-8, LF, and the raw 32-byte record hash of its last record;
leaves are sorted by chain, by code points.
"""

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ledger.core import merkle
from ledger.core.b64 import unb64u
from ledger.core.lines import is_line
from ledger.errors import FormatError, NotFoundError

RecordHash: TypeAlias = bytes | str
"""Raw 32 bytes, or their base64url text."""


def heads_leaf(chain: str, record_hash: RecordHash) -> bytes:
    """Return the leaf data of a chain's head.

    FormatError: `chain_name_malformed` (empty, control characters, not UTF-8),
    `base64_not_canonical`, `base64_wrong_size`.
    """
    raw = unb64u(record_hash, merkle.HASH_SIZE) if isinstance(record_hash, str) else record_hash
    if len(raw) != merkle.HASH_SIZE:
        raise FormatError("base64_wrong_size", params={"expected": merkle.HASH_SIZE, "actual": len(raw)})
    if not is_line(chain):
        raise FormatError("chain_name_malformed")
    return chain.encode("utf-8") + b"\n" + raw


@dataclass(frozen=True, slots=True)
class HeadProof:
    """Where a chain's head stands among all heads, and the inclusion path of its leaf, sibling first."""

    index: int
    size: int
    path: tuple[bytes, ...]


class Heads:
    """The tree over the heads of a ledger, built once for its root and any number of proofs."""

    __slots__ = ("_chains", "_reader", "root")

    def __init__(self, heads: Iterable[tuple[str, RecordHash]]) -> None:
        """Sort and hash the heads. FormatError: `chain_twice`, and those of `heads_leaf`."""
        ordered = sorted(heads, key=lambda head: head[0])
        self._chains = [chain for chain, _ in ordered]
        for before, chain in zip(self._chains, self._chains[1:], strict=False):
            if before == chain:
                raise FormatError("chain_twice", params={"chain": chain})
        self._reader = merkle.hash_reader([merkle.leaf_hash(heads_leaf(*head)) for head in ordered])
        self.root = merkle.root_of_nodes(len(self._chains), self._reader)

    def __len__(self) -> int:
        """Return the number of chains."""
        return len(self._chains)

    def prove(self, chain: str) -> HeadProof:
        """Prove the head of one chain. NotFoundError `chain_not_in_heads`."""
        index = bisect.bisect_left(self._chains, chain)
        if self._chains[index : index + 1] != [chain]:
            raise NotFoundError("chain_not_in_heads", params={"chain": chain})
        size = len(self._chains)
        return HeadProof(index, size, merkle.inclusion_proof(index, size, self._reader))


def heads_root(heads: Iterable[tuple[str, RecordHash]]) -> bytes:
    """Return the root over (chain, record hash) pairs in any order. FormatError: as `Heads`."""
    return Heads(heads).root


def stream_root(heads: Iterable[tuple[str, RecordHash]]) -> tuple[int, bytes]:
    """Return the number of heads and the root over them, sorted by chain already, in memory that does not grow.

    FormatError: `not_sorted`, `duplicate_item`, and those of `heads_leaf`.
    """
    frontier = merkle.Frontier()
    before = ""
    for chain, record_hash in heads:
        if chain <= before:
            raise FormatError("duplicate_item" if chain == before else "not_sorted")
        frontier.push(merkle.leaf_hash(heads_leaf(chain, record_hash)))
        before = chain
    return frontier.size, frontier.root()


def prove(heads: Sequence[tuple[str, RecordHash]], chain: str) -> HeadProof:
    """Prove the head of one chain among all. FormatError: as `Heads`. NotFoundError `chain_not_in_heads`."""
    return Heads(heads).prove(chain)


def verify(chain: str, record_hash: RecordHash, proof: HeadProof, root_hash: bytes) -> bool:
    """Whether `record_hash` is the head of `chain` under a published root. FormatError: as `heads_leaf`."""
    leaf = merkle.leaf_hash(heads_leaf(chain, record_hash))
    return merkle.verify_inclusion(proof.index, proof.size, leaf, proof.path, root_hash)
