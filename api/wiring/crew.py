"""The people of a trip: by name for whom the policy shows it, else by firm and certificate."""

from collections.abc import Iterable, Iterator
from typing import Final

from api.views import CrewMember
from api.views.deals import CrewRole
from api.wiring.known import Known
from api.wiring.sight import Sight
from api.wiring.steps import Step
from ledger.rules.aggregates import OrgState, ShipmentState
from ledger.services.policy import Object

ABOARD: Final[tuple[CrewRole, ...]] = ("driver", "escort")
DISPATCHER: Final = "dispatcher"
PERSONAL: Final = "personal"
TRANSPORT: Final = "transport"


def crew_of(state: ShipmentState, sight: Sight, life: Iterable[Step]) -> tuple[CrewMember, ...]:
    """Return who drives, escorts and dispatches; ``life``: the records of the shipment, newest first.

    A name is what an event states in `personal` beside the person, or what the person's own organisation calls its
    user; of both, no more than the policy shows of such a section to the viewer. A one-time link shows no name: it was
    issued by another firm, which may hold it too.
    """
    told = [step for step in life if TRANSPORT in step.header.sections]
    return tuple(
        CrewMember(
            role,
            _name(sight, told, role, user),
            sight.known.party(org),
            "" if role == DISPATCHER else certificate(sight.known, state, org, role, user),
        )
        for role, user, org in dict.fromkeys(_people(state, sight.known, told))
    )


def certificate(known: Known, state: ShipmentState, carrier: str, role: str, user: str) -> str:
    """Return the number of a person's certificate: as the trip states it, else as the carrier registered it."""
    said = state.statement
    if said.get(role) == user and f"{role}_certificate" in said:
        return str(said[f"{role}_certificate"])
    return licence(known, carrier, role, user)


def licence(known: Known, carrier: str, kind: str, subject: str) -> str:
    """Return the number of the licence of this kind that a carrier registered for a subject, '' if there is none."""
    state = known.get(carrier, OrgState)
    held = () if state is None else state.licences
    return next((one.number for one in held if one.kind == kind and one.subject == subject), "")


def _people(state: ShipmentState, known: Known, told: Iterable[Step]) -> Iterator[tuple[CrewRole, str, str]]:
    """Yield role, user and the organisation for which the person acts, those of the first leg first."""
    said = state.statement
    yield from ((role, str(said[role]), state.carrier) for role in ABOARD if role in said)
    for leg in state.legs:
        named = dict(zip(ABOARD, (leg.driver, leg.escort), strict=True))
        yield from ((role, user, leg.carrier) for role, user in named.items() if user is not None)
    sends = said.get(DISPATCHER)
    if sends is not None:
        actors = (step.header.actor for step in told if known.section(step.row.idx, TRANSPORT).get(DISPATCHER) == sends)
        yield DISPATCHER, str(sends), next(actors, state.arranger)


def _name(sight: Sight, told: Iterable[Step], role: CrewRole, user: str) -> str | None:
    known = sight.known
    if sight.viewer.method == "link":
        return None
    for step in told:
        if PERSONAL not in step.header.sections or known.section(step.row.idx, TRANSPORT).get(role) != user:
            continue
        person = known.section(step.row.idx, PERSONAL).get(role) if sight.section(step, PERSONAL) else None
        if isinstance(person, dict) and isinstance(person.get("name"), str):
            return str(person["name"])
    row = known.unit.people.user(user)
    if row is None:
        return None
    own = Object(owners=frozenset({row.org}), stage=TRANSPORT, section=PERSONAL)
    return row.name if sight.decide("shipment.read", own) else None
