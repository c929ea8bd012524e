"""What a visitor of the demo is shown first: a drum with a code, its batch, and whom to log in as."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger.rules import codec
from ledger.rules.aggregates import Aggregate, BayState, ContainerState, OrgState, ShipmentState
from ledger.services.ledger import Ledger
from ledger.store.unit_of_work import Unit

LOGINS = {"warehouse": "仓库 / warehouse", "trader": "贸易商 / trader", "authority": "监管 / regulator"}
DRUM = "drum"
PAGE = 500


@dataclass(slots=True)
class Showcase:
    """Codes of a filled drum, a place with goods and a laden vehicle; the batch in the drum; and who logs in."""

    code: str | None = None
    batch: str | None = None
    place: str | None = None
    vehicle: str | None = None
    logins: dict[str, str] = field(default_factory=dict)


def find(ledger: Ledger) -> Showcase:
    """Look for what to show: the last filled drum, and the first organisation of each role."""
    shown = Showcase()
    with ledger.store.read() as unit:
        for state in _states(unit, "org:"):
            if isinstance(state, OrgState):
                for role, name in LOGINS.items():
                    if role in state.roles:
                        shown.logins.setdefault(name, state.id)
        for state in _states(unit, "container:"):
            if (
                isinstance(state, ContainerState)
                and state.kind == DRUM
                and any(mg > 10**8 for mg in state.contents.values())
            ):
                codes = unit.queries.codes_of(state.id)
                if codes:
                    shown.code, shown.batch = codes[0].code, next(iter(state.contents))
        _posted(unit, shown)
    return shown


def _posted(unit: Unit, shown: Showcase) -> None:
    """The last location with goods, and the last vehicle with goods, that bear a code."""
    for prefix in ("bay:", "shipment:"):
        for key, state in _keyed(unit, prefix):
            codes = unit.queries.codes_of(key.removeprefix("bay:")) if _laden(state) else []
            if codes and prefix == "bay:":
                shown.place = codes[0].code
            elif codes:
                shown.vehicle = codes[0].code


def _laden(state: Aggregate) -> bool:
    if isinstance(state, BayState):
        return bool(state.stored)
    return isinstance(state, ShipmentState) and bool(state.cargo)


def _states(unit: Unit, prefix: str) -> Iterator[Aggregate]:
    return (state for _, state in _keyed(unit, prefix))


def _keyed(unit: Unit, prefix: str) -> Iterator[tuple[str, Aggregate]]:
    after = ""
    while True:
        rows = unit.projections.states_of(prefix, after=after, limit=PAGE)
        yield from ((key, codec.load(key, body)) for key, body in rows)
        if len(rows) < PAGE:
            return
        after = rows[-1][0]
