"""The port of one-time links: what they lead to, and as whom their steps are stated."""

from datetime import timezone
from typing import Final, Literal

from api.views import LinkView, Principal, StepLink, StepLinkLine
from api.wiring.deals import shipment_for, shipment_view
from api.wiring.firms import docks
from api.wiring.known import Known, hidden, roles_shown
from api.wiring.reading import Reading
from api.wiring.waybills import LedgerWaybills
from ledger.errors import ForbiddenError
from ledger.rules.aggregates import OrgState, ShipmentState
from ledger.services import step_links
from ledger.services.step_links import STEPS
from ledger.store.rows import StepLinkRow

SHOWN: Final = 50


class LedgerStepLinks:
    """Links over the ledger's operational tables."""

    def __init__(self, reading: Reading, waybills: LedgerWaybills) -> None:
        """Read with this; documents come from ``waybills``."""
        self._reading = reading
        self._ledger = reading.ledger
        self._waybills = waybills

    def issue(self, viewer: Principal, shipment: str, side: Literal["carrier", "consignee"]) -> StepLink:
        """Make a link for a side of a shipment. NotFoundError, ForbiddenError."""
        with self._reading.known() as known:
            state, _ = shipment_for(known, viewer, shipment)
            if viewer.org is None or viewer.org.ref not in (state.arranger, state.consignor):
                raise ForbiddenError("action_not_allowed", None, {"action": "link"})
            org = state.carrier if side == "carrier" else state.consignee
            if org is None:
                raise hidden(shipment)
            party = known.party(org)
            transfer = state.transfers[-1] if len(state.transfers) == 1 else ""
        made = step_links.issue(self._ledger, viewer.org.ref, org, shipment, transfer, STEPS[side])
        return StepLink(made.token, made.pin, party, made.expires_at_ms, made.id)

    def listing(self, viewer: Principal, shipment: str) -> tuple[StepLinkLine, ...]:
        """Return the links that the viewer's organisation issued for a shipment, newest first. NotFoundError."""
        with self._reading.known() as known:
            shipment_for(known, viewer, shipment)
            assert viewer.org is not None
            rows = known.unit.step_links.of(viewer.org.ref, shipment, limit=SHOWN)
            return tuple(_line(known, row) for row in rows)

    def revoke(self, viewer: Principal, link: str) -> StepLinkLine:
        """End a link of the viewer's organisation. NotFoundError."""
        row = None if viewer.org is None else step_links.revoke(self._ledger, viewer.org.ref, link)
        if row is None:
            raise hidden("/api/v1/links")
        with self._reading.known() as known:
            return _line(known, row)

    def open(self, token: str) -> LinkView:
        """Return what a link leads to. NotFoundError."""
        row = step_links.find(self._ledger, token)
        with self._reading.known() as known:
            viewer = _principal(known, row)
            state = known.must(row.shipment, ShipmentState)
            done = step_links.done(row)
            left = [step for step in row.steps.split() if step not in done]
            sites = docks(known, row.org) if "receive" in left else ()
            view = shipment_view(known, viewer, row.shipment)
            transfer = row.transfer or (state.transfers[-1] if len(state.transfers) == 1 else "")
            assert viewer.org is not None
            open_step = next((step for step in left if step in view.next), None)
            return LinkView(viewer.org, view, transfer, open_step, done, sites)

    def enter(self, token: str, pin: str, step: str) -> Principal:
        """Return the party for which a step may be taken. NotFoundError, ForbiddenError, FormatError."""
        row = step_links.check(self._ledger, token, pin, step)
        with self._reading.known() as known:
            return _principal(known, row)

    def finish(self, token: str, step: str, event: str) -> None:
        """Remember that a step was taken."""
        step_links.finish(self._ledger, step_links.find(self._ledger, token), step, event)

    def receipt(self, token: str, step: str) -> bytes:
        """Return the receipt of a step taken with the link. NotFoundError."""
        row = step_links.find(self._ledger, token)
        event = step_links.done(row).get(step)
        if event is None:
            raise hidden("/d")
        return self._ledger.receipt(row.org, event)

    def paper(self, token: str, base_url: str, zone: timezone) -> bytes:
        """Return the transport document as PDF. NotFoundError, UnavailableError."""
        row = step_links.find(self._ledger, token)
        with self._reading.known() as known:
            viewer = _principal(known, row)
        return self._waybills.paper(viewer, row.shipment, base_url, zone)


def _line(known: Known, row: StepLinkRow) -> StepLinkLine:
    ended = row.expires_at_ms <= known.now_ms
    return StepLinkLine(
        row.id,
        known.party(row.org),
        tuple(row.steps.split()),
        step_links.done(row),
        row.created_at_ms,
        row.expires_at_ms,
        "ended" if ended else "open" if row.attempts_left else "locked",
    )


def _principal(known: Known, row: StepLinkRow) -> Principal:
    """The party itself, for the steps of its link alone."""
    state = known.must(row.org, OrgState)
    return Principal(
        "link", known.party(row.org), roles_shown(state.roles), None, row.id, user_roles=("operator",), factor="pin"
    )
