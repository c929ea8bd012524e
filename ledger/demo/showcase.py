"""What a visitor of the demo is shown first: a drum with a code, its batch, and whom to log in as."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger.rules import codec
from ledger.rules.aggregates import Aggregate, ContainerState, OrgState
from ledger.services.ledger import Ledger
from ledger.store.unit_of_work import Unit

LOGINS = {"warehouse": "仓库 / warehouse", "trader": "贸易商 / trader", "authority": "监管 / regulator"}
DRUM = "drum"
PAGE = 500


@dataclass(slots=True)
class Showcase:
    """The label code of a drum that is not empty, the batch in it, and organisations by how they are called."""

    code: str | None = None
    batch: str | None = None
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
    return shown


def _states(unit: Unit, prefix: str) -> Iterator[Aggregate]:
    after = ""
    while True:
        rows = unit.projections.states_of(prefix, after=after, limit=PAGE)
        yield from (codec.load(key, body) for key, body in rows)
        if len(rows) < PAGE:
            return
        after = rows[-1][0]
