"""Keys on record are found once and remembered; a registrar's only for as long as it is one."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import cast

from ledger.core.b64 import b64u
from ledger.core.keys import key_id, public_key
from ledger.rules import codec
from ledger.rules.aggregates import KeyState, LedgerState, OrgState
from ledger.services.public_keys import PublicKeys
from ledger.store.unit_of_work import Store

ORG, OTHER = (f"org:01900000-0000-7000-8000-00000000000{n}" for n in (1, 2))
OWN, REGISTRAR = (public_key(bytes([n]) * 32) for n in (1, 2))


@dataclass
class Kept:
    """A store of one organisation, which counts how often it is asked."""

    org: OrgState
    asked: int = 0
    registrars: list[str] = field(default_factory=list)

    def read(self) -> AbstractContextManager[SimpleNamespace]:
        self.asked += 1
        bodies = {ORG: codec.dump(self.org), OTHER: None}
        return nullcontext(
            SimpleNamespace(projections=SimpleNamespace(load_states=lambda keys: {k: bodies[k] for k in keys}))
        )

    def recorded(self) -> LedgerState:
        return cast("LedgerState", SimpleNamespace(registrars=tuple(self.registrars)))


def kept() -> tuple[Kept, PublicKeys]:
    known = KeyState(raw=b64u(OWN), holder="user:a", added=0)
    store = Kept(OrgState(ORG, "甲", "A", "", (), "", "", "", vouched=True, keys={key_id(OWN): known}))
    return store, PublicKeys(cast("Store", store), store.recorded)


def test_an_own_key_is_asked_for_once_and_stays_when_it_is_revoked() -> None:
    store, keys = kept()
    assert not keys.remembers(ORG, [key_id(OWN)])
    assert keys.find(ORG, key_id(OWN)) == OWN
    assert keys.remembers(ORG, [key_id(OWN)])
    store.org = replace(store.org, keys={key_id(OWN): replace(store.org.keys[key_id(OWN)], revoked=5)})
    assert keys.find(ORG, key_id(OWN)) == OWN
    assert store.asked == 1


def test_a_key_is_found_for_its_owner_alone() -> None:
    _, keys = kept()
    keys.find(ORG, key_id(OWN))
    assert keys.find(OTHER, key_id(OWN)) is None
    assert not keys.remembers(OTHER, [key_id(OWN)])


def test_what_was_not_there_is_asked_for_again() -> None:
    store, keys = kept()
    there, store.org = store.org, replace(store.org, keys={})
    assert keys.find(ORG, key_id(OWN)) is None
    store.org = there
    assert keys.find(ORG, key_id(OWN)) == OWN


def test_a_registrar_is_not_remembered() -> None:
    store, keys = kept()
    store.registrars.append(b64u(REGISTRAR))
    assert keys.find(ORG, key_id(REGISTRAR)) == REGISTRAR
    assert not keys.remembers(ORG, [key_id(REGISTRAR)])
    store.registrars.clear()
    assert keys.find(ORG, key_id(REGISTRAR)) is None


def test_no_keys_are_always_remembered() -> None:
    assert kept()[1].remembers(ORG, [])
