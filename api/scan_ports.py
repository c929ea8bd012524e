"""What the edge asks of the warehouse floor. The rules are those of ``ports``."""

from collections.abc import Sequence
from typing import Protocol

from api.views import Principal
from api.views.scans import ScanFindings, ScanView
from ledger.errors import HazledgerError
from ledger.services.scanning.devices import DeviceScans
from ledger.services.scanning.statement import Scan


class Scans(Protocol):
    """Scans of the viewer's organisation."""

    def scan(self, viewer: Principal, scans: Sequence[Scan]) -> Sequence[ScanView | HazledgerError]:
        """Take scans in their order; one answer a scan. After an UnavailableError the rest was not tried."""

    def enrol(self, viewer: Principal, name: str, key: bytes) -> str:
        """Register a device with the public key that signs its scans; return its reference. FormatError."""

    def device(self, viewer: Principal, device: str) -> DeviceScans:
        """Return what came from a device of the viewer's organisation, and what is missing. NotFoundError."""

    def findings(self, viewer: Principal) -> ScanFindings:
        """Return what the scans of the viewer's organisation show: labels that may be copied, gaps of counters."""

    def resolve(self, viewer: Principal, id: str, text: str) -> str:
        """Record what a finding was; return the id of the event. NotFoundError, ForbiddenError, RefusedError."""

    def badge(self, viewer: Principal, text: str) -> tuple[str, str]:
        """Return reference and name of the person whom a badge of the viewer's organisation means. RefusedError."""

    def place(self, viewer: Principal, text: str, lang: str) -> str:
        """Return what a scanned place is called. RefusedError: none where the viewer's goods can be put."""
