"""The port of the floor: scans judged and recorded, with the names that people read."""

from collections.abc import Sequence

import orjson

from api.views import PlaceName, Principal, Words
from api.views.scans import CopyView, GapView, ScanFindings, ScanView, SeenView
from api.wiring.known import Known, hidden
from api.wiring.reading import Reading
from api.wiring.sight import plain_subject
from labels.cards import read_card
from ledger.errors import ForbiddenError, HazledgerError, Problem, RefusedError, UnavailableError
from ledger.rules.aggregates import ShipmentState
from ledger.rules.names import RULES
from ledger.services import policy
from ledger.services.identity import badges
from ledger.services.identity.ports import Ports
from ledger.services.intake import Auth
from ledger.services.policy import Deny
from ledger.services.scanning import devices, findings
from ledger.services.scanning.devices import DeviceScans
from ledger.services.scanning.facts import Look, key_of
from ledger.services.scanning.scanner import Asker, Scanner
from ledger.services.scanning.statement import Scan
from ledger.store.rows import ScanFindingRow, UserRow


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

    def findings(self, viewer: Principal) -> ScanFindings:
        """Return what the scans of the viewer's organisation show."""
        found = findings.findings_of(self._ports, _own(viewer))
        with self._reading.known() as known:
            copies = tuple(_copy(known, row) for row in found.copies)
        gaps = tuple(GapView(gap.id, gap.device, gap.name, gap.low, gap.high, gap.since_ms) for gap in found.gaps)
        return ScanFindings(copies, gaps)

    def resolve(self, viewer: Principal, id: str, text: str) -> str:
        """Record what a finding was, as a safety officer may."""
        own, kind = _own(viewer), findings.INSPECTED
        decision = policy.can_state(plain_subject(viewer), kind, override=True)
        if isinstance(decision, Deny):
            params = {"type": kind, "action": "event.append"}
            raise ForbiddenError(decision.code or "type_not_for_role", None, params)
        return findings.resolve(self._ports, own, _auth(viewer, own), viewer.user, id, text)

    def badge(self, viewer: Principal, text: str) -> tuple[str, str]:
        """Return whom a badge means now: reference and name."""
        known = self._badge(_own(viewer), text)
        return known.id, known.name

    def place(self, viewer: Principal, text: str, lang: str) -> str:
        """Return what a scanned place is called: a location with its site, or the vehicle of a shipment."""
        own = _own(viewer)
        ledger = self._ports.ledger
        with self._reading.known() as known:
            look = Look(known.unit, ledger.reference, own, ledger.clock.now_ms())
            target = look.target(text)
            if target is None:
                raise RefusedError([Problem("scan_code_unknown", "/place", {"text": text[:60]})])
            ref, voided = target
            if voided:
                raise RefusedError([Problem("scan_code_voided", "/place", {"code": (key_of(text) or "")[:80]})])
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
        auth = _auth(viewer, own)
        subject = plain_subject(viewer)

        def may_state(type: str, override: bool) -> Problem | None:  # noqa: FBT001 - the shape of ``MayState``
            decision = policy.can_state(subject, type, override=override)
            if not isinstance(decision, Deny):
                return None
            return Problem(decision.code or "type_not_for_role", "/action", {"type": type, "action": "event.append"})

        result = self._scanner.scan(Asker(own, auth, user, may_state), scan)
        with self._reading.known() as known:
            return ScanView(
                result,
                known.product(result.product) if result.product else None,
                known.place(result.here) if result.here.startswith("site:") else None,
                _booked(known, result.place),
            )

    def _badge(self, org: str, text: str) -> UserRow:
        card = read_card(text)
        if card is None or card.kind == "action":
            raise RefusedError([Problem("scan_badge_unknown", "/badge")])
        if card.kind == "former_badge":
            raise RefusedError([Problem("scan_badge_former", "/badge")])
        return badges.holder(self._ports, org, card.value)


def _auth(viewer: Principal, own: str) -> Auth:
    method = {"key": "api_key", "token": "api_client", "link": "link"}.get(viewer.method, "session")
    return Auth(method, viewer.user or own, viewer.credential or "", viewer.factor)


def _copy(known: Known, row: ScanFindingRow) -> CopyView:
    told = orjson.loads(row.data)
    rule = RULES[row.rule]
    seen = tuple(
        SeenView(
            one["at_ms"],
            one["region"],
            _region(known, one["region"]),
            known.place(one["site"]) if "site" in one else None,
        )
        for one in told["seen"]
    )
    return CopyView(
        id=row.id,
        rule=row.rule,
        name=Words(rule.zh, rule.en),
        item=row.item,
        label=known.label(row.item),
        code=known.related.code_of(row.item),
        found=row.found_at_ms,
        ppm=told["ppm"],
        km=told["km"],
        seen=seen,
        resolved=row.resolved_at_ms,
        resolved_by=row.resolved_by,
    )


def _region(known: Known, code: str) -> str:
    regions = known.reference.regions
    found = code if code in regions.by_code else code[:2] + "0000"
    return regions.name(found) if found in regions.by_code else code


def _booked(known: Known, place: str | None) -> PlaceName | None:
    return None if place is None else known.place(place)


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise ForbiddenError("login_required")
    return viewer.org.ref
