"""What was changed right under the log's edge is found before the next root is signed, within a bounded time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ledger.core.b64 import unb64u
from ledger.core.merkle import leaf_hash
from ledger.core.records import record_hash
from ledger.core.tilereader import RightEdge, tile_root
from ledger.core.tiles import FULL_TILE_SIZE, TILE_WIDTH, TileId, join_hashes
from ledger.errors import IntegrityError, UnavailableError
from ledger.services.right_edge import BODIES, EdgeWatch
from ledger.store.engines import Backend
from ledger.store.faults import GuardError
from tests.fault.conftest import Copy
from tests.services.world import World
from tests.support import tampering
from tests.support.tampering import flip

SIZE = 3 * TILE_WIDTH + 40
"""Three complete tiles and forty records under the edge."""


@pytest.fixture
def long(built: Callable[[Backend, int], World], backend: Backend, copy: Copy, tmp_path: Path) -> Iterator[World]:
    shared = built(backend, SIZE - 5)
    made = shared.copy(tmp_path, copy(shared.url))
    assert made.ledger.log.state().size == SIZE
    yield made
    made.ledger.close()


def appends_until_refused(world: World, most: int) -> str:
    """Append one by one; returns why writing stopped. Whatever was signed before is signed, and nothing after."""
    for n in range(most):
        signed = world.ledger.log.state()
        try:
            world.produce(10_000 + n)
        except UnavailableError:
            assert world.ledger.log.state() == signed
            with world.ledger.store.read() as unit:
                assert unit.log.size() == signed.size
            return world.ledger.why_not_writing or ""
    pytest.fail(f"{most} appends were signed over it")


def stays_refused(world: World) -> None:
    """Neither reading again nor a new start goes over it."""
    with pytest.raises(IntegrityError):
        world.ledger.recover()
    world.ledger.close()
    with pytest.raises(IntegrityError):
        world.open()


@pytest.mark.parametrize(("n", "most"), [(2, 1), (1, 3), (0, 3)])
def test_a_flipped_byte_in_a_tile_stops_the_signer(long: World, n: int, most: int) -> None:
    tampering.change(long.url, "tiles", "data", f"level = 0 AND n = {n}", flip)
    assert appends_until_refused(long, most) == f"tile_moved, level: 0, n: {n}"
    stays_refused(long)


def test_a_tile_that_is_gone_stops_the_signer(long: World) -> None:
    tampering.delete(long.url, "tiles", "level = 0 AND n = 2")
    assert appends_until_refused(long, 1) == "tile_moved, level: 0, n: 2"
    stays_refused(long)


@pytest.mark.parametrize(("back", "most"), [(1, 1), (20, 40 // (BODIES - 1)), (40, 40 // (BODIES - 1))])
def test_a_flipped_byte_in_a_record_stops_the_signer(long: World, back: int, most: int) -> None:
    """One in the newest record at once; one further back when its turn comes, while the log grows."""
    index = SIZE - back
    tampering.change(long.url, "records", "body", f"idx = {index}", flip)
    assert appends_until_refused(long, most) == f"records_moved, start: {index}, stop: {index + 1}"
    stays_refused(long)


def test_another_hash_of_a_record_stops_the_signer(long: World) -> None:
    tampering.change(long.url, "records", "hash", f"idx = {SIZE - 30}", lambda data: flip(data, 5))
    assert appends_until_refused(long, 1) == f"records_moved, start: {SIZE - 40}, stop: {SIZE}"
    stays_refused(long)


def test_what_is_sound_is_signed_on_from_tile_to_tile(long: World) -> None:
    for n in range(230):
        long.produce(20_000 + n)
    assert long.ledger.why_not_writing is None
    assert long.ledger.log.state().size == SIZE + 230 > 4 * TILE_WIDTH


@dataclass
class Stored:
    """The tiles and records under the edge of a large log, without the log: all that an `EdgeWatch` asks for."""

    size: int
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)
    records: dict[int, bytes] = field(default_factory=dict)
    reads: int = 0

    def __post_init__(self) -> None:
        dice = Random(self.size)
        for level in range(3):
            above = self.size >> (8 * (level + 1))
            for n in range(above - above % TILE_WIDTH, above):
                self.tiles[level, n] = dice.randbytes(FULL_TILE_SIZE)
        for index in range(self.size - self.size % TILE_WIDTH, self.size):
            self.records[index] = dice.randbytes(300)
        self.edge = RightEdge.read(self.size, self._partial)

    @property
    def log(self) -> "Stored":
        return self

    def _partial(self, tile: TileId) -> bytes:
        numbers = range(tile.n * TILE_WIDTH, tile.n * TILE_WIDTH + tile.width)
        if tile.level == 0:
            return join_hashes([leaf_hash(unb64u(record_hash(self.records[n]))) for n in numbers])
        return join_hashes([tile_root(self.tiles[tile.level - 1, n]) for n in numbers])

    def tiles_at(self, keys: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], bytes]:
        self.reads += len(keys)
        return {key: self.tiles[key] for key in keys if key in self.tiles}

    def bodies(self, indices: Sequence[int]) -> Mapping[int, bytes]:
        self.reads += len(indices)
        return {index: self.records[index] for index in indices}


LARGE = 2 * TILE_WIDTH**3 + 3 * TILE_WIDTH**2 + 5 * TILE_WIDTH + 7
"""33 million records: two tiles of level 2, three of level 1, five of level 0 and seven records lie under its edge."""


def stops_within(stored: Stored, most: int, watch: EdgeWatch | None = None) -> bool:
    watch, unit = watch or EdgeWatch(), _unit(stored)
    for _ in range(most):
        try:
            watch.check(unit, stored.edge)
        except GuardError:
            return True
    return False


def _unit(stored: Stored) -> Any:  # noqa: ANN401 - stands for a unit
    return stored


def test_every_level_of_a_large_log_is_watched_and_each_tile_has_its_turn() -> None:
    sound = Stored(LARGE)
    assert sorted(sound.tiles) == [(0, n) for n in range(LARGE // 256 - 5, LARGE // 256)] + [
        (1, n) for n in range(512, 515)
    ] + [(2, 0), (2, 1)]
    assert not stops_within(sound, 50)
    EdgeWatch().prove(_unit(sound), sound.edge)
    for key in sound.tiles:
        newest = (key[0], key[1] + 1) not in sound.tiles
        for forged in (flip(sound.tiles[key], 8_191), sound.tiles[key][:-32], b""):
            broken = Stored(LARGE)
            broken.tiles[key] = forged
            assert stops_within(broken, 1 if newest else len(sound.tiles)), key
            with pytest.raises(GuardError):
                EdgeWatch().prove(_unit(broken), broken.edge)


def test_a_tile_changed_after_it_was_seen_is_found_in_the_next_round() -> None:
    stored = Stored(LARGE)
    watch = EdgeWatch()
    watch.prove(_unit(stored), stored.edge)
    key = (1, 512)
    stored.tiles[key] = flip(stored.tiles[key])
    assert stops_within(stored, len(stored.tiles), watch)


def test_a_transaction_reads_a_few_rows_however_much_lies_under_the_edge() -> None:
    stored = Stored(255 * TILE_WIDTH**2 + 255 * TILE_WIDTH + 255)
    watch = EdgeWatch()
    for _ in range(600):
        stored.reads = 0
        watch.check(_unit(stored), stored.edge)
        assert stored.reads <= 2 + 1 + 1 + BODIES
