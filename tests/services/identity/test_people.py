"""Users, programs and devices: nobody raises himself, nobody reaches into another organisation."""

import pytest

from ledger.errors import ConflictError, ForbiddenError, FormatError, NotFoundError
from ledger.services.identity import clients, devices, invitations, reads, sessions, users
from tests.services.identity.conftest import Plant
from tests.services.world import OPERATOR, PRODUCER, REGULATOR


def test_privilege_escalation_nobody_changes_himself(plant: Plant) -> None:
    me = plant.user(plant.admin())
    for attempt in (
        lambda: users.change(plant.ports, PRODUCER, me, name="x", roles=("admin", "operator"), by=me),
        lambda: users.disable(plant.ports, PRODUCER, me, by=me),
        lambda: users.enable(plant.ports, PRODUCER, me, by=me),
        lambda: users.forget_passkeys(plant.ports, PRODUCER, me, by=me),
    ):
        with pytest.raises(ForbiddenError, match="not_for_oneself"):
            attempt()
    assert users.one(plant.ports, PRODUCER, me).roles == "admin"


def test_another_organisations_people_are_not_there(plant: Plant) -> None:
    boss, stranger = plant.user(plant.admin()), plant.user(plant.admin("chen.boss", OPERATOR))
    for attempt in (
        lambda: users.one(plant.ports, PRODUCER, stranger),
        lambda: users.change(plant.ports, PRODUCER, stranger, name="x", roles=("viewer",), by=boss),
        lambda: users.disable(plant.ports, PRODUCER, stranger, by=boss),
        lambda: users.enable(plant.ports, PRODUCER, stranger, by=boss),
        lambda: users.forget_passkeys(plant.ports, PRODUCER, stranger, by=boss),
        lambda: invitations.reset(plant.ports, PRODUCER, stranger, by=boss),
    ):
        with pytest.raises(NotFoundError, match="user_unknown"):
            attempt()
    assert [row.login for row in users.listing(plant.ports, PRODUCER)] == ["li.wei"]


def test_new_roles_count_at_once_and_end_sessions(plant: Plant) -> None:
    opened = plant.join("wang.fang", "operator")
    user = plant.user(opened)
    users.change(plant.ports, PRODUCER, user, name="王芳", roles=("operator",), by="x")
    assert plant.entered(opened).name == "王芳"
    users.change(plant.ports, PRODUCER, user, name="王芳", roles=("viewer", "driver"), by="x")
    assert sessions.find(plant.ports, opened.secret) is None
    assert users.one(plant.ports, PRODUCER, user).roles == "driver viewer"
    with pytest.raises(FormatError, match="roles_not_offered"):
        users.change(plant.ports, PRODUCER, user, name="王芳", roles=("investigator",), by="x")


def test_a_disabled_person_is_out_at_once_and_open_links_end(plant: Plant) -> None:
    opened = plant.join("wang.fang")
    user = plant.user(opened)
    token = invitations.reset(plant.ports, PRODUCER, user, by="x")
    users.disable(plant.ports, PRODUCER, user, by="x")
    assert sessions.find(plant.ports, opened.secret) is None
    with pytest.raises(NotFoundError):
        invitations.look(plant.ports, token)
    with pytest.raises(NotFoundError, match="user_unknown"):
        invitations.reset(plant.ports, PRODUCER, user, by="x")
    users.enable(plant.ports, PRODUCER, user, by="x")
    assert users.one(plant.ports, PRODUCER, user).disabled_at_ms is None


# --- programs ---------------------------------------------------------------------------------------------------------


def test_a_token_lets_in_for_a_quarter_of_an_hour(plant: Plant) -> None:
    made = clients.create(plant.ports, PRODUCER, "ERP", ("operator", "viewer"), by="x")
    token = clients.token(plant.ports, made.id, made.secret)
    assert token.expires_in_s == 900
    found = clients.find(plant.ports, token.secret)
    assert found is not None
    assert (found.client, found.org, found.roles) == (made.id, PRODUCER, ("operator", "viewer"))
    plant.pass_time(clients.TOKEN_MS)
    assert clients.find(plant.ports, token.secret) is None


