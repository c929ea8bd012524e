import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.times import (
    MAX_MS,
    check_date,
    date_ms,
    format_recorded,
    format_utc,
    parse_recorded,
    parse_stated,
)
from ledger.errors import FormatError
from tests.core.refusals import refused
from tests.core.values import times_ms


@given(times_ms)
def test_a_time_comes_back(ms: int) -> None:
    assert parse_recorded(format_recorded(ms)) == ms
    assert parse_stated(format_utc(ms)) == ms // 1000 * 1000


@given(
    st.datetimes(
        min_value=dt.datetime(1971, 1, 1),  # noqa: DTZ001
        max_value=dt.datetime(9998, 1, 1),  # noqa: DTZ001
        timezones=st.integers(-840, 840).map(lambda n: dt.timezone(dt.timedelta(minutes=n))),
    )
)
def test_any_offset_is_read_as_the_standard_library_does(moment: dt.datetime) -> None:
    moment = moment.replace(microsecond=0)
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    assert parse_stated(moment.isoformat()) == (moment - epoch) // dt.timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:00+00:00", 0),
        ("1970-01-01T08:00:00+08:00", 0),
        ("1969-12-31T19:00:00-05:00", 0),
        ("2026-11-22T08:15:00+08:00", 1_795_306_500_000),
        ("2024-02-29T23:59:59+00:00", 1_709_251_199_000),
        ("9999-12-31T23:59:59+00:00", 253_402_300_799_000),
    ],
)
def test_known_times(text: str, ms: int) -> None:
    assert parse_stated(text) == ms


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-22",
        "2026-11-22T08:15:00Z",
        "2026-11-22T08:15:00z",
        "2026-11-22t08:15:00+08:00",
        "2026-11-22 08:15:00+08:00",
        "2026-11-22T08:15:00-00:00",
        "2026-11-22T08:15:00+0800",
        "2026-11-22T08:15:00+08",
        "2026-11-22T08:15+08:00",
        "2026-11-22T08:15:00.000+08:00",
        "2026-11-22T08:15:00",
        "2026-11-22T08:15:00+14:01",
        "2026-11-22T08:15:00-15:00",
        "2026-11-22T08:15:00+01:60",
        "２026-11-22T08:15:00+08:00",
        "2026-11-22T08:15:00+08:00\n",
        "20261122T081500+0800",
        "12026-11-22T08:15:00+08:00",
    ],
)
def test_another_spelling_of_a_time_is_refused(text: str) -> None:
    with refused("time_not_of_form", "/occurred_at"):
        parse_stated(text, field="/occurred_at")


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29T00:00:00+00:00",
        "2026-13-01T00:00:00+00:00",
        "2026-00-01T00:00:00+00:00",
        "2026-11-22T24:00:00+00:00",
        "2026-11-22T23:60:00+00:00",
        "2016-12-31T23:59:60+00:00",
        "0000-01-01T00:00:00+00:00",
        "1969-12-31T23:59:59+00:00",
        "1970-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-00:01",
    ],
)
def test_a_moment_that_does_not_exist_is_refused(text: str) -> None:
    with refused("time_out_of_range", "/occurred_at"):
        parse_stated(text, field="/occurred_at")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-22T00:15:00Z",
        "2026-11-22T00:15:00.12Z",
        "2026-11-22T00:15:00.1234Z",
        "2026-11-22T00:15:00.123+00:00",
    ],
)
def test_another_spelling_of_the_time_of_recording_is_refused(text: str) -> None:
    with refused("recorded_time_not_of_form", "/recorded_at"):
        parse_recorded(text, field="/recorded_at")


@pytest.mark.parametrize("text", ["2026-02-30T00:00:00.000Z", "1969-12-31T23:59:59.999Z"])
def test_a_time_of_recording_that_does_not_exist_is_refused(text: str) -> None:
    with refused("time_out_of_range"):
        parse_recorded(text)


@pytest.mark.parametrize("ms", [-1, MAX_MS + 1])
def test_times_outside_the_range_are_not_written(ms: int) -> None:
    with refused("time_out_of_range"):
        format_utc(ms)
    with refused("time_out_of_range"):
        format_recorded(ms)


def test_dates() -> None:
    assert check_date("2024-02-29") == "2024-02-29"
    assert date_ms("1970-01-02") == 86_400_000
    for text in ("", "2026-1-1", "20260101", "2026-01-01 ", "2026-01-01T00:00:00+00:00"):
        with refused("date_not_of_form", "/date"):
            check_date(text, field="/date")
    for text in ("2026-02-29", "1969-12-31", "2026-04-31"):
        with refused("time_out_of_range", "/date"):
            date_ms(text, field="/date")


@given(st.text("0123456789-:+TZ. ", max_size=30) | times_ms.map(format_utc))
def test_any_text_raises_nothing_but_format_errors(text: str) -> None:
    for read in (parse_stated, parse_recorded, date_ms):
        try:
            ms = read(text)
        except FormatError:
            continue
        assert 0 <= ms <= MAX_MS
