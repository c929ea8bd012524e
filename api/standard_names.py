"""Rows of GB 18218-2018 on English pages, in a translation of our own: the Chinese names alone count."""

import csv
import io
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from api.views import Words


@lru_cache(maxsize=1)
def english() -> Mapping[str, str]:
    """Return English names by number in table 1 ("1") and symbol in table 2 ("W5.1")."""
    text = resources.files("api").joinpath("data", "gb18218_names_en.csv").read_text("utf-8")
    return {row["row"]: row["name"] for row in csv.DictReader(io.StringIO(text))}


def of_row(row: str, zh: str) -> Words:
    """Return what a row is called; one without an English name keeps its Chinese one."""
    return Words(zh, english().get(row, zh))
