"""What a state answers before everything was loaded."""

import pytest

from ledger.rules.accounts import Holding
from ledger.rules.state import NotLoaded, State

BATCH, ORG = "batch:0190a000-0000-7000-8000-000000000001", "org:0190a000-0000-7000-8000-000000000002"
CELL = Holding(BATCH, ORG, ORG, "vehicle:A1")


def test_a_batch_that_there_is_not_holds_nothing() -> None:
    state = State({BATCH: None}, index=1, ledger_id=None)
    assert state.balance(CELL) == 0
    state.require([CELL.key])


def test_the_cells_of_a_batch_that_is_not_loaded_are_asked_for() -> None:
    state = State({}, index=1, ledger_id=None)
    with pytest.raises(NotLoaded) as one:
        state.balance(CELL)
    with pytest.raises(NotLoaded) as several:
        state.require([CELL.key, ORG])
    assert one.value.keys == {CELL.key}
    assert several.value.keys == {CELL.key, ORG}


def test_a_cell_that_is_loaded_is_what_it_is() -> None:
    assert State({CELL.key: 7}, index=1, ledger_id=None).balance(CELL) == 7
