"""What is done with the own stock by form: issued, used, put back, moved; and what two people have to sign."""

import re
from html import unescape
from typing import Any

import pytest

from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_deal_pages import Desk
from tests.api.wiring.test_wiring_imports import size

KEYS = re.compile(r'name="(key\d+)" value="([^"]*)"')


class Store(Desk):
    """A firm with its stock."""

    def __init__(self, served: Served, who: str, product: str) -> None:
        super().__init__(served, who)
        self.served, self.who = served, who
        self.tank = served.world.spots(product)["T-01"]
        self.batch = served.produce(who, product, "100", self.tank)

    def place(self, location: str) -> str:
        return f"{self.served.world.sites[self.who]}/{location}"

    def filled(self, step: str, kilograms: str, location: str = "", at: str = "") -> dict[str, str]:
        """The form of a person who ticks the batch where it lies."""
        path = f"/stock/{step}?find={self.batch_number()}"
        keys = {name: unescape(key) for name, key in KEYS.findall(self.see(path))}
        lies = [self.batch, self.place(at or self.tank), "free"]
        row = next(name for name, key in keys.items() if key.split(" ")[0::2] == lies)
        more = {"place": self.place(location)} if location else {}
        n = row.removeprefix("key")
        return self.fill(path) | {f"on{n}": "1", f"kg{n}": kilograms} | more

    def batch_number(self) -> str:
        return f"LOT-{self.batch[-6:]}"

    def masses(self) -> dict[str, str]:
        """What of the batch is in stock, in kilograms, by place."""
        lines: list[dict[str, Any]] = self.served.ok(f"/api/v1/stock?q={self.batch_number()}", self.who)["items"]
        held = [line["holding"] for line in lines if line["batch"] == self.batch]
        return {one["place"]["location"]: one["mass"]["amount"] for one in held}


@pytest.fixture
def store(served: Served) -> Store:
    return Store(served, "sea", "methanol")


def test_goods_are_issued_used_and_put_back_by_form(served: Served, store: Store) -> None:
    before = size(served)
    assert 'href="/stock/issue"' in store.see("/stock")
    answer = store.send("/stock/issue", store.filled("issue", "30", "USE"))
    assert answer.status_code == 303, answer.text
    assert "Recorded." in store.see(answer.headers["location"])
    used = store.filled("consume", "20", at="USE")
    for _ in range(2):
        assert store.send("/stock/consume", used).status_code == 303
    assert store.send("/stock/put-back", store.filled("put-back", "10", store.tank, at="USE")).status_code == 303
    assert size(served) == before + 3, "a second press states nothing twice"
    assert store.masses() == {store.tank: "80"}


def test_more_than_there_is_nothing_ticked_and_no_place_are_said_and_state_nothing(
    served: Served, store: Store
) -> None:
    before = size(served)
    plain = store.filled("issue", "30", "USE")
    row = next(name for name, value in plain.items() if name.startswith("on") and value == "1")
    for change in ({f"kg{row[2:]}": "100.001"}, {row: ""}, {"place": ""}, {f"kg{row[2:]}": "many"}):
        answer = store.send("/stock/issue", plain | change)
        assert answer.status_code in {400, 422}, change
        assert "Nothing was recorded" in answer.text
    assert size(served) == before


def test_what_is_looked_for_is_found_and_states_nothing(served: Served, store: Store) -> None:
    before = size(served)
    found = store.send("/stock/move", store.fill("/stock/move") | {"find": store.batch_number(), "look": "first"})
    assert found.status_code == 200
    assert store.batch in found.text
    assert size(served) == before


def test_highly_toxic_goods_that_nobody_signs_wait_for_two_people(served: Served) -> None:
    known = served.ledger.reference.products
    who, name = next(key for key in served.world.products if "highly_toxic" in known.product(key[1]).lists)
    store, before = Store(served, who, name), size(served)
    answer = store.send("/stock/issue", store.filled("issue", "5", "USE"))
    assert answer.status_code == 303, answer.text
    page = store.see(answer.headers["location"])
    assert "Two different people sign this." in page
    assert "USE" in page
    assert size(served) == before
