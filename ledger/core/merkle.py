"""The Merkle tree of RFC 6962 section 2.1 over SHA-256: roots, compact ranges, proofs.

A *node* (level, index) is the root of the complete subtree over the leaves
[index * 2**level, (index + 1) * 2**level). Everything here is made from a `NodeReader` that hands
out such nodes, so proofs come from tiles, from memory or from a database alike.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from ledger.core.lines import MAX_SIZE
from ledger.errors import FormatError, VerificationError

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

NodeReader: TypeAlias = Callable[[int, int], bytes]
"""(level, index) -> 32-byte hash of a complete subtree that lies inside the tree."""

_sha256: Final = hashlib.sha256


def leaf_hash(data: bytes) -> bytes:
    """MTH({d}) = SHA-256(0x00 || d)."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return _sha256(b"\x01" + left + right).digest()


def parents(nodes: Sequence[bytes]) -> list[bytes]:
    """Return the nodes one level up of an even number of neighbours."""
    return [_sha256(b"\x01" + left + right).digest() for left, right in zip(nodes[::2], nodes[1::2], strict=True)]


class Frontier:
    """A compact range [0, size): the roots of the complete subtrees, the largest and leftmost first.

    There is one root for each bit set in `size`; that is all an append needs to know of the past.
    """

    __slots__ = ("_nodes", "_size")

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        """Take up a range. FormatError `frontier_malformed`: the hashes do not fit the size."""
        self._size = size
        self._nodes = list(nodes)
        fitting = 0 <= size <= MAX_SIZE and len(self._nodes) == size.bit_count()
        if not fitting or any(len(node) != HASH_SIZE for node in self._nodes):
            raise FormatError("frontier_malformed")

    @classmethod
    def read(cls, size: int, nodes: NodeReader) -> "Frontier":
        """Read the frontier of a tree of `size` leaves, largest subtree first."""
        levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
        return cls(size, [nodes(level, (size >> level) - 1) for level in levels])

    @classmethod
    def parse(cls, data: bytes) -> "Frontier":
        """Reverse of `encode`. FormatError `frontier_malformed`."""
        body = data[8:]
        if len(data) < 8 or len(body) % HASH_SIZE:
            raise FormatError("frontier_malformed")
        return cls(int.from_bytes(data[:8], "big"), _split(body))

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    @property
    def nodes(self) -> tuple[bytes, ...]:
        """The subtree roots, largest first."""
        return tuple(self._nodes)

    def push(self, leaf: bytes) -> None:
        """Append one leaf hash."""
        nodes, size = self._nodes, self._size
        while size & 1:
            leaf = node_hash(nodes.pop(), leaf)
            size >>= 1
        nodes.append(leaf)
        self._size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes in order."""
        for leaf in leaves:
            self.push(leaf)

    def root(self) -> bytes:
        """MTH(D[0:size]); of an empty tree SHA-256 of nothing."""
        if not self._nodes:
            return EMPTY_ROOT
        *left, result = self._nodes
        for node in reversed(left):
            result = node_hash(node, result)
        return result

    def copy(self) -> "Frontier":
        """An independent frontier of the same tree."""
        return Frontier(self._size, self._nodes)

    def encode(self) -> bytes:
        """Size as a big-endian uint64, then the 32-byte roots, largest first."""
        return self._size.to_bytes(8, "big") + b"".join(self._nodes)


def root(leaves: Iterable[bytes]) -> bytes:
    """MTH of a list of leaf *data* (RFC 6962 section 2.1)."""
    return root_of_hashes(map(leaf_hash, leaves))


def root_of_hashes(hashes: Iterable[bytes]) -> bytes:
    """MTH of a list of leaf *hashes*."""
    frontier = Frontier()
    frontier.extend(hashes)
    return frontier.root()


def hash_reader(hashes: Sequence[bytes]) -> NodeReader:
    """Return a reader over leaf hashes in memory; nodes above the leaves are computed at once.

    The reader raises FormatError `node_not_in_tree`.
    """
    levels = [list(hashes)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])

    def read(level: int, index: int) -> bytes:
        try:
            return levels[level][index]
        except IndexError:
            raise FormatError("node_not_in_tree", params={"level": level, "index": index}) from None

    return read


def range_root(start: int, end: int, nodes: NodeReader) -> bytes:
    """MTH(D[start:end]) for a non-empty range whose start is a multiple of a power of two >= its length."""
    level = _lowest_bit(end - start)
    result = nodes(level, (end >> level) - 1)
    while (end := end - (1 << level)) > start:
        level = _lowest_bit(end - start)
        result = node_hash(nodes(level, (end >> level) - 1), result)
    return result


def root_of_nodes(size: int, nodes: NodeReader) -> bytes:
    """MTH(D[0:size]) read from nodes."""
    return range_root(0, size, nodes) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, nodes: NodeReader) -> tuple[bytes, ...]:
    """PATH(index, D[0:size]) of RFC 6962 section 2.1.1, the leaf's sibling first.

    FormatError `leaf_not_in_tree`: not 0 <= index < size.
    """
    if not 0 <= index < size:
        raise FormatError("leaf_not_in_tree", params={"index": index, "size": size})
    # Below `meet` the ways from this leaf and from the last leaf to the root are apart: every
    # sibling exists and only the topmost may be incomplete. From `meet` up there is only the right edge.
    meet = (index ^ (size - 1)).bit_length()
    proof = [nodes(level, (index >> level) ^ 1) for level in range(meet - 1)]
    if meet:
        top = meet - 1
        proof.append(range_root(((index >> top) + 1) << top, size, nodes))
    here = index >> meet
    while here:
        if here & 1:
            proof.append(nodes(meet, here - 1))
        here >>= 1
        meet += 1
    return tuple(proof)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether `proof` shows that leaf hash `leaf` is leaf `index` of the tree (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes((leaf, root_hash, *proof)):
        return False
    fn, sn, r = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(sibling, r)
            fn, sn = _climb(fn, sn)
        else:
            r = node_hash(r, sibling)
        fn >>= 1
        sn >>= 1
    return sn == 0 and r == root_hash


def require_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root_hash: bytes) -> None:
    """Raise VerificationError `inclusion_not_proven` (step "inclusion") unless `verify_inclusion`."""
    if not verify_inclusion(index, size, leaf, proof, root_hash):
        raise VerificationError("inclusion_not_proven", "inclusion", params={"index": index, "size": size})


def consistency_proof(size1: int, size2: int, nodes: NodeReader) -> tuple[bytes, ...]:
    """PROOF(size1, D[0:size2]) of RFC 6962 section 2.1.2; empty for equal sizes and for size1 = 0.

    FormatError `sizes_out_of_order`: not 0 <= size1 <= size2.
    """
    if not 0 <= size1 <= size2:
        raise FormatError("sizes_out_of_order", params={"size1": size1, "size2": size2})
    if size1 == 0:
        return ()
    above: list[bytes] = []
    low, high, old_root_known = 0, size2, True
    while size1 != high:
        middle = low + _split_point(high - low)
        if size1 <= middle:
            above.append(range_root(middle, high, nodes))
            high = middle
        else:
            above.append(range_root(low, middle, nodes))
            low, old_root_known = middle, False
    if not old_root_known:
        above.append(range_root(low, high, nodes))
    return tuple(reversed(above))


def verify_consistency(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> bool:
    """Whether the tree (size2, root2) extends the tree (size1, root1) (RFC 9162 section 2.1.4.2).

    The empty tree is apart, as in C2SP tlog-witness: everything extends it, the proof must be empty
    and its root the hash of nothing. Equal sizes take an empty proof and equal roots.
    """
    if not 0 <= size1 <= size2 or not _are_hashes((root1, root2, *proof)):
        return False
    if size1 in (0, size2):
        expected = EMPTY_ROOT if size1 == 0 else root2
        return not proof and root1 == expected and (size2 > 0 or root2 == EMPTY_ROOT)
    path = (root1, *proof) if size1 & (size1 - 1) == 0 else tuple(proof)
    if not path:
        return False
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            fn, sn = _climb(fn, sn)
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == root1 and sr == root2


def require_consistency(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> None:
    """Raise VerificationError `consistency_not_proven` (step "consistency") unless `verify_consistency`."""
    if not verify_consistency(size1, size2, proof, root1, root2):
        raise VerificationError("consistency_not_proven", "consistency", params={"size1": size1, "size2": size2})


def _climb(fn: int, sn: int) -> tuple[int, int]:
    # RFC 9162 section 2.1.3.2 step 4.b.ii: skip the levels where a lone node was promoted.
    while fn and not fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn


def _split_point(length: int) -> int:
    """Return the largest power of two strictly below `length` >= 2."""
    return 1 << ((length - 1).bit_length() - 1)


def _lowest_bit(number: int) -> int:
    return (number & -number).bit_length() - 1


def _split(data: bytes) -> list[bytes]:
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
