"""What the log serves verifies with core alone, at every size, and is the same when exported."""

from itertools import pairwise
from pathlib import Path

import pytest

from ledger.core.checkpoint import Checkpoint
from ledger.core.merkle import leaf_hash, root_of_nodes, verify_consistency, verify_inclusion
from ledger.core.note import parse_note
from ledger.core.tilereader import TileReader
from ledger.core.tiles import TileId, parse_bundle
from ledger.errors import NotFoundError
from ledger.services.log import LogService
from ledger.services.log_export import export
from tests.services.world import AUTH, World


@pytest.fixture
def long(plant: World) -> World:
    """A log with two complete tiles and a partial one."""
    bodies = [plant.produce_body(n) for n in range(1, 556)]
    plant.ledger.append_many([plant.ledger.state(body, AUTH) for body in bodies])
    return plant


def test_every_record_is_included_and_sizes_are_consistent(long: World) -> None:
    log = long.ledger.log
    state = log.state()
    assert state.size == 560
    with long.ledger.store.read() as unit:
        hashes = unit.log.record_hashes(0, state.size)
        roots = {size: log.root(unit, size) for size in (1, 255, 256, 257, 511, 512, 513, 560)}
    for index in (0, 1, 255, 256, 511, 512, 559):
        proof = log.inclusion(index)
        assert verify_inclusion(index, state.size, leaf_hash(hashes[index]), proof, state.root)
    for old, root in roots.items():
        assert verify_consistency(old, state.size, log.consistency(old, state.size), root, state.root)


def test_tiles_give_the_root_to_anybody(long: World) -> None:
    log = long.ledger.log
    state = log.state()

    def fetch(tile: TileId) -> bytes:
        return log.tile(tile.path.removeprefix("tile/"))

    assert root_of_nodes(state.size, TileReader(state.size, fetch)) == state.root


def test_partial_tiles_are_served_for_ever_and_others_are_not_there(long: World) -> None:
    log = long.ledger.log
    assert log.tile("0/001")[: 32 * 7] == log.tile("0/001.p/7")
    assert len(parse_bundle(log.tile("entries/002.p/48"), 48)) == 48
    for path in ("0/002.p/49", "0/003.p/1", "0/0", "entries/002", "1/000.p/3", "../checkpoint"):
        with pytest.raises(NotFoundError):
            log.tile(path)


def test_an_export_is_what_is_served(long: World, tmp_path: Path) -> None:
    long.ledger.close()
    long.open()
    folder = tmp_path / "static"
    written = export(long.ledger.log, folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert written == len(files)
    note = (folder / "checkpoint").read_bytes()
    assert note == long.ledger.log.checkpoint()
    checkpoint = Checkpoint.parse(parse_note(note)[0])
    for path in files:
        name = path.relative_to(folder).as_posix()
        if name != "checkpoint":
            assert path.read_bytes() == long.ledger.log.tile(name.removeprefix("tile/"))

    def fetch(tile: TileId) -> bytes:
        return (folder / tile.path).read_bytes()

    assert root_of_nodes(checkpoint.size, TileReader(checkpoint.size, fetch)) == checkpoint.root


def test_the_published_checkpoint_follows_at_a_distance(world: World) -> None:
    """What a transaction signs is published by a later one, and at most once a second of the ledger's clock."""
    world.furnish()
    world.produce(1)
    with world.ledger.store.read() as unit:
        published = unit.log.published()
    times = [row.at_ms for row in published]
    assert all(later - earlier >= 1_000 for earlier, later in pairwise(times))
    assert published[-1].size < world.ledger.log.state().size


def test_a_reader_without_a_writer_sees_what_is_published(plant: World) -> None:
    plant.ledger.close()
    plant.open()
    reader = LogService(plant.ledger.store)
    assert reader.state() == plant.ledger.log.state()
    assert reader.checkpoint() == plant.ledger.log.checkpoint()
