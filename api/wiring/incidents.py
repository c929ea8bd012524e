"""The port of incident codes, and what one opens: a place or vehicle as its issuer may see it, but not whose."""

from dataclasses import replace

from api.codes import normal_code
from api.views import ANONYMOUS, IncidentCode, IncidentUse, IncidentView, Party, Principal, QrView
from api.wiring.codes import LedgerCodes
from api.wiring.known import hidden, roles_shown
from api.wiring.people import roles_of
from api.wiring.reading import Reading
from ledger.errors import NotFoundError
from ledger.services import incidents
from ledger.services.identity.ports import Ports
from ledger.services.identity.sessions import check_purpose
from ledger.services.incidents import Authority, Issuer
from ledger.store.rows import IncidentRow, ReadRow


class LedgerIncidents:
    """Codes over the ledger's operational tables."""

    def __init__(self, ports: Ports, reading: Reading, codes: LedgerCodes) -> None:
        """Issue with these; ``codes`` resolves what is printed."""
        self._ports = ports
        self._reading = reading
        self._codes = codes

    def listing(self, viewer: Principal) -> tuple[IncidentView, ...]:
        """Return the newest codes of the viewer's organisation."""
        rows = incidents.listing(self._ports, _own(viewer).ref)
        return tuple(self._view(row, uses) for row, uses in rows)

    def issue(self, viewer: Principal, reason: str, hours: int) -> IncidentCode:
        """Make a code and show it, once."""
        role = next(role for role in incidents.ISSUERS if role in viewer.user_roles)
        issuer = Issuer(_own(viewer).ref, viewer.user or "", viewer.credential or "", role)
        made = incidents.issue(self._ports, issuer, reason, hours)
        return IncidentCode(made.id, "-".join(made.code[at : at + 4] for at in (0, 4, 8)), made.expires_at_ms)

    def end(self, viewer: Principal, incident: str) -> None:
        """End a code before its time."""
        incidents.end(self._ports, _own(viewer).ref, incident)

    def open(self, code: str, incident_code: str, purpose: str) -> QrView:
        """Return a place or vehicle with its quantities, once the use is recorded."""
        said = check_purpose(purpose)
        printed = normal_code(code)
        if printed is None:
            raise NotFoundError("code_unknown", None, {"code": code[:60]})
        authority = incidents.check(self._ports, incident_code)
        view = self._codes.resolve(ANONYMOUS, printed, self._issuer(authority, said))
        if view.here is None or not view.told:
            raise incidents.unusable()
        incidents.note(self._ports, authority, f"/Q/{printed}", said)
        return replace(view, incident=authority.reason)

    def _issuer(self, authority: Authority, purpose: str) -> Principal:
        """The organisation that issued, in the role it issued as."""
        with self._reading.known() as known:
            org = known.party(authority.org)
        return Principal(
            "link",
            org,
            roles_shown(authority.kinds),
            credential=authority.id,
            user_roles=roles_of([authority.role]),
            purpose=purpose,
        )

    def _view(self, row: IncidentRow, uses: list[ReadRow]) -> IncidentView:
        now_ms = self._ports.now_ms()
        return IncidentView(
            id=row.id,
            reason=row.reason,
            issued_by=self._name(row),
            created=row.created_at_ms,
            expires=row.expires_at_ms,
            ended=row.ended_at_ms,
            good=row.ended_at_ms is None and now_ms < row.expires_at_ms,
            uses=tuple(IncidentUse(use.at_ms, use.subject, use.purpose) for use in uses),
        )

    def _name(self, row: IncidentRow) -> str:
        with self._ports.ledger.store.read() as unit:
            user = unit.people.user(row.user) if row.user else None
            client = None if row.user else unit.sessions.client(row.credential)
        return user.name if user is not None else client.label if client is not None else row.user or row.credential


def _own(viewer: Principal) -> Party:
    if viewer.org is None:
        raise hidden("/incidents")
    return viewer.org
