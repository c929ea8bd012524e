"""People of organisations: users, their passkeys and devices, invitations, and failed attempts to come in."""

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from ledger.store.repository import Repository
from ledger.store.rows import AttemptsRow, DeviceRow, InvitationRow, PasskeyRow, UserRow
from ledger.store.tables import attempts, devices, invitations, logins, passkeys, users


class People(Repository):
    """Who may come in. Secrets come as SHA-256 hashes (32 bytes), passwords as Argon2id hashes."""

    __slots__ = ()

    # --- users ------------------------------------------------------------------------------------------------------

    def add_user(self, row: UserRow) -> None:
        """Store a user and its login name. Raises ConstraintError if the name is taken."""
        self._insert(logins, [(row.login, row.id)])
        self._insert(users, [row])

    def user(self, ref: str) -> UserRow | None:
        """Return a user, disabled ones too."""
        return self._one(select(users).where(users.c.id == ref), UserRow)

    def by_login(self, login: str) -> UserRow | None:
        """Return the user that a login name means, disabled ones too."""
        query = select(users).join(logins, logins.c.user == users.c.id).where(logins.c.login == login)
        return self._one(query, UserRow)

    def users_of(self, org: str, *, after: str = "", limit: int = 200) -> list[UserRow]:
        """Return the users of an organisation, by login name."""
        query = select(users).where(users.c.org == org, users.c.login > after).order_by(users.c.login).limit(limit)
        return self._all(query, UserRow)

    def set_password(self, ref: str, password: str) -> None:
        """Store a new password's hash."""
        self.connection.execute(update(users).where(users.c.id == ref).values(password=password))

    def set_person(self, ref: str, *, name: str, roles: str) -> None:
        """Store a display name and roles."""
        self.connection.execute(update(users).where(users.c.id == ref).values(name=name, roles=roles))

    def set_disabled(self, ref: str, at_ms: int | None) -> None:
        """Disable a user, or let it in again (None)."""
        self.connection.execute(update(users).where(users.c.id == ref).values(disabled_at_ms=at_ms))

    # --- passkeys ---------------------------------------------------------------------------------------------------

    def add_passkey(self, row: PasskeyRow) -> None:
        """Store a passkey. Raises ConstraintError if the credential is known."""
        self._insert(passkeys, [row])

    def passkey(self, credential: bytes) -> PasskeyRow | None:
        """Return a passkey by its credential id."""
        return self._one(select(passkeys).where(passkeys.c.id == credential), PasskeyRow)

    def passkeys_of(self, user: str) -> list[PasskeyRow]:
        """Return the passkeys of a user, oldest first."""
        query = select(passkeys).where(passkeys.c.user == user).order_by(passkeys.c.created_at_ms, passkeys.c.id)
        return self._all(query, PasskeyRow)

    def use_passkey(self, row: PasskeyRow, *, sign_count: int, at_ms: int) -> bool:
        """Note a use in one guarded write; False if another use was noted since ``row`` was read."""
        statement = update(passkeys).where(passkeys.c.id == row.id, passkeys.c.sign_count == row.sign_count)
        return self.connection.execute(statement.values(sign_count=sign_count, used_at_ms=at_ms)).rowcount == 1

    def drop_passkey(self, user: str, credential: bytes) -> bool:
        """Forget a passkey of a user; False if it has no such one."""
        statement = delete(passkeys).where(passkeys.c.id == credential, passkeys.c.user == user)
        return self.connection.execute(statement).rowcount == 1

    # --- devices ----------------------------------------------------------------------------------------------------

    def add_device(self, row: DeviceRow) -> None:
        """Store a device."""
        self._insert(devices, [row])

    def device(self, ref: str) -> DeviceRow | None:
        """Return a device, revoked ones too."""
        return self._one(select(devices).where(devices.c.id == ref), DeviceRow)

    def devices_of(self, org: str, *, limit: int = 500) -> list[DeviceRow]:
        """Return the devices of an organisation, oldest first."""
        return self._all(select(devices).where(devices.c.org == org).order_by(devices.c.id).limit(limit), DeviceRow)

    def revoke_device(self, ref: str, *, at_ms: int) -> bool:
        """Revoke a device; False if there is none or it was revoked before."""
        statement = update(devices).where(devices.c.id == ref, devices.c.revoked_at_ms.is_(None))
        return self.connection.execute(statement.values(revoked_at_ms=at_ms)).rowcount == 1

    # --- invitations ------------------------------------------------------------------------------------------------

    def add_invitation(self, row: InvitationRow) -> None:
        """Store an invitation."""
        self._insert(invitations, [row])

    def invitation(self, digest: bytes, *, at_ms: int) -> InvitationRow | None:
        """Return an invitation that could be used now, using nothing up."""
        return self._one(select(invitations).where(_usable(digest, at_ms)), InvitationRow)

    def use_invitation(self, digest: bytes, *, at_ms: int) -> bool:
        """Spend an invitation in one guarded write; False if unknown, expired or spent."""
        statement = update(invitations).where(_usable(digest, at_ms)).values(used_at_ms=at_ms)
        return self.connection.execute(statement).rowcount == 1

    def invitations_of(self, org: str, *, at_ms: int, limit: int = 200) -> list[InvitationRow]:
        """Return the open invitations of an organisation, oldest first."""
        columns = invitations.c
        query = select(invitations).where(
            columns.org == org, columns.used_at_ms.is_(None), columns.expires_at_ms > at_ms
        )
        return self._all(query.order_by(columns.created_at_ms, columns.id).limit(limit), InvitationRow)

    def drop_invitation(self, org: str, ref: str) -> bool:
        """Take an open invitation back; False if the organisation has no such one."""
        columns = invitations.c
        statement = delete(invitations).where(columns.org == org, columns.id == ref, columns.used_at_ms.is_(None))
        return self.connection.execute(statement).rowcount == 1

    def drop_invitations_for(self, user: str) -> None:
        """Take back what would set a user's password."""
        self.connection.execute(delete(invitations).where(invitations.c.user == user))

    # --- attempts ---------------------------------------------------------------------------------------------------

    def attempts(self, digest: bytes) -> AttemptsRow | None:
        """Return the failed attempts under the hash of a login name."""
        return self._one(select(attempts).where(attempts.c.hash == digest), AttemptsRow)

    def put_attempts(self, row: AttemptsRow) -> None:
        """Store how many attempts failed, new or changed."""
        self._upsert(attempts, [row], update=("failures", "since_ms"))

    def drop_attempts(self, digest: bytes) -> None:
        """Forget the failures of a login name that came in."""
        self.connection.execute(delete(attempts).where(attempts.c.hash == digest))

    def prune_attempts(self, *, before_ms: int, most: int) -> None:
        """Forget windows that began before a moment; beyond ``most`` rows the oldest ones."""
        self.connection.execute(delete(attempts).where(attempts.c.since_ms < before_ms))
        over = int(self._scalar(select(func.count()).select_from(attempts))) - most
        if over > 0:
            oldest = select(attempts.c.hash).order_by(attempts.c.since_ms, attempts.c.hash).limit(over)
            self.connection.execute(delete(attempts).where(attempts.c.hash.in_(oldest)))


def _usable(digest: bytes, at_ms: int) -> ColumnElement[bool]:
    columns = invitations.c
    return and_(columns.hash == digest, columns.used_at_ms.is_(None), columns.expires_at_ms > at_ms)
