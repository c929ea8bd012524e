"""Passkeys, tests named after attacks: phishing, replay, copies, stolen passwords."""

import json

import pytest

from ledger.core.b64 import b64u
from ledger.errors import ConflictError, ForbiddenError, FormatError, NotFoundError
from ledger.services.identity import entering, passkeys, sessions, users
from ledger.services.identity.challenges import VALID_MS, Challenges
from tests.services.identity.conftest import PASSWORD, Plant
from tests.services.world import PRODUCER
from tests.support.authenticator import Authenticator


def enrol(plant: Plant, opened: sessions.Opened, key: Authenticator, name: str = "phone") -> sessions.Opened:
    entered = plant.entered(opened)
    answer = key.create(passkeys.offer_enrolment(plant.ports, entered))
    return passkeys.enrol(plant.ports, opened.secret, entered, answer, name)


def come_in(plant: Plant, key: Authenticator, **lies: str) -> sessions.Opened:
    return entering.with_passkey(plant.ports, key.get(passkeys.offer_entry(plant.ports), **lies), "Firefox")


def test_enrolling_lifts_the_session_and_replaces_it(plant: Plant) -> None:
    opened = plant.admin()
    assert plant.entered(opened).needs == "enrol"
    lifted = enrol(plant, opened, Authenticator())
    assert sessions.find(plant.ports, opened.secret) is None
    assert (plant.entered(lifted).factor, plant.entered(lifted).needs) == ("password+passkey", "")


def test_a_passkey_alone_is_enough(plant: Plant) -> None:
    key = Authenticator()
    user = plant.user(enrol(plant, plant.admin(), key))
    entered = plant.entered(come_in(plant, key))
    assert (entered.user, entered.factor, entered.needs) == (user, "passkey", "")


def test_a_stolen_password_neither_passes_nor_adds_a_passkey(plant: Plant) -> None:
    key = Authenticator()
    enrol(plant, plant.join("wang.fang"), key)
    thief = entering.with_password(plant.ports, "wang.fang", PASSWORD)
    entered = plant.entered(thief)
    assert entered.needs == "passkey"
    for attempt in (
        lambda: passkeys.offer_enrolment(plant.ports, entered),
        lambda: passkeys.enrol(plant.ports, thief.secret, entered, "{}", "mine"),
        lambda: passkeys.drop(plant.ports, entered, b64u(key.id)),
        lambda: users.set_password(plant.ports, thief.secret, entered, PASSWORD, "another long sentence"),
    ):
        with pytest.raises(ForbiddenError, match="passkey_first"):
            attempt()


def test_password_and_passkey_together_replace_the_session(plant: Plant) -> None:
    key = Authenticator()
    enrol(plant, plant.join("wang.fang"), key)
    opened = entering.with_password(plant.ports, "wang.fang", PASSWORD)
    entered = plant.entered(opened)
    answer = key.get(passkeys.offer_confirmation(plant.ports, entered))
    lifted = entering.with_second_factor(plant.ports, opened.secret, entered, answer)
    assert sessions.find(plant.ports, opened.secret) is None
    assert plant.entered(lifted).factor == "password+passkey"


def test_another_persons_passkey_is_no_second_factor(plant: Plant) -> None:
    mine, theirs = Authenticator(), Authenticator(id=b"another credential")
    enrol(plant, plant.join("wang.fang"), mine)
    enrol(plant, plant.join("mallory.one"), theirs)
    opened = entering.with_password(plant.ports, "wang.fang", PASSWORD)
    entered = plant.entered(opened)
    answer = theirs.get(passkeys.offer_confirmation(plant.ports, entered))
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        entering.with_second_factor(plant.ports, opened.secret, entered, answer)
    assert plant.entered(opened).needs == "passkey"


def test_phishing_an_answer_to_another_site_is_refused(plant: Plant) -> None:
    key = Authenticator()
    enrol(plant, plant.join("wang.fang"), key)
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        come_in(plant, key, origin="https://localhost.evil.example")
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        come_in(plant, Authenticator(host="evil.example", id=key.id, key=key.key, count=10))
    assert come_in(plant, key).secret


def test_enrolling_at_another_site_is_refused(plant: Plant) -> None:
    opened = plant.join("wang.fang")
    entered = plant.entered(opened)
    answer = Authenticator().create(passkeys.offer_enrolment(plant.ports, entered), origin="https://evil.example")
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        passkeys.enrol(plant.ports, opened.secret, entered, answer, "phone")


def test_a_replayed_answer_is_refused(plant: Plant) -> None:
    key = Authenticator(counts=False)
    enrol(plant, plant.join("wang.fang"), key)
    answer = key.get(passkeys.offer_entry(plant.ports))
    assert entering.with_passkey(plant.ports, answer).secret
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        entering.with_passkey(plant.ports, answer)


