"""Words of what waits for signatures."""

from collections.abc import Mapping
from typing import Final

from api.i18n import N_

PARTIES: Final[Mapping[str, str]] = {
    "seller": N_("Seller"),
    "buyer": N_("Buyer"),
    "consignor": N_("Consignor"),
    "consignee": N_("Consignee"),
    "carrier": N_("Carrier"),
    "to": N_("For"),
}
SAID: Final[Mapping[str, str]] = {
    "lot": N_("Lot number"),
    "producer_name": N_("Made by"),
    "vehicle": N_("Vehicle"),
    "waybill": N_("Number of the waybill"),
    "origin": N_("From"),
    "destination": N_("To"),
    "order": N_("Order number"),
    "price": N_("Price"),
    "purpose": N_("Purpose"),
    "text": N_("Reason"),
}
"""What a statement says besides goods, place and parties, by the name of the member."""
