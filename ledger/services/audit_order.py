"""An audit as somebody asks for it: how deep, from where, how many records, by how many processes."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ledger.core.canonical import Json
from ledger.core.times import format_utc
from ledger.errors import ConfigurationError, ConflictError, FormatError
from ledger.reference import Reference
from ledger.services.audit import audit, audit_evidence, audit_since
from ledger.services.audit_entry import check_entry
from ledger.services.audit_findings import Findings
from ledger.services.audit_sample import audit_sample
from ledger.services.audit_since import Start
from ledger.services.audit_state import StateFile, audited
from ledger.services.audit_workers import Workers
from ledger.store.unit_of_work import Store

Kind = Literal["full", "evidence", "since", "sample"]
KINDS: Final[tuple[Kind, ...]] = ("full", "evidence", "since", "sample")
LAST: Final = "last"


@dataclass(frozen=True, slots=True)
class Order:
    """``since``: of the kind so named, "last" or a state; ``sample``, ``seed``: of the kind "sample".

    ``processes``: how many read side by side. In the full audit one of them makes decisions again in their order, and
    the others judge bytes and signatures ahead of it.
    """

    kind: Kind = "full"
    since: Start | Literal["last"] = LAST
    sample: str = ""
    seed: str = ""
    processes: int = 1


def carry_out(
    store: Store,
    order: Order,
    *,
    now_ms: int,
    reference: Reference | None = None,
    signer_state: Path | None = None,
    state: StateFile | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Json]:
    """Audit as ordered; returns what ``audit`` returns, with "kind", "at" (RFC 3339, UTC) and "milliseconds".

    ``state``: the file of what was audited last; a clean audit of all, or of all since then, is noted there ("kept").
    Raises ConflictError (audit_no_last, audit_start_beyond_log), FormatError, ConfigurationError, UnavailableError.
    """
    began = time.monotonic()
    start = _start(store, order, state) if order.kind == "since" else None
    with ExitStack() as stack:
        workers = None
        if order.processes > 1 and order.kind != "sample":
            ahead = order.processes - (order.kind == "full")
            workers = stack.enter_context(Workers(store.engines.url, ahead))
        if order.kind == "sample":
            found = audit_sample(store, order.sample, order.seed, signer_state=signer_state, progress=progress)
        elif start is not None:
            found = audit_since(store, start, signer_state=signer_state, progress=progress, workers=workers)
        elif order.kind == "evidence":
            found = audit_evidence(store, signer_state=signer_state, progress=progress, workers=workers)
        else:
            found = audit(store, reference=reference, signer_state=signer_state, progress=progress, workers=workers)
    found["kind"] = order.kind
    found["at"] = format_utc(now_ms // 1000 * 1000)
    found["milliseconds"] = int((time.monotonic() - began) * 1000)
    found["kept"] = _keep(store, found, state, start)
    return found


def origin_of(store: Store) -> str:
    """Return the origin that leaf 0 states. Raises FormatError (audit_log_empty) where it cannot be read."""
    with store.read() as unit:
        checked = check_entry(unit.entries.at(0), None, Findings())
    if checked is None:
        raise FormatError("audit_log_empty")
    return checked.origin


def _start(store: Store, order: Order, state: StateFile | None) -> Start:
    if isinstance(order.since, Start):
        return order.since
    known = None if state is None else state.last(origin_of(store))
    if known is None:
        raise ConflictError("audit_no_last")
    return known.start


def _keep(store: Store, found: dict[str, Json], state: StateFile | None, start: Start | None) -> bool:
    """Note a clean audit where all is covered: by itself, or together with the noted one that it went on from."""
    covered = found["kind"] != "sample" and (start is None or start.heads_root is not None)
    if state is None or not covered or not found["ok"] or not state.path.parent.is_dir():
        return False
    origin, size, root = str(found["origin"]), found["log_size"], bytes.fromhex(str(found["root"]))
    assert isinstance(size, int)
    try:
        with store.read() as unit:
            state.keep(audited(unit, origin, size, root, str(found["depth"]), str(found["at"])))
    except ConfigurationError:  # whoever audits need not be one who may write there
        return False
    return True
