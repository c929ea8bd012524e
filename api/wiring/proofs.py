"""The port of proofs: which chains a proof is about, and what of each the viewer sees."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Final

from api.views import Principal, SiteView
from api.wiring.deals import shipment_for, transfer_for
from api.wiring.known import Known, hidden
from api.wiring.matter import batch_for
from api.wiring.reading import Reading
from api.wiring.registry import site_view
from api.wiring.sight import Sight, full, scope_of, site_sight, subject_of
from ledger.core.proof import Subject
from ledger.errors import HazledgerError
from ledger.rules.jurisdiction import Jurisdiction
from ledger.services import policy
from ledger.services.evidence import Show
from ledger.services.policy import Object, Presence
from ledger.services.proof_jobs import Job, Jobs
from ledger.services.proofs import Order, Progress, quiet

MOST_SITES: Final = 200


class LedgerProofs:
    """Proofs from the ledger."""

    def __init__(self, reading: Reading) -> None:
        """Read from this ledger."""
        self._reading = reading
        self._jobs = Jobs(reading.ledger.clock)

    def lines(self, viewer: Principal, subject: Subject) -> Iterator[bytes]:
        """Return the lines of a proof. NotFoundError."""
        return self._write(viewer, self._order(viewer, subject), quiet)

    def open(self, viewer: Principal, subject: Subject) -> str:
        """Begin to write a proof and return its id. NotFoundError, UnavailableError."""
        order = self._order(viewer, subject)
        name = self._name(viewer, subject)
        return self._jobs.open(_holder(viewer), subject, name, lambda progress: self._write(viewer, order, progress))

    def job(self, viewer: Principal, id: str, wait_s: float) -> Job:
        """Return a proof of the viewer's organisation. NotFoundError `proof_gone`."""
        return self._jobs.job(_holder(viewer), id, wait_s)

    def file(self, viewer: Principal, id: str) -> Path:
        """Return the file of a proof that is done. NotFoundError `proof_gone`."""
        return self._jobs.file(_holder(viewer), id)

    def jobs(self, viewer: Principal) -> tuple[Job, ...]:
        """Return the proofs of the viewer's organisation that are kept, newest first."""
        return self._jobs.of(_holder(viewer))

    def sites(self, viewer: Principal) -> tuple[SiteView, ...]:
        """Return sites of which the viewer may ask for proof, by name."""
        with self._reading.known() as known:
            scope = scope_of(subject_of(known, viewer), "evidence.read")
            found = known.related.things("site", scope, limit=MOST_SITES)
            return tuple(site_view(known, ref) for _, ref in found)

    def regions(self, viewer: Principal) -> tuple[str, ...] | None:
        """Return the regions for which the viewer is competent, () for all; None: it may ask for none."""
        with self._reading.known() as known:
            subject = subject_of(known, viewer)
        bounds = subject.jurisdiction
        if not subject.watches or bounds is None or (bounds.parks and not bounds.regions):
            return None
        return bounds.regions

    # --- what is asked for ------------------------------------------------------------------------------------------

    def _order(self, viewer: Principal, subject: Subject) -> Order:
        """Return the chains of a subject that the viewer may ask for. NotFoundError."""
        service = self._reading.ledger.proofs
        with self._reading.known() as known:
            if subject.kind == "transfer":
                transfer_for(known, viewer, subject.ref)
                return Order(subject, service.chains(subject))
            if subject.kind == "site":
                self._site(known, viewer, subject.ref)
                return Order(subject, service.chains(subject))
            bounds = _region(known, viewer, subject.ref)
        seen, there = service.chains(subject, bounds), service.chains(subject)
        return Order(subject, seen, len(set(there) - set(seen)))

    def _site(self, known: Known, viewer: Principal, ref: str) -> None:
        scope = scope_of(subject_of(known, viewer), "evidence.read")
        if not known.related.deals(scope, "site", ref):
            raise hidden(ref)

    def _name(self, viewer: Principal, subject: Subject) -> str:
        """Return the name of a site in both languages, so that a list of proofs can be read."""
        if subject.kind != "site":
            return subject.ref
        found = next((site for site in self.sites(viewer) if site.ref == subject.ref), None)
        return subject.ref if found is None else f"{found.name.zh} / {found.name.en}"

    # --- what is shown ----------------------------------------------------------------------------------------------

    def _write(self, viewer: Principal, order: Order, progress: Progress) -> Iterator[bytes]:
        """Begin at once, so that what is refused is refused before anything was sent."""
        ledger = self._reading.ledger

        @contextmanager
        def show(name: str) -> Iterator[Show | None]:
            with self._reading.known() as known:
                sight = _sight(known, viewer, name)
                yield None if sight is None else sight.taken_singly(name)

        lines = ledger.proofs.write(ledger.origin, order, show=show, sign=ledger.sign_index, progress=progress)
        begun = [next(lines), next(lines)]
        return chain(begun, lines)


def _sight(known: Known, viewer: Principal, name: str) -> Sight | None:
    """Return what the viewer sees of a chain; None: it may not know of it."""
    kind = name.partition(":")[0]
    try:
        match kind:
            case "batch":
                return batch_for(known, viewer, name)[1]
            case "shipment":
                return shipment_for(known, viewer, name)[1]
            case "transfer":
                return transfer_for(known, viewer, name)[1]
            case _:
                return site_sight(known, viewer, name)
    except HazledgerError:
        return None


def _region(known: Known, viewer: Principal, region: str) -> Jurisdiction:
    """Return what bounds the chains of a region for the viewer. NotFoundError: it is not competent there."""
    subject = subject_of(known, viewer)
    decision = policy.decide(subject, "evidence.read", Object(presences=(Presence(region, ""),)))
    bounds = subject.jurisdiction
    if not subject.watches or bounds is None or not full(decision):
        raise hidden("/proofs")
    return Jurisdiction((region,), (), bounds.classes)


def _holder(viewer: Principal) -> str:
    if viewer.org is None:
        raise hidden("/proofs")
    return viewer.org.ref
