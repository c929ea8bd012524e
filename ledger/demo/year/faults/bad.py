"""A life that goes wrong: who takes part, what is said in several plots, and the faults so far."""

from dataclasses import dataclass, field
from typing import Final

from ledger.core.canonical import Json
from ledger.demo.life import HOUR, Life, line, lines
from ledger.demo.scenes import put_away
from ledger.demo.statement import Sections, Statement
from ledger.demo.year.lives import delivery, made
from ledger.demo.year.truth import Fault

AUTHORITY: Final = "emergency"
PURCHASE: Final = "purchase_permit"
PLAIN: Final = "methanol"
TOXIC: Final = "sodium-cyanide"


@dataclass
class Bad:
    """A life that goes wrong: who takes part, and the faults so far."""

    life: Life
    maker: str
    store: str
    user: str
    until_ms: int
    faults: list[Fault] = field(default_factory=list)

    def note(self, kind: str, rule: str, where: str, *said: Statement, also: tuple[str, ...] = ()) -> None:
        """Write down a fault that a record carries."""
        self.faults.append(Fault(kind, rule, where, said, also=also))

    def due(self, kind: str, rule: str, where: str, chain: str, since_ms: int, **more: str) -> None:
        """Write down a fault that time or stock makes."""
        part = more.get("part", "*")
        also = tuple(more["also"].split()) if "also" in more else ()
        self.faults.append(Fault(kind, rule, where, chain=chain, part=part, since_ms=since_ms, also=also))

    def refused(self, kind: str, where: str, reason: str, *said: Statement, also: tuple[str, ...] = ()) -> None:
        """Write down a report of what would have been refused, by which rule."""
        self.faults.append(Fault(kind, "would_have_been_refused@1", where, said, also=also, reason=reason))

    def batch(self, count: int = 2, product: str = PLAIN) -> tuple[str, list[str]]:
        """A batch in drums at its maker."""
        return made(self.life, self.maker, product, count)

    def stored(self, count: int = 2, product: str = PLAIN) -> tuple[str, list[str]]:
        """A batch in drums in a warehouse's bay, the warehouse's own."""
        batch, drums = self.batch(count, product)
        delivery(self.life, self.maker, self.store, batch, drums)
        put_away(self.life, self.store, self.store, batch, drums)
        return batch, drums

    def used(self, batch: str, drum: str, kilograms: int, **more: int) -> Statement:
        """The warehouse says that some of a drum was sampled away."""
        sections: Sections = {
            "place": self.life.place(self.store, "A-01"),
            "inputs": lines(line(batch, kilograms, container=drum)),
        }
        return self.life.say("storage.sampled", self.store, sections, **more)  # type: ignore[arg-type]


def counted(bad: Bad, batch: str, kilograms: str, drum: str | None = None, place: str = "A-01") -> Statement:
    """A count of what is left of a batch: in a drum at the warehouse, or at its maker."""
    who = bad.store if drum else bad.maker
    more: dict[str, Json] = {"container": drum} if drum else {}
    sections: Sections = {"place": bad.life.place(who, place), "inputs": lines(line(batch, kilograms, **more))}
    return bad.life.say("storage.counted", who, sections)


def consumed(bad: Bad, who: str, batch: str, drum: str) -> Statement:
    """Fifty kilograms of a drum are said to have been used an hour ago."""
    used: Sections = {"place": bad.life.place(who, "A-01"), "inputs": lines(line(batch, 50, container=drum))}
    return bad.life.say("use.consumed", who, used, late=HOUR)


def declared(bad: Bad, who: str, batch: str, product: str, kilograms: int, place: str) -> Statement:
    """Somebody declares opening stock of a product, from a paper."""
    life = bad.life
    goods: dict[str, Json] = {
        "product": life.world.products[bad.maker, product],
        "estimate": True,
        "producer_name": "不详",
    }
    paper: dict[str, Json] = {"items": [{"kind": "stock_list", "number": f"KC-{life.number}"}]}
    sections: Sections = {
        "product": goods,
        "documents": paper,
        "place": life.place(who, place),
        "outputs": lines(line(batch, kilograms)),
    }
    return life.say("storage.opening_declared", who, sections, late=HOUR)
