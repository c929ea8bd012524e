"""The Merkle tree: published vectors, the recursive definition, and proofs of what is not so."""

import base64
import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import merkle
from ledger.core.lines import MAX_SIZE
from ledger.errors import HazledgerError, VerificationError
from tests.core import trees
from tests.core.refusals import refused

# The eight leaves of certificate-transparency and their roots by size (RFC 6962 reference tests).
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
BIGGEST = 300


def unb64(text: str) -> tuple[bytes, ...]:
    return tuple(base64.b64decode(part) for part in text.split())


@functools.cache
def hashes(count: int = BIGGEST) -> list[bytes]:
    return [merkle.leaf_hash(entry) for entry in trees.entries(count)]


@functools.cache
def reader(size: int) -> merkle.NodeReader:
    return merkle.hash_reader(hashes()[:size])


@functools.cache
def root_at(size: int) -> bytes:
    return trees.tree_hash(trees.entries(size))


def test_published_leaf_and_node_hashes() -> None:
    assert merkle.leaf_hash(b"").hex() == ROOTS[1]
    assert merkle.leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    node = merkle.node_hash(b"N123", b"N456")
    assert node.hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]
    leaf_hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES[:size]]
    assert merkle.root_of_nodes(size, merkle.hash_reader(leaf_hashes)).hex() == ROOTS[size]


def test_published_inclusion_proof_5_of_8() -> None:
    leaf_hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES]
    proof = merkle.inclusion_proof(5, 8, merkle.hash_reader(leaf_hashes))
    (leaf,) = unb64("QnGia+DYqE8L1UyMMC58s6O10fpngKQLzOKHNHfatlg=")
    assert leaf == leaf_hashes[5]
    assert proof == unb64(
        "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms= yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA= "
        "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="
    )
    assert merkle.verify_inclusion(5, 8, leaf, proof, bytes.fromhex(ROOTS[8]))


def test_published_consistency_proof_1_to_8() -> None:
    proof = merkle.consistency_proof(1, 8, merkle.hash_reader([merkle.leaf_hash(leaf) for leaf in LEAVES]))
    assert proof == unb64(
        "lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c= Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4= "
        "a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ="
    )
    assert merkle.verify_consistency(1, 8, proof, bytes.fromhex(ROOTS[1]), bytes.fromhex(ROOTS[8]))


SIGSUM_ROOTS = {
    1: "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    3: "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=",
    5: "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=",
}
SIGSUM_PROOFS = {
    (1, 3): "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    (1, 5): "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= +fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI= "
    "KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    (3, 5): "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= "
    "wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE= KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
}


@pytest.mark.parametrize("sizes", SIGSUM_PROOFS)
def test_published_witness_consistency_proofs(sizes: tuple[int, int]) -> None:
    leaf_hashes = [b"\x2a" + bytes([i]) + bytes(30) for i in range(5)]
    roots = [base64.b64decode(SIGSUM_ROOTS[size]) for size in sizes]
    proof = unb64(SIGSUM_PROOFS[sizes])
    assert merkle.verify_consistency(*sizes, proof, roots[0], roots[1])
    assert merkle.consistency_proof(*sizes, merkle.hash_reader(leaf_hashes)) == proof
    assert [merkle.root_of_hashes(leaf_hashes[:size]) for size in sizes] == roots
    other = next(value for key, value in SIGSUM_PROOFS.items() if key != sizes)
    assert not merkle.verify_consistency(*sizes, unb64(other), roots[0], roots[1])


def test_frontier_is_the_recursive_definition_for_all_sizes() -> None:
    frontier = merkle.Frontier()
    for size in range(BIGGEST + 1):
        assert frontier.size == size
        assert frontier.root() == root_at(size) == merkle.root_of_nodes(size, reader(size))
        assert merkle.Frontier.parse(frontier.encode()).nodes == frontier.nodes
        assert merkle.Frontier.read(size, reader(size)).nodes == frontier.nodes
        if size < BIGGEST:
            frontier.push(hashes()[size])


