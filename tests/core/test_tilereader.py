"""Proofs out of tiles, and the right edge of a growing tree."""

import base64
import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import merkle, tilereader
from ledger.core.tilereader import RightEdge, TileCache, TileReader
from ledger.core.tiles import TILE_WIDTH, TileId, tiles_of
from tests.core import trees
from tests.core.refusals import refused

# Root of the 70,000 entries b"event %d", accepted by the fsck of transparency-dev/tessera.
BIG = 70_000
BIG_ROOT = base64.b64decode("B6rPSxNrAZk0gbEpB9Svpy2XvHzHmxx8SR3/TgZuFTA=")


class Store:
    """Full tiles alone, as the ledger stores them; it counts what it was asked for."""

    def __init__(self, leaf_hashes: list[bytes]) -> None:
        self.leaf_hashes = leaf_hashes
        self.edge = RightEdge()
        self.tiles = dict(self.edge.extend(leaf_hashes))
        self.asked = 0

    def fetch(self, tile: TileId) -> bytes:
        self.asked += 1
        full = self.tiles.get(TileId(tile.level, tile.n))
        if full is not None:
            return full
        if tile.level == 0:
            return b"".join(self.leaf_hashes[tile.n * TILE_WIDTH :][: tile.width])
        return tilereader.partial_from_below(tile, self.fetch)


@functools.cache
def big() -> Store:
    return Store([merkle.leaf_hash(entry) for entry in trees.entries(BIG)])


CACHE = TileCache(2000)


def reader(size: int) -> TileReader:
    return TileReader(size, big().fetch, CACHE)


def test_root_of_70_000_entries() -> None:
    assert merkle.root_of_hashes(big().leaf_hashes) == BIG_ROOT
    assert merkle.root_of_nodes(BIG, reader(BIG)) == BIG_ROOT
    assert merkle.Frontier.read(BIG, reader(BIG)).root() == BIG_ROOT


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, BIG])
def test_proofs_from_tiles_are_those_from_memory(size: int) -> None:
    memory = merkle.hash_reader(big().leaf_hashes[:size])
    root = merkle.root_of_nodes(size, memory)
    assert merkle.root_of_nodes(size, reader(size)) == root
    for index in {0, 1, size // 3, size // 2, size - 1} & set(range(size)):
        proof = merkle.inclusion_proof(index, size, reader(size))
        assert proof == merkle.inclusion_proof(index, size, memory)
        assert merkle.verify_inclusion(index, size, big().leaf_hashes[index], proof, root)
        proof = merkle.consistency_proof(index, size, reader(size))
        assert proof == merkle.consistency_proof(index, size, memory)


@given(st.integers(1, BIG), st.data())
def test_any_proof_from_tiles_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root = merkle.root_of_nodes(size, reader(size))
    proof = merkle.inclusion_proof(index, size, reader(size))
    assert merkle.verify_inclusion(index, size, big().leaf_hashes[index], proof, root)
    proof = merkle.consistency_proof(size, BIG, reader(BIG))
    assert merkle.verify_consistency(size, BIG, proof, root, BIG_ROOT)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_535, 65_536, 65_537])
def test_right_edge_can_be_taken_up_at_any_size(size: int) -> None:
    taken_up = RightEdge.read(size, big().fetch)
    grown = RightEdge()
    grown.extend(big().leaf_hashes[:size])
    assert taken_up.size == grown.size == size
    for tile in tiles_of(size):
        if tile.width < TILE_WIDTH:
            assert taken_up.partial(tile.level) == grown.partial(tile.level) == big().fetch(tile)[: tile.width * 32]
    rest = big().leaf_hashes[size : size + 600]
    copy = taken_up.copy()
    assert copy.extend(rest) == grown.extend(rest)
    assert copy.size == size + len(rest)
    assert taken_up.size == size
    assert taken_up.partial(0) == RightEdge.read(size, big().fetch).partial(0)


def test_right_edge_completes_tiles_in_order() -> None:
    edge = RightEdge()
    completed = edge.extend(big().leaf_hashes[:65_536])
    assert [tile for tile, _ in completed if tile.level == 0] == [TileId(0, n) for n in range(256)]
    assert [tile for tile, _ in completed][-2:] == [TileId(0, 255), TileId(1, 0)]
    assert edge.partial(0) == edge.partial(1) == b""
    assert edge.partial(2) == tilereader.tile_root(completed[-1][1])
    assert edge.partial(3) == b""
    assert merkle.root_of_nodes(65_536, reader(65_536)) == edge.partial(2)


def test_rows_of_a_partial_tile_hold_only_complete_nodes() -> None:
    leaf_hashes = big().leaf_hashes[:7]
    rows = tilereader.expand(b"".join(leaf_hashes))
    assert [len(row) // 32 for row in rows] == [7, 3, 1]
    assert rows[2] == merkle.root_of_hashes(leaf_hashes[:4])
    assert tilereader.expand(b"") == (b"",)


@pytest.mark.parametrize("node", [(0, 300), (0, 511), (1, 150), (8, 1), (16, 0), (8, 300), (7, 2), (63, 0)])
def test_node_that_is_not_complete_is_refused(node: tuple[int, int]) -> None:
    with refused("node_not_in_tree"):
        reader(300)(*node)


def test_short_tile_is_refused() -> None:
    with refused("tile_wrong_length"):
        merkle.root_of_nodes(300, TileReader(300, lambda tile: big().fetch(tile)[: tile.width * 32 - 32]))
    with refused("tile_wrong_length"):
        tilereader.tile_root(bytes(32 * 255))


def test_altered_tile_shows_in_the_root() -> None:
    def fetch(tile: TileId) -> bytes:
        data = bytearray(big().fetch(tile))
        data[0] ^= tile == TileId(1, 0, 17)
        return bytes(data)

    size = 17 * 256 + 5
    assert merkle.root_of_nodes(size, TileReader(size, fetch)) != merkle.root_of_nodes(size, reader(size))


def test_cache_spares_fetching_and_stays_small() -> None:
    cache = TileCache(2)
    store = Store(big().leaf_hashes[:1024])

    def read(index: int) -> int:
        before = store.asked
        TileReader(1024, store.fetch, cache)(0, index)
        return store.asked - before

    assert [read(0), read(5), read(256), read(1)] == [1, 0, 1, 0]
    # The tile of leaf 256 is the one not used for longest.
    assert [read(512), read(0), read(256)] == [1, 0, 1]
    assert len(cache) == 2


def test_partial_tiles_of_two_sizes_do_not_mix_in_one_cache() -> None:
    cache = TileCache()
    for size in (3, 5, 3):
        read = TileReader(size, big().fetch, cache)
        assert merkle.root_of_nodes(size, read) == merkle.root_of_hashes(big().leaf_hashes[:size])
        with refused("node_not_in_tree"):
            read(0, size)
    assert len(cache) == 2
