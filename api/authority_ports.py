"""What the edge asks about requests of authorities, sight for a time, the matrix. The rules are those of ``ports``."""

from typing import Protocol

from api.views import Key, Page, Principal
from api.views.authorities import FirmLine, GrantLine, MatrixView, RequestLine, RequestView
from api.views.compliance import LicenceLine
from api.views.holds import HoldPage
from ledger.store.authorities import Side


class Authorities(Protocol):
    """Requests, grants and the matrix of authorities."""

    def requests(self, viewer: Principal, side: Side, after: Key | None, limit: int) -> Page[RequestLine]:
        """Return what was asked of the viewer's organisation, or by it, newest first."""

    def request(self, viewer: Principal, ref: str) -> RequestView:
        """Return a request of which the viewer is a party, or supervises who was asked. NotFoundError."""

    def about(self, viewer: Principal, event: str, rule: str) -> tuple[RequestLine, ...]:
        """Return what the viewer asked, or was asked, about a finding, newest first; among its newest requests."""

    def grants(self, viewer: Principal) -> tuple[GrantLine, ...]:
        """Return what the viewer's organisation shows or is shown, newest first, at most 200 things."""

    def matrix(self, day: str) -> MatrixView:
        """Return what each authority sees and does on a day. From memory. FormatError."""

    def hold(self, viewer: Principal, ref: str) -> HoldPage:
        """Return the holds on a batch, site or container that the viewer may hold or release. NotFoundError."""

    def firms(self, viewer: Principal, text: str | None, after: Key | None, limit: int) -> Page[FirmLine]:
        """Return the organisations that lie in the viewer's jurisdiction, by name."""

    def firm(self, viewer: Principal, ref: str) -> tuple[FirmLine, tuple[LicenceLine, ...]]:
        """Return an organisation in the viewer's jurisdiction with its licences. NotFoundError."""

    def may_state(self, viewer: Principal, event_type: str) -> bool:
        """Whether the viewer's roles and the matrix let it state such an event."""