def test_every_inclusion_proof_of_small_trees() -> None:
    for size in range(1, 67):
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, reader(size))
            assert list(proof) == trees.path(index, trees.entries(size))
            assert merkle.verify_inclusion(index, size, hashes()[index], proof, root_at(size))


def test_every_consistency_proof_of_small_trees() -> None:
    for size2 in range(67):
        assert merkle.consistency_proof(0, size2, reader(size2)) == ()
        for size1 in range(1, size2 + 1):
            proof = merkle.consistency_proof(size1, size2, reader(size2))
            assert list(proof) == trees.subproof(size1, trees.entries(size2), complete=True)
            assert merkle.verify_consistency(size1, size2, proof, root_at(size1), root_at(size2))


def test_no_proof_verifies_for_another_leaf_position_or_size() -> None:
    for size in range(1, 18):
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, reader(size))
            accepted = [
                (i, n, leaf)
                for n in range(20)
                for i in range(n)
                for leaf in range(size)
                if merkle.verify_inclusion(i, n, hashes()[leaf], proof, root_at(size))
            ]
            # The same path may fit several (index, size) pairs, but only ever for this leaf.
            assert (index, size, index) in accepted
            assert {leaf for _, _, leaf in accepted} == {index}
            assert [i for i, n, _ in accepted if n == size] == [index]


def test_no_consistency_proof_verifies_between_other_sizes() -> None:
    for size2 in range(1, 18):
        for size1 in range(1, size2 + 1):
            proof = merkle.consistency_proof(size1, size2, reader(size2))
            for other in range(size2 + 2):
                fits = merkle.verify_consistency(other, size2, proof, root_at(other), root_at(size2))
                assert fits == (other == size1 or (not proof and other in (0, size2)))


@given(st.integers(2, BIGGEST), st.data())
def test_altered_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = list(merkle.inclusion_proof(index, size, reader(size)))
    at = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    spoiled = bytearray(proof[at])
    spoiled[bit // 8] ^= 1 << bit % 8
    wrong = [
        [*proof[:at], bytes(spoiled), *proof[at + 1 :]],
        [*proof[:at], *proof[at + 1 :]],
        [*proof[:at], proof[at], *proof[at:]],
        [*proof, bytes(32)],
        [*proof[:at], proof[at][:31], *proof[at + 1 :]],
        [],
    ]
    for attempt in wrong:
        assert not merkle.verify_inclusion(index, size, hashes()[index], attempt, root_at(size))
        with pytest.raises(VerificationError) as caught:
            merkle.require_inclusion(index, size, hashes()[index], attempt, root_at(size))
        assert (caught.value.code, caught.value.step) == ("inclusion_not_proven", "inclusion")
    merkle.require_inclusion(index, size, hashes()[index], proof, root_at(size))


@given(st.integers(2, BIGGEST), st.data())
def test_altered_consistency_proof_is_refused(size2: int, data: st.DataObject) -> None:
    size1 = data.draw(st.integers(1, size2 - 1))
    proof = list(merkle.consistency_proof(size1, size2, reader(size2)))
    at = data.draw(st.integers(0, len(proof) - 1))
    wrong = [
        [*proof[:at], bytes(32), *proof[at + 1 :]],
        [*proof[:at], *proof[at + 1 :]],
        [*proof, bytes(32)],
        [*proof[:at], proof[at] + b"\x00", *proof[at + 1 :]],
        [],
    ]
    for attempt in wrong:
        assert not merkle.verify_consistency(size1, size2, attempt, root_at(size1), root_at(size2))
        with pytest.raises(VerificationError) as caught:
            merkle.require_consistency(size1, size2, attempt, root_at(size1), root_at(size2))
        assert (caught.value.code, caught.value.step) == ("consistency_not_proven", "consistency")
    merkle.require_consistency(size1, size2, proof, root_at(size1), root_at(size2))
    assert not merkle.verify_consistency(size1, size2, proof, bytes(32), root_at(size2))
    assert not merkle.verify_consistency(size1, size2, proof, root_at(size1), bytes(32))


@pytest.mark.parametrize(
    ("size1", "size2", "proof", "root1", "root2", "fits"),
    [
        (0, 5, [], merkle.EMPTY_ROOT, root_at(5), True),
        (0, 0, [], merkle.EMPTY_ROOT, merkle.EMPTY_ROOT, True),
        (0, 0, [], merkle.EMPTY_ROOT, root_at(5), False),
        (0, 5, [], bytes(32), root_at(5), False),
        (0, 5, [bytes(32)], merkle.EMPTY_ROOT, root_at(5), False),
        (5, 5, [], root_at(5), root_at(5), True),
        (5, 5, [bytes(32)], root_at(5), root_at(5), False),
        (5, 5, [], root_at(5), root_at(4), False),
        (5, 4, [], root_at(5), root_at(4), False),
        (-1, 4, [], root_at(5), root_at(4), False),
        (3, 5, [], root_at(3), root_at(5), False),
    ],
)
def test_consistency_at_the_edges(
    size1: int, size2: int, proof: list[bytes], root1: bytes, root2: bytes, *, fits: bool
) -> None:
    assert merkle.verify_consistency(size1, size2, proof, root1, root2) is fits


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (0, -1)])
def test_leaf_outside_the_tree(index: int, size: int) -> None:
    assert not merkle.verify_inclusion(index, size, bytes(32), [], bytes(32))
    with refused("leaf_not_in_tree"):
        merkle.inclusion_proof(index, size, reader(5))


