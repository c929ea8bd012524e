"""Keys that wait to be endorsed: proven, bounded, forgotten in time, one organisation's alone."""

import pytest

from ledger.core.b64 import b64u
from ledger.core.keys import public_key, sign
from ledger.core.possession import possession_bytes
from ledger.errors import ConflictError, FormatError, NotFoundError
from ledger.services.identity import key_requests
from tests.services.identity.conftest import Plant
from tests.services.world import OPERATOR, PRODUCER

USER, OTHER = "user:0192f5a1-0c00-7000-8000-000000000002", "user:0192f5a1-0c00-7000-8000-000000000003"
SMALL_ORDER = "AQ" + "A" * 41


def asked(plant: Plant, n: int, user: str = USER, org: str = PRODUCER, said_org: str = "") -> str:
    seed = bytes([n]) * 32
    key = b64u(public_key(seed))
    origin = plant.ports.ledger.recorded().origin
    proof = b64u(sign(seed, possession_bytes(origin, said_org or org, key, user)))
    return key_requests.ask(plant.ports, org, user, key, proof)


def test_a_key_that_nobody_proves_to_hold_does_not_wait(plant: Plant) -> None:
    key = b64u(public_key(bytes(32)))
    with pytest.raises(FormatError, match="possession_not_proven"):
        key_requests.ask(plant.ports, PRODUCER, USER, key, "A" * 86)
    with pytest.raises(FormatError, match="possession_not_proven"):
        asked(plant, 1, said_org=OPERATOR)
    with pytest.raises(FormatError, match="key_small_order"):
        key_requests.ask(plant.ports, PRODUCER, USER, SMALL_ORDER, "A" * 86)
    assert key_requests.open_ones(plant.ports, PRODUCER) == []


def test_the_same_key_waits_once_and_a_person_has_few(plant: Plant) -> None:
    first = asked(plant, 1)
    assert asked(plant, 1) == first
    for n in range(2, key_requests.MOST_OF_A_PERSON + 1):
        asked(plant, n)
    with pytest.raises(ConflictError, match="key_requests_many"):
        asked(plant, 99)
    asked(plant, 99, OTHER)


def test_another_organisations_request_is_none_and_an_old_one_is_forgotten(plant: Plant) -> None:
    name = asked(plant, 1)
    assert key_requests.content(key_requests.one(plant.ports, PRODUCER, name))["holder"] == USER
    for attempt in (key_requests.one, key_requests.drop):
        with pytest.raises(NotFoundError, match="key_request_gone"):
            attempt(plant.ports, OPERATOR, name)
    plant.pass_time(key_requests.VALID_MS)
    with pytest.raises(NotFoundError, match="key_request_gone"):
        key_requests.one(plant.ports, PRODUCER, name)


def test_what_was_withdrawn_is_gone(plant: Plant) -> None:
    name = asked(plant, 1)
    key_requests.drop(plant.ports, PRODUCER, name)
    with pytest.raises(NotFoundError, match="key_request_gone"):
        key_requests.drop(plant.ports, PRODUCER, name)
