"""Short advice for the first people at an incident: our own words, each line with the source it was checked against.

There is a card for each class of transport, and cards for some substances by UN number. A substance without a card of
its own is not known any better than its class: whoever shows the advice says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.reference.dangerous_goods import DangerousGood
from ledger.reference.files import malformed, parse_json

TABLE: Final = "responder_advice"


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of advice, and what it was checked against."""

    text: Text
    source: Text


@dataclass(frozen=True, slots=True)
class Clearance:
    """How far to keep everybody away at first, in metres: from a spill by physical state, and if a tank burns."""

    solid_m: int
    liquid_m: int
    gas_m: int
    fire_m: int
    source: Text

    def spill_m(self, state: str | None) -> int:
        """Return the distance from a spill of a solid, liquid or gas; of what is neither, the farthest."""
        known = {"solid": self.solid_m, "liquid": self.liquid_m, "gas": self.gas_m}
        return known.get(state or "", max(known.values()))


@dataclass(frozen=True, slots=True)
class Card:
    """Advice for one class, division or substance: what the danger is, what to do and what not to do.

    `name` is a class ("2.1"), four digits of a UN number, or "" for what holds everywhere. `clear`: every class has
    one; of a substance only where it needs more room than its class.
    """

    name: str
    title: Text
    danger: tuple[Line, ...]
    do: tuple[Line, ...]
    dont: tuple[Line, ...]
    clear: Clearance | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """Cards by class ("1", "2.1", ... "9") and by UN number; `everywhere` is said first; `note` says what this is."""

    effective: str
    note: Text
    everywhere: Card
    cards: Mapping[str, Card]
    substances: Mapping[str, Card]

    def for_good(self, good: DangerousGood) -> tuple[Card, ...]:
        """Return the cards of the class and the subsidiary hazards of a row, the class first."""
        return self.of_classes(good.hazard_class, *good.subsidiaries)

    def of_classes(self, *classes: str) -> tuple[Card, ...]:
        """Return the cards of classes or divisions in their order, each once; every division of class 1 has one."""
        found = (self.cards.get("1" if item[:2] == "1." else item) for item in classes)
        return tuple(dict.fromkeys(card for card in found if card is not None))

    def of_substance(self, un: str) -> Card | None:
        """Return the card of a UN number ("UN1017" or "1017"), None where we have none."""
        return self.substances.get(un.removeprefix("UN"))


def _text(stated: Mapping[str, Any], name: str) -> Text:
    if not (isinstance(stated["zh"], str) and isinstance(stated["en"], str) and stated["zh"] and stated["en"]):
        raise malformed(TABLE, name)
    return Text(stated["zh"], stated["en"])


def _lines(stated: list[Mapping[str, Any]], name: str, sources: Mapping[str, Text]) -> tuple[Line, ...]:
    if not stated:
        raise malformed(TABLE, name)
    return tuple(Line(_text(line, name), sources[line["source"]]) for line in stated)


def _card(name: str, stated: Mapping[str, Any], sources: Mapping[str, Text]) -> Card:
    return Card(
        name=name,
        title=_text(stated["title"], name),
        danger=_lines(stated["danger"], name, sources),
        do=_lines(stated["do"], name, sources),
        dont=_lines(stated["dont"], name, sources),
        clear=_clear(stated["clear"], name, sources) if "clear" in stated else None,
    )


def _clear(stated: Mapping[str, Any], name: str, sources: Mapping[str, Text]) -> Clearance:
    solid, liquid, gas, fire = (stated[part] for part in ("solid_m", "liquid_m", "gas_m", "fire_m"))
    if not all(isinstance(item, int) and item > 0 for item in (solid, liquid, gas, fire)):
        raise malformed(TABLE, name)
    return Clearance(solid, liquid, gas, fire, sources[stated["source"]])


def parse(data: bytes, effective: str) -> Advice:
    """Read the JSON form; every line must name one of the listed sources. FormatError: not of that form."""
    try:
        content = parse_json(data, TABLE)
        sources = {name: _text(stated, name) for name, stated in content["sources"].items()}
        return Advice(
            effective=effective,
            note=_text(content["source_note"], "source_note"),
            everywhere=_card("", content["everywhere"], sources),
            cards={name: _card(name, stated, sources) for name, stated in content["classes"].items()},
            substances={name: _card(name, stated, sources) for name, stated in content["substances"].items()},
        )
    except (KeyError, TypeError, AttributeError):
        raise malformed(TABLE, "-") from None
