"""Rounds: what is published is sent to every witness that is due, and a witness that is ahead stops the signer.

No network call is made inside a transaction. A witness that does not answer is asked again later and later.
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Protocol

from ledger.core.addcheckpoint import AddCheckpoint
from ledger.core.note import Verifier
from ledger.core.tlogpolicy import WitnessLine
from ledger.errors import HazledgerError, IntegrityError, NotFoundError, VerificationError
from ledger.services.calls import Caller
from ledger.services.ledger import Ledger
from ledger.services.signer_state import Signed
from ledger.services.witnessing import view as views
from ledger.services.witnessing.roster import Roster
from ledger.services.witnessing.submit import Ask, Tried, submit, take
from ledger.store.rows import CosignatureRow, PublishedRow, WitnessViewRow

SECOND, MINUTE = 1_000, 60_000
WAITS_MS: Final = (5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE)
GAP_MS: Final = 10 * SECOND
TIMEOUT_S: Final = 10.0
LOOK_S: Final = 3.0
"""How long a starting writer waits for witnesses: one that is down must not keep the ledger from starting."""
AT_ONCE: Final = 8
KEPT: Final = 1_000
LOOKED: Final = 10_000
"""How many published checkpoints a line that came by hand is looked for on: some hours of a busy log."""
IDLE_S: Final = 30.0
AGENT: Final = "hazledger-log/1"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What a witness came to in a round."""

    name: str
    outcome: str
    word: str
    size: int


class Witnessing:
    """Submits the published checkpoints of one ledger. Safe for several threads; rounds come one after the other."""

    def __init__(self, ledger: Ledger, roster: Roster, *, gap_ms: int = GAP_MS, ask: Ask | None = None) -> None:
        """Take a ledger that is open for writing, or for reading where another process does not write."""
        self._ledger = ledger
        self._roster = roster
        self._gap_ms = gap_ms
        self._ask: Ask = ask or Caller(private=roster.private, agent=AGENT, timeout_s=TIMEOUT_S)
        self._turns = threading.Lock()

    def turn(self, *, now: bool = False) -> list[Told]:
        """Submit the newest published checkpoint to who is due (``now``: to everybody); returns what came of it."""
        with self._turns:
            newest, known = self._newest()
            now_ms = self._ledger.clock.now_ms()
            due = (
                []
                if newest is None
                else [one for one in self._roster.asked if now or _is_due(one, known, newest, now_ms)]
            )
            tried: list[tuple[WitnessLine, Tried]] = []
            if newest is not None and due:
                with ThreadPoolExecutor(AT_ONCE) as pool:
                    tried = list(pool.map(lambda one: (one, self._submit(one, known, newest)), due))
                self._settle(tried, known)
            self._ledger.log.refresh()
            return [Told(one.name, came.outcome, came.word, came.size) for one, came in tried]

    def draft(self, name: str) -> bytes:
        """Return the request that a witness would be sent. Raises NotFoundError (witness, published checkpoint)."""
        witness = self._named(name)
        newest, known = self._newest()
        if newest is None:
            raise NotFoundError("log_empty")
        row = known.get(witness.verifier.vkey())
        old = 0 if row is None else min(row.size, newest.size)
        return AddCheckpoint(old, self._ledger.log.consistency(old, newest.size), newest.note).encode()

    def take(self, name: str, answer: bytes) -> int:
        """Keep the line that a witness answered to a draft; returns the size that it cosigned.

        Looks for it among the newest published checkpoints. Raises NotFoundError (witness), VerificationError.
        """
        witness = self._named(name)
        with self._turns, self._ledger.store.read() as unit:
            rows = unit.log.newest_published(limit=LOOKED)
            known = {row.witness: row for row in unit.witnesses.views()}
        for row in rows:
            came = take(witness.verifier, row.note, row.size, answer)
            if came.outcome == "cosigned":
                self._settle([(witness, came)], known)
                self._ledger.log.refresh()
                return row.size
        raise VerificationError("note_not_signed", "signature")

    def _named(self, name: str) -> WitnessLine:
        for witness in self._roster.witnesses:
            if witness.name == name:
                return witness
        raise NotFoundError("witness_unknown", params={"name": name[:80]})

    def until_due(self) -> float:
        """Return the seconds after which somebody is due; ``IDLE_S`` at most."""
        newest, known = self._newest()
        if newest is None:
            return IDLE_S
        rows = [known.get(one.verifier.vkey()) for one in self._roster.asked]
        waiting = [row.due_at_ms for row in rows if row is not None and not _is_done(row, newest)]
        if not waiting:
            return IDLE_S
        return min(max((min(waiting) - self._ledger.clock.now_ms()) / SECOND, 0.05), IDLE_S)

    def _newest(self) -> tuple[PublishedRow | None, dict[str, WitnessViewRow]]:
        with self._ledger.store.read() as unit:
            return unit.log.last_published(), {row.witness: row for row in unit.witnesses.views()}

    def _submit(self, witness: WitnessLine, known: dict[str, WitnessViewRow], newest: PublishedRow) -> Tried:
        row = known.get(witness.verifier.vkey())
        try:
            old = 0 if row is None else row.size
            came = submit(self._ask, witness, newest.note, newest.size, old, self._ledger.log.consistency)
            if came.outcome in {"ahead", "inconsistent"}:
                self._suspect(witness, came)
        except IntegrityError as error:
            return Tried("inconsistent", error.code, 0 if row is None else row.size)
        except HazledgerError as error:  # the store is busy or stopped: the next round asks again
            return Tried("failed", error.code, 0 if row is None else row.size)
        return came

    def _suspect(self, witness: WitnessLine, came: Tried) -> None:
        """Stop the signer if this log does not extend what the witness saw. Raises IntegrityError then."""
        ledger = self._ledger
        shown = views.look(self._ask, witness, ledger.origin, ledger.verifiers)
        try:
            with ledger.store.read() as unit:
                signed = unit.log.checkpoint()
                size = 0 if signed is None else signed.size
                if shown is not None:
                    views.check(shown, size, lambda at: ledger.log.root(unit, at))
                elif came.outcome == "ahead" and came.size > size:
                    raise views.behind(witness.name, size, came.size)
        except IntegrityError as error:
            _log.error("writing stops: %s", error)
            ledger.halt(error, None if shown is None else shown.signed)
            raise

    def _settle(self, tried: Iterable[tuple[WitnessLine, Tried]], known: dict[str, WitnessViewRow]) -> None:
        now_ms = self._ledger.clock.now_ms()
        with self._ledger.store.write() as unit:
            for witness, came in tried:
                vkey = witness.verifier.vkey()
                row = known.get(vkey)
                failures = 0 if came.outcome == "cosigned" else 1 + (0 if row is None else row.failures)
                wait_ms = WAITS_MS[min(failures, len(WAITS_MS)) - 1] if failures else self._gap_ms
                if came.outcome == "cosigned":
                    unit.witnesses.keep(CosignatureRow(vkey, came.size, came.line, came.time_s))
                    unit.witnesses.drop(vkey, keep=KEPT)
                unit.witnesses.note_view(
                    WitnessViewRow(vkey, came.size, failures, now_ms + wait_ms, now_ms, came.word[:120])
                )


