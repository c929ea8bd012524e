"""Words of overviews and of a site's page."""

from collections.abc import Mapping
from typing import Final

from api.i18n import N_

SEVERITIES: Final[Mapping[str, str]] = {"critical": N_("Critical"), "warning": N_("Warning"), "info": N_("Note")}
ENDS: Final[Mapping[str, str]] = {
    "licence": N_("Licence"),
    "batch": N_("Expiry of a batch"),
    "retest": N_("Retest of a batch"),
}
KINDS: Final[Mapping[str, str]] = {
    "bay": N_("bay"),
    "tank": N_("tank"),
    "yard": N_("yard"),
    "dock": N_("dock"),
    "use": N_("point of use"),
    "room": N_("room"),
}
"""Kinds of locations."""
DOUBTS: Final[Mapping[str, str]] = {
    "transcription": N_("the transcriptions of this row do not fully agree: check it against the standard"),
    "several_rows": N_("several rows could be meant: the strictest is taken until the site states one"),
    "category_assumed": N_("the hazard statement leaves the category open: the stricter is taken"),
}
FOUND: Final[Mapping[str, str]] = {
    "code": N_("Printed codes"),
    "product": N_("Products"),
    "batch": N_("Batches"),
    "container": N_("Containers"),
    "site": N_("Sites"),
    "org": N_("Organisations"),
    "shipment": N_("Shipments"),
    "licence": N_("Licences"),
}
"""Kinds of things that a search finds."""
