"""Public keys of an organisation as its pages show them, and those that wait to be endorsed."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.views.common import Instant
from ledger.core.canonical import Json


@dataclass(frozen=True, slots=True)
class KeyView:
    """A public key of an organisation. `key`: base64url; `holder`: who signs with it, "org:", "user:" or "device:".

    `id`: as headers name it; `name`: of the person or device, as the organisation calls it, "" if it does not.
    `added`, `revoked`: index of the record; it counts before `revoked`. `compromised_since`: what it signed
    later is doubted. `mine`: the viewer's own, to rotate and revoke.
    """

    id: str
    key: str
    holder: str
    name: str
    added: int
    revoked: int | None
    compromised_since: Instant | None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A person's new key that waits for an endorsement. `content`: the section `key` of the event to be."""

    id: str
    user: str
    name: str
    key: str
    key_id: str
    at: Instant
    expires: Instant
    mine: bool
    content: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class KeysView:
    """The keys of an organisation, newest first, and those that wait. `origin`: of the log, which statements name.

    `may_ask`: the viewer is a person who may have a key; `may_endorse`: it may sign a registration of others' keys;
    `may_revoke`: any key, not only its own.
    """

    origin: str
    keys: tuple[KeyView, ...]
    requests: tuple[KeyRequest, ...]
    may_ask: bool
    may_endorse: bool
    may_revoke: bool
