"""A browser becomes a device: registered with the public key that signs its scans; and what its counters tell."""

from dataclasses import dataclass
from typing import Final

from ledger.core import keys
from ledger.errors import ForbiddenError, RefusedError, UnavailableError
from ledger.errors.problem import Problem
from ledger.rules.scanning import Gaps, gaps
from ledger.services.identity import devices
from ledger.services.identity.ports import Ports
from ledger.services.scanning.statement import Scan
from ledger.store.rows import ScanRow

MOST_DEVICES: Final = 500
MOST_COUNTERS: Final = 5_000
MOST_SHOWN: Final = 100
RETRY_S: Final = 3_600


@dataclass(frozen=True, slots=True)
class DeviceScans:
    """What came from a device: the highest counter, gaps below it, and the latest scans, newest first."""

    device: str
    highest: int
    gaps: Gaps
    latest: tuple[ScanRow, ...] = ()


def enrol(ports: Ports, org: str, name: str, key: bytes, user: str | None) -> str:
    """Register a device with its public key (32 bytes) and return its reference. FormatError, UnavailableError."""
    keys.check_public_key(key, field="/key")
    with ports.ledger.store.read() as unit:
        known = [row for row in unit.people.devices_of(org, limit=MOST_DEVICES) if row.revoked_at_ms is None]
    if len(known) >= MOST_DEVICES:
        raise UnavailableError("scan_devices_full", "/key", {"most": MOST_DEVICES}, retry_after_s=RETRY_S)
    ref = devices.register(ports, org, name, user)
    with ports.ledger.store.write() as unit:
        unit.scans.put_key(org, ref, key)
    return ref


def check(ports: Ports, org: str, scan: Scan) -> None:
    """Refuse a scan that its device did not sign, or of a device that is not the organisation's or was lost.

    ForbiddenError, RefusedError (scan_signature_missing, scan_signature_wrong).
    """
    if scan.device is None:
        if scan.sig is not None:
            raise RefusedError([Problem("scan_device_missing", "/device")])
        return
    with ports.ledger.store.read() as unit:
        known = unit.people.device(scan.device)
        key = unit.scans.key(org, scan.device)
    if known is None or known.org != org or known.revoked_at_ms is not None:
        raise ForbiddenError("device_revoked", "/device", {"device": scan.device})
    if key is None:
        return
    if scan.sig is None:
        raise RefusedError([Problem("scan_signature_missing", "/sig")])
    if not keys.verify(key, scan.sig, scan.message):
        raise RefusedError([Problem("scan_signature_wrong", "/sig")])


def scans_of(ports: Ports, org: str, device: str) -> DeviceScans:
    """Return what came from a device of the organisation."""
    with ports.ledger.store.read() as unit:
        counters = unit.scans.counters(org, device, limit=MOST_COUNTERS)
        latest = tuple(unit.scans.latest(org, device, limit=MOST_SHOWN))
    # A device counts from one: what is missing before the lowest that is looked at is missing, too.
    begun = counters if len(counters) == MOST_COUNTERS else [*counters, (0, 1)]
    return DeviceScans(device, counters[0][0] if counters else 0, gaps(begun), latest)
