"""Advice for responders about one product or about all that lies together: by substance where we have it, by class."""

from collections.abc import Iterable
from typing import Final

from api.views import Advice, AdviceLine, Clearance, Words
from ledger.reference import Reference
from ledger.reference.advice import Card, Line, Text

MOST_DANGERS: Final = 4
MOST_STEPS: Final = 9
"""Lines that somebody in a hurry reads; what comes later is the less urgent."""


def advice_of(reference: Reference, uns: Iterable[str], classes: Iterable[str], states: Iterable[str]) -> Advice | None:
    """Return the advice for goods with these UN numbers, classes and physical states; None without a class.

    What is special to a substance comes before what holds for its class, the class before its subsidiary hazards.
    """
    told = tuple(dict.fromkeys(classes))
    by_class = reference.advice.of_classes(*told)
    if not by_class:
        return None
    found = (reference.advice.of_substance(un) for un in dict.fromkeys(uns))
    special = tuple(card for card in found if card is not None)
    cards = (*special, *by_class)
    everywhere = reference.advice.everywhere
    return Advice(
        specific=bool(special),
        classes=tuple(card.name for card in by_class),
        danger=_lines([line for card in cards for line in card.danger], MOST_DANGERS),
        do=_lines([*everywhere.do, *(line for card in cards for line in card.do)], MOST_STEPS),
        dont=_lines([*(line for card in cards for line in card.dont), *everywhere.dont], MOST_STEPS),
        clear=_clear(cards, tuple(states)),
    )


def _lines(lines: Iterable[Line], most: int) -> tuple[AdviceLine, ...]:
    return tuple(AdviceLine(_words(line.text), _words(line.source)) for line in tuple(dict.fromkeys(lines))[:most])


def _clear(cards: Iterable[Card], states: tuple[str, ...]) -> Clearance | None:
    """The farthest that any of the cards asks for."""
    asked = [card.clear for card in cards if card.clear is not None]
    if not asked:
        return None
    spill, source = max(
        ((clear.spill_m(state), clear.source) for clear in asked for state in states or ("",)),
        key=lambda found: found[0],
    )
    fire = max(asked, key=lambda clear: clear.fire_m)
    named = (
        source if fire.source == source else Text(f"{source.zh}；{fire.source.zh}", f"{source.en}; {fire.source.en}")
    )
    return Clearance(spill, fire.fire_m, _words(named))


def _words(text: Text) -> Words:
    return Words(text.zh, text.en)
