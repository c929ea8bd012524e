"""Names of tiles, which exist, and entry bundles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import tiles
from ledger.core.lines import MAX_SIZE
from ledger.core.tiles import ENTRIES, TILE_WIDTH, TileId
from ledger.errors import FormatError
from tests.core.refusals import refused

PATHS = {
    TileId(0, 0): "tile/0/000",
    TileId(0, 255): "tile/0/255",
    TileId(0, 1000): "tile/0/x001/000",
    TileId(0, 1234067): "tile/0/x001/x234/067",
    TileId(0, 123456789): "tile/0/x123/x456/789",
    TileId(0, 1, 44): "tile/0/001.p/44",
    TileId(15, 455667): "tile/15/x455/667",
    TileId(15, 123456789, 41): "tile/15/x123/x456/789.p/41",
    TileId(ENTRIES, 0, 3): "tile/entries/000.p/3",
    TileId(63, MAX_SIZE, 255): "tile/63/x009/x223/x372/x036/x854/x775/807.p/255",
}


@pytest.mark.parametrize(("tile", "path"), PATHS.items())
def test_published_paths(tile: TileId, path: str) -> None:
    assert tile.path == tiles.tile_path(tile.level, tile.n, tile.width) == path
    assert tiles.parse_tile_path(path) == tile


@given(st.integers(-1, 63), st.integers(0, MAX_SIZE), st.integers(1, 256))
def test_paths_are_reversible(level: int, n: int, width: int) -> None:
    assert tiles.parse_tile_path(tiles.tile_path(level, n, width)) == TileId(level, n, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/x001/x000",
        "tile/0/001/000",
        "tile/0/1000",
        "tile/0/x01/000",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/entries/00",
        "tile/data/000",
        "tile/0/../000",
        "tile/0/٠٠٠",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
        "tile/0/x001/x001/x001/x001/x001/x001/x001/000",
    ],
)
def test_other_spellings_are_refused(path: str) -> None:
    with refused("tile_path_malformed"):
        tiles.parse_tile_path(path)


@given(st.sampled_from(list(PATHS.values())), st.data())
def test_altered_path_is_another_tile_or_refused(path: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(path) - 1))
    altered = path[:at] + data.draw(st.characters()) + path[at + 1 :]
    try:
        assert tiles.parse_tile_path(altered).path == altered
    except FormatError as error:
        assert error.code == "tile_path_malformed"  # noqa: PT017 (either outcome is right)


@pytest.mark.parametrize(("level", "n", "width"), [(-2, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_tiles_that_have_no_name(level: int, n: int, width: int) -> None:
    with refused("tile_path_malformed"):
        tiles.tile_path(level, n, width)


def test_published_tiles_of_sizes() -> None:
    assert list(tiles.tiles_of(0)) == list(tiles.bundles_of(0)) == []
    assert [tile.path for tile in tiles.tiles_of(1)] == ["tile/0/000.p/1"]
    assert [tile.path for tile in tiles.tiles_of(256)] == ["tile/0/000", "tile/1/000.p/1"]
    found = [tile.path for tile in tiles.tiles_of(70_000)]
    assert found[:273] == [tiles.tile_path(0, n) for n in range(273)]
    assert found[273:] == ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]
    bundles = [tile.path for tile in tiles.bundles_of(70_000)]
    assert len(bundles) == 274
    assert bundles[-1] == "tile/entries/273.p/112"


@given(st.integers(0, 200_000))
def test_tiles_of_a_size_have_the_widths_of_that_size(size: int) -> None:
    found = list(tiles.tiles_of(size))
    for tile in (*found, *tiles.bundles_of(size)):
        assert tiles.tile_width(tile.level, tile.n, size) == tile.width
    levels = {tile.level for tile in found}
    assert levels == {level for level in range(3) if size >= 256**level}
    for level in levels:
        row = [tile for tile in found if tile.level == level]
        assert sum(tile.width for tile in row) == size // 256**level
        assert tiles.tile_width(level, len(row), size) == 0
    assert tiles.tile_width(3, 0, size) == 0


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_completed_tiles_are_the_difference_of_the_full_ones(one: int, other: int) -> None:
    old, new = sorted((one, other))

    def full(size: int) -> list[TileId]:
        return [tile for tile in tiles.tiles_of(size) if tile.width == TILE_WIDTH]

    before = set(full(old))
    assert list(tiles.completed_tiles(old, new)) == [tile for tile in full(new) if tile not in before]


def test_published_bundle() -> None:
    bundle = tiles.entry_bundle([b"one", b"two", b"three"])
    assert bundle.hex() == "0003" + "6f6e65" + "0003" + "74776f" + "0005" + "7468726565"
    assert tiles.parse_bundle(bundle, 3) == (b"one", b"two", b"three")


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_bundles_are_reversible(entries: list[bytes]) -> None:
    assert tiles.parse_bundle(tiles.entry_bundle(entries), len(entries)) == tuple(entries)


@given(st.lists(st.binary(max_size=5), min_size=1, max_size=9), st.data())
def test_cut_extended_or_altered_bundles(entries: list[bytes], data: st.DataObject) -> None:
    bundle = tiles.entry_bundle(entries)
    at = data.draw(st.integers(0, len(bundle) - 1))
    for wrong, width in (
        (bundle[:at], len(entries)),
        (bundle + b"\x00", len(entries)),
        (bundle, len(entries) - 1),
        (bundle, len(entries) + 1),
    ):
        with refused("bundle_malformed"):
            tiles.parse_bundle(wrong, width)
    altered = bundle[:at] + bytes([data.draw(st.integers(0, 255))]) + bundle[at + 1 :]
    try:
        assert tiles.entry_bundle(tiles.parse_bundle(altered, len(entries))) == altered
    except FormatError as error:
        assert error.code == "bundle_malformed"  # noqa: PT017 (either outcome is right)


def test_bounds_of_bundles() -> None:
    assert len(tiles.entry_bundle([bytes(65_535)])) == 65_537
    with refused("entry_too_long"):
        tiles.entry_bundle([bytes(65_536)])
    for count in (0, 257):
        with refused("bundle_malformed"):
            tiles.entry_bundle([b""] * count)


def test_tile_bytes_are_cut_to_width() -> None:
    full = b"".join(bytes([i]) * 32 for i in range(256))
    assert tiles.check_tile(full, 256) == full
    assert tiles.check_tile(full, 3) == full[:96]
    assert tiles.check_tile(full[:96], 3) == full[:96]
    for wrong, width in ((full[:95], 2), (full[:64], 3), (full + bytes(32), 256), (b"", 1)):
        with refused("tile_wrong_length"):
            tiles.check_tile(wrong, width)
    assert tiles.join_hashes(tiles.split_hashes(full)) == full
    with refused("tile_wrong_length"):
        tiles.split_hashes(full[:-1])
