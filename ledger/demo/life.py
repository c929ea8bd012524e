"""The pen of one life: writes statements in time order, fills in ids and moments, remembers what is where."""

from collections.abc import Mapping

from ledger.core.canonical import Json
from ledger.core.times import format_utc
from ledger.demo.dice import Dice
from ledger.demo.people import needed
from ledger.demo.statement import Sections, Statement
from ledger.demo.world import World

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
DRUM_KG = 200


class Life:
    """Statements of one batch's life, from a start on; each ``say`` is some time after the one before."""

    def __init__(self, world: World, number: int, start_ms: int) -> None:
        """Begin a life, whose locations are called as plots name them until it keeps a product."""
        self.spots: Mapping[str, str] = {}
        self.world = world
        self.number = number
        self.dice = Dice(world.seed, f"life {number}")
        self.now = start_ms
        self.said: list[Statement] = []
        self.counter = 0
        self.lots = 0
        self.codes: dict[str, str] = {}

    def wait(self, least: int, most: int) -> None:
        """Let so many milliseconds pass."""
        self.now += self.dice.between(least, most)

    def keep(self, product: str) -> None:
        """From now on the locations that plots name are those of a product."""
        self.spots = self.world.spots(product)

    def ref(self, kind: str) -> str:
        """A new reference of this moment."""
        return self.dice.ref(kind, self.now)

    def say(
        self,
        kind: str,
        who: str,
        sections: Sections,
        *,
        late: int = 0,
        voids: Statement | None = None,
        follows: tuple[tuple[str, Statement], ...] = (),
    ) -> Statement:
        """State something now; ``late`` milliseconds make it a report of the past. A sale nobody agreed on is one."""
        self.wait(5 * MINUTE, 3 * HOUR)
        self.counter += 1
        agent: dict[str, Json] = {"user": self.world.users[who], "device": f"pda-{who}"}
        reported = late > 0 or (kind == "operation.sold" and "transfer" not in sections["parties"])
        statement = Statement(
            id=self.dice.ref("x", self.now)[2:],
            type=kind,
            actor=self.world.orgs[who],
            occurred_ms=self.now - late,
            sections={**sections, "agent": agent},
            mode="report" if reported else "act",
            recorded_ms=self.now + self.dice.between(1000, 60_000),
            voids=voids,
            follows=follows,
            signers=self.world.people[who][: needed(kind, who)],
        )
        self.now = statement.recorded_ms
        self.said.append(statement)
        return statement

    def spot(self, location: str) -> str:
        """What the world calls a location that a plot names."""
        return self.spots.get(location, location)

    def lot(self, name: str) -> str:
        """A lot number of this life: what it is called, the life, and a letter for each lot."""
        self.lots += 1
        return f"{name.upper()}-{self.number:05d}-{chr(ord('A') + self.lots - 1)}"

    def place(self, who: str, location: str) -> dict[str, Json]:
        """A place section: a location of somebody's site."""
        return {"site": self.world.sites[who], "location": self.spot(location)}

    def where(self, who: str, location: str) -> str:
        """The same place as the text of a line."""
        return f"{self.world.sites[who]}/{self.spot(location)}"

    def org(self, who: str) -> str:
        """An organisation of the cast."""
        return self.world.orgs[who]


def year_of(ms: int) -> int:
    """The year of a moment, in UTC."""
    return int(format_utc(ms)[:4])


def line(batch: str, kilograms: int | str, **more: Json) -> dict[str, Json]:
    """A line of matter in kilograms; ``more`` names what differs from the defaults."""
    return {"batch": batch, "amount": str(kilograms), "unit": "kg", **more}


def lines(*items: dict[str, Json]) -> dict[str, Json]:
    """A section of lines."""
    return {"lines": list(items)}
