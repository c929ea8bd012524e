"""Webhooks and their deliveries: operational, prove nothing. What there is to tell stands in ``concerns``."""

from collections.abc import Iterable

from sqlalchemy import delete, select, update

from ledger.store.repository import Repository
from ledger.store.rows import DeliveryRow, WebhookRow
from ledger.store.tables import deliveries, webhooks

_ENABLED = select(webhooks.c.id).where(webhooks.c.disabled_at_ms.is_(None))
KEPT = ("attempts", "due_at_ms", "tried_at_ms", "outcome")


class Webhooks(Repository):
    """Subscriptions of organisations, and what became of each message."""

    __slots__ = ()

    def add(self, row: WebhookRow) -> None:
        """Store a webhook."""
        self._insert(webhooks, [row])

    def of(self, org: str) -> list[WebhookRow]:
        """Return the webhooks of an organisation, disabled ones too."""
        return self._all(select(webhooks).where(webhooks.c.org == org).order_by(webhooks.c.id), WebhookRow)

    def one(self, org: str, webhook: str) -> WebhookRow | None:
        """Return a webhook of an organisation."""
        return self._one(select(webhooks).where(webhooks.c.org == org, webhooks.c.id == webhook), WebhookRow)

    def enabled(self) -> list[WebhookRow]:
        """Return every webhook that is not disabled."""
        query = select(webhooks).where(webhooks.c.disabled_at_ms.is_(None))
        return self._all(query.order_by(webhooks.c.org, webhooks.c.id), WebhookRow)

    def change(self, org: str, webhook: str, **values: str | int | None) -> bool:
        """Change columns of a webhook; False if there is none."""
        here = (webhooks.c.org == org, webhooks.c.id == webhook)
        return self.connection.execute(update(webhooks).where(*here).values(**values)).rowcount == 1

    def remove(self, org: str, webhook: str) -> bool:
        """Forget a webhook with its deliveries; False if there is none."""
        here = (webhooks.c.org == org, webhooks.c.id == webhook)
        found = self.connection.execute(delete(webhooks).where(*here)).rowcount == 1
        if found:
            self.connection.execute(delete(deliveries).where(deliveries.c.webhook == webhook))
        return found

    # --- deliveries --------------------------------------------------------------------------------------------------

    def queue(self, rows: Iterable[DeliveryRow]) -> None:
        """Queue messages; one that was queued before begins anew."""
        self._upsert(deliveries, sorted(rows), update=KEPT)

    def due(self, at_ms: int, *, limit: int = 100) -> list[DeliveryRow]:
        """Return the messages that are due, the longest waiting first."""
        query = select(deliveries).where(deliveries.c.due_at_ms <= at_ms, deliveries.c.webhook.in_(_ENABLED))
        ordered = query.order_by(deliveries.c.due_at_ms, deliveries.c.webhook, deliveries.c.idx)
        return self._all(ordered.limit(limit), DeliveryRow)

    def next_due(self) -> int | None:
        """Return when the next message is due; None if none waits."""
        waiting = (deliveries.c.due_at_ms.is_not(None), deliveries.c.webhook.in_(_ENABLED))
        query = select(deliveries.c.due_at_ms).where(*waiting)
        value = self._scalar(query.order_by(deliveries.c.due_at_ms).limit(1))
        return None if value is None else int(value)

    def deliveries(self, webhook: str, *, before: int | None = None, limit: int = 50) -> list[DeliveryRow]:
        """Return messages of a webhook, newest record first: indexes below ``before``."""
        query = select(deliveries).where(deliveries.c.webhook == webhook).order_by(deliveries.c.idx.desc())
        bound = query if before is None else query.where(deliveries.c.idx < before)
        return self._all(bound.limit(limit), DeliveryRow)

    def drop_old(self, *, before_ms: int) -> int:
        """Forget messages that were settled before a time; return how many."""
        old = (deliveries.c.due_at_ms.is_(None), deliveries.c.tried_at_ms < before_ms)
        return self.connection.execute(delete(deliveries).where(*old)).rowcount
