"""A warehouse floor in the served world: labelled bays, a truck with labelled drums at the gate, scans over the API."""

from dataclasses import dataclass, field
from typing import Any

from httpx2 import Response

from ledger.core.times import format_utc
from ledger.demo.rooms import LOCATIONS as SITE
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_deals import Sale, done

DRUM_KG = "100"
QR = "HTTP://TESTSERVER/Q/"


@dataclass
class Floor:
    """`who` works here. `bays`: location -> code; `drums`: codes of what the truck brought; `trip`: the shipment."""

    served: Served
    who: str = "paint"
    bays: dict[str, str] = field(default_factory=dict)
    drums: list[str] = field(default_factory=list)
    vessels: list[str] = field(default_factory=list)
    sale: Sale | None = None
    trip: str = ""

    def bay(self, location: str) -> str:
        if location not in self.bays:
            self.bays[location] = self.served.label(self.who, f"{self.served.world.sites[self.who]}/{location}")
        return self.bays[location]

    def prepare(self, count: int) -> None:
        """So many drums of a new batch stand at the maker's dock, for a truck that is planned."""
        served = self.served
        sale = self.sale = Sale(served, str(int(DRUM_KG) * count))
        done(sale.take("paint", "agree"))
        self.trip = sale.plan()
        vessels = [self.drum("sea") for _ in range(count)]
        base = {"batch": sale.batch, "amount": DRUM_KG, "unit": "kg"}
        tank = f"{served.world.sites['sea']}/T-01"
        served.state(
            "sea",
            "production.packed",
            {
                "place": served.place("sea", "DOCK"),
                "inputs": {"lines": [{**base, "amount": str(int(DRUM_KG) * count), "place": tank}]},
                "outputs": {"lines": [{**base, "container": vessel} for vessel in vessels]},
            },
        )
        self.vessels += vessels
        self.drums += [served.label("sea", vessel) for vessel in vessels]

    def deliver(self, count: int) -> None:
        """A truck comes with so many drums of a new batch."""
        self.prepare(count)
        served, sale, vessels = self.served, self.sale, self.vessels[-count:]
        assert sale is not None
        done(sale.trip("sea", self.trip, "load", goods=[{"container": vessel} for vessel in vessels]))
        done(sale.trip("sea", self.trip, "dispatch"))
        served.clock.set(served.clock.now_ms() + 20 * 3_600_000)  # the road

    def drum(self, who: str) -> str:
        vessel = self.served.new("container")
        item = {"container": vessel, "kind": "drum", "serial": f"D-{vessel[-6:].upper()}", "tare_kg": "18"}
        self.served.state(who, "governance.container_registered", {"containers": {"items": [item]}})
        return vessel

    def body(self, action: str, location: str, drum: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        place = self.bay(location) if location in LOCATIONS else location
        return {
            "id": self.served.id(),
            "action": action,
            "at": format_utc(self.served.clock.now_ms()),
            "place": QR + place,
            "item": QR + drum,
            **more,
        }

    def post(self, body: dict[str, Any], who: str | None = None) -> Response:
        headers = {**self.served.headers(who or self.who), "accept-language": "en"}
        return self.served.client.post("/api/v1/scans", json=body, headers=headers)

    def scan(self, action: str, location: str, drum: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        return self.taken(self.body(action, location, drum, **more))

    def taken(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.post(body)
        assert answer.status_code == 200, answer.text
        [result] = answer.json()["results"]
        return dict(result)

    def undo(self, of: str) -> dict[str, Any]:
        at = format_utc(self.served.clock.now_ms())
        return self.taken({"id": self.served.id(), "action": "undo", "at": at, "of": of})

    def where(self, number: int) -> str:
        """Where a drum is booked: the location, or the custodian's kind for one that is under way."""
        with self.served.ledger.store.read() as unit:
            [row] = unit.queries.stock(container=self.vessels[number])
        return row.place.partition("/")[2] or row.custodian.partition(":")[0]


LOCATIONS = ("A-01", "A-02", "B-01", "T-01", "DOCK", "USE")


def codes(result: dict[str, Any]) -> list[str]:
    """The codes of what stands against a scan."""
    return [problem["code"] for problem in result["problems"]]


def register(floor: Floor, apart: list[dict[str, str]] | None) -> None:
    """Register the site anew, with a table of its own or without one."""
    served, who = floor.served, floor.who
    site = {
        "site": served.world.sites[who],
        "names": {"zh": "彩虹涂料厂区", "en": "Caihong Coatings site"},
        "region": "370686",
        "locations": list(SITE),
    }
    if apart is not None:
        site["co_storage"] = {"from": "2020-01-01", "apart": apart}
    headers = {"authorization": f"Bearer {served.token(served.world.orgs[who], 'admin')}"}
    answer = served.client.post(
        "/api/v1/events", json=served.event(who, "governance.site_registered", {"site": site}), headers=headers
    )
    assert answer.status_code == 201, answer.text


def peroxide(floor: Floor) -> None:
    """Hydrogen peroxide, class 5.1, lies in bay B-01."""
    served, who = floor.served, floor.who
    lines = [{"batch": served.new("batch"), "amount": "50", "unit": "kg"}]
    product = {"product": served.world.products["sea", "hydrogen-peroxide-50"]}
    stated = {"product": product, "outputs": {"lines": lines}, "place": served.place(who, "B-01")}
    served.state(who, "storage.opening_declared", stated)
