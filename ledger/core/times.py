"""Times and dates in their one written form; inside, a time is an integer of epoch milliseconds.

Stated times (RFC 3339 with a numeric offset) have whole seconds and no `Z`; the time of recording
alone has milliseconds and `Z`. There are no leap seconds. Years 1970 to 9999, in UTC.
"""

import datetime as dt
import functools
import re
from typing import Final

from ledger.errors import FormatError

MAX_MS: Final = 253_402_300_799_999

_STATED: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}")
_RECORDED: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - every naive value of this module is UTC
_MAX_OFFSET: Final = 14 * 60
_MAX_MINUTE: Final = 59


def parse_stated(text: str, *, field: str = "") -> int:
    """Return the epoch milliseconds of `YYYY-MM-DDTHH:MM:SS[+-]HH:MM`.

    FormatError: `time_not_of_form` (another spelling, `-00:00`, an offset beyond 14 hours) or
    `time_out_of_range` (no such moment, or outside the years 1970 to 9999 in UTC).
    """
    # The same text is read by the header, the rules and the store: the last few are remembered.
    try:
        return _stated_ms(text)
    except FormatError as error:
        raise FormatError(error.code, field or None) from None


def format_utc(ms: int) -> str:
    """Return the stated form in UTC, `+00:00`; milliseconds are cut off. FormatError: `time_out_of_range`."""
    return _wall_clock(ms) + "+00:00"


def parse_recorded(text: str, *, field: str = "") -> int:
    """Return the epoch milliseconds of `YYYY-MM-DDTHH:MM:SS.sssZ`.

    FormatError: `recorded_time_not_of_form` or `time_out_of_range`.
    """
    if _RECORDED.fullmatch(text) is None:
        raise FormatError("recorded_time_not_of_form", field or None)
    return check_ms(_moment(text, field) + int(text[20:23]), field=field)


def format_recorded(ms: int) -> str:
    """Return the recorded form, milliseconds and `Z`. FormatError: `time_out_of_range`."""
    return f"{_wall_clock(ms)}.{ms % 1000:03d}Z"


def check_date(text: str, *, field: str = "") -> str:
    """Return `text` if it is a day `YYYY-MM-DD`, 1970 to 9999. Errors: those of `date_ms`."""
    date_ms(text, field=field)
    return text


def date_ms(text: str, *, field: str = "") -> int:
    """Return the epoch milliseconds at which a day `YYYY-MM-DD` begins in UTC.

    FormatError: `date_not_of_form` or `time_out_of_range`.
    """
    if _DATE.fullmatch(text) is None:
        raise FormatError("date_not_of_form", field or None)
    return check_ms(_moment(text + "T00:00:00", field), field=field)


def check_ms(ms: int, *, field: str = "") -> int:
    """Return epoch milliseconds if they lie in the years 1970 to 9999. FormatError: `time_out_of_range`."""
    if not 0 <= ms <= MAX_MS:
        raise FormatError("time_out_of_range", field or None)
    return ms


@functools.lru_cache(maxsize=1024)
def _stated_ms(text: str) -> int:
    if _STATED.fullmatch(text) is None:
        raise FormatError("time_not_of_form")
    minute = int(text[23:25])
    offset = int(text[20:22]) * 60 + minute
    if minute > _MAX_MINUTE or offset > _MAX_OFFSET or (offset == 0 and text[19] == "-"):
        raise FormatError("time_not_of_form")
    if text[19] == "+":
        offset = -offset
    return check_ms(_moment(text, "") + offset * 60_000)


def _moment(text: str, field: str) -> int:
    """Milliseconds of `YYYY-MM-DDTHH:MM:SS`, whatever follows it; the digits are known to stand there."""
    try:
        moment = dt.datetime(  # noqa: DTZ001
            int(text[:4]), int(text[5:7]), int(text[8:10]), int(text[11:13]), int(text[14:16]), int(text[17:19])
        )
    except ValueError:
        raise FormatError("time_out_of_range", field or None) from None
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1000


def _wall_clock(ms: int) -> str:
    moment = _EPOCH + dt.timedelta(seconds=check_ms(ms) // 1000)
    return moment.isoformat()
