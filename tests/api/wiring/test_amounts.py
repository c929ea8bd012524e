"""Kilograms of findings in words: what was more and what less than the books have."""

import pytest

from api.wiring.amounts import amount_of


@pytest.mark.parametrize(
    ("rule", "amount", "zh", "en"),
    [
        ("tolerance@1", "-12", "多 12 kg", "12 kg more"),
        ("tolerance@1", "1234.5", "少 1,234.5 kg", "1,234.5 kg less"),
        ("variance_in_sum@1", "-0.000001", "多 0.000001 kg", "0.000001 kg more"),
        ("surplus@1", "-10", "10 kg", "10 kg"),
        ("shortage@1", "10200", "10,200 kg", "10,200 kg"),
        ("a_later_rule@1", "-10", "−10 kg", "−10 kg"),
    ],
)
def test_an_amount_says_more_or_less_and_keeps_every_digit(rule: str, amount: str, zh: str, en: str) -> None:
    told = amount_of(rule, {"kg": amount})
    assert told is not None
    assert (told.zh, told.en) == (zh, en)


def test_a_limit_has_no_direction() -> None:
    told = amount_of("variance_in_sum@1", {"kg": "-7", "limit_kg": "5"}, "limit_kg")
    assert told is not None
    assert told.zh == told.en == "5 kg"
    assert amount_of("quality@1", {"result": "fail"}) is None
