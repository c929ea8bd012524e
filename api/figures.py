"""Figures as people and programs read them: kilograms without a lost digit, instants with their zone.

Masses come as whole milligrams, instants as epoch milliseconds. Nothing here rounds a mass.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_OFFSET: Final = re.compile(r"([+-])([01][0-9]|2[0-3]):([0-5][0-9])\Z")
_MG_PER_KG: Final = 1_000_000


def kg_figure(mg: int) -> str:
    """Return kilograms for reading: thousands separated by commas, a real minus sign, every digit kept."""
    whole, part = divmod(abs(mg), _MG_PER_KG)
    decimals = f".{part:06d}".rstrip("0").rstrip(".")
    return f"{'−' if mg < 0 else ''}{whole:,}{decimals}"


def kg_delta(mg: int) -> str:
    """Return a change of mass with its sign; zero has none."""
    return f"+{kg_figure(mg)}" if mg > 0 else kg_figure(mg)


def places(masses: Iterable[int]) -> int:
    """Return how many decimals the longest of some masses has in kilograms."""
    return max((len(kg_figure(mg).partition(".")[2]) for mg in masses), default=0)


def padding(figure: str, decimals: int) -> str:
    """Return what a figure lacks to have so many decimals, as zeros, with the point where it has none."""
    part = figure.partition(".")[2]
    return f"{'' if part else '.'}{'0' * (decimals - len(part))}" if decimals > len(part) else ""


def percent(ppb: int) -> str:
    """Return parts per 10^9 in per cent, every digit kept."""
    whole, part = divmod(ppb, 10**7)
    return f"{whole:,}.{part:07d}".rstrip("0").rstrip(".")


def parse_offset(text: str) -> timezone:
    """Return the zone of a fixed offset such as "+08:00". ValueError: another form."""
    match = _OFFSET.match(text)
    if match is None:
        message = f"not an offset from UTC: {text!r}"
        raise ValueError(message)
    sign, hours, minutes = match.groups()
    delta = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-delta if sign == "-" else delta)


def zone_label(zone: timezone) -> str:
    """Return the zone as people write it: "UTC+8", "UTC+5:30", "UTC"."""
    minutes = int(zone.utcoffset(None).total_seconds()) // 60
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}{f':{rest:02d}' if rest else ''}"


def instant_local(ms: int, zone: timezone) -> str:
    """Return an instant for people in their zone, to the minute, the zone beside it."""
    moment = datetime.fromtimestamp(ms // 1000, UTC).astimezone(zone)
    return f"{moment:%Y-%m-%d %H:%M} {zone_label(zone)}"


def day_local(ms: int, zone: timezone) -> str:
    """Return the calendar day of an instant in a zone."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC).astimezone(zone):%Y-%m-%d}"


def clock_local(ms: int, zone: timezone) -> str:
    """Return the time of day of an instant in a zone, to the minute."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC).astimezone(zone):%H:%M}"
