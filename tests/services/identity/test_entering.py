"""Coming in, tests named after attacks: stuffed credentials, fixed sessions, reused and altered links."""

import pytest

from ledger.errors import ConflictError, ForbiddenError, FormatError, NotFoundError, UnavailableError
from ledger.services.identity import entering, invitations, logins, sessions, users
from ledger.services.identity.logins import MOST_FAILURES, WINDOW_MS
from ledger.services.identity.ports import digest
from tests.services.identity.conftest import OTHER_PASSWORD, PASSWORD, Plant
from tests.services.world import OPERATOR, PRODUCER, REGULATOR, ref


def sign_in(plant: Plant, login: str, password: str = PASSWORD, former: str | None = None) -> sessions.Opened:
    return entering.with_password(plant.ports, login, password, "Firefox", former=former)


def test_an_invited_person_comes_in_with_the_roles_given(plant: Plant) -> None:
    plant.join("wang.fang", "driver")
    entered = plant.entered(sign_in(plant, "  WANG.fang "))
    assert (entered.org, entered.kinds, entered.roles) == (PRODUCER, ("producer",), ("driver",))
    assert (entered.factor, entered.needs, entered.login) == ("password", "", "wang.fang")


@pytest.mark.parametrize("login", ["wang.fang", "nobody.here", "no password yet", "gone.away", "", "x" * 300])
def test_every_wrong_login_gets_the_same_answer(plant: Plant, login: str) -> None:
    plant.join("wang.fang")
    gone = plant.join("gone.away")
    users.disable(plant.ports, PRODUCER, plant.user(gone), by="somebody")
    with pytest.raises(ForbiddenError) as refused:
        sign_in(plant, login, PASSWORD if login == "gone.away" else OTHER_PASSWORD)
    assert (refused.value.code, refused.value.params) == ("login_wrong", {})


def test_credential_stuffing_is_bounded_for_known_and_unknown_names_alike(plant: Plant) -> None:
    plant.join("wang.fang")
    for login in ("wang.fang", "nobody.here"):
        for _ in range(MOST_FAILURES):
            with pytest.raises(ForbiddenError, match="login_wrong"):
                sign_in(plant, login, OTHER_PASSWORD)
        with pytest.raises(UnavailableError, match="login_throttled") as refused:
            sign_in(plant, login, PASSWORD)
        assert 0 < refused.value.retry_after_s <= WINDOW_MS // 1000
    plant.pass_time(WINDOW_MS)
    assert sign_in(plant, "wang.fang").secret


def test_coming_in_forgets_former_failures(plant: Plant) -> None:
    plant.join("wang.fang")
    for _ in range(3):
        for _ in range(MOST_FAILURES - 1):
            with pytest.raises(ForbiddenError, match="login_wrong"):
                sign_in(plant, "wang.fang", OTHER_PASSWORD)
        sign_in(plant, "wang.fang")


def test_stuffing_many_names_fills_no_table(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "MOST_NAMES", 5)
    for n in range(12):
        logins.failed(plant.ports, f"name{n}")
        plant.pass_time(1)
    with plant.world.ledger.store.read() as unit:
        alive = [n for n in range(12) if unit.people.attempts(digest(f"name{n}")) is not None]
    assert alive == [7, 8, 9, 10, 11]


def test_session_fixation_a_session_known_before_signing_in_is_worth_nothing_after(plant: Plant) -> None:
    planted = plant.join("mallory.one")
    plant.join("wang.fang")
    opened = sign_in(plant, "wang.fang", former=planted.secret)
    assert opened.secret != planted.secret
    assert sessions.find(plant.ports, planted.secret) is None
    assert plant.entered(opened).login == "wang.fang"


