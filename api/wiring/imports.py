"""The port of imports: a file in, a report out; the ledger's own rules judge every row."""

from collections.abc import Mapping

from api.views import Principal
from api.wiring.known import hidden
from api.wiring.sight import plain_subject
from ledger.errors import ForbiddenError
from ledger.services import policy
from ledger.services.imports.columns import KINDS, Kind
from ledger.services.imports.jobs import Job, Jobs
from ledger.services.imports.run import Importer, Report
from ledger.services.imports.statements import TYPES
from ledger.services.imports.tables import CSV, read, single
from ledger.services.intake import Auth
from ledger.services.ledger import Ledger
from ledger.services.policy import Deny


class LedgerImports:
    """Imports into the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Append to this ledger."""
        self._importer = Importer(ledger)
        self._jobs = Jobs(self._importer, ledger.store, ledger.clock)

    def preview(self, viewer: Principal, kind: Kind, body: bytes, media_type: str) -> Report:
        """Say of every row what would become of it."""
        return self._importer.preview(*_who(viewer, kind), read(kind, body, media_type))

    def run(self, viewer: Principal, kind: Kind, body: bytes, media_type: str, *, all_or_nothing: bool) -> Report:
        """Append what passes the preview."""
        who = _who(viewer, kind)
        return self._importer.commit(*who, read(kind, body, media_type), all_or_nothing=all_or_nothing)

    def one(self, viewer: Principal, kind: Kind, cells: Mapping[str, str]) -> Report:
        """Append what one row says, given by key of its columns."""
        return self._importer.commit(*_who(viewer, kind), single(kind, cells), all_or_nothing=True)

    def stated(self, viewer: Principal, kind: Kind, cells: Mapping[str, str]) -> tuple[Report, bytes | None]:
        """Return what one row would state, to be signed before it is appended."""
        return self._importer.stated(*_who(viewer, kind), single(kind, cells))

    # --- on pages: a file that is checked, recorded, left and come back to -----------------------------------------

    def kinds(self, viewer: Principal) -> tuple[Kind, ...]:
        """Return what the viewer may import."""
        return tuple(kind for kind in KINDS if policy.can_state(plain_subject(viewer), TYPES[kind]))

    def open(self, viewer: Principal, kind: Kind, name: str, body: bytes) -> str:
        """Begin to check a file, and return the id of its import. FormatError, ForbiddenError, UnavailableError."""
        org, auth = _who(viewer, kind)
        return self._jobs.open(org, auth, read(kind, body, CSV), name, body)

    def start(self, viewer: Principal, id: str, *, all_or_nothing: bool) -> None:
        """Record what a checked file says. NotFoundError, ForbiddenError."""
        org, auth = _who(viewer, self.job(viewer, id, 0).table.kind)
        self._jobs.start(org, auth, id, all_or_nothing=all_or_nothing)

    def job(self, viewer: Principal, id: str, wait_s: float) -> Job:
        """Return an import of the viewer's organisation. NotFoundError `import_gone`, ForbiddenError."""
        if viewer.org is None:
            raise hidden("/import")
        found = self._jobs.job(viewer.org.ref, id, wait_s)
        _who(viewer, found.table.kind)
        return found

    def jobs(self, viewer: Principal) -> tuple[Job, ...]:
        """Return the imports of the viewer's organisation that it may see, newest first."""
        kinds = self.kinds(viewer)
        mine = () if viewer.org is None else self._jobs.of_org(viewer.org.ref)
        return tuple(job for job in mine if job.table.kind in kinds)


def _who(viewer: Principal, kind: Kind) -> tuple[str, Auth]:
    """Return the organisation and how it came in. ForbiddenError: the viewer's roles may not state such events."""
    if viewer.org is None:
        raise hidden("/api/v1/imports")
    decision = policy.can_state(plain_subject(viewer), TYPES[kind])
    if isinstance(decision, Deny):
        params: dict[str, str | int] = {"type": TYPES[kind], "action": "event.append"}
        raise ForbiddenError(decision.code or "type_not_for_role", None, params)
    own = viewer.org.ref
    method = {"key": "api_key", "token": "api_client"}.get(viewer.method, "session")
    return own, Auth(method, viewer.user or own, viewer.credential or "", viewer.factor)
