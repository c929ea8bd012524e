"""What a thing is and what it does to people: the part of a page that comes first."""

from dataclasses import dataclass
from typing import Final, Literal

from api.views.common import Words

Signal = Literal["danger", "warning"]
Regulated = Literal["highly_toxic", "explosive_precursor", "drug_precursor", "explosive"]

PLACE_PRIVATE: Final = frozenset({"highly_toxic", "explosive_precursor", "explosive"})
"""剧毒, 易制爆 and explosives: the public sees neither where they stand nor how much."""


@dataclass(frozen=True, slots=True)
class HazardStatement:
    """A GHS hazard (H) or precautionary (P) statement with its code, e.g. "H330"."""

    code: str
    text: Words


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """One sentence of advice, and what it was checked against."""

    text: Words
    source: Words


@dataclass(frozen=True, slots=True)
class Clearance:
    """How far to keep everybody away at first, in metres: from a spill, and if a tank burns."""

    spill_m: int
    fire_m: int
    source: Words


@dataclass(frozen=True, slots=True)
class Advice:
    """What a responder should know and do first, most urgent first.

    `specific`: whether some of it is about this very substance; else all follows from its classes (`classes`).
    """

    specific: bool
    classes: tuple[str, ...]
    danger: tuple[AdviceLine, ...]
    do: tuple[AdviceLine, ...]
    dont: tuple[AdviceLine, ...]
    clear: Clearance | None = None

    @property
    def sources(self) -> tuple[Words, ...]:
        """What the lines were checked against, each once, in their order."""
        told = [line.source for line in (*self.danger, *self.do, *self.dont)]
        return tuple(dict.fromkeys([*told, *([self.clear.source] if self.clear else [])]))


@dataclass(frozen=True, slots=True)
class Hazards:
    """The hazards of one product.

    `un`: "UN1017"; `shipping_name`: proper shipping name; `transport_class`: "2.3"; `subsidiary`:
    ("5.1", "8"); `packing_group`: "I", "II", "III" or None; `pictograms`: GHS ids ("GHS06", ...) in
    the order of a label; `advice`: None where there is no class to advise by.
    """

    un: str | None
    shipping_name: Words | None
    transport_class: str | None
    subsidiary: tuple[str, ...]
    packing_group: str | None
    pictograms: tuple[str, ...]
    signal: Signal | None
    statements: tuple[HazardStatement, ...]
    precautions: tuple[HazardStatement, ...] = ()
    advice: Advice | None = None
    regulated: tuple[Regulated, ...] = ()


@dataclass(frozen=True, slots=True)
class Goods:
    """A product with its names and hazards. `ref` is "product:<uuid>"; `cas` in the product's order."""

    ref: str
    name: Words
    cas: tuple[str, ...]
    physical_state: Literal["gas", "liquid", "solid"] | None
    hazards: Hazards


def hides_place(goods: tuple[Goods, ...]) -> bool:
    """Tell whether the public may see only classes and the emergency phone of a place that holds these."""
    return any(
        PLACE_PRIVATE.intersection(item.hazards.regulated) or (item.hazards.transport_class or "").startswith("1.")
        for item in goods
    )


def classes_alone(goods: Goods) -> Goods:
    """Return goods of which nothing is told but class and subsidiary hazards."""
    hazards = Hazards(None, None, goods.hazards.transport_class, goods.hazards.subsidiary, None, (), None, ())
    return Goods("", Words("", ""), (), None, hazards)