def test_a_session_ends_by_age_and_by_rest(plant: Plant) -> None:
    opened = plant.join("wang.fang")
    plant.pass_time(sessions.IDLE_MS - 1)
    sessions.touch(plant.ports, opened.secret)
    plant.pass_time(sessions.IDLE_MS - 1)
    assert sessions.find(plant.ports, opened.secret) is not None
    plant.pass_time(1)
    assert sessions.find(plant.ports, opened.secret) is None
    opened = sign_in(plant, "wang.fang")
    for _ in range(plant.ports.session_ms // (sessions.IDLE_MS - 1) + 1):
        plant.pass_time(sessions.IDLE_MS - 1)
        sessions.touch(plant.ports, opened.secret)
    assert sessions.find(plant.ports, opened.secret) is None


def test_signing_out_everywhere(plant: Plant) -> None:
    first = plant.join("wang.fang")
    here, there = sign_in(plant, "wang.fang"), sign_in(plant, "wang.fang")
    user = plant.user(here)
    sessions.end_one(plant.ports, user, plant.entered(first).id)
    with pytest.raises(NotFoundError, match="session_gone"):
        sessions.end_one(plant.ports, "user:other", plant.entered(there).id)
    assert sessions.end_all(plant.ports, user, but=here.secret) == 1
    assert [row.id for row in sessions.of_user(plant.ports, user)] == [plant.entered(here).id]
    assert sessions.find(plant.ports, there.secret) is None


def test_a_new_password_ends_every_other_session_and_replaces_this_one(plant: Plant) -> None:
    elsewhere = plant.join("wang.fang")
    here = sign_in(plant, "wang.fang")
    with pytest.raises(ForbiddenError, match="password_wrong"):
        users.set_password(plant.ports, here.secret, plant.entered(here), OTHER_PASSWORD, OTHER_PASSWORD)
    with pytest.raises(FormatError, match="password_common"):
        users.set_password(plant.ports, here.secret, plant.entered(here), PASSWORD, "wang.fang1234")
    anew = users.set_password(plant.ports, here.secret, plant.entered(here), PASSWORD, OTHER_PASSWORD)
    assert sessions.find(plant.ports, elsewhere.secret) is None
    assert sessions.find(plant.ports, here.secret) is None
    assert plant.entered(anew).login == "wang.fang"
    with pytest.raises(ForbiddenError, match="login_wrong"):
        sign_in(plant, "wang.fang")
    assert sign_in(plant, "wang.fang", OTHER_PASSWORD).secret


def test_a_hash_of_former_costs_is_made_anew_when_its_owner_comes_in(plant: Plant) -> None:
    plant.join("wang.fang")
    with plant.world.ledger.store.write() as unit:
        user = unit.people.by_login("wang.fang")
        assert user is not None
        old = user.password
        unit.people.set_password(
            user.id, plant.ports.passwords.__class__(memory_kib=128, passes=1, lanes=1).hash(PASSWORD)
        )
    sign_in(plant, "wang.fang")
    with plant.world.ledger.store.read() as unit:
        user = unit.people.by_login("wang.fang")
    assert user is not None
    assert user.password is not None
    assert user.password.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert user.password != old


# --- links ------------------------------------------------------------------------------------------------------------


def test_a_reused_invitation_is_refused(plant: Plant) -> None:
    token = plant.invite("wang.fang")
    assert invitations.look(plant.ports, token).login == "wang.fang"
    assert invitations.look(plant.ports, token).login == "wang.fang", "looking uses nothing up"
    invitations.accept(plant.ports, token, PASSWORD)
    for again in (
        lambda: invitations.look(plant.ports, token),
        lambda: invitations.accept(plant.ports, token, PASSWORD),
    ):
        with pytest.raises(NotFoundError, match="invitation_unusable"):
            again()


def test_a_tampered_link_opens_nothing(plant: Plant) -> None:
    token = plant.invite("wang.fang")
    for place in (0, 20, len(token) - 1):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(NotFoundError, match="invitation_unusable"):
            invitations.accept(plant.ports, other, PASSWORD)
    with pytest.raises(NotFoundError):
        invitations.look(plant.ports, "")
    assert invitations.accept(plant.ports, token, PASSWORD).secret


def test_a_weak_password_uses_no_invitation_up(plant: Plant) -> None:
    token = plant.invite("wang.fang")
    with pytest.raises(FormatError, match="password_common"):
        invitations.accept(plant.ports, token, "wang.fang2026")
    assert invitations.accept(plant.ports, token, PASSWORD).secret


def test_invitations_expire_and_are_taken_back(plant: Plant) -> None:
    late, taken = plant.invite("wang.fang"), plant.invite("zhao.min")
    (mine,) = [one for one in invitations.open_ones(plant.ports, PRODUCER) if one.login == "zhao.min"]
    with pytest.raises(NotFoundError):
        invitations.withdraw(plant.ports, OPERATOR, mine.id)
    invitations.withdraw(plant.ports, PRODUCER, mine.id)
    plant.pass_time(invitations.VALID_MS)
    for token in (late, taken):
        with pytest.raises(NotFoundError, match="invitation_unusable"):
            invitations.accept(plant.ports, token, PASSWORD)


def test_two_invitations_of_one_name_make_one_user(plant: Plant) -> None:
    first, second = plant.invite("wang.fang"), plant.invite("wang.fang", "viewer")
    invitations.accept(plant.ports, first, PASSWORD)
    with pytest.raises(ConflictError, match="login_taken"):
        invitations.accept(plant.ports, second, PASSWORD)
    with pytest.raises(ConflictError, match="login_taken"):
        plant.invite("WANG.FANG")


def test_a_link_for_a_new_password_ends_every_session_and_lifts_the_throttle(plant: Plant) -> None:
    opened = plant.join("wang.fang")
    for _ in range(MOST_FAILURES):
        with pytest.raises(ForbiddenError):
            sign_in(plant, "wang.fang", OTHER_PASSWORD)
    former = invitations.reset(plant.ports, PRODUCER, plant.user(opened), by="x")
    token = invitations.reset(plant.ports, PRODUCER, plant.user(opened), by="x")
    with pytest.raises(NotFoundError, match="invitation_unusable"):
        invitations.look(plant.ports, former)
    assert invitations.look(plant.ports, token).user == plant.user(opened)
    invitations.accept(plant.ports, token, OTHER_PASSWORD)
    assert sessions.find(plant.ports, opened.secret) is None
    assert sign_in(plant, "wang.fang", OTHER_PASSWORD).secret


@pytest.mark.parametrize(
    ("login", "name", "roles", "code"),
    [
        ("Li Wei", "x", ("viewer",), "login_not_of_form"),
        ("ab", "x", ("viewer",), "login_not_of_form"),
        ("<b>bold</b>", "x", ("viewer",), "login_not_of_form"),
        ("li.wei", "", ("viewer",), "person_name_not_of_form"),
        ("li.wei", "two\nlines", ("viewer",), "person_name_not_of_form"),
        ("li.wei", "x", (), "roles_not_offered"),
        ("li.wei", "x", ("auditor",), "roles_not_offered"),
        ("li.wei", "x", ("emperor", "viewer"), "roles_not_offered"),
    ],
)
def test_invitations_are_checked(plant: Plant, login: str, name: str, roles: tuple[str, ...], code: str) -> None:
    with pytest.raises(FormatError, match=code):
        invitations.invite(plant.ports, PRODUCER, invitations.Person(login, name, roles), by="x")


def test_only_an_admitted_organisation_has_an_administrator(plant: Plant) -> None:
    with pytest.raises(NotFoundError, match="organisation_unknown"):
        plant.admin(org=ref("org", 999))
    assert plant.entered(plant.admin()).needs == "enrol"
    assert plant.entered(plant.join("zhang.san", "auditor", org=REGULATOR)).needs == "enrol"


# --- purposes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", ["", "abc", "x" * 201, "one\x00two"])
def test_a_purpose_is_a_few_words(plant: Plant, purpose: str) -> None:
    opened = plant.join("zhang.san", "auditor", org=REGULATOR)
    with pytest.raises(FormatError, match="purpose_not_of_form"):
        sessions.set_purpose(plant.ports, opened.secret, purpose)
    assert sessions.set_purpose(plant.ports, opened.secret, "  case  12 ") == "case 12"
    assert plant.entered(opened).purpose == "case 12"
    with pytest.raises(NotFoundError, match="session_gone"):
        sessions.set_purpose(plant.ports, "unknown", "case 12")
