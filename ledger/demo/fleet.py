"""The demo's trucks with driver and escort, and what the waybill of a trip says of them."""

from dataclasses import dataclass

from ledger.core.canonical import Json
from ledger.core.times import format_utc
from ledger.demo.dice import Dice

TRUCKS = 6
PLATES = {"swift": "浙B", "anchor": "苏E"}
ELSEWHERE = "沪A"


@dataclass(frozen=True, slots=True)
class Truck:
    """A truck of a carrier with its crew: each has a licence of its own under the number stated."""

    plate: str
    driver: str
    escort: str

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """What is licensed: kind of licence and subject."""
        return ("vehicle", self.plate), ("driver", self.driver), ("escort", self.escort)


def trucks(seed: int, carrier: str, start_ms: int) -> tuple[Truck, ...]:
    """The trucks of a carrier."""
    dice = Dice(seed, f"fleet of {carrier}")
    return tuple(
        Truck(
            f"{PLATES.get(carrier, ELSEWHERE)}{dice.between(1000, 1999) * 10 + number}",
            dice.ref("user", start_ms),
            dice.ref("user", start_ms),
        )
        for number in range(TRUCKS)
    )


def waybill(truck: Truck, number: str, road: tuple[str, str], packages: tuple[int, str], at_ms: int) -> dict[str, Json]:
    """What the plan of a trip says for its waybill; ``road`` is from where to where."""
    return {
        "vehicle": truck.plate,
        "mode": "road",
        "waybill": number,
        "driver": truck.driver,
        "escort": truck.escort,
        "origin": road[0],
        "destination": road[1],
        "departure_date": format_utc(at_ms)[:10],
        "packages": packages[0],
        "package_kind": packages[1],
    }
