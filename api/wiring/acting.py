"""What may be stated, before the rules see it; and whether an authority supervises what its act is about."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from api.views import Principal
from api.wiring.known import Known, hidden
from api.wiring.sight import Sight, batch_sight, full, scope_of, subject_of
from api.wiring.steps import Step
from ledger.core.b64 import unb64u
from ledger.errors import ForbiddenError
from ledger.rules.event import Event
from ledger.services import policy
from ledger.services.policy import Deny, Subject

PREFIX: Final = "governance."
HASH_BYTES: Final = 32


def allowed_to_state(subject: Subject, kind: str, *, override: bool = False) -> None:
    """Demand that roles, and the matrix of authorities, let the subject state such an event. ForbiddenError."""
    decision = policy.can_state(subject, kind, override=override)
    if isinstance(decision, Deny):
        raise ForbiddenError(decision.code or "type_not_for_role", "/type", {"type": kind, "action": "event.append"})


def check_act(known: Known, viewer: Principal, event: Event) -> None:
    """Demand that a regulator or park may state this of what it is about. ForbiddenError; NotFoundError: not its own.

    What it was shown for a time it may look at and ask about; it cannot show that to others.
    """
    subject = subject_of(known, viewer)
    allowed_to_state(subject, event.header.type)
    check = _CHECKS.get(event.header.type.removeprefix(PREFIX))
    if check is not None:
        check(known, viewer, event.contents)


Contents = Mapping[str, Mapping[str, Any]]


def _batches(known: Known, viewer: Principal, contents: Contents, *, shown: bool = True) -> None:
    """The batches that a section names, each seen; ``shown``: also by what somebody shows to it for a time."""
    for batch in contents.get("product", {}).get("batches", ()):
        sight = batch_sight(known, viewer, str(batch))
        if not shown:
            sight.presences = tuple(at for at in sight.presences if not at.shown)
        if not full(sight.batch(str(batch))):
            raise hidden(str(batch))


def _held(known: Known, viewer: Principal, contents: Contents) -> None:
    """Batches, a site, containers: whatever a hold names, the authority has to see."""
    _batches(known, viewer, contents)
    things = [("container", str(item["container"])) for item in contents.get("containers", {}).get("items", ())]
    if "site" in contents.get("place", {}):
        things.append(("site", str(contents["place"]["site"])))
    scope = scope_of(subject_of(known, viewer), "master.read", "governance")
    for kind, ref in things:
        if not known.related.deals(scope, kind, ref):
            raise hidden(ref)


def _event(known: Known, viewer: Principal, contents: Contents) -> None:
    event = str(contents.get("finding", {}).get("event", ""))
    if not event_seen(known, viewer, event):
        raise hidden(event)


def event_seen(known: Known, viewer: Principal, event: str) -> bool:
    """Whether the viewer sees the sections of the event of this hash, through one of the things that it is about."""
    row = known.unit.events.by_hash(unb64u(event, HASH_BYTES, field="/sections/finding/event"))
    if row is None:
        return False
    for chain in known.related.chains_of(row.idx):
        found = known.related.life(chain, index=row.idx, limit=1)
        sight = batch_sight(known, viewer, chain) if chain.startswith("batch:") else Sight(known, viewer)
        if found and sight.level(Step(found[0])) == "sections":
            return True
    return False


_CHECKS: Final[Mapping[str, Callable[[Known, Principal, Contents], None]]] = {
    "hold_placed": _held,
    "hold_released": _held,
    "recall_ordered": _batches,
    "sight_granted": partial(_batches, shown=False),
    "finding_assigned": _event,
    "correction_requested": _event,
    "finding_resolved": _event,
}
