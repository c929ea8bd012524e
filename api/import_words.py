"""Words for imports: what is imported, and what becomes of rows."""

from collections.abc import Mapping
from typing import Final

from api.i18n import N_

KINDS: Final[Mapping[str, str]] = {
    "products": N_("Products"),
    "containers": N_("Containers"),
    "opening": N_("Opening stock, lot by lot"),
}
ABOUT: Final[Mapping[str, str]] = {
    "products": N_("Names, components, hazards and transport particulars."),
    "containers": N_("Drums, cylinders and tanks with number, tare and inspection date."),
    "opening": N_("What lies in your warehouses today: one row for each lot and place."),
}
STATUSES: Final[Mapping[str, str]] = {
    "ready": N_("good"),
    "faulty": N_("wrong"),
    "on_record": N_("already on record"),
    "recorded": N_("recorded"),
    "refused": N_("refused"),
    "waiting": N_("waits"),
}
