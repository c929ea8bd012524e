"""Words of findings: how grave, how they end, and what their figures are called."""

from collections.abc import Mapping
from typing import Final

from api.i18n import N_

SEVERITIES: Final[Mapping[str, str]] = {
    "critical": N_("critical"),
    "warning": N_("warning"),
    "info": N_("for information"),
}
STATUSES: Final[Mapping[str, str]] = {"open": N_("open"), "resolved": N_("resolved"), "all": N_("all")}
AGES: Final = (1, 7, 30, 90, 365)
HOW: Final[Mapping[str, str]] = {
    "event": N_("It ends by an event that settles it"),
    "act": N_("It ends by the act that is due"),
    "time": N_("It ends when the state changes"),
    "stays": N_("It stays on record"),
}
SIDES: Final[Mapping[str, str]] = {"sale": N_("Sale"), "purchase": N_("Purchase")}
LOSSES: Final[Mapping[str, str]] = {"loss": N_("Loss"), "theft": N_("Theft")}
FACTS: Final[Mapping[str, str]] = {
    "kg": N_("Amount"),
    "limit_kg": N_("Limit"),
    "capacity_kg": N_("Capacity"),
    "on_hand_kg": N_("In stock"),
    "left_kg": N_("Left of the permit"),
    "planned_to": N_("Planned for"),
    "answer_by": N_("Answer due by"),
    "sold_at": N_("Sold"),
    "side": N_("Side"),
    "lists": N_("Lists"),
    "licence": N_("Licence"),
    "kind": N_("Kind"),
    "number": N_("Number"),
    "valid_to": N_("Last day"),
    "expires_on": N_("Expired on"),
    "due": N_("Due"),
    "device": N_("Device"),
    "first": N_("First missing number"),
    "last": N_("Last missing number"),
    "missing": N_("Numbers missing"),
    "seen": N_("Seen"),
    "km": N_("Distance"),
    "false_alarms_ppm": N_("False alarms, of a million labels"),
    "place": N_("Place"),
    "container": N_("Container"),
    "status": N_("Condition"),
    "days": N_("Days"),
    "untouched_days": N_("Days untouched"),
    "classes": N_("Classes"),
    "products": N_("Products"),
    "party": N_("Other party"),
    "shipment": N_("Shipment"),
    "steps": N_("Missing steps"),
    "reasons": N_("Reasons"),
    "problem": N_("Problem"),
    "level": N_("Level of the rule"),
    "event": N_("Event"),
    "ppm": N_("Parts per million"),
    "least_ppm": N_("At least, ppm"),
    "most_ppm": N_("At most, ppm"),
    "un": N_("UN number"),
    "class": N_("Class"),
    "result": N_("Result"),
    "share": N_("Share of the threshold"),
    "registered": N_("Registered share"),
    "unit": N_("Unit"),
    "recall": N_("Recall"),
    "reached_at": N_("Reached"),
    "organisation": N_("Organisation"),
}
