"""What an authority is competent for: regions or parks, and classes of products. Pure; the policy asks it too.

An authority is competent where (one of its regions contains the place, or the place lies in one of its parks) and one
of its classes is concerned. What it does not name, it does not limit: an empty jurisdiction is the whole ledger.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

AUTHORITY: Final = "authority"
AUTHORITIES: Final = ("emergency", "police", "transport", "environment", "market", "customs", "fire")


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """``regions``: prefixes of GB/T 2260 codes; ``parks``: names; ``classes``: product classes. Empty: no limit.

    Where products are seen, lists ("highly_toxic") count as classes, too.
    """

    regions: tuple[str, ...] = ()
    parks: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


EVERYWHERE: Final = Jurisdiction()


def jurisdiction_of(stated: Mapping[str, Any]) -> Jurisdiction:
    """The jurisdiction that the member of a section states."""
    return Jurisdiction(*(tuple(stated.get(part, ())) for part in ("regions", "parks", "classes")))


def region_prefix(region: str) -> str:
    """What the codes of places in a region begin with: trailing pairs of noughts mean "all of"."""
    prefix = region
    while len(prefix) > 2 and prefix.endswith("00"):
        prefix = prefix[:-2]
    return prefix


def within_region(region: str, code: str) -> bool:
    """Whether a six-digit code lies in a region: "33", "3302", "330200"."""
    return code.startswith(region_prefix(region))


def covers_place(jurisdiction: Jurisdiction, region: str, park: str) -> bool:
    """Whether a place, by its region and park ("" for none), is one of the jurisdiction's."""
    if not (jurisdiction.regions or jurisdiction.parks):
        return True
    return park in jurisdiction.parks or any(within_region(item, region) for item in jurisdiction.regions)


def covers_classes(jurisdiction: Jurisdiction, classes: Iterable[str]) -> bool:
    """Whether one of these product classes is the jurisdiction's; "6" covers "6.1". No classes: goods of any class."""
    concerned = tuple(classes)
    if not (jurisdiction.classes and concerned):
        return True
    return any(found.startswith(own) for found in concerned for own in jurisdiction.classes)


def competent(jurisdiction: Jurisdiction, region: str, park: str, classes: Iterable[str] = ()) -> bool:
    """Whether the jurisdiction covers a place and goods of these classes."""
    return covers_place(jurisdiction, region, park) and covers_classes(jurisdiction, classes)
