"""The port of photographed papers: taken in for an organisation, shown to who sees what the event says."""

from typing import Final

from api.views import PaperView, Principal
from api.wiring.deals import shipment_for, transfer_for
from api.wiring.firms import docks
from api.wiring.known import Known, hidden
from api.wiring.paper_views import view_of
from api.wiring.reading import Reading
from api.wiring.sight import Sight, batch_sight
from api.wiring.steps import Step
from ledger.errors import ForbiddenError, NotFoundError
from ledger.rules.papers import DOCUMENTS
from ledger.services import papers

ADDRESS: Final = "/api/v1/papers"
MOST_INDEX: Final = 2**53


class LedgerPapers:
    """Papers beside the ledger's chains."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading
        self._ledger = reading.ledger

    def add(self, viewer: Principal, content: bytes) -> PaperView:
        """Keep a photograph. FormatError, ConflictError, UnavailableError."""
        if viewer.org is None:
            raise ForbiddenError("login_required")
        return view_of(papers.add(self._ledger.store, self._ledger.clock, viewer.org.ref, content))

    def one(self, viewer: Principal, paper: str) -> tuple[PaperView, bytes]:
        """Return a photograph that a record states. NotFoundError."""
        number, _, hashed = paper.partition(".")
        if not (number.isascii() and number.isdigit() and int(number[:17]) < MOST_INDEX):
            raise hidden(ADDRESS)
        index = int(number[:17])
        with self._reading.known() as known:
            found = [row for _, row in known.unit.papers.stated([index]) if row.hash == hashed]
            if not found or not _sees(known, viewer, index):
                raise hidden(ADDRESS)
        row, content = papers.content(self._ledger.store, found[0].org, hashed)
        return view_of(row, index), content

    def docks(self, viewer: Principal, shipment: str) -> tuple[str, ...]:
        """Return where the consignee takes goods in: its docks, or any of its locations if it has none."""
        with self._reading.known() as known:
            state, _ = shipment_for(known, viewer, shipment)
            return () if state.consignee is None else docks(known, state.consignee, kind="dock")


def _sees(known: Known, viewer: Principal, index: int) -> bool:
    """Whether the viewer sees the documents of a record, in the life of any thing that it belongs to."""
    for chain in known.related.chains_of(index):
        sight = _sight(known, viewer, chain)
        for row in known.related.life(chain, index=index, limit=1) if sight is not None else ():
            step = Step(row)
            if sight is not None and sight.level(step) == "sections" and sight.section(step, DOCUMENTS):
                return True
    return False


def _sight(known: Known, viewer: Principal, chain: str) -> Sight | None:
    """What the viewer sees of a thing; None where it may not know of it."""
    kind = chain.partition(":")[0]
    try:
        if kind == "transfer":
            return transfer_for(known, viewer, chain)[1]
        if kind == "shipment":
            return shipment_for(known, viewer, chain)[1]
    except NotFoundError:
        return None
    return batch_sight(known, viewer, chain) if kind == "batch" else Sight(known, viewer)
