from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import figures, words
from api.ages import age
from api.codes import normal_code
from api.i18n import translator
from labels.classes import class_words
from ledger.core.effects import STATUSES
from ledger.rules.accounts import POOLS
from ledger.rules.statements import TYPES
from tests.api.world import DAY, HOUR, NOW

ZH, EN = translator("zh"), translator("en")


@pytest.mark.parametrize(
    ("mg", "text"),
    [
        (0, "0"),
        (1, "0.000001"),
        (-12_500_000, "−12.5"),
        (1_250_000_125, "1,250.000125"),
        (10**18 - 1, "999,999,999,999.999999"),
    ],
)
def test_kilograms_keep_every_digit(mg: int, text: str) -> None:
    assert figures.kg_figure(mg) == text
    assert figures.kg_delta(abs(mg)) == ("+" if mg else "") + text.removeprefix("−")


@given(st.lists(st.integers(-(10**12), 10**12), max_size=8))
def test_figures_of_a_column_are_filled_up_to_as_many_decimals(masses: list[int]) -> None:
    longest = figures.places(masses)
    for mg in masses:
        whole = figures.kg_figure(mg) + figures.padding(figures.kg_figure(mg), longest)
        assert len(whole.partition(".")[2]) == longest
        assert figures.padding(whole, longest) == ""
    assert not masses or "" in {figures.padding(figures.kg_figure(mg), longest) for mg in masses}


@pytest.mark.parametrize(("ppb", "text"), [(312_500_000, "31.25"), (10**9, "100"), (1, "0.0000001"), (0, "0")])
def test_shares_keep_every_digit(ppb: int, text: str) -> None:
    assert figures.percent(ppb) == text


def test_an_instant_stands_with_its_zone() -> None:
    zone = figures.parse_offset("+08:00")
    assert figures.instant_local(NOW, zone) == "2026-11-23 16:00 UTC+8"
    assert figures.day_local(NOW + 8 * HOUR, zone) == "2026-11-24"
    assert figures.clock_local(NOW, zone) == "16:00"
    assert figures.zone_label(figures.parse_offset("-05:30")) == "UTC−5:30"
    assert figures.zone_label(UTC) == "UTC"


@pytest.mark.parametrize("text", ["8", "+8:00", "+24:00", "+08:60", "Asia/Shanghai", "+08:00 "])
def test_a_zone_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="offset"):
        figures.parse_offset(text)


@pytest.mark.parametrize(
    ("past", "zh", "en"),
    [
        (59_999, "刚刚", "just now"),
        (60_000, "1 分钟前", "1 minute ago"),
        (HOUR - 1, "59 分钟前", "59 minutes ago"),
        (HOUR, "1 小时前", "1 hour ago"),
        (DAY, "1 天前", "1 day ago"),
        (59 * DAY, "59 天前", "59 days ago"),
        (61 * DAY, "2 个月前", "2 months ago"),
        (730 * DAY, "2 年前", "2 years ago"),
        (-5 * 60_000, "5 分钟后", "in 5 minutes"),
        (-2 * HOUR, "2 小时后", "in 2 hours"),
        (-DAY, "1 天后", "in 1 day"),
    ],
)
def test_ages_in_words(past: int, zh: str, en: str) -> None:
    assert age(NOW - past, NOW, ZH) == zh
    assert age(NOW - past, NOW, EN) == en


def test_every_event_type_has_a_word() -> None:
    assert {kind.verb for kind in TYPES.values()} <= set(words.VERBS)
    assert {kind.stage for kind in TYPES.values()} <= set(words.STAGES)


def test_every_account_and_status_has_a_word() -> None:
    assert set(words.ACCOUNTS) == POOLS | {"holdings"}
    assert set(words.STATUSES) == set(STATUSES)


def test_a_name_of_a_later_version_is_shown_readably() -> None:
    assert words.event_word("storage.cooled_down", ZH) == "cooled down"


@pytest.mark.parametrize(
    ("given", "zh"),
    [("2.3", "毒性气体"), ("1.1D", "爆炸品"), ("1", "爆炸品"), ("6.1", "毒性物质"), ("", ""), ("X", "")],
)
def test_classes_by_division_or_by_class(given: str, zh: str) -> None:
    assert class_words(given)[0] == zh


@pytest.mark.parametrize(
    "text",
    [
        "7Q2M9XKD4TBW0HZ3",
        "7q2m9xkd4tbw0hz3",
        "7Q2M 9XKD 4TBW 0HZ3",
        "7q2m-9xkd-4tbw-ohz3",
        "HTTPS://TRACE.EXAMPLE.CN/Q/7Q2M9XKD4TBW0HZ3",
    ],
)
def test_a_code_is_read_however_it_is_written(text: str) -> None:
    assert normal_code(text) == "7Q2M9XKD4TBW0HZ3"


@pytest.mark.parametrize(
    "text", ["", "7Q2M", "7Q2M9XKD4TBW0HZ34", "7Q2M9XKD4TBW0HZU", "../../etc/passwd", "７Q2M9XKD4TBW0HZ3"]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert normal_code(text) is None
