"""The port of the floor: scans judged and recorded, with the names that people read."""

from collections.abc import Sequence

from api.codes import normal_code
from api.views import PlaceName, Principal
from api.views.scans import ScanView
from api.wiring.known import Known, hidden
from api.wiring.reading import Reading
from api.wiring.sight import plain_subject
from labels.cards import read_card
from ledger.errors import ForbiddenError, HazledgerError, Problem, RefusedError, UnavailableError
from ledger.rules.aggregates import ShipmentState
from ledger.services import policy
from ledger.services.identity.ports import Ports
from ledger.services.intake import Auth
from ledger.services.policy import Deny
from ledger.services.scanning import devices
from ledger.services.scanning.devices import DeviceScans
from ledger.services.scanning.facts import Look
from ledger.services.scanning.scanner import Asker, Scanner
from ledger.services.scanning.statement import Scan
from ledger.store.rows import UserRow


class LedgerScans:
    """Scans into the ledger."""

    def __init__(self, ports: Ports, reading: Reading) -> None:
        """Record with these ports, read names with this."""
        self._ports = ports
        self._reading = reading
        self._scanner = Scanner(ports)

    def scan(self, viewer: Principal, scans: Sequence[Scan]) -> Sequence[ScanView | HazledgerError]:
        """Take scans in their order. After one that could not be taken now, the rest waits: their order counts."""
        answers: list[ScanView | HazledgerError] = []
        stopped: UnavailableError | None = None
        for scan in scans:
            if stopped is not None:
                answers.append(stopped)
                continue
            try:
                answers.append(self._one(viewer, scan))
            except UnavailableError as error:
                stopped = error
                answers.append(error)
            except HazledgerError as error:
                answers.append(error)
        return answers

    def enrol(self, viewer: Principal, name: str, key: bytes) -> str:
        """Register a device with its public key."""
        return devices.enrol(self._ports, _own(viewer), name, key, viewer.user)

    def device(self, viewer: Principal, device: str) -> DeviceScans:
        """Return what came from a device. NotFoundError."""
        with self._ports.ledger.store.read() as unit:
            known = unit.people.device(device)
        if known is None or known.org != _own(viewer):
            raise hidden(device)
        return devices.scans_of(self._ports, known.org, device)

    def place(self, viewer: Principal, text: str, lang: str) -> str:
        """Return what a scanned place is called: a location with its site, or the vehicle of a shipment."""
        own = _own(viewer)
        ledger = self._ports.ledger
        code = normal_code(text)
        with self._reading.known() as known:
            look = Look(known.unit, ledger.reference, own, ledger.clock.now_ms())
            target = None if code is None else look.target(code)
            if target is None:
                raise RefusedError([Problem("scan_code_unknown", "/place", {"text": text[:60]})])
            ref, voided = target
            if voided:
                raise RefusedError([Problem("scan_code_voided", "/place", {"code": code or ""})])
            if not look.is_place(ref):
                raise RefusedError([Problem("scan_no_place", "/place", {"text": text[:60]})])
            trip = known.get(ref, ShipmentState)
            if trip is not None:
                return trip.vehicle
            place = known.place(ref)
        return f"{place.location} · {place.name.in_language(lang)}"

    def _one(self, viewer: Principal, scan: Scan) -> ScanView:
        own = _own(viewer)
        user = viewer.user if scan.badge is None else self._badge(own, scan.badge).id
        method = {"key": "api_key", "token": "api_client", "link": "link"}.get(viewer.method, "session")
        auth = Auth(method, viewer.user or own, viewer.credential or "", viewer.factor)
        subject = plain_subject(viewer)

        def may_state(type: str, override: bool) -> Problem | None:  # noqa: FBT001 - the shape of ``MayState``
            decision = policy.can_state(subject, type, override=override)
            if not isinstance(decision, Deny):
                return None
            return Problem(decision.code or "type_not_for_role", "/action", {"type": type, "action": "event.append"})

        result = self._scanner.scan(Asker(own, auth, user, normal_code, may_state), scan)
        with self._reading.known() as known:
            return ScanView(
                result,
                known.product(result.product) if result.product else None,
                known.place(result.here) if result.here.startswith("site:") else None,
                _booked(known, result.place),
            )

    def _badge(self, org: str, text: str) -> UserRow:
        card = read_card(text)
        if card is not None and card.kind == "badge":
            with self._ports.ledger.store.read() as unit:
                known = unit.people.user(card.value)
            if known is not None and known.org == org and known.disabled_at_ms is None:
                return known
        raise RefusedError([Problem("scan_badge_unknown", "/badge")])


def _booked(known: Known, place: str | None) -> PlaceName | None:
    return None if place is None else known.place(place)


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise ForbiddenError("login_required")
    return viewer.org.ref
