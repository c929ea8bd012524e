"""What the edge asks about filings and licences. The rules are those of ``ports``."""

from typing import Protocol

from api.views import Key, Page, Principal
from api.views.compliance import FilingLine, FilingStatus, LicenceLine


class Compliance(Protocol):
    """Filings that the viewer's organisation owes or made, or supervises, and the licences it holds."""

    def filings(
        self, viewer: Principal, after: Key | None, limit: int, status: FilingStatus | None = None
    ) -> Page[FilingLine]:
        """Return sales and purchases to be filed, newest change of the transfer first; a page may hold fewer lines.

        The viewer's own; for a regulator or park those of the organisations in its ward.
        """

    def licences(self, viewer: Principal) -> tuple[LicenceLine, ...]:
        """Return licences and permits of the viewer's organisation: what ends first is first, what has ended last."""

    def may_state(self, viewer: Principal, event_type: str) -> bool:
        """Whether the viewer's roles may state such an event. From memory."""
