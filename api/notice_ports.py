"""What the edge asks about news of records: streams and webhooks. The rules are those of ``ports``."""

from collections.abc import Callable, Sequence
from typing import Protocol

from api.views import DeliveryView, Key, Page, Principal, Replayed, TryView, WebhookView
from ledger.services.feed import Notice


class Notices(Protocol):
    """What concerns the viewer's organisation, as it happens."""

    def after(self, viewer: Principal, index: int, limit: int) -> Sequence[Notice]:
        """Return the notices above an index, oldest first: of records that are signed and on record."""

    def newest(self) -> int:
        """Return the index of the newest record that may be told of. From memory."""

    def listen(self, bell: Callable[[], None]) -> Callable[[], None]:
        """Have a function called after each commit, from another thread; returns what ends that. From memory."""


class Webhooks(Protocol):
    """Webhooks of the viewer's organisation. NotFoundError: none of its own has this id."""

    def listing(self, viewer: Principal) -> tuple[WebhookView, ...]:
        """Return every webhook, without secrets."""

    def add(self, viewer: Principal, url: str, types: Sequence[str], label: str) -> WebhookView:
        """Make a webhook and show its secret. FormatError (address, types), ConflictError (too many)."""

    def one(self, viewer: Principal, webhook: str) -> WebhookView:
        """Return one webhook."""

    def deliveries(self, viewer: Principal, webhook: str, after: Key | None, limit: int) -> Page[DeliveryView]:
        """Return what became of messages, newest record first."""

    def enable(self, viewer: Principal, webhook: str, *, enabled: bool) -> WebhookView:
        """Pause a webhook, or let it go on where it was."""

    def rotate(self, viewer: Principal, webhook: str) -> WebhookView:
        """Give a webhook a new secret and show it."""

    def remove(self, viewer: Principal, webhook: str) -> None:
        """Forget a webhook."""

    def replay(self, viewer: Principal, webhook: str, after: int) -> Replayed:
        """Queue the messages about records above an index once more."""

    def test(self, viewer: Principal, webhook: str) -> TryView:
        """Send a message marked as a test, at once. UnavailableError: another process delivers."""
