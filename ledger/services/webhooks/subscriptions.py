"""Webhooks of an organisation: made, listed, changed, removed, replayed."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.core.ids import uuid7
from ledger.core.text import check_text
from ledger.errors import ConfigurationError, ConflictError, FormatError, NotFoundError
from ledger.rules.statements import TYPES
from ledger.services.clock import Clock
from ledger.services.entropy import Entropy
from ledger.services.webhooks.addresses import parse_url
from ledger.services.webhooks.message import SECRET_BYTES, derive, shown
from ledger.store.rows import DeliveryRow, WebhookRow
from ledger.store.unit_of_work import Store

MOST: Final = 20
MOST_TYPES: Final = 40
MAX_LABEL: Final = 80
MOST_REPLAYED: Final = 10_000
_TYPE: Final = re.compile(r"[a-z]+(\.[a-z_]+)?", re.ASCII)
_KNOWN: Final = frozenset(TYPES) | {name.partition(".")[0] for name in TYPES}


@dataclass(frozen=True, slots=True)
class Made:
    """A webhook just made or given a new secret: the secret is shown this once."""

    row: WebhookRow
    secret: str


def master_key(path: Path, entropy: Entropy) -> bytes:
    """Return the key that secrets are derived from; made with mode 0600 if missing. Raises ConfigurationError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        found = path.read_bytes()
        if len(found) != SECRET_BYTES:
            raise ConfigurationError("webhook_key_unreadable", params={"path": str(path)}) from None
        return found
    with os.fdopen(descriptor, "wb") as file:
        made = entropy.bytes(SECRET_BYTES)
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    return made


class Subscriptions:
    """Webhooks over one store; ``master``: what their secrets are derived from."""

    def __init__(self, store: Store, clock: Clock, entropy: Entropy, master: bytes, *, private: bool = False) -> None:
        """``private``: whether addresses inside and plain http are allowed."""
        self.store = store
        self._clock = clock
        self._entropy = entropy
        self._master = master
        self._private = private

    def secret(self, row: WebhookRow) -> bytes:
        """Return the secret of a webhook."""
        return derive(self._master, row.id, row.secret_number)

    def add(self, org: str, url: str, types: Sequence[str] = (), label: str = "") -> Made:
        """Make a webhook; it is told of records from now on. FormatError, ConflictError (too many)."""
        parse_url(url, private=self._private)
        if label:
            check_text(label, field="/label", max_len=MAX_LABEL)
        now_ms = self._clock.now_ms()
        with self.store.write() as unit:
            if len(unit.webhooks.of(org)) >= MOST:
                raise ConflictError("webhooks_too_many", params={"most": MOST})
            name = uuid7(now_ms, self._entropy.bytes(10))
            cursor = unit.log.size() - 1
            row = WebhookRow(org, name, url, " ".join(_types(types)), label, 0, now_ms, None, cursor)
            unit.webhooks.add(row)
        return Made(row, shown(self.secret(row)))

    def listed(self, org: str) -> list[WebhookRow]:
        """Return the webhooks of an organisation."""
        with self.store.read() as unit:
            return unit.webhooks.of(org)

    def one(self, org: str, webhook: str) -> WebhookRow:
        """Return a webhook. NotFoundError."""
        with self.store.read() as unit:
            return _found(unit.webhooks.one(org, webhook), webhook)

    def deliveries(self, org: str, webhook: str, *, before: int | None = None, limit: int = 50) -> list[DeliveryRow]:
        """Return what became of messages, newest first. NotFoundError."""
        with self.store.read() as unit:
            _found(unit.webhooks.one(org, webhook), webhook)
            return unit.webhooks.deliveries(webhook, before=before, limit=limit)

    def enable(self, org: str, webhook: str, *, enabled: bool) -> WebhookRow:
        """Pause a webhook, or let it go on where it was. NotFoundError."""
        return self._change(org, webhook, disabled_at_ms=None if enabled else self._clock.now_ms())

    def rotate(self, org: str, webhook: str) -> Made:
        """Give a webhook a new secret; the former one no longer signs. NotFoundError."""
        number = self.one(org, webhook).secret_number + 1
        row = self._change(org, webhook, secret_number=number)
        return Made(row, shown(self.secret(row)))

    def remove(self, org: str, webhook: str) -> None:
        """Forget a webhook. NotFoundError."""
        with self.store.write() as unit:
            if not unit.webhooks.remove(org, webhook):
                raise NotFoundError("webhook_unknown", params={"id": webhook[:60]})

    def replay(self, org: str, webhook: str, after: int) -> int:
        """Queue what concerns the organisation above an index once more; returns how many. NotFoundError."""
        now_ms = self._clock.now_ms()
        with self.store.write() as unit:
            row = _found(unit.webhooks.one(org, webhook), webhook)
            found = unit.queries.concerns(org, after=after, limit=MOST_REPLAYED)
            again = [idx for idx in found if idx <= row.cursor]
            unit.webhooks.queue(DeliveryRow(webhook, idx, 0, now_ms, None, "") for idx in again)
            return len(again)

    def _change(self, org: str, webhook: str, **values: str | int | None) -> WebhookRow:
        with self.store.write() as unit:
            unit.webhooks.change(org, webhook, **values)
            return _found(unit.webhooks.one(org, webhook), webhook)


def _found(row: WebhookRow | None, webhook: str) -> WebhookRow:
    if row is None:
        raise NotFoundError("webhook_unknown", params={"id": webhook[:60]})
    return row


def _types(types: Sequence[str]) -> list[str]:
    if len(types) > MOST_TYPES:
        raise FormatError("list_length", "/types", {"least": 0, "most": MOST_TYPES})
    for at, name in enumerate(types):
        if _TYPE.fullmatch(name) is None or name not in _KNOWN:
            raise FormatError("unknown_event_type", f"/types/{at}", {"type": name[:80]})
    return sorted(set(types))


def wants(row: WebhookRow, event_type: str) -> bool:
    """Whether a webhook asked for an event type: all, a stage, or the type itself."""
    asked = row.types.split()
    return not asked or event_type in asked or event_type.partition(".")[0] in asked
