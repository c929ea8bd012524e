"""Every cell is asked once a session; the tests look at the answers."""

from collections.abc import Iterator

import pytest

from tests.authorization.matrix import Cell, ask_all, rows_of
from tests.authorization.realm import Realm, open_realm


@pytest.fixture(scope="session")
def realms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[bool, Realm]]:
    """By whether they are demos."""
    made = {demo: open_realm(tmp_path_factory.mktemp("realm"), demo=demo) for demo in (False, True)}
    yield made
    for realm in made.values():
        realm.ledger.close()


@pytest.fixture(scope="session")
def cells(realms: dict[bool, Realm]) -> list[Cell]:
    return ask_all(realms, rows_of(realms[False].app))
