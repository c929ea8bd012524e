"""Words for the lists of what is on record, and for the forms that add to them."""

from collections.abc import Mapping
from typing import Final

from api.i18n import N_
from ledger.services.imports.columns import Kind

LISTS: Final[Mapping[str, str]] = {
    "stock": N_("Stock"),
    "batches": N_("Batches"),
    "products": N_("Products"),
    "containers": N_("Containers"),
    "sites": N_("Sites"),
    "keys": N_("Keys"),
    "findings": N_("Findings"),
}
HOLDERS: Final[Mapping[str, str]] = {
    "org": N_("the organisation"),
    "user": N_("a person"),
    "device": N_("a device"),
}
EMPTY: Final[Mapping[str, str]] = {
    "stock": N_("Nothing is in stock. What you receive, produce or buy stands here."),
    "batches": N_("No batch yet. What you produce, receive or declare as opening stock stands here."),
    "products": N_("No product yet. Register one, or import a list of them."),
    "containers": N_("No container yet. Register one, or import a list of them."),
    "sites": N_("No site yet. Register the place where you keep or use chemicals first."),
    "keys": N_("No key is registered: what you state is attested by the ledger, not signed by you."),
    "findings": N_("Nothing is open. What the rules find stands here until an event resolves it."),
}
NONE_FOUND: Final = N_("Nothing begins like this.")
ADD: Final[Mapping[str, str]] = {
    "products": N_("Register a product"),
    "containers": N_("Register a container"),
    "sites": N_("Register a site"),
    "opening": N_("Declare opening stock"),
}
LEAD: Final[Mapping[str, str]] = {
    "products": N_(
        "Names and hazards as they stand on the safety data sheet. A name that is on record gets a new version."
    ),
    "containers": N_("A drum, cylinder or tank with the number that is painted on it."),
    "opening": N_("What lies here on the day you begin, one lot and one place at a time."),
    "sites": N_("A site with the places in it: bays, tanks, yards, docks."),
}
PARTS: Final[Mapping[Kind, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "products": (
        (N_("Product"), ("name_zh", "name_en", "state", "aliases", "emergency_phone")),
        (N_("Components"), ("component_zh", "component_en", "cas", "least_percent", "most_percent")),
        (
            N_("Transport"),
            ("un", "shipping_name", "class", "subsidiary", "packing_group", "un_from"),
        ),
        (N_("Hazards"), ("signal", "pictograms", "statements", "precautions", "lists", "catalogue_number")),
    ),
    "containers": (
        (N_("Container"), ("serial", "kind", "tare_kg", "capacity_kg", "water_capacity_l", "inspection_due")),
    ),
    "opening": (
        (N_("Goods"), ("product", "lot", "amount", "unit", "container", "status")),
        (N_("Where"), ("site", "location", "owner")),
        (N_("About it"), ("expires_on", "retest_on", "producer_name")),
        (N_("Density, where it was measured by volume"), ("density", "density_unit", "temperature_c")),
    ),
}
"""The fields of a form under their headings; each is a column of the import of that kind."""
