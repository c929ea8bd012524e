"""Receipts made from memory are those that are read from the store."""

import pytest

from ledger.core.b64 import b64u
from ledger.core.bundle import Receipt
from ledger.core.keys import private_key
from ledger.core.merkle import hash_reader, inclusion_proof, leaf_hash
from ledger.core.note import Signer
from ledger.core.tilereader import RightEdge
from ledger.core.tiles import TILE_WIDTH
from ledger.services.answers import Appended
from ledger.services.log import reader_of
from ledger.verify import verify
from tests.services.world import AUTH, OPERATOR, ORIGIN, World

LEAVES = [leaf_hash(number.to_bytes(4, "big")) for number in range(TILE_WIDTH * TILE_WIDTH + 300)]


def test_a_fresh_receipt_is_the_one_that_would_be_read(plant: World) -> None:
    submissions = [plant.ledger.state(plant.produce_body(number), AUTH) for number in range(1, 6)]
    for submission, answer in zip(submissions, plant.ledger.append_many(submissions), strict=True):
        assert isinstance(answer, Appended)
        assert answer.receipt is not None
        fresh = answer.receipt()
        assert verify(fresh, plant.ledger.policy()).genuine
        # A later transaction may have signed a newer checkpoint since: all else is the same.
        stored = Receipt.parse(plant.ledger.receipt(*submission.key))
        parsed = Receipt.parse(fresh)
        assert (parsed.header, parsed.sections, parsed.record) == (stored.header, stored.sections, stored.record)
    last = plant.ledger.append(plant.ledger.state(plant.produce_body(9), AUTH))
    assert last.receipt is not None
    assert last.receipt() == plant.ledger.receipt(*_key(plant, last))


def _key(world: World, answer: Appended) -> tuple[str, str]:
    with world.ledger.store.read() as unit:
        row = unit.events.at(answer.index)
    assert row is not None
    return row.actor, row.id


def test_what_was_recorded_before_has_its_receipt_in_the_store(plant: World) -> None:
    submission = plant.ledger.state(plant.produce_body(1), AUTH)
    first = plant.ledger.append(submission)
    again = plant.ledger.append(submission)
    assert first.receipt is not None
    assert (again.repeated, again.receipt) == (True, None)
    assert again.record == first.record


def test_while_the_log_changes_its_key_both_keys_stand_in_the_receipt(plant: World) -> None:
    new = Signer(ORIGIN, private_key(b"another".ljust(32)))
    log = {
        "origin": ORIGIN,
        "keys": [b64u(new.verifier().key)],
        "registrars": [*plant.ledger.recorded().registrars],
        "demo": True,
    }
    statement = plant.statement("governance.log_key_rotated", OPERATOR, log=log)
    answer = plant.ledger.rotate_log_key(statement, new)
    assert answer.receipt is not None
    keys = {plant.signer.verifier().vkey(), new.verifier().vkey()}
    assert set(Receipt.parse(answer.receipt()).vkeys) == keys
    assert answer.receipt() == plant.ledger.receipt(*statement.key)
    after = plant.produce(1)
    assert after.receipt is not None
    assert Receipt.parse(after.receipt()).vkeys == (new.verifier().vkey(),)


@pytest.mark.parametrize(
    ("before", "added"),
    [(0, 1), (1, 1), (250, 5), (250, 6), (250, 7), (255, 256), (256, 256), (300, 700), (65_530, 6), (65_530, 300)],
)
def test_the_paths_of_new_leaves_need_nothing_from_the_store(before: int, added: int) -> None:
    edge = RightEdge()
    edge.extend(LEAVES[:before])
    completed = dict(edge.extend(LEAVES[before : before + added]))
    size = before + added
    reader, memory = reader_of(edge, completed), hash_reader(LEAVES[:size])
    for index in {before, before + added // 2, size - 1}:
        assert inclusion_proof(index, size, reader) == inclusion_proof(index, size, memory)
