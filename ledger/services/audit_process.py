"""An audit in a process of its own, so that a server goes on meanwhile with all of its processor time.

The process ends by itself where its parent is gone; an audit that was stopped leaves nothing behind.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import URL

from ledger.core.canonical import Json
from ledger.errors import HazledgerError, UnavailableError
from ledger.services.audit_order import Order, carry_out
from ledger.services.audit_state import StateFile
from ledger.services.signer_state import SignerState
from ledger.store.unit_of_work import Store

STEPS: Final = 200
"""How often an audit tells how far it is, at most."""
log = logging.getLogger("hazledger.audits")


@dataclass(frozen=True, slots=True)
class Places:
    """What an audit needs beside its order: the store, and the files of what was signed and audited last."""

    url: str | URL
    signer_state: Path | None = None
    state: StateFile | None = None


def run(places: Places, order: Order, now_ms: int, told: Callable[[int, int], None], stop: Callable[[], bool]) -> Any:  # noqa: ANN401 - JSON
    """Carry out an order in a process of its own. Raises what ``carry_out`` raises, UnavailableError if stopped."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(theirs, places, order, now_ms), daemon=True)
    process.start()
    theirs.close()
    try:
        return _listen(ours, told, stop)
    finally:
        process.terminate()
        process.join()
        ours.close()


def _listen(ours: Connection, told: Callable[[int, int], None], stop: Callable[[], bool]) -> Any:  # noqa: ANN401
    while not stop():
        if not ours.poll(0.2):
            continue
        try:
            kind, *what = ours.recv()
        except EOFError:
            break
        if kind == "progress":
            told(*what)
        elif kind == "done":
            return what[0]
        else:
            code, field, params = what
            raise HazledgerError(code, field, params)
    raise UnavailableError("audit_worker_lost")


def _child(theirs: Connection, places: Places, order: Order, now_ms: int) -> None:
    step = [0]

    def progress(done: int, total: int) -> None:
        if done >= step[0]:
            step[0] = done + max(1, total // STEPS)
            theirs.send(("progress", done, total))

    try:
        found = here(places, order, now_ms, progress)
    except HazledgerError as error:
        theirs.send(("failed", error.code, error.field, dict(error.params)))
    except Exception:
        log.exception("an audit failed")
        theirs.send(("failed", "internal_error", None, {"request_id": "audit"}))
    else:
        theirs.send(("done", found))


def here(places: Places, order: Order, now_ms: int, progress: Callable[[int, int], None]) -> dict[str, Json]:
    """Carry out an order in this process, with a connection of its own."""
    store = Store.open(places.url, readers=2)
    known = places.signer_state
    try:
        return carry_out(
            store,
            order,
            now_ms=now_ms,
            signer_state=known if known is not None and SignerState(known).path.exists() else None,
            state=places.state,
            progress=progress,
        )
    finally:
        store.close()
