"""Command cards and badges."""

import pytest

from labels.cards import ACTIONS, Card, action_text, badge_text, read_card
from labels.symbol import ALPHANUMERIC

USER = "user:0192f5a1-0c00-7000-8000-0000000000b7"


def test_cards_say_an_action_or_a_person_in_any_case() -> None:
    for action in ACTIONS:
        assert read_card(f" {action_text(action).lower()}\r\n") == Card("action", action)
    assert read_card(badge_text(USER)) == Card("badge", USER)
    assert all(ALPHANUMERIC.issuperset(text) for text in (badge_text(USER), action_text("undo")))


@pytest.mark.parametrize(
    "text", ["", "HAZLEDGER:DO:", "HAZLEDGER:DO:BURN", "HAZLEDGER:BADGE:1", "7Q2M9XKD4TBW0HZ3", "x" * 10_000]
)
def test_anything_else_is_no_card(text: str) -> None:
    assert read_card(text) is None


def test_no_card_is_printed_for_an_action_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="burn"):
        action_text("burn")
