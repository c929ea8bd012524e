"""Whose keys signed: the people behind an event's signatures, who owns a key, and what a revocation flags.

A key belongs to one person, device or organisation. What it signed before it was revoked stays, for ever; what was
recorded since the moment it is said to be compromised is flagged on reading (``key_compromised@1``).
"""

from collections.abc import Iterable, Mapping

from ledger.core.b64 import unb64u
from ledger.core.keys import KEY_SIZE, key_id
from ledger.rules.aggregates import LedgerState, OrgState

PERSON = "user:"


def ids_of(raw_keys: Iterable[str]) -> frozenset[str]:
    """The ids of public keys in base64url."""
    return frozenset(key_id(unb64u(raw, KEY_SIZE)) for raw in raw_keys)


def governing_keys(ledger: LedgerState) -> frozenset[str]:
    """The ids of the keys that speak for the ledger itself: its log keys and its registrars'."""
    return ids_of((*ledger.log_keys, *ledger.registrars))


def people(org: OrgState, keys: Iterable[str]) -> frozenset[str]:
    """The people whose keys signed, ``user:...``: one person with two keys counts once, devices never."""
    holders = (org.keys[key].holder.lower() for key in keys if key in org.keys)
    return frozenset(holder for holder in holders if holder.startswith(PERSON))


def flagged(org: OrgState, keys: Iterable[str], recorded_at_ms: int) -> Mapping[str, int]:
    """The keys of a statement recorded since they are said to be compromised, with that moment in milliseconds."""
    known = {key: org.keys[key].compromised_since for key in keys if key in org.keys}
    return {key: since for key, since in sorted(known.items()) if since is not None and recorded_at_ms >= since}
