"""A scan's outcome as people and programs see it."""

from dataclasses import dataclass, field

from api.views.common import PlaceName, Words
from ledger.services.scanning.result import Result


@dataclass(frozen=True, slots=True)
class ScanView:
    """The result with its names: of the product, of the scanned place, and of where it is booked if not there."""

    result: Result
    product: Words | None = None
    here: PlaceName | None = None
    booked: PlaceName | None = None


@dataclass(frozen=True, slots=True)
class SeenView:
    """A sighting: when, and in which prefecture; of the own organisation also at which site."""

    at: int
    region: str
    region_name: str
    place: PlaceName | None = None


@dataclass(frozen=True, slots=True)
class CopyView:
    """A label that may be copied. ``code``: of its container's page, None where it has none in force."""

    id: str
    rule: str
    name: Words
    item: str
    label: str
    code: str | None
    found: int
    ppm: int
    km: int
    seen: tuple[SeenView, ...]
    resolved: int | None = None
    resolved_by: str = ""


@dataclass(frozen=True, slots=True)
class GapView:
    """Numbers of a device that never arrived."""

    id: str
    device: str
    name: str
    low: int
    high: int
    since: int


@dataclass(frozen=True, slots=True)
class ScanFindings:
    """What an organisation's scans show."""

    copies: tuple[CopyView, ...] = field(default=())
    gaps: tuple[GapView, ...] = field(default=())
