"""Local days as people and programs name them, turned into instants of a period."""

import datetime as dt

from ledger.core.times import check_date
from ledger.errors import FormatError

DAY_MS = 86_400_000


def period(first: str, last: str, zone: dt.timezone, fields: tuple[str, str]) -> tuple[int, int]:
    """Return when the first local day begins and the last one ends, in epoch milliseconds. FormatError: no days."""
    begins = [
        int(dt.datetime.fromisoformat(check_date(text, field=field)).replace(tzinfo=zone).timestamp()) * 1000
        for text, field in zip((first, last), fields, strict=True)
    ]
    if not 0 <= begins[0] <= begins[1]:
        raise FormatError("period_not_of_form", fields[1])
    return begins[0], begins[1] + DAY_MS
