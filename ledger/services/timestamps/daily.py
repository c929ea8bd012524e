"""Once a day the newest published checkpoint is stamped by the authority; what verifies is kept beside it.

A day is one of UTC. Nothing waits for it, and no call is made inside a transaction. Where nothing was recorded since
the last stamp there is nothing to stamp.
"""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ledger.core.times import format_utc
from ledger.errors import ConfigurationError, HazledgerError, VerificationError
from ledger.services.calls import Caller, CallError, Reply
from ledger.services.ledger import Ledger
from ledger.services.timestamps.authority import Authority
from ledger.services.timestamps.stamp import MOST, QUERY, REPLY, Stamp, check, request
from ledger.store.rows import PublishedRow, TimestampRow
from ledger.store.unit_of_work import Unit

SECOND, MINUTE = 1_000, 60_000
WAITS_MS: Final = (30 * SECOND, 5 * MINUTE, 30 * MINUTE)
IDLE_S: Final = 30.0
TIMEOUT_S: Final = 20.0
AGENT: Final = "hazledger-log/1"
OK: Final = 200
FOLDER: Final = "timestamps"
MOST_DAYS: Final = 10_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What asking came to: ``stamped`` with the size and what was stated, or ``failed`` with a word."""

    outcome: Literal["stamped", "failed"]
    word: str
    size: int
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A timestamp that verifies: the day (UTC), the checkpoint, the answer, and what it states."""

    day: str
    size: int
    note: bytes
    response: bytes
    stamp: Stamp


class Timestamping:
    """Asks for the timestamps of one ledger. Safe for several threads; one asks after the other."""

    def __init__(self, ledger: Ledger, authority: Authority, caller: Caller | None = None) -> None:
        """Take a ledger that is open for writing and an authority with an address."""
        self._ledger = ledger
        self._authority = authority
        self._caller = caller or Caller(private=authority.private, agent=AGENT, timeout_s=TIMEOUT_S)
        self._turns = threading.Lock()
        self._failures = 0
        self._again_ms = 0

    def turn(self, *, now: bool = False) -> Told | None:
        """Ask if a day's timestamp is due (``now``: in any case); None: there was nothing to ask."""
        with self._turns:
            now_ms = self._ledger.clock.now_ms()
            with self._ledger.store.read() as unit:
                newest = unit.log.last_published()
                last = unit.witnesses.last_timestamp()
            if newest is None or not (now or self._is_due(newest, last, now_ms)):
                return None
            told, row = self._ask(newest, _day(now_ms))
            if row is None:
                self._failures += 1
                self._again_ms = now_ms + WAITS_MS[min(self._failures, len(WAITS_MS)) - 1]
                _log.warning("no timestamp: %s", told.word)
                return told
            self._failures = 0
            with self._ledger.store.write() as unit:
                unit.witnesses.keep_timestamp(row)
            return told

    def until_due(self) -> float:
        """Return the seconds after which it is looked again."""
        return IDLE_S

    def _is_due(self, newest: PublishedRow, last: TimestampRow | None, now_ms: int) -> bool:
        if now_ms < self._again_ms:
            return False
        return last is None or (last.day < _day(now_ms) and last.size < newest.size)

    def _ask(self, newest: PublishedRow, day: str) -> tuple[Told, TimestampRow | None]:
        asked = request(newest.note)
        try:
            reply: Reply = self._caller(
                "POST", self._authority.url or "", asked.as_bytes(), {"content-type": QUERY, "accept": REPLY}, MOST
            )
            if reply.status != OK:
                return Told("failed", f"HTTP {reply.status}", newest.size), None
            stamp = check(
                reply.body,
                newest.note,
                self._authority.certificates,
                nonce=asked.nonce,
                revoked=self._authority.revoked(),
            )
        except ConfigurationError as error:
            return Told("failed", f"{error.code}: {error.params['reason']}", newest.size), None
        except CallError as error:
            return Told("failed", error.word, newest.size), None
        except VerificationError as error:
            return Told("failed", f"{error.code}: {error.params['reason']}", newest.size), None
        row = TimestampRow(day, newest.size, newest.note, reply.body, stamp.at_ms)
        return Told("stamped", "stamped", newest.size, stamp), row


def kept(unit: Unit, authority: Authority, *, limit: int) -> list[Kept]:
    """Return the newest timestamps that verify, the newest first: the database is not trusted.

    Where the revocation lists cannot be read none does. Of each the checkpoint must be the one that was published at
    its size, and the answer must be about it.
    """
    found: list[Kept] = []
    try:
        revoked = authority.revoked()
    except ConfigurationError as error:
        _log.warning("no timestamp is shown: %s %s", error.code, error.params["reason"])
        return found
    for row in unit.witnesses.timestamps(limit=limit):
        published = unit.log.last_published(until=row.size)
        if published is None or (published.size, published.note) != (row.size, row.note):
            continue
        try:
            stamp = check(row.response, row.note, authority.certificates, revoked=revoked)
        except HazledgerError:
            continue
        found.append(Kept(row.day, row.size, row.note, row.response, stamp))
    return found


def export(ledger: Ledger, folder: Path) -> int:
    """Write every timestamp that verifies as ``timestamps/DAY.checkpoint`` and ``DAY.tsr``; returns how many files.

    What is there already stays as it is: it may be of an authority that is no longer chosen.
    """
    if ledger.authority is None:
        return 0
    written = 0
    with ledger.store.read() as unit:
        found = kept(unit, ledger.authority, limit=MOST_DAYS)
    for one in found:
        for kind, data in (("checkpoint", one.note), ("tsr", one.response)):
            target = folder / FOLDER / f"{one.day}.{kind}"
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                written += 1
    return written


def _day(ms: int) -> str:
    return format_utc(ms // SECOND * SECOND)[:10]
