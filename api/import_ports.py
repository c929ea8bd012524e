"""What the edge asks about imported tables. The rules are those of ``ports``."""

from collections.abc import Mapping
from typing import Protocol

from api.views import Principal
from ledger.services.imports.columns import Kind
from ledger.services.imports.jobs import Job
from ledger.services.imports.run import Report


class Imports(Protocol):
    """Tables of products, containers and opening stock. FormatError: what is sent is no table within the bounds."""

    def preview(self, viewer: Principal, kind: Kind, body: bytes, media_type: str) -> Report:
        """Say of every row what would become of it. Nothing is written."""

    def run(self, viewer: Principal, kind: Kind, body: bytes, media_type: str, *, all_or_nothing: bool) -> Report:
        """Append what passes the preview; under `all_or_nothing` only if every row does."""

    def one(self, viewer: Principal, kind: Kind, cells: Mapping[str, str]) -> Report:
        """Append what one row says, given by key of its columns, once: the same cells again are on record."""

    def stated(self, viewer: Principal, kind: Kind, cells: Mapping[str, str]) -> tuple[Report, bytes | None]:
        """Say what would become of one row, and return the simple statement that it makes, for somebody to sign.

        None: it is on record, or would be refused for something else than too few signatures. Nothing is written.
        """

    def kinds(self, viewer: Principal) -> tuple[Kind, ...]:
        """Return what the viewer may import."""

    def open(self, viewer: Principal, kind: Kind, name: str, body: bytes) -> str:
        """Begin to check a file and return the id of its import. UnavailableError: too many are under way."""

    def start(self, viewer: Principal, id: str, *, all_or_nothing: bool) -> None:
        """Begin to record what a checked file says, or go on; once, however often it is asked. NotFoundError."""

    def job(self, viewer: Principal, id: str, wait_s: float) -> Job:
        """Return an import once its check or run has ended, or as it is after so many seconds. NotFoundError."""

    def jobs(self, viewer: Principal) -> tuple[Job, ...]:
        """Return the imports of the viewer's organisation that are kept, newest first."""
