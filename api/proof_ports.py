"""The port of proofs: of a transfer, of a site's day, of a region's period, as much as the viewer may see."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from api.views import Principal, SiteView
from ledger.core.proof import Subject
from ledger.services.proof_jobs import Job


class Proofs(Protocol):
    """Proofs (hazledger/proof@1). NotFoundError: none such, none that the viewer may know of, or not its region."""

    def lines(self, viewer: Principal, subject: Subject) -> Iterator[bytes]:
        """Return the lines of a proof, made as they are asked for; what is refused is refused at once."""

    def open(self, viewer: Principal, subject: Subject) -> str:
        """Begin to write a proof and return its id. UnavailableError: too many are under way."""

    def job(self, viewer: Principal, id: str, wait_s: float) -> Job:
        """Return a proof of the viewer's organisation once it has ended, or after so many seconds. NotFoundError."""

    def file(self, viewer: Principal, id: str) -> Path:
        """Return the file of a proof that is done. NotFoundError."""

    def jobs(self, viewer: Principal) -> tuple[Job, ...]:
        """Return the proofs of the viewer's organisation that are kept, newest first."""

    def sites(self, viewer: Principal) -> tuple[SiteView, ...]:
        """Return sites of which the viewer may ask for proof, by name, at most 200."""

    def regions(self, viewer: Principal) -> tuple[str, ...] | None:
        """Return the regions for which the viewer is competent, () for all; None: it may ask for no region's."""
