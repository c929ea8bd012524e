"""Values of the state that the rules asked for, kept in memory: a memo of what is stored, never the truth.

``ask`` puts a pure question again and again until all it needs is loaded. What a batch changes is written into the memo
at once, so a batch that fails must ``drop`` it whole.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from ledger.core.b64 import unb64u
from ledger.errors import HazledgerError
from ledger.rules import codec
from ledger.rules.event import Entry, FormerEvent
from ledger.rules.state import NotLoaded, State, Value, is_cell
from ledger.services.stored import former_event
from ledger.store.unit_of_work import Unit

T = TypeVar("T")

CAPACITY: Final = 50_000
FORMER: Final = "event:"
_MAX_ROUNDS: Final = 4_096


class Memo:
    """Loaded values by key, at most about ``capacity`` of them."""

    __slots__ = ("_capacity", "_former", "_values", "ledger_id")

    def __init__(self, ledger_id: str | None, capacity: int = CAPACITY) -> None:
        """Start empty; ``ledger_id`` is None before the genesis."""
        self.ledger_id = ledger_id
        self._capacity = capacity
        self._values: dict[str, Value] = {}
        self._former: list[str] = []

    def __len__(self) -> int:
        """Return the number of values held."""
        return len(self._values)

    def ask(self, question: Callable[[State], T], index: int, unit: Unit, evidence: Unit | None = None) -> T:
        """Return the answer of a pure question about the state before record ``index``, loading what it needs."""
        state = State(self._values, index=index, ledger_id=self.ledger_id)
        for _ in range(_MAX_ROUNDS):
            try:
                return question(state)
            except NotLoaded as wanted:
                self._values.update(load(wanted.keys, index, unit, evidence or unit))
                self._former.extend(key for key in wanted.keys if key.startswith(FORMER))
        raise HazledgerError("state_not_loadable")

    def put(self, changes: Mapping[str, Value], entry: Entry) -> None:
        """Take over what a record changed, and the record itself as a former event."""
        self._values.update(changes)
        former = FORMER + entry.event.hash
        self._values[former] = FormerEvent(entry)
        self._former.append(former)

    def get(self, key: str, index: int, unit: Unit) -> Value:
        """Return one value, loading it if need be."""
        if key not in self._values:
            self._values.update(load((key,), index, unit, unit))
        return self._values[key]

    def expect(self, keys: Iterable[str], index: int, unit: Unit) -> None:
        """Load what is not held yet of what is likely to be asked for; what nobody can hold is left out."""
        missing = [key for key in keys if type(key) is str and key not in self._values and _is_loadable(key)]
        if missing:
            self._values.update(load(missing, index, unit, unit))

    def settle(self) -> None:
        """After a commit or a flush: forget former events, and everything when there is too much of it."""
        if len(self._values) > self._capacity:
            self.drop()
            return
        for key in self._former:
            self._values.pop(key, None)
        self._former.clear()

    def drop(self) -> None:
        """Forget everything."""
        self._values.clear()
        self._former.clear()


def _is_loadable(key: str) -> bool:
    return is_cell(key) or codec.is_state(key)


def load(keys: Iterable[str], index: int, unit: Unit, evidence: Unit) -> dict[str, Value]:
    """Read values from the store: nought for an empty cell, None for what there is not."""
    wanted = list(keys)
    cells = [key for key in wanted if is_cell(key)]
    former = [key for key in wanted if key.startswith(FORMER)]
    others = [key for key in wanted if not is_cell(key) and not key.startswith(FORMER)]
    values: dict[str, Value] = {}
    if cells:
        values.update(unit.projections.load_holdings(cells))
    if others:
        bodies = unit.projections.load_states(others)
        values.update({key: None if body is None else codec.load(key, body) for key, body in bodies.items()})
    for key in former:
        values[key] = former_event(evidence, unb64u(key.removeprefix(FORMER), 32), index)
    return values
