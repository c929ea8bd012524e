"""Who asks: one subject a column. Each asks with a credential of its own kind, made anew whenever one was spent."""

from dataclasses import dataclass
from typing import Final, Literal

from ledger.services import access
from ledger.services.identity import sessions
from ledger.store.rows import UserRow
from tests.authorization.realm import Realm
from tests.support.programs import token

Standing = Literal["mine", "ward", "foreign", "open"]
"""What an object is to a subject, whatever the code says; `open`: the table alone says what follows from it."""

MASTER: Final = frozenset({"organisation", "product"})
"""Kinds of master data, which who supervises and the operator see all of."""
PRIVATE: Final = frozenset(
    {"webhook", "receipt", "user", "program", "device", "invitation", "session", "step_link"}
    | {"passkey", "import", "incident", "read", "proof", "key", "key_request", "draft"}
)
"""Kinds that no other organisation sees, whatever it supervises."""


@dataclass(frozen=True, slots=True)
class Subject:
    """`via`: how it comes in. `ward`: the firms it supervises; `deals`: it deals with `home`."""

    name: str
    via: Literal["none", "user", "unproven", "token", "key", "link"] = "user"
    org: str = ""
    roles: tuple[str, ...] = ()
    ward: tuple[str, ...] = ()
    deals: bool = False
    purpose: str = "matrix of tests"

    def standing(self, kind: str, owner: str) -> Standing:
        """What a thing of this kind is to it, that `owner` made."""
        if self.org == "operator":
            return "foreign" if kind in PRIVATE else "open"
        if owner == self.org:
            return "mine"
        if self.deals and owner == "home" and kind not in PRIVATE:
            return "open"
        if self.watches and kind in MASTER:
            return "open"
        return "ward" if owner in self.ward and kind not in PRIVATE else "foreign"

    @property
    def watches(self) -> bool:
        return bool(self.ward)

    @property
    def reads_only(self) -> bool:
        """Whether it can change nothing, whatever it asks."""
        return self.via in {"none", "unproven", "key"} or self.roles in {("viewer",), ("auditor",)}

    def headers(self, realm: Realm) -> dict[str, str]:
        """What it sends with each request: a new credential."""
        match self.via:
            case "none":
                return {}
            case "token":
                return {"authorization": f"Bearer {token(realm.ledger, realm.orgs[self.org], *self.roles)}"}
            case "key":
                return {"x-api-key": access.issue_key(realm.ledger, realm.orgs[self.org])}
            case "link":
                link = access.issue_login_link(realm.ledger, realm.orgs[self.org])
                secret = access.open_session(realm.ports, link).secret
            case _:
                secret = self._session(realm)
        return {"cookie": f"hazledger={secret}"}

    def _session(self, realm: Realm) -> str:
        user = person(realm, self.org, *self.roles)
        factor: sessions.Factor = "password" if self.via == "unproven" else "passkey"
        with realm.ledger.store.write() as unit:
            return sessions.open_for(realm.ports, unit, user, factor, purpose=self.purpose).secret


def person(realm: Realm, org: str, *roles: str) -> UserRow:
    """A new user of an organisation."""
    name = f"{org}-{realm.number()}"
    row = UserRow(realm.ref("user"), realm.orgs[org], name, name, None, " ".join(roles), realm.clock.now_ms())
    with realm.ledger.store.write() as unit:
        unit.people.add_user(row)
    return row


_HERE, _THERE = ("home", "tenant"), ("region",)
SUBJECTS: Final = (
    Subject("none", "none"),
    Subject("admin", org="home", roles=("admin",)),
    Subject("unproven", "unproven", org="home", roles=("admin",)),
    Subject("operator", org="home", roles=("operator",)),
    Subject("safety", org="home", roles=("safety_officer",)),
    Subject("driver", org="home", roles=("driver",)),
    Subject("viewer", org="home", roles=("viewer",)),
    Subject("program", "token", org="home", roles=("operator",)),
    Subject("key", "key", org="home"),
    Subject("buyer", org="partner", roles=("operator",), deals=True),
    Subject("carrier", org="carrier", roles=("driver",), deals=True),
    Subject("auditor", org="bureau", roles=("auditor",), ward=_HERE),
    Subject("aimless", org="bureau", roles=("auditor",), ward=_HERE, purpose=""),
    Subject("police", org="bureau", roles=("investigator",), ward=_HERE),
    Subject("responder", org="bureau", roles=("responder",), ward=_HERE),
    Subject("bureau", org="bureau", roles=("admin",), ward=_HERE),
    Subject("auditor_2", org="abroad", roles=("auditor",), ward=_THERE),
    Subject("police_2", org="abroad", roles=("investigator",), ward=_THERE),
    Subject("park", org="park", roles=("investigator",), ward=_HERE),
    Subject("park_2", org="elsewhere", roles=("investigator",), ward=_THERE),
    Subject("steward", org="operator", roles=("admin",)),
    Subject("witness", org="witness", roles=("admin",)),
    Subject("demo", "link", org="home"),
)
"""In the order of the columns. `demo` asks a ledger of its own, which says that it is a demo."""
