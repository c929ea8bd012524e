"""What concerns an organisation, in the order of the log: for streams and webhooks, and a bell that rings on a commit.

A notice says what happened and where to look, not what was stated: the sections are read through the API, where the
policy decides.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.events import Header
from ledger.core.times import format_recorded
from ledger.rules import codec
from ledger.rules.accounts import Holding, account_of
from ledger.services.concern import parties
from ledger.services.log import LogService
from ledger.services.stored import link_of
from ledger.store.rows import LinkRow
from ledger.store.unit_of_work import Store, Unit

_log = logging.getLogger(__name__)

SUBJECTS: Final = ("batch:", "container:", "shipment:", "transfer:", "site:")
MOST_SUBJECTS: Final = 100


@dataclass(frozen=True, slots=True)
class Notice:
    """One record that concerns an organisation. ``subjects``: what of the organisation's it is about.

    ``recalls``: recalls of which this is the first news to it, by the index of their order: the order itself, or the
    record that brought it recalled goods, or goods made of them. ``holds``: the same of holds on its goods, or on the
    site or container that they are in.
    """

    index: int
    record: str
    recorded_at_ms: int
    event: str
    id: str
    type: str
    mode: str
    actor: str
    occurred_at: str
    subjects: tuple[str, ...]
    recalls: tuple[int, ...] = ()
    holds: tuple[int, ...] = ()

    def content(self) -> dict[str, Json]:
        """The notice as JSON, the same in streams and webhooks."""
        return {
            "type": self.type,
            "timestamp": format_recorded(self.recorded_at_ms),
            "data": {
                "index": self.index,
                "record": self.record,
                "event": self.event,
                "id": self.id,
                "mode": self.mode,
                "actor": self.actor,
                "occurred_at": self.occurred_at,
                "subjects": list(self.subjects),
                **({"recalls": list(self.recalls)} if self.recalls else {}),
                **({"holds": list(self.holds)} if self.holds else {}),
            },
        }


class Feed:
    """Notices from a store. Safe for several threads."""

    def __init__(self, store: Store, log: LogService) -> None:
        """Read from a store; ring when the log service is told of a commit."""
        self._store = store
        self._log = log
        self._bells: dict[int, Callable[[], None]] = {}
        self._next = 0
        self._lock = threading.Lock()
        log.on_release(self._ring)

    def listen(self, bell: Callable[[], None]) -> Callable[[], None]:
        """Have a function called after each commit, from the writer's thread; returns what ends that."""
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._bells[number] = bell

        def end() -> None:
            with self._lock:
                self._bells.pop(number, None)

        return end

    def _ring(self) -> None:
        with self._lock:
            bells = list(self._bells.values())
        for bell in bells:
            try:
                bell()
            except Exception:  # noqa: BLE001 - it rings in the writer's thread, which no listener may stop
                _log.exception("a listener could not be told")

    def size(self) -> int:
        """Return how many records may be told of: those under the newest signed checkpoint that may leave."""
        return self._log.state().size

    def after(self, org: str, index: int, limit: int = 100) -> list[Notice]:
        """Return the notices above an index, oldest first; nothing that is not signed and on record yet."""
        size = self.size()
        with self._store.read() as unit:
            found = unit.queries.concerns(org, after=index, limit=limit)
            return [notice for idx in found if idx < size and (notice := _notice(unit, org, idx)) is not None]

    def one(self, org: str, index: int) -> Notice | None:
        """Return the notice of one record; None if there is none."""
        with self._store.read() as unit:
            return _notice(unit, org, index)


def _notice(unit: Unit, org: str, index: int) -> Notice | None:
    event, record = unit.events.at(index), unit.log.record(index)
    if event is None or record is None:
        return None
    header = Header.parse(event.header)
    held = unit.withheld.told(org, index)
    found = _subjects(unit, org, header.actor == org, unit.chains.links_of(index))
    subjects = sorted(found | {row.ref for row in held})
    return Notice(
        index=index,
        record=b64u(record.hash),
        recorded_at_ms=record.recorded_at_ms,
        event=b64u(event.hash),
        id=header.id if header.actor == org else "",
        type=header.type,
        mode=header.mode,
        actor=header.actor,
        occurred_at=header.occurred_at,
        subjects=tuple(subjects[:MOST_SUBJECTS]),
        recalls=tuple(unit.recalls.reached_by(org, index)),
        holds=tuple(sorted({row.hold for row in held if index in (row.hold, row.idx)})),
    )


def _subjects(unit: Unit, org: str, own: bool, links: Iterable[LinkRow]) -> set[str]:  # noqa: FBT001
    """The chains of a record that the organisation has to do with: its own statement's, its goods', its trips'."""
    opened = [link_of(link) for link in links if link.chain.startswith(SUBJECTS)]
    trips = _concerning(unit, org, [link.chain for link, _ in opened if not link.chain.startswith("batch:")])
    found = {link.chain for link, _ in opened if own or link.chain in trips}
    for link, effects in opened:
        for posting in effects.postings:
            account = account_of(posting.account)
            if isinstance(account, Holding) and (org in account[1:3] or account.custodian in trips):
                found.add(link.chain)
                found.update(part for part in (account.vessel,) if part is not None)
    return found


def _concerning(unit: Unit, org: str, keys: list[str]) -> set[str]:
    bodies = unit.projections.load_states(keys)
    return {key for key, body in bodies.items() if body is not None and org in parties(codec.load(key, body))}
