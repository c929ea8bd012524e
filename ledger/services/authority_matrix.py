"""Which authority sees which section of which event, and which acts are its own: dated rows, read by the policy.

A row holds from its day on. Of the rows that fit, the last one in the order of days, and of the file, decides; where
none fits the answer is no. ``*`` fits anything. Parks and organisations without a kind of authority are ``*`` alone.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Final

ANY: Final = "*"
SECTIONS: Final = "authority_sections.csv"
ACTS: Final = "authority_acts.csv"


@dataclass(frozen=True, slots=True)
class Row:
    """From ``day`` (YYYY-MM-DD) on, ``authority`` may, or may not, see or do this; ``source`` says why."""

    day: str
    authority: str
    event_type: str
    section: str
    allowed: bool
    source: str


def read(lines: Iterable[Mapping[str, str]]) -> tuple[Row, ...]:
    """Return rows by day, those of one day in their order. KeyError: a column is missing."""
    made = [
        Row(
            line["from"],
            line["authority"],
            line["event_type"],
            line.get("section") or ANY,
            line["allowed"] == "yes",
            line["source"],
        )
        for line in lines
    ]
    return tuple(sorted(made, key=lambda row: row.day))


@cache
def rows(name: str) -> tuple[Row, ...]:
    """Return the rows of one of the two files beside the program."""
    path = resources.files("ledger.services").joinpath("matrices", name)
    with path.open(encoding="utf-8") as file:
        return read(csv.DictReader(file))


def decided(table: Iterable[Row], authority: str, event_type: str, section: str, day: str) -> Row | None:
    """Return the row that decides on a day, None where none fits."""
    found = None
    for row in table:
        if row.day > day:
            break
        if row.authority in (ANY, authority) and _fits(row.event_type, event_type) and row.section in (ANY, section):
            found = row
    return found


def _fits(pattern: str, event_type: str) -> bool:
    return pattern in (ANY, event_type) or (pattern.endswith(".*") and event_type.startswith(pattern[:-1]))


@lru_cache(maxsize=8_192)
def sees(authority: str, event_type: str, section: str, day: str) -> bool:
    """Whether a section of an event belongs to an authority's work on a day."""
    row = decided(rows(SECTIONS), authority, event_type, section, day)
    return row is not None and row.allowed


@lru_cache(maxsize=8_192)
def may_act(authority: str, event_type: str, day: str) -> bool:
    """Whether an act is an authority's own on a day."""
    row = decided(rows(ACTS), authority, event_type, ANY, day)
    return row is not None and row.allowed
