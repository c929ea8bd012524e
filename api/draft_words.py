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
    "name": N_("Name or number"),
    "to_location": N_("To the place"),
    "region": N_("Region"),
    "park": N_("Chemical park"),
    "phone": N_("Emergency phone"),
    "locations": N_("Places"),
    "licence_kind": N_("Kind"),
    "valid_from": N_("Valid from"),
    "valid_to": N_("Last day"),
    "subject": N_("Vehicle or person"),
    "authority": N_("Issued by"),
    "most_kg": N_("At most, kg"),
    "classes": N_("Transport classes"),
    "products": N_("Products"),
    "un": N_("UN number"),
    "components": N_("Components"),
    "hazards": N_("Hazard statements"),
    "documents": N_("Documents"),
}
"""What a statement says besides goods, place and parties, by the name of the member."""
