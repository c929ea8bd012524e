"""Words for requests of authorities, sight for a time, and the matrix."""

from collections.abc import Mapping
from typing import Final

from api.i18n import N_

KINDS: Final[Mapping[str, str]] = {
    "finding_assigned": N_("Finding assigned"),
    "correction_requested": N_("Correction requested"),
    "inspection_recorded": N_("Inspection"),
}
STATUSES: Final[Mapping[str, str]] = {
    "open": N_("to be answered"),
    "answered": N_("answered"),
    "closed": N_("closed"),
}
STANDINGS: Final[Mapping[str, str]] = {
    "in_force": N_("in force"),
    "over": N_("over"),
    "withdrawn": N_("withdrawn"),
}
AUTHORITIES: Final[Mapping[str, str]] = {
    "emergency": N_("Emergency management"),
    "police": N_("Police"),
    "transport": N_("Transport authority"),
    "environment": N_("Environment authority"),
    "market": N_("Market supervision"),
    "customs": N_("Customs"),
    "fire": N_("Fire service"),
}
SECTIONS: Final[Mapping[str, str]] = {
    "agent": N_("Who acted"),
    "quantity": N_("Quantity"),
    "inputs": N_("What went in"),
    "outputs": N_("What came out"),
    "containers": N_("Containers"),
    "place": N_("Place"),
    "time": N_("Times"),
    "product": N_("Product"),
    "parties": N_("Parties"),
    "transport": N_("Transport"),
    "commercial": N_("Commercial terms"),
    "documents": N_("Documents"),
    "condition": N_("Condition"),
    "reason": N_("Reason"),
    "personal": N_("People"),
}
"""Sections of events that the matrix shows, and that a correction may be asked of."""
ACTS: Final[Mapping[str, str]] = {
    "governance.hold_placed": N_("Place a hold"),
    "governance.hold_released": N_("Release a hold"),
    "governance.recall_ordered": N_("Order a recall"),
    "governance.finding_resolved": N_("Resolve a finding"),
    "governance.finding_assigned": N_("Assign a finding"),
    "governance.correction_requested": N_("Request a correction"),
    "governance.inspection_recorded": N_("Record an inspection"),
    "governance.licence_registered": N_("Register a licence"),
    "governance.licence_suspended": N_("Suspend a licence"),
    "governance.licence_reinstated": N_("Reinstate a licence"),
    "governance.sight_granted": N_("Grant sight for a time"),
}
