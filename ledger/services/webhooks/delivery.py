"""The thread that tells: takes up new records, sends what is due, waits longer after each failure.

Only the writer's process delivers. A crash repeats a message at worst: its id stays the same, so that receivers know.
"""

import logging
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from ledger.core.canonical import encode
from ledger.core.times import format_recorded
from ledger.errors import HazledgerError
from ledger.services.clock import Clock
from ledger.services.feed import Feed, Notice
from ledger.services.webhooks.message import Message
from ledger.services.webhooks.sending import Outcome, Send
from ledger.services.webhooks.subscriptions import Subscriptions, wants
from ledger.store.rows import DeliveryRow, WebhookRow
from ledger.store.unit_of_work import Store

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
WAITS_MS: Final = (5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
"""Waits after each failed try; after the last one the message is given up (replay brings it back)."""
KEPT_MS: Final = 30 * DAY
AT_ONCE: Final = 4
PAGE: Final = 200
IDLE_S: Final = 30.0

_log = logging.getLogger(__name__)


def message(webhook: str, notice: Notice) -> Message:
    """Return the message of a notice; its id is the same for every try."""
    return Message(f"{webhook}.{notice.index}", encode(notice.content()))


def after_try(row: DeliveryRow, outcome: Outcome, now_ms: int) -> DeliveryRow:
    """Return a delivery after a try: settled, due again, or given up."""
    attempts = row.attempts + 1
    due = None if outcome.ok or outcome.gone or attempts > len(WAITS_MS) else now_ms + WAITS_MS[attempts - 1]
    return row._replace(attempts=attempts, due_at_ms=due, tried_at_ms=now_ms, outcome=outcome.word)


class Delivery:
    """Delivers for all webhooks of a ledger. ``start`` begins; ``close`` ends after the tries under way."""

    def __init__(self, subscriptions: Subscriptions, feed: Feed, clock: Clock, send: Send) -> None:
        """Take what it works with."""
        self._subscriptions = subscriptions
        self._store: Store = subscriptions.store
        self._feed = feed
        self._clock = clock
        self._send = send
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._quiet = feed.listen(self._wake.set)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread = threading.Thread(target=self._run, name="hazledger webhooks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; a second call does nothing."""
        self._quiet()
        self._closing = True
        self._wake.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while not self._closing:
            self._wake.clear()
            wait_s = IDLE_S
            try:
                self.turn()
                wait_s = self._until_due()
            except HazledgerError as error:  # a store that is busy or stopped: the next turn asks again
                _log.warning("webhooks wait: %s", error.code)
            except Exception:  # noqa: BLE001 - whatever a message met, the next ones must still go out
                _log.exception("webhooks wait after an error")
            self._wake.wait(wait_s)

    def turn(self) -> int:
        """Take up what is new and try what is due, once; returns how many tries were made."""
        self._take_up()
        now_ms = self._clock.now_ms()
        with self._store.read() as unit:
            due = unit.webhooks.due(now_ms, limit=PAGE)
            hooks = {row.id: row for row in unit.webhooks.enabled()}
        work = [(hooks[row.webhook], row) for row in due if row.webhook in hooks]
        if work:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                self._settle(list(pool.map(self._try, work)))
        return len(work)

    def _until_due(self) -> float:
        with self._store.read() as unit:
            due = unit.webhooks.next_due()
        if due is None:
            return IDLE_S
        return min(max((due - self._clock.now_ms()) / 1000, 0.05), IDLE_S)

    def _take_up(self) -> None:
        """Queue the records above each webhook's cursor and move the cursor, in one transaction a webhook."""
        with self._store.read() as unit:
            hooks = unit.webhooks.enabled()
        for hook in hooks:
            while self._take_up_page(hook):
                hook = self._subscriptions.one(hook.org, hook.id)  # noqa: PLW2901 - its cursor moved

    def _take_up_page(self, hook: WebhookRow) -> bool:
        notices = self._feed.after(hook.org, hook.cursor, PAGE)
        if not notices:
            return False
        now_ms = self._clock.now_ms()
        wanted = [notice.index for notice in notices if wants(hook, notice.type)]
        with self._store.write() as unit:
            unit.webhooks.queue(DeliveryRow(hook.id, idx, 0, now_ms, None, "") for idx in wanted)
            unit.webhooks.change(hook.org, hook.id, cursor=notices[-1].index)
            unit.webhooks.drop_old(before_ms=now_ms - KEPT_MS)
        return len(notices) == PAGE

    def _try(self, work: tuple[WebhookRow, DeliveryRow]) -> tuple[WebhookRow, DeliveryRow, Outcome]:
        hook, row = work
        return hook, row, self.send_one(hook, row.idx)

    def send_one(self, hook: WebhookRow, index: int) -> Outcome:
        """Send one message now and tell what came of it; nothing is written down."""
        notice = self._feed.one(hook.org, index)
        if notice is None:
            return Outcome(ok=False, word="record unknown", gone=True)
        made = message(hook.id, notice)
        headers = made.headers(self._subscriptions.secret(hook), self._clock.now_ms() // SECOND)
        return self._send(hook.url, headers, made.body)

    def test(self, org: str, webhook: str) -> Outcome:
        """Send a message that is marked as a test, at once. NotFoundError."""
        hook = self._subscriptions.one(org, webhook)
        now_ms = self._clock.now_ms()
        body = encode({"type": "webhook.test", "timestamp": format_recorded(now_ms), "data": {"webhook": hook.id}})
        made = Message(f"{hook.id}.test.{now_ms}", body)
        return self._send(hook.url, made.headers(self._subscriptions.secret(hook), now_ms // SECOND), made.body)

    def _settle(self, tried: Iterable[tuple[WebhookRow, DeliveryRow, Outcome]]) -> None:
        now_ms = self._clock.now_ms()
        with self._store.write() as unit:
            for hook, row, outcome in tried:
                unit.webhooks.queue([after_try(row, outcome, now_ms)])
                if outcome.gone:
                    unit.webhooks.change(hook.org, hook.id, disabled_at_ms=now_ms)
