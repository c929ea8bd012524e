"""Whose key signed: judged by log position, never by a stated time. Signatures themselves are checked at intake."""

from ledger.core.b64 import unb64u
from ledger.core.keys import key_id
from ledger.rules.draft import Draft, stop
from ledger.rules.keys import ids_of
from ledger.rules.succession import check_succeeded

OPENING = "governance.ledger_opened"


def check_identity(draft: Draft) -> None:
    """The actor is admitted, and every listed key is its own, a registrar's, or the one being registered."""
    if draft.event.header.type == OPENING:
        return
    ledger = draft.state.ledger()
    if ledger is None:
        raise stop("ledger_not_open")
    if draft.event.header.origin != ledger.origin:
        raise stop("wrong_origin", "/origin", origin=ledger.origin)
    org = draft.state.org(draft.actor)
    if org is None:
        raise stop("unknown_organisation", "/actor", organisation=draft.actor)
    governs = draft.event.stage == "governance"
    registrars = ids_of(ledger.registrars) if governs else frozenset()
    stated = draft.content("key").get("key")
    own = {key_id(unb64u(stated, 32))} if isinstance(stated, str) else set()
    for place, key in enumerate(draft.event.header.keys):
        known = org.keys.get(key)
        if known is None and key not in registrars | own:
            raise stop("unknown_key", f"/keys/{place}")
        if known is not None and known.revoked is not None:
            raise stop("key_revoked", f"/keys/{place}", key=key)
    check_succeeded(draft)