def test_a_token_after_revocation_lets_nobody_in(plant: Plant) -> None:
    made = clients.create(plant.ports, PRODUCER, "ERP", ("operator",), by="x")
    token = clients.token(plant.ports, made.id, made.secret)
    with pytest.raises(NotFoundError, match="client_unknown"):
        clients.revoke(plant.ports, OPERATOR, made.id)
    clients.revoke(plant.ports, PRODUCER, made.id)
    assert clients.find(plant.ports, token.secret) is None
    with pytest.raises(ForbiddenError, match="client_wrong"):
        clients.token(plant.ports, made.id, made.secret)
    with pytest.raises(NotFoundError, match="client_unknown"):
        clients.revoke(plant.ports, PRODUCER, made.id)


def test_a_wrong_secret_gets_no_token(plant: Plant) -> None:
    made, other = (clients.create(plant.ports, PRODUCER, name, ("operator",), by="x") for name in ("ERP", "MES"))
    for client, secret in ((made.id, other.secret), ("client:none", made.secret), (made.id, ""), ("", "")):
        with pytest.raises(ForbiddenError, match="client_wrong"):
            clients.token(plant.ports, client, secret)


def test_clients_are_bounded_and_checked(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FormatError, match="roles_not_offered"):
        clients.create(plant.ports, PRODUCER, "ERP", ("auditor",), by="x")
    with pytest.raises(FormatError, match="purpose_not_of_form"):
        clients.create(plant.ports, REGULATOR, "Feed", ("auditor",), by="x")
    assert clients.create(plant.ports, REGULATOR, "Feed", ("auditor",), purpose="daily survey", by="x").secret
    monkeypatch.setattr(clients, "MOST_CLIENTS", 1)
    clients.create(plant.ports, PRODUCER, "ERP", ("operator",), by="x")
    with pytest.raises(ConflictError, match="clients_many"):
        clients.create(plant.ports, PRODUCER, "MES", ("operator",), by="x")


def test_only_hashes_of_secrets_are_stored(plant: Plant) -> None:
    made = clients.create(plant.ports, PRODUCER, "ERP", ("operator",), by="x")
    token = clients.token(plant.ports, made.id, made.secret)
    link, opened = plant.invite("zhao.min"), plant.join("wang.fang")
    written = b"".join(file.read_bytes() for file in plant.world.folder.iterdir() if file.is_file())
    assert b"wang.fang" in written
    for secret in (made.secret, token.secret, link, opened.secret, "copper lantern drifts slowly"):
        assert secret.encode() not in written


# --- devices and reads ------------------------------------------------------------------------------------------------


def test_a_stolen_device_states_nothing_more(plant: Plant) -> None:
    device = devices.register(plant.ports, PRODUCER, "Scanner 3")
    devices.check_may_state(plant.ports, PRODUCER, device)
    devices.check_may_state(plant.ports, PRODUCER, "pda-7")
    with pytest.raises(ForbiddenError, match="device_revoked"):
        devices.check_may_state(plant.ports, OPERATOR, device)
    with pytest.raises(NotFoundError, match="device_unknown"):
        devices.revoke(plant.ports, OPERATOR, device)
    devices.revoke(plant.ports, PRODUCER, device)
    with pytest.raises(ForbiddenError, match="device_revoked"):
        devices.check_may_state(plant.ports, PRODUCER, device)
    with pytest.raises(NotFoundError, match="device_unknown"):
        devices.revoke(plant.ports, PRODUCER, device)


def test_reads_are_kept_with_their_purpose(plant: Plant) -> None:
    reader = reads.Reader(REGULATOR, "user:1", "s1", "case 12")
    for n in range(3):
        reads.note(plant.ports, reader, "batch.read", f"/batches/{n}" + "x" * reads.MOST_SUBJECT)
        plant.pass_time(1)
    rows = reads.listing(plant.ports, REGULATOR, limit=2)
    assert [row.subject[:10] for row in rows] == ["/batches/2", "/batches/1"]
    assert all(len(row.subject) == reads.MOST_SUBJECT and row.purpose == "case 12" for row in rows)
    assert [row.subject[:10] for row in reads.listing(plant.ports, REGULATOR, before=rows[-1].id)] == ["/batches/0"]
