"""Badges: a secret that is not kept, one of a person in force, refused with the reason once it is not."""

import pytest

from ledger.errors import ConflictError, NotFoundError, RefusedError
from ledger.services.identity import badges
from ledger.services.identity.ports import digest
from ledger.store.rows import UserRow
from tests.services.identity.conftest import Plant
from tests.services.world import OPERATOR, PRODUCER

USER = "user:0192f5a1-0c00-7000-8000-000000000002"


@pytest.fixture
def person(plant: Plant) -> str:
    with plant.ports.ledger.store.write() as unit:
        unit.people.add_user(UserRow(USER, PRODUCER, "wang", "王芳", None, "operator", plant.ports.now_ms()))
    return USER


def refused(plant: Plant, org: str, secret: str) -> str:
    with pytest.raises(RefusedError) as caught:
        badges.holder(plant.ports, org, secret)
    assert caught.value.field == "/badge"
    return caught.value.code


def test_a_badge_means_its_person_until_another_is_issued_or_it_is_revoked(plant: Plant, person: str) -> None:
    first = badges.issue(plant.ports, PRODUCER, person, by="user:admin")
    assert badges.holder(plant.ports, PRODUCER, first.secret).id == person
    second = badges.issue(plant.ports, PRODUCER, person, by="user:admin")
    assert refused(plant, PRODUCER, first.secret) == "scan_badge_revoked"
    assert badges.holder(plant.ports, PRODUCER, second.secret).id == person
    assert [row.id for row in badges.current(plant.ports, PRODUCER)] == [second.id]
    badges.revoke(plant.ports, PRODUCER, person)
    badges.revoke(plant.ports, PRODUCER, person)
    assert refused(plant, PRODUCER, second.secret) == "scan_badge_revoked"
    assert badges.current(plant.ports, PRODUCER, person) == []


def test_a_badge_of_another_organisation_or_a_guess_is_unknown(plant: Plant, person: str) -> None:
    made = badges.issue(plant.ports, PRODUCER, person, by="user:admin")
    assert refused(plant, OPERATOR, made.secret) == "scan_badge_unknown"
    assert refused(plant, PRODUCER, "0" * 26) == "scan_badge_unknown"
    for attempt in (lambda: badges.issue(plant.ports, OPERATOR, person, by=""), lambda: _revoke(plant, person)):
        with pytest.raises(NotFoundError):
            attempt()


def _revoke(plant: Plant, person: str) -> None:
    badges.revoke(plant.ports, OPERATOR, person)


def test_whoever_may_not_sign_in_scans_with_no_badge_and_gets_none(plant: Plant, person: str) -> None:
    made = badges.issue(plant.ports, PRODUCER, person, by="user:admin")
    with plant.ports.ledger.store.write() as unit:
        unit.people.set_disabled(person, plant.ports.now_ms())
    assert refused(plant, PRODUCER, made.secret) == "scan_badge_disabled"
    with pytest.raises(ConflictError, match="badge_of_disabled"):
        badges.issue(plant.ports, PRODUCER, person, by="user:admin")


def test_the_secret_is_not_stored(plant: Plant, person: str) -> None:
    made = badges.issue(plant.ports, PRODUCER, person, by="user:admin")
    with plant.ports.ledger.store.read() as unit:
        row = unit.badges.one(digest(made.secret))
    assert row is not None
    assert made.secret not in repr(row)
