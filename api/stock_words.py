"""Words for the steps that the own stock takes by form."""

from collections.abc import Mapping
from typing import Final

from api.i18n import N_

ACTIONS: Final[Mapping[str, str]] = {
    "issue": N_("Issue for use"),
    "consume": N_("Record a use"),
    "put-back": N_("Return to stock"),
    "move": N_("Move"),
}
"""By the name of the step in an address."""
ASKED: Final[Mapping[str, str]] = {
    "issue": N_("Goods leave the store for where they are used. Highly toxic goods are issued by two people."),
    "consume": N_("What was used up leaves the stock for good."),
    "put-back": N_("What was issued and not used goes back into the store."),
    "move": N_("Goods change their place; a container moves whole."),
}
TARGETS: Final[Mapping[str, str]] = {
    "issue": N_("Where it is used"),
    "put-back": N_("Where it is put"),
    "move": N_("Where it is put"),
}
"""What the place is that a step leads to; a step without one leads to none."""