def test_a_challenge_counts_for_what_it_was_made_for_and_for_minutes(plant: Plant) -> None:
    key = Authenticator()
    enrol(plant, plant.join("wang.fang"), key)
    opened = entering.with_password(plant.ports, "wang.fang", PASSWORD)
    entered = plant.entered(opened)
    for_another = key.get(passkeys.offer_entry(plant.ports))
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        entering.with_second_factor(plant.ports, opened.secret, entered, for_another)
    own_making = key.get(json.dumps({"challenge": b64u(bytes(56))}))
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        entering.with_passkey(plant.ports, own_making)
    late = key.get(passkeys.offer_entry(plant.ports))
    plant.pass_time(VALID_MS)
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        entering.with_passkey(plant.ports, late)


def test_a_copied_authenticator_is_told_by_its_counter(plant: Plant) -> None:
    key = Authenticator()
    enrol(plant, plant.join("wang.fang"), key)
    copy = Authenticator(id=key.id, key=key.key, count=key.count)
    come_in(plant, key)
    come_in(plant, key)
    with pytest.raises(ForbiddenError, match="passkey_copied"):
        come_in(plant, copy)
    with pytest.raises(ForbiddenError, match="passkey_copied"):
        come_in(plant, Authenticator(id=key.id, key=key.key, counts=False))
    assert come_in(plant, key).secret


def test_without_verifying_its_user_a_passkey_opens_nothing(plant: Plant) -> None:
    key = Authenticator()
    enrol(plant, plant.join("wang.fang"), key)
    key.verifies = False
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        come_in(plant, key)


def test_a_forged_signature_and_an_unknown_key_open_nothing(plant: Plant) -> None:
    key = Authenticator()
    enrol(plant, plant.join("wang.fang"), key)
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        come_in(plant, Authenticator(id=key.id, count=9))
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        come_in(plant, Authenticator(id=b"never enrolled"))


@pytest.mark.parametrize(
    "response",
    ["", "[]", "{", "{}", '{"response": {}}', '{"response": {"clientDataJSON": "e30"}}', "x" * 20_000, "[" * 5_000],
)
def test_what_is_no_answer_is_told_so(plant: Plant, response: str) -> None:
    with pytest.raises(FormatError, match="passkey_not_of_form"):
        entering.with_passkey(plant.ports, response)
    opened = plant.join("wang.fang")
    with pytest.raises(FormatError, match="passkey_not_of_form"):
        passkeys.enrol(plant.ports, opened.secret, plant.entered(opened), response, "phone")


def test_a_disabled_person_comes_in_no_more(plant: Plant) -> None:
    key = Authenticator()
    opened = enrol(plant, plant.join("wang.fang"), key)
    users.disable(plant.ports, PRODUCER, plant.user(opened), by="x")
    assert sessions.find(plant.ports, opened.secret) is None
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        come_in(plant, key)


def test_the_last_passkey_of_an_administrator_stays(plant: Plant) -> None:
    first, second = Authenticator(), Authenticator(id=b"the second")
    opened = enrol(plant, plant.admin(), first)
    with pytest.raises(ForbiddenError, match="passkey_last"):
        passkeys.drop(plant.ports, plant.entered(opened), b64u(first.id))
    opened = enrol(plant, opened, second, "key ring")
    with pytest.raises(NotFoundError, match="passkey_unknown"):
        passkeys.drop(plant.ports, plant.entered(opened), "!!")
    passkeys.drop(plant.ports, plant.entered(opened), b64u(first.id))
    with pytest.raises(ForbiddenError, match="passkey_wrong"):
        come_in(plant, first)
    assert come_in(plant, second).secret


def test_an_authenticator_is_enrolled_once(plant: Plant) -> None:
    key = Authenticator()
    enrol(plant, plant.join("wang.fang"), key)
    other = plant.join("zhao.min")
    with pytest.raises(ConflictError, match="passkey_known"):
        enrol(plant, other, key)
    assert plant.entered(other).factor == "password", "the session that failed to enrol is as it was"


def test_passkeys_of_one_account_are_bounded(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkeys, "MOST_PASSKEYS", 2)
    opened = plant.join("wang.fang")
    for n in range(2):
        opened = enrol(plant, opened, Authenticator(id=b"%d" % n))
    with pytest.raises(ConflictError, match="passkeys_many"):
        enrol(plant, opened, Authenticator(id=b"third"))


def test_challenges_are_forgotten_when_they_would_end_and_never_grow_without_bound() -> None:
    challenges = Challenges(b"k" * 32)
    one = challenges.make("enter", 0)
    assert challenges.good(one, "enter", VALID_MS - 1)
    assert not challenges.good(one, "enrol s1", 0)
    assert not challenges.good(one, "enter", VALID_MS)
    assert not Challenges(b"other" * 8).good(one, "enter", 0)
    assert challenges.use(one, 0)
    assert not challenges.use(one, 0)
    assert not challenges.good(one, "enter", 0)
    challenges.use(challenges.make("enter", VALID_MS), VALID_MS)
    assert len(challenges._used) == 1
