"""Words for filings and licences."""

from collections.abc import Mapping
from typing import Final

from api.i18n import N_

KINDS: Final[Mapping[str, str]] = {
    "production": N_("Production licence"),
    "use": N_("Licence for use"),
    "operation": N_("Trading licence"),
    "storage": N_("Storage licence"),
    "disposal": N_("Disposal licence"),
    "road_transport": N_("Road transport licence"),
    "vehicle": N_("Vehicle certificate"),
    "driver": N_("Driver's certificate"),
    "escort": N_("Escort's certificate"),
    "purchase_permit": N_("Purchase permit"),
    "lawful_use": N_("Lawful-use statement"),
}
STANDINGS: Final[Mapping[str, str]] = {
    "in_force": N_("in force"),
    "expiring": N_("expires soon"),
    "expired": N_("expired"),
    "not_yet": N_("not yet in force"),
    "suspended": N_("suspended"),
}
