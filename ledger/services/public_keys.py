"""The public keys on record, by whose they are and by their id."""

from collections.abc import Callable, Iterable
from typing import Final

from ledger.core.b64 import unb64u
from ledger.core.keys import KEY_SIZE, key_id
from ledger.rules import codec
from ledger.rules.aggregates import LedgerState, OrgState
from ledger.store.unit_of_work import Store

MOST: Final = 16_384


class PublicKeys:
    """Finds keys; safe for several threads.

    A key's id is its hash, and an organisation's keys stay on record even when revoked: what was found once is so for
    ever, and is remembered. Whether a key still counts is for the rules to say. Registrars come and go.
    """

    def __init__(self, store: Store, recorded: Callable[[], LedgerState]) -> None:
        """``recorded`` tells the ledger's own state, with its registrars."""
        self._store = store
        self._recorded = recorded
        self._known: dict[tuple[str, str], bytes] = {}

    def find(self, actor: str, key: str) -> bytes | None:
        """Return the raw public key with this id: the actor's, revoked ones too, or a registrar's."""
        known = self._known.get((actor, key))
        if known is not None:
            return known
        with self._store.read() as unit:
            body = unit.projections.load_states([actor])[actor]
        org = codec.load(actor, body) if body is not None else None
        if isinstance(org, OrgState) and key in org.keys:
            found = unb64u(org.keys[key].raw, KEY_SIZE)
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[actor, key] = found
            return found
        registrars = (unb64u(raw, KEY_SIZE) for raw in self._recorded().registrars)
        return next((raw for raw in registrars if key_id(raw) == key), None)

    def remembers(self, actor: str, keys: Iterable[str]) -> bool:
        """Whether each of these keys would be found without asking the store."""
        return all((actor, key) in self._known for key in keys)
