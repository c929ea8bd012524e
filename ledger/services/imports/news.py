"""What of an event to be is new. The rest is on record just so, and has the receipt of the event that said it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.core.canonical import Json
from ledger.core.quantity import milligrams
from ledger.rules.aggregates import ContainerState, ProductState
from ledger.services.imports.cells import Fault, Values, fault
from ledger.services.imports.columns import Kind
from ledger.services.imports.containers import containers_of
from ledger.services.imports.lookup import Recorded
from ledger.services.imports.statements import Statement


@dataclass(frozen=True, slots=True)
class News:
    """What is to be appended still, None for nothing; rows on record with the event of each; and faults."""

    fresh: Statement | None
    on_record: Mapping[int, str | None] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def news(kind: Kind, org: str, item: Statement, lookup: Recorded, values: Mapping[int, Values]) -> News:
    """Return what of an event is new. ``values``: of the rows of the table, by row."""
    if kind == "products":
        return _product(item, lookup)
    return _containers(org, item, lookup, values) if kind == "containers" else News(item)


def _product(item: Statement, lookup: Recorded) -> News:
    content = item.sections["product"]
    ref = str(content["product"])
    state = lookup.state(ref, ProductState)
    if state is None or dict(state.statement) != dict(content):
        return News(item)
    return News(None, dict.fromkeys(item.rows, lookup.product_event(ref)))


def _containers(org: str, item: Statement, lookup: Recorded, values: Mapping[int, Values]) -> News:
    block: list[Values] = []
    known: dict[int, str | None] = {}
    faults: list[Fault] = []
    for row in (values[number] for number in item.rows):
        state = lookup.own_container(row.text("serial") or "")
        if state is None:
            block.append(row)
        elif _described(state) == _stated(row.of):
            known[row.row] = lookup.container_event(state.id)
        else:
            faults.append(fault(row.row, "serial", "import_exists_otherwise", name=state.serial))
    return News(containers_of(item.id, org, block) if block else None, known, tuple(faults))


def _described(state: ContainerState) -> tuple[object, ...]:
    return state.kind, state.tare_mg, state.capacity_mg, state.inspection_due


def _stated(of: Mapping[str, Json]) -> tuple[object, ...]:
    masses = (None if key not in of else milligrams(str(of[key]), "kg") for key in ("tare_kg", "capacity_kg"))
    return of["kind"], *masses, of.get("inspection_due")
