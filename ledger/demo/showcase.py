"""What a visitor of the demo is shown first: a drum with a code, its batch, whom to log in as, and a wrong bay."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger.demo.rooms import USE
from ledger.rules import codec, costorage
from ledger.rules.aggregates import (
    Aggregate,
    BatchState,
    BayState,
    ContainerState,
    OrgState,
    ProductState,
    ShipmentState,
    SiteState,
)
from ledger.services.ledger import Ledger
from ledger.store.unit_of_work import Unit

LOGINS = {"warehouse": "仓库 / warehouse", "trader": "贸易商 / trader", "authority": "监管 / regulator"}
DRUM = "drum"
PAGE = 500


@dataclass(frozen=True, slots=True)
class Barred:
    """Codes of a drum of the warehouse and of one of its bays, which the site's table bars to the drum; and why."""

    drum: str
    bay: str
    coming: str
    there: str


@dataclass(slots=True)
class Showcase:
    """Codes of a filled drum, a place with goods and a laden vehicle; the batch in the drum; and who logs in.

    ``barred``: a scan that is blocked.
    """

    code: str | None = None
    batch: str | None = None
    place: str | None = None
    vehicle: str | None = None
    barred: Barred | None = None
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
        keeper = shown.logins.get(LOGINS["warehouse"])
        if keeper is not None:
            shown.barred = _barred(unit, keeper, ledger.clock.now_ms())
    return shown


def _barred(unit: Unit, keeper: str, now_ms: int) -> Barred | None:
    """The first drum in a bay and other bay of the same site where the site's table keeps the drum out."""
    laden = [(key, state) for key, state in _keyed(unit, "bay:") if isinstance(state, BayState) and state.stored]
    bays = {key.removeprefix("bay:"): [_product(unit, ref) for ref in sorted(state.stored)] for key, state in laden}
    for row in unit.queries.stock(custodian=keeper, limit=PAGE):
        drum = unit.queries.codes_of(row.container) if row.place in bays and row.container != "-" else []
        batch = _state(unit, row.batch) if drum else None
        site = _state(unit, str(row.site)) if drum else None
        if (
            not isinstance(batch, BatchState)
            or not isinstance(site, SiteState)
            or not costorage.has_table(site, now_ms)
        ):
            continue
        for place, there in bays.items():
            bay = unit.queries.codes_of(place) if place.startswith(f"{site.id}/") and place != row.place else []
            pair = costorage.clash(site, place, _product(unit, batch.product), there) if bay else None
            if pair is not None:
                return Barred(drum[0].code, bay[0].code, *pair)
    return None


def _product(unit: Unit, ref: str) -> ProductState:
    state = _state(unit, ref)
    assert isinstance(state, ProductState)
    return state


def _state(unit: Unit, ref: str) -> Aggregate | None:
    body = unit.projections.load_states([ref])[ref]
    return None if body is None else codec.load(ref, body)


def _posted(unit: Unit, shown: Showcase) -> None:
    """The last location with goods, but no point of use, and the last vehicle with goods, that bear a code."""
    for prefix in ("bay:", "shipment:"):
        for key, state in _keyed(unit, prefix):
            if key.endswith("/" + str(USE["location"])):
                continue
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
