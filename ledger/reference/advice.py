"""Short advice for the first people at an incident, one card per class of transport: our own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.reference.dangerous_goods import DangerousGood
from ledger.reference.files import malformed, parse_json

TABLE: Final = "responder_advice"


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences in Chinese and in English, the same number of each."""

    zh: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """Advice for one class or division: what the danger is, what to do and what not to do."""

    hazard_class: str
    title_zh: str
    title_en: str
    danger: Lines
    do: Lines
    dont: Lines


@dataclass(frozen=True, slots=True)
class Advice:
    """The cards by class ("1", "2.1", ... "9"); `everywhere` is said first, whatever the class."""

    effective: str
    everywhere: Card
    cards: Mapping[str, Card]

    def for_good(self, good: DangerousGood) -> tuple[Card, ...]:
        """Return the cards of the class and the subsidiary hazards of a row, the class first."""
        classes = (good.hazard_class, *good.subsidiaries)
        found = (self.cards.get("1" if item[:2] == "1." else item) for item in classes)
        return tuple(dict.fromkeys(card for card in found if card is not None))


def _lines(stated: Mapping[str, Any], name: str) -> Lines:
    lines = Lines(tuple(stated["zh"]), tuple(stated["en"]))
    if not lines.zh or len(lines.zh) != len(lines.en):
        raise malformed(TABLE, name)
    return lines


def _card(name: str, stated: Mapping[str, Any]) -> Card:
    return Card(
        hazard_class=name,
        title_zh=stated["title"]["zh"],
        title_en=stated["title"]["en"],
        danger=_lines(stated["danger"], name),
        do=_lines(stated["do"], name),
        dont=_lines(stated["dont"], name),
    )


def parse(data: bytes, effective: str) -> Advice:
    """Read the JSON form. FormatError: not of that form."""
    try:
        content = parse_json(data, TABLE)
        cards = {name: _card(name, stated) for name, stated in content["classes"].items()}
        return Advice(effective, _card("", content["everywhere"]), cards)
    except (KeyError, TypeError, AttributeError):
        raise malformed(TABLE, "-") from None
