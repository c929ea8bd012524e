"""Regions of GB/T 2260 on English pages: provinces and prefectures have names, counties keep their Chinese ones."""

import csv
import io
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources

from api.views import Words
from ledger.errors import NotFoundError
from ledger.reference.regions import Region, Regions


@lru_cache(maxsize=1)
def english() -> Mapping[str, str]:
    """Return English names by six-digit code."""
    text = resources.files("api").joinpath("data", "region_names_en.csv").read_text("utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(io.StringIO(text))}


def of_region(region: Region) -> Words:
    """Return what a region alone is called."""
    return Words(region.name, english().get(region.code, region.name))


def of_path(path: Sequence[Region]) -> Words:
    """Return the full name of the last region of a path: in Chinese the largest first, in English the smallest."""
    en = ", ".join(of_region(region).en for region in reversed(path))
    return Words("".join(region.name for region in path), en)


def of_code(regions: Regions, code: str) -> Words:
    """Return the full name of a code, or the code itself where the table lacks it."""
    try:
        return of_path(regions.path(code))
    except NotFoundError:
        return Words(code, code)
