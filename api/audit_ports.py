"""What pages and programs ask about audits of the whole ledger. The rules are those of `ports`."""

from typing import Protocol

from api.views.access import Principal
from api.views.audits import AuditLine, AuditView, ScrubView
from api.views.common import Page


class Audits(Protocol):
    """Audits of the whole ledger: whoever may read them at all may read all of them."""

    def start(self, viewer: Principal, kind: str, sample: str) -> str:
        """Begin an audit and return its id; one runs at a time.

        ConflictError (audit_under_way), FormatError (sample_not_of_form), NotFoundError (audit_kind_unknown),
        UnavailableError (audit_elsewhere).
        """

    def listing(self, viewer: Principal, before: str | None, limit: int) -> Page[AuditLine]:
        """Return audits and rounds of the scrub, newest first."""

    def one(self, viewer: Principal, audit: str) -> AuditView:
        """Return an audit with what it found. NotFoundError (audit_unknown)."""

    def report(self, viewer: Principal, audit: str, offset: str) -> bytes:
        """Return its report as PDF, signed by the log's key; times of the zone `offset`, such as "+08:00".

        ConflictError (audit_not_done), NotFoundError, UnavailableError: another process writes.
        """

    def scrub(self) -> ScrubView:
        """Return how far the background scrub is."""
