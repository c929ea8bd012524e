"""The ports of notices: webhooks of the viewer's organisation, and the stream of what concerns it."""

from collections.abc import Callable, Sequence
from typing import Literal

from api.cursors import index_of
from api.views import DeliveryView, Key, Page, Principal, Replayed, TryView, WebhookView
from api.wiring.known import hidden
from ledger.errors import UnavailableError
from ledger.services.feed import Feed, Notice
from ledger.services.webhooks.delivery import Delivery
from ledger.services.webhooks.subscriptions import Subscriptions
from ledger.store.rows import DeliveryRow, WebhookRow


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise hidden("/")
    return viewer.org.ref


class LedgerNotices:
    """What concerns the viewer's organisation, as it happens."""

    def __init__(self, feed: Feed) -> None:
        """Read from this feed."""
        self._feed = feed

    def after(self, viewer: Principal, index: int, limit: int) -> Sequence[Notice]:
        """Return the notices above an index, oldest first."""
        return self._feed.after(_own(viewer), index, limit)

    def newest(self) -> int:
        """Return the index of the newest record that may be told of."""
        return self._feed.size() - 1

    def listen(self, bell: Callable[[], None]) -> Callable[[], None]:
        """Have a function called after each commit; returns what ends that."""
        return self._feed.listen(bell)


class LedgerWebhooks:
    """Webhooks over the operational tables. Without a writer in this process there is no ``delivery``."""

    def __init__(self, subscriptions: Subscriptions, delivery: Delivery | None) -> None:
        """Take what makes and what sends."""
        self._subscriptions = subscriptions
        self._delivery = delivery

    def listing(self, viewer: Principal) -> tuple[WebhookView, ...]:
        """Return every webhook of the organisation."""
        return tuple(webhook_view(row) for row in self._subscriptions.listed(_own(viewer)))

    def add(self, viewer: Principal, url: str, types: Sequence[str], label: str) -> WebhookView:
        """Make a webhook and show its secret. FormatError, ConflictError."""
        made = self._subscriptions.add(_own(viewer), url, types, label)
        return webhook_view(made.row, made.secret)

    def one(self, viewer: Principal, webhook: str) -> WebhookView:
        """Return one webhook. NotFoundError."""
        return webhook_view(self._subscriptions.one(_own(viewer), webhook))

    def deliveries(self, viewer: Principal, webhook: str, after: Key | None, limit: int) -> Page[DeliveryView]:
        """Return what became of messages, newest record first. NotFoundError."""
        before = index_of(after)
        rows = self._subscriptions.deliveries(_own(viewer), webhook, before=before, limit=limit + 1)
        items = tuple(delivery_view(row) for row in rows[:limit])
        return Page(items, (rows[limit - 1].idx,) if len(rows) > limit else None)

    def enable(self, viewer: Principal, webhook: str, *, enabled: bool) -> WebhookView:
        """Pause a webhook, or let it go on. NotFoundError."""
        return webhook_view(self._subscriptions.enable(_own(viewer), webhook, enabled=enabled))

    def rotate(self, viewer: Principal, webhook: str) -> WebhookView:
        """Give a webhook a new secret and show it. NotFoundError."""
        made = self._subscriptions.rotate(_own(viewer), webhook)
        return webhook_view(made.row, made.secret)

    def remove(self, viewer: Principal, webhook: str) -> None:
        """Forget a webhook. NotFoundError."""
        self._subscriptions.remove(_own(viewer), webhook)

    def replay(self, viewer: Principal, webhook: str, after: int) -> Replayed:
        """Queue what concerns the organisation above an index once more. NotFoundError."""
        return Replayed(self._subscriptions.replay(_own(viewer), webhook, after))

    def test(self, viewer: Principal, webhook: str) -> TryView:
        """Send a message marked as a test, at once. NotFoundError, UnavailableError: another process delivers."""
        if self._delivery is None:
            raise UnavailableError("webhooks_elsewhere", retry_after_s=5)
        outcome = self._delivery.test(_own(viewer), webhook)
        return TryView(outcome.ok, outcome.word)


def webhook_view(row: WebhookRow, secret: str | None = None) -> WebhookView:
    """Return a webhook as its organisation sees it."""
    types = tuple(row.types.split())
    enabled = row.disabled_at_ms is None
    return WebhookView(row.id, row.url, types, row.label, row.created_at_ms, enabled, row.cursor, secret)


def delivery_view(row: DeliveryRow) -> DeliveryView:
    """Return what became of a message."""
    done = row.outcome.startswith("HTTP 2") and row.due_at_ms is None
    settled: Literal["delivered", "given_up"] = "delivered" if done else "given_up"
    state = "waiting" if row.due_at_ms is not None else settled
    return DeliveryView(row.idx, state, row.attempts, row.tried_at_ms, row.due_at_ms, row.outcome)