@pytest.mark.parametrize(("size1", "size2"), [(-1, 5), (6, 5)])
def test_sizes_out_of_order(size1: int, size2: int) -> None:
    with refused("sizes_out_of_order"):
        merkle.consistency_proof(size1, size2, reader(5))


def test_reader_refuses_what_it_does_not_have() -> None:
    for level, index in ((0, 5), (1, 2), (3, 0)):
        with refused("node_not_in_tree"):
            reader(5)(level, index)


def test_a_node_passed_off_as_a_leaf_is_refused() -> None:
    # Second preimage without domain separation: an inner node's two children as the data of one leaf.
    left, right = hashes()[0], hashes()[1]
    forged = merkle.leaf_hash(left + right)
    proof = merkle.inclusion_proof(0, 4, reader(4))[1:]
    assert not merkle.verify_inclusion(0, 2, forged, proof, root_at(4))
    assert merkle.verify_inclusion(0, 2, merkle.node_hash(left, right), proof, root_at(4))


def test_copy_of_a_frontier_grows_apart() -> None:
    frontier = merkle.Frontier()
    frontier.extend(hashes()[:7])
    copy = frontier.copy()
    copy.push(hashes()[7])
    assert (frontier.size, frontier.root()) == (7, root_at(7))
    assert (copy.size, copy.root()) == (8, root_at(8))


@pytest.mark.parametrize(
    ("size", "nodes"),
    [(1, []), (0, [bytes(32)]), (3, [bytes(32)]), (1, [bytes(31)]), (-1, [bytes(32)]), (MAX_SIZE + 1, [bytes(32)])],
)
def test_frontier_that_does_not_fit_its_size(size: int, nodes: list[bytes]) -> None:
    with refused("frontier_malformed"):
        merkle.Frontier(size, nodes)


@given(st.integers(0, BIGGEST), st.data())
def test_cut_or_altered_frontier_bytes(size: int, data: st.DataObject) -> None:
    encoded = merkle.Frontier.read(size, reader(size)).encode()
    cut = data.draw(st.integers(0, len(encoded) - 1))
    with refused("frontier_malformed"):
        merkle.Frontier.parse(encoded[:cut])
    spoiled = bytearray(encoded)
    spoiled[cut] ^= data.draw(st.integers(1, 255))
    try:
        assert merkle.Frontier.parse(bytes(spoiled)).encode() == spoiled
    except HazledgerError as error:
        assert error.code == "frontier_malformed"  # noqa: PT017 (either outcome is right)
