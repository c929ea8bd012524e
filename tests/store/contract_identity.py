"""What a store must do with people, programs and places, whichever database is behind it."""

import pytest
from sqlalchemy import select

from ledger.store.faults import ConstraintError
from ledger.store.rows import AttemptsRow, PlaceRow, PresenceRow, ReadRow, TokenRow, UserRow
from ledger.store.tables import attempts, places, presence, product_classes
from ledger.store.unit_of_work import Store
from tests.store import sample
from tests.store.sample import BATCH, CHILD, ORG, OTHER, SITE, digest


class PeopleContract:
    """Users, passkeys, devices, invitations, attempts."""

    def test_a_login_name_belongs_to_one_user(self, store: Store) -> None:
        sample.fill(store)
        with pytest.raises(ConstraintError), store.write() as unit:
            unit.people.add_user(UserRow("user:2", OTHER, "li.wei", "another", None, "viewer", 1))
        with store.read() as unit:
            found = unit.people.by_login("li.wei")
            assert found is not None
            assert found.id == "user:1"
            assert unit.people.user("user:2") is None
            assert unit.people.by_login("nobody") is None

    def test_a_person_is_corrected_and_disabled(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            unit.people.set_password("user:1", "$argon2id$x")
            unit.people.set_person("user:1", name="李薇", roles="viewer")
            unit.people.set_disabled("user:1", 9)
        with store.read() as unit:
            assert unit.people.users_of(ORG) == [
                UserRow("user:1", ORG, "li.wei", "李薇", "$argon2id$x", "viewer", 1, 9)
            ]
            assert unit.people.users_of(OTHER) == []

    def test_of_two_uses_of_a_passkey_at_once_one_counts(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            row = unit.people.passkey(b"credential")
            assert row is not None
            assert unit.people.use_passkey(row, sign_count=4, at_ms=5)
            assert not unit.people.use_passkey(row, sign_count=5, at_ms=6)
            assert [known.sign_count for known in unit.people.passkeys_of("user:1")] == [4]
            assert not unit.people.drop_passkey("user:2", b"credential")
            assert unit.people.drop_passkey("user:1", b"credential")
            assert unit.people.passkey(b"credential") is None

    def test_a_device_is_revoked_once(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            assert unit.people.revoke_device("device:1", at_ms=7)
            assert not unit.people.revoke_device("device:1", at_ms=8)
            assert [row.revoked_at_ms for row in unit.people.devices_of(ORG)] == [7]
            assert unit.people.device("device:2") is None

    def test_an_invitation_is_spent_once_and_expires(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            assert unit.people.invitation(digest("invitation"), at_ms=20_000) is None
            assert not unit.people.use_invitation(digest("invitation"), at_ms=20_000)
            assert [row.id for row in unit.people.invitations_of(ORG, at_ms=19_999)] == ["i1"]
            assert unit.people.use_invitation(digest("invitation"), at_ms=19_999)
            assert not unit.people.use_invitation(digest("invitation"), at_ms=19_999)
            assert unit.people.invitations_of(ORG, at_ms=19_999) == []
            assert not unit.people.drop_invitation(ORG, "i1")

    def test_an_invitation_is_taken_back_by_its_own_organisation(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            assert not unit.people.drop_invitation(OTHER, "i1")
            assert unit.people.drop_invitation(ORG, "i1")
            assert unit.people.invitation(digest("invitation"), at_ms=5) is None

    def test_attempts_are_bounded(self, store: Store) -> None:
        with store.write() as unit:
            for n in range(6):
                unit.people.put_attempts(AttemptsRow(digest(f"login {n}"), 1, n))
            unit.people.put_attempts(AttemptsRow(digest("login 5"), 2, 5))
            unit.people.prune_attempts(before_ms=1, most=3)
            left = unit.connection.execute(select(attempts.c.since_ms, attempts.c.failures)).all()
            assert sorted(tuple(row) for row in left) == [(3, 1), (4, 1), (5, 2)]
            unit.people.drop_attempts(digest("login 5"))
            assert unit.people.attempts(digest("login 5")) is None


class SessionContract:
    """Sessions, API clients with their tokens, what was read."""

    def test_a_session_ends_by_age_and_by_rest(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            assert unit.sessions.get(digest("session"), at_ms=100, idle_ms=100) is not None
            assert unit.sessions.get(digest("session"), at_ms=101, idle_ms=100) is None
            unit.sessions.seen(digest("session"), at_ms=9_990)
            assert unit.sessions.get(digest("session"), at_ms=9_999, idle_ms=100) is not None
            assert unit.sessions.get(digest("session"), at_ms=10_000, idle_ms=10**6) is None
            assert unit.operations.drop_expired(at_ms=9_999) == 0
            assert unit.operations.drop_expired(at_ms=20_000) == 7
            unit.sessions.end(digest("session"))

    def test_signing_out_everywhere_spares_one(self, store: Store) -> None:
        with store.write() as unit:
            for name in ("phone", "desk", "home"):
                unit.sessions.add(sample.session(name))
            unit.sessions.add(sample.session("other", "user:2"))
            assert not unit.sessions.end_one("user:2", "id of phone")
            assert unit.sessions.end_one("user:1", "id of phone")
            assert unit.sessions.end_all("user:1", but=digest("desk")) == 1
            assert [row.id for row in unit.sessions.of_user("user:1", at_ms=2, idle_ms=100)] == ["id of desk"]
            assert len(unit.sessions.of_user("user:2", at_ms=2, idle_ms=100)) == 1

    def test_a_purpose_stays_with_its_session(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            assert unit.sessions.set_purpose(digest("session"), "inspection 7")
            assert not unit.sessions.set_purpose(digest("none"), "inspection 7")
            row = unit.sessions.get(digest("session"), at_ms=2, idle_ms=100)
            assert row is not None
            assert row.purpose == "inspection 7"

    def test_revoking_a_client_forgets_its_tokens(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            assert unit.sessions.token(digest("token"), at_ms=2) is not None
            assert unit.sessions.token(digest("token"), at_ms=15_000) is None
            assert unit.sessions.revoke_client("client:1", at_ms=3)
            assert not unit.sessions.revoke_client("client:1", at_ms=4)
            assert unit.sessions.token(digest("token"), at_ms=2) is None
            assert [row.revoked_at_ms for row in unit.sessions.clients_of(ORG)] == [3]

    def test_a_client_has_so_many_tokens_at_most(self, store: Store) -> None:
        with store.write() as unit:
            for n in range(4):
                unit.sessions.add_token(TokenRow(digest(f"t{n}"), "client:1", ORG, "operator", n, 100), most=2)
            alive = [n for n in range(4) if unit.sessions.token(digest(f"t{n}"), at_ms=5) is not None]
            assert alive == [2, 3]
            unit.sessions.drop_token(digest("t3"))
            assert unit.sessions.token(digest("t3"), at_ms=5) is None

    def test_reads_are_listed_newest_first(self, store: Store) -> None:
        rows = [ReadRow(ORG, f"r{n}", n, "user:1", "s1", "batch.read", BATCH, "case 12") for n in range(3)]
        with store.write() as unit:
            for row in rows:
                unit.sessions.add_read(row)
        with store.read() as unit:
            assert unit.sessions.reads_of(ORG) == rows[::-1]
            assert unit.sessions.reads_of(ORG, before="r2", limit=1) == [rows[1]]
            assert unit.sessions.reads_of(OTHER) == []


class PresenceContract:
    """Where batches are."""

    def test_the_record_that_first_said_so_stays(self, store: Store) -> None:
        with store.write() as unit:
            unit.projections.add_presence([PresenceRow(BATCH, SITE, 1), PresenceRow(BATCH, ORG, 2)])
            unit.projections.add_presence([PresenceRow(BATCH, SITE, 5), PresenceRow(CHILD, SITE, 5)])
            rows = unit.connection.execute(select(presence).order_by(presence.c.batch, presence.c.place)).all()
            assert [tuple(row) for row in rows] == [(BATCH, ORG, 2), (BATCH, SITE, 1), (CHILD, SITE, 5)]

    def test_places_and_classes_are_replaced(self, store: Store) -> None:
        with store.write() as unit:
            unit.projections.put_places([PlaceRow(SITE, ORG, "310116", "")])
            unit.projections.put_places([PlaceRow(SITE, ORG, "320500", "Park 1")])
            unit.projections.put_product_classes({"product:1": frozenset({"3", "6.1"})})
            unit.projections.put_product_classes({"product:1": frozenset({"8"}), "product:2": frozenset()})
            unit.projections.put_product_classes({})
            assert unit.connection.execute(select(places)).all() == [(SITE, ORG, "320500", "Park 1")]
            assert unit.connection.execute(select(product_classes)).all() == [("product:1", "8")]
