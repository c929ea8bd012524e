"""Proofs of many chains stand under a checkpoint that a quorum cosigned, wherever that shows as much."""

from pathlib import Path

import pytest

from ledger.core.proof import Subject
from ledger.errors import VerificationError
from ledger.services.witnessing.rounds import Witnessing
from ledger.verify import verify_lines
from tests.services.test_proofs import DAY_MS, codes, written
from tests.services.world import SITE, World, ref
from tests.witness.test_rounds import W1, chosen, guards, quorum_of, reaching

HOUR_MS = 3_600_000


@pytest.fixture
def cosigned(plant: World, tmp_path: Path) -> tuple[World, Subject]:
    """A ledger of which a witness saw a day with its heads, and that day at the site."""
    began = plant.clock.now_ms() + 500
    plant.produce(7)
    plant.clock.set(began + DAY_MS)
    plant.ledger.publish_heads()
    see(plant, tmp_path)
    return plant, Subject("site", SITE, began, began + DAY_MS)


def see(world: World, tmp_path: Path) -> None:
    """Have the witness cosign all there is: a ledger that is opened publishes what it has."""
    world.ledger.close()
    ledger = world.open()
    ledger.log.watch(chosen(W1))
    told = Witnessing(ledger, chosen(W1), ask=reaching(guards(tmp_path, ledger, W1))).turn(now=True)
    assert [one.outcome for one in told] == ["cosigned"]


def meets(world: World, subject: Subject) -> bool:
    """Whether a policy that asks for the witness accepts the proof; if not, it must be for that alone."""
    lines = written(world, subject)
    assert "genuine" in codes(verify_lines(lines, world.ledger.policy()))
    if "cosigned" in codes(verify_lines(lines)):
        return "quorum_met" in codes(verify_lines(lines, quorum_of(world.ledger, W1)))
    with pytest.raises(VerificationError, match="witness_quorum_not_met"):
        verify_lines(lines, quorum_of(world.ledger, W1))
    return False


def test_a_day_that_is_over_stands_under_the_cosigned_checkpoint(cosigned: tuple[World, Subject]) -> None:
    world, day = cosigned
    assert meets(world, day)
    world.clock.set(world.clock.now_ms() + DAY_MS)
    world.produce(8)
    world.ledger.publish_heads()
    assert meets(world, day), "what came after the day is no part of it"
    region = Subject("region", "3205", day.from_ms, day.to_ms)
    assert meets(world, region)
    assert "period_covered" in codes(verify_lines(written(world, region)))


def test_nothing_is_left_out_for_the_cosignature(cosigned: tuple[World, Subject], tmp_path: Path) -> None:
    """A record, or heads that cover the period, newer than the cosigned checkpoint: the proof is log-signed."""
    world, day = cosigned
    assert day.to_ms is not None
    longer = Subject("site", SITE, day.from_ms, day.to_ms + HOUR_MS)
    assert meets(world, longer)
    world.clock.set(world.clock.now_ms() + HOUR_MS)
    world.produce(8)
    assert meets(world, day)
    world.clock.set(world.clock.now_ms() + HOUR_MS)
    world.ledger.publish_heads()
    assert not meets(world, longer), "newer heads cover it now"
    assert "period_covered" in codes(verify_lines(written(world, longer)))
    wide = Subject("region", "3205", day.from_ms, day.to_ms + HOUR_MS)
    assert not meets(world, wide)
    assert not meets(world, Subject("site", SITE, day.from_ms, day.to_ms + 2 * HOUR_MS)), "a record is newer"
    see(world, tmp_path)
    assert meets(world, longer)
    assert meets(world, wide)


def test_an_earlier_state_without_the_chain_is_not_taken(cosigned: tuple[World, Subject]) -> None:
    world, day = cosigned
    assert day.to_ms is not None
    world.clock.set(world.clock.now_ms() + HOUR_MS)
    world.produce(9)
    region = Subject("region", "3205", day.from_ms, day.to_ms + DAY_MS)
    assert ref("batch", 9) in world.ledger.proofs.chains(region)
    assert not meets(world, region)
