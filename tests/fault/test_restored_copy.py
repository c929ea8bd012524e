"""An older copy put back, a lost signer state, another key, a second writer: nothing is signed, and it says why."""

import json
import os
import shutil
from pathlib import Path

import pytest

from ledger.core.keys import private_key
from ledger.core.note import Signer
from ledger.errors import ConfigurationError, HazledgerError, IntegrityError
from ledger.services.answers import Appended
from ledger.services.ledger import Ledger
from ledger.store.lock import WriterHeldError
from tests.fault.conftest import Copy
from tests.services.world import ORIGIN, World


def refuses(world: World, kind: type[HazledgerError], code: str) -> None:
    """Opening as the writer is refused, changes no signer state, and leaves the ledger readable."""
    before = world.state_path.read_bytes() if world.state_path.exists() else None
    with pytest.raises(kind) as refused:
        world.open()
    assert refused.value.code == code
    assert (world.state_path.read_bytes() if world.state_path.exists() else None) == before
    with Ledger.open(world.url, reference=world.reference) as known:
        assert known.origin == ORIGIN
        assert known.why_not_writing is not None


def test_an_older_copy_is_not_signed_on(plant: World, copy: Copy) -> None:
    plant.produce(1)
    plant.ledger.close()
    older = copy(plant.url)
    plant.open()
    plant.produce(2)
    size = plant.ledger.log.state().size
    plant.ledger.close()

    newer, plant.url = plant.url, older
    refuses(plant, IntegrityError, "log_behind_signer")
    plant.url = newer
    with plant.open():
        assert plant.produce(3).index == size


def test_an_older_copy_that_went_on_elsewhere_is_a_fork(plant: World, copy: Copy, tmp_path: Path) -> None:
    plant.produce(1)
    plant.ledger.close()
    older = copy(plant.url)
    elsewhere = shutil.copyfile(plant.state_path, tmp_path / "elsewhere.json")
    with plant.open():
        plant.produce(2)

    newer, home = plant.url, plant.state_path
    plant.url, plant.state_path = older, elsewhere
    with plant.open():
        plant.produce(3)
        plant.produce(4)
    plant.state_path = home
    refuses(plant, IntegrityError, "log_forks_signer")
    plant.url, plant.state_path = newer, elsewhere
    refuses(plant, IntegrityError, "log_behind_signer")


def test_a_log_that_is_not_empty_needs_its_signer_state(plant: World) -> None:
    plant.ledger.close()
    plant.state_path.unlink()
    refuses(plant, IntegrityError, "signer_state_missing")
    assert not plant.state_path.exists()


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"spec":"hazledger/signer-state@1"}'])
def test_an_unreadable_signer_state_is_not_guessed_at(plant: World, data: bytes) -> None:
    plant.ledger.close()
    plant.state_path.write_bytes(data)
    refuses(plant, ConfigurationError, "signer_state_unreadable")


def test_the_signer_state_of_another_log_is_refused(plant: World) -> None:
    plant.ledger.close()
    state = json.loads(plant.state_path.read_bytes())
    plant.state_path.write_text(json.dumps({**state, "origin": "other.example/log"}))
    refuses(plant, IntegrityError, "signer_state_other_log")


def test_another_key_does_not_sign_for_this_log(plant: World) -> None:
    plant.ledger.close()
    plant.signer = Signer(ORIGIN, private_key(b"another key".ljust(32)))
    refuses(plant, ConfigurationError, "log_key_not_recorded")


def test_the_key_of_another_log_does_not_sign_for_this_one(plant: World) -> None:
    plant.ledger.close()
    plant.signer = Signer("other.example/log", private_key(bytes(range(32))))
    refuses(plant, IntegrityError, "signer_state_other_log")


def test_a_second_writer_is_refused_and_told_who_writes(plant: World) -> None:
    first = plant.ledger
    with pytest.raises(WriterHeldError) as refused:
        plant.open()
    assert refused.value.holder is not None
    assert refused.value.holder.pid == os.getpid()
    assert refused.value.params == {"holder": str(refused.value.holder)}
    assert plant.ledger is first
    assert isinstance(plant.produce(1), Appended)
