"""Times and dates in their one written form; inside, a time is an integer of epoch milliseconds.

Stated times (RFC 3339 with a numeric offset) have whole seconds and no `Z`; the time of recording
alone has milliseconds and `Z`. There are no leap seconds. Years 1970 to 9999, in UTC.
"""

import datetime
import re
from typing import Final

from ledger.errors import FormatError

MAX_MS: Final = 253_402_300_799_999

_STATED: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})([+-])([0-9]{2}):([0-9]{2})"
)
_RECORDED: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{3})Z"
)
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_EPOCH: Final = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - every naive value of this module is UTC
_MILLISECOND: Final = datetime.timedelta(milliseconds=1)
_MAX_OFFSET_HOURS: Final = 14
_MAX_MINUTE: Final = 59


def parse_stated(text: str, *, field: str = "") -> int:
    """Return the epoch milliseconds of `YYYY-MM-DDTHH:MM:SS[+-]HH:MM`.

    FormatError: `time_not_of_form` (another spelling, `-00:00`, an offset beyond 14 hours) or
    `time_out_of_range` (no such moment, or outside the years 1970 to 9999 in UTC).
    """
    found = _STATED.fullmatch(text)
    if found is None:
        raise FormatError("time_not_of_form", field or None)
    hours, minutes = int(found[8]), int(found[9])
    if hours * 60 + minutes > _MAX_OFFSET_HOURS * 60 or minutes > _MAX_MINUTE or text.endswith("-00:00"):
        raise FormatError("time_not_of_form", field or None)
    offset_ms = (hours * 60 + minutes) * 60_000
    return _bounded(_moment(found, field) + (-offset_ms if found[7] == "+" else offset_ms), field)


def format_utc(ms: int) -> str:
    """Return the stated form in UTC, `+00:00`; milliseconds are cut off. FormatError: `time_out_of_range`."""
    moment = _EPOCH + datetime.timedelta(milliseconds=_bounded(ms, ""))
    return moment.isoformat(timespec="seconds") + "+00:00"


def parse_recorded(text: str, *, field: str = "") -> int:
    """Return the epoch milliseconds of `YYYY-MM-DDTHH:MM:SS.sssZ`.

    FormatError: `recorded_time_not_of_form` or `time_out_of_range`.
    """
    found = _RECORDED.fullmatch(text)
    if found is None:
        raise FormatError("recorded_time_not_of_form", field or None)
    return _bounded(_moment(found, field) + int(found[7]), field)


def format_recorded(ms: int) -> str:
    """Return the recorded form, milliseconds and `Z`. FormatError: `time_out_of_range`."""
    moment = _EPOCH + datetime.timedelta(milliseconds=_bounded(ms, ""))
    return moment.isoformat(timespec="milliseconds") + "Z"


def check_date(text: str, *, field: str = "") -> str:
    """Return `text` if it is a day `YYYY-MM-DD`, 1970 to 9999. Errors: those of `date_ms`."""
    date_ms(text, field=field)
    return text


def date_ms(text: str, *, field: str = "") -> int:
    """Return the epoch milliseconds at which a day `YYYY-MM-DD` begins in UTC.

    FormatError: `date_not_of_form` or `time_out_of_range`.
    """
    found = _DATE.fullmatch(text)
    if found is None:
        raise FormatError("date_not_of_form", field or None)
    return _bounded(_moment(found, field, parts=3), field)


def _moment(found: re.Match[str], field: str, parts: int = 6) -> int:
    numbers = [int(number) for number in found.groups()[:parts]]
    try:
        moment = datetime.datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        raise FormatError("time_out_of_range", field or None) from None
    return (moment - _EPOCH) // _MILLISECOND


def _bounded(ms: int, field: str) -> int:
    if not 0 <= ms <= MAX_MS:
        raise FormatError("time_out_of_range", field or None)
    return ms
