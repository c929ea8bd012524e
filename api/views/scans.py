"""A scan's outcome as people and programs see it."""

from dataclasses import dataclass

from api.views.common import PlaceName, Words
from ledger.services.scanning.result import Result


@dataclass(frozen=True, slots=True)
class ScanView:
    """The result with its names: of the product, of the scanned place, and of where it is booked if not there."""

    result: Result
    product: Words | None = None
    here: PlaceName | None = None
    booked: PlaceName | None = None
