"""Command cards and badges."""

import pytest

from labels.cards import ACTIONS, Card, action_text, badge_text, read_card
from labels.symbol import ALPHANUMERIC

SECRET = "7Q2M9XKD4TBW0HZ3A5C6E8F1GJ"
UUID = "0192f5a1-0c00-7000-8000-0000000000b7"


def test_cards_say_an_action_or_a_person_in_any_case() -> None:
    for action in ACTIONS:
        assert read_card(f" {action_text(action).lower()}\r\n") == Card("action", action)
    assert read_card(badge_text(SECRET).lower()) == Card("badge", SECRET)
    assert all(ALPHANUMERIC.issuperset(text) for text in (badge_text(SECRET), action_text("undo")))


def test_a_badge_of_the_former_kind_is_told_apart() -> None:
    assert read_card(f"HAZLEDGER:BADGE:{UUID.upper()}") == Card("former_badge", UUID)


@pytest.mark.parametrize(
    "text",
    [
        "HAZLEDGER:BADGE:" + "U" * 26,
        "HAZLEDGER:BADGE:" + "A" * 25,
        "",
        "HAZLEDGER:DO:",
        "HAZLEDGER:DO:BURN",
        "HAZLEDGER:BADGE:1",
        "7Q2M9XKD4TBW0HZ3",
        "x" * 10_000,
    ],
)
def test_anything_else_is_no_card(text: str) -> None:
    assert read_card(text) is None


def test_no_card_is_printed_for_what_there_is_not() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - it has no words: the secret must not stand in them
        badge_text(UUID)
    with pytest.raises(ValueError, match="burn"):
        action_text("burn")