def _is_done(row: WitnessViewRow, newest: PublishedRow) -> bool:
    return row.failures == 0 and row.size >= newest.size


def _is_due(witness: WitnessLine, known: dict[str, WitnessViewRow], newest: PublishedRow, now_ms: int) -> bool:
    row = known.get(witness.verifier.vkey())
    return row is None or (not _is_done(row, newest) and row.due_at_ms <= now_ms)


def guard(ledger: Ledger, roster: Roster, ask: Ask | None = None) -> tuple[IntegrityError, Signed] | None:
    """Return why a writer may not start, and what a witness showed, if this log does not extend what one saw.

    For a writer that holds the lock and has signed nothing yet. Who does not answer in time is not waited for.
    """
    calls: Ask = ask or Caller(private=roster.private, agent=AGENT, timeout_s=LOOK_S)
    keys: Sequence[Verifier] = ledger.verifiers
    with ThreadPoolExecutor(AT_ONCE) as pool:
        shown = list(pool.map(lambda one: views.look(calls, one, ledger.origin, keys), roster.asked))
    with ledger.store.read() as unit:
        size = unit.log.size()
        for found in shown:
            if found is not None:
                try:
                    views.check(found, size, lambda at: ledger.log.root(unit, at))
                except IntegrityError as error:
                    return error, found.signed
    return None


class Turns(Protocol):
    """What is done in rounds: ``turn`` does what is due, ``until_due`` says in how many seconds to look again."""

    def turn(self) -> object:
        """Do what is due."""

    def until_due(self) -> float:
        """Return the seconds after which something may be due."""


class Rounds:
    """The thread: a round whenever something is published or somebody is due. ``close`` ends it."""

    def __init__(self, ledger: Ledger, turns: Turns) -> None:
        """Take what it works with; the writer only wakes it."""
        self._turns = turns
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        ledger.log.on_show(self._wake.set)

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="hazledger witnesses", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End after the round under way; a second call does nothing."""
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
                self._turns.turn()
                wait_s = self._turns.until_due()
            except HazledgerError as error:  # a store that is busy or stopped: the next round asks again
                _log.warning("rounds wait: %s", error.code)
            except Exception:  # noqa: BLE001 - whatever a round met, the next one must still come
                _log.exception("rounds wait after an error")
            self._wake.wait(wait_s)
