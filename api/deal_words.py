"""The field's words for transfers and shipments: what to do next, where things stand, why, and how it was signed."""

from collections.abc import Mapping
from typing import Final

from api.i18n import N_

ACTIONS: Final[Mapping[str, str]] = {
    "agree": N_("Agree to the offer"),
    "decline": N_("Decline"),
    "cancel": N_("Cancel"),
    "sell": N_("Record the sale"),
    "plan": N_("Plan a shipment"),
    "load": N_("Load"),
    "dispatch": N_("Dispatch"),
    "accept": N_("Accept the goods"),
    "depart": N_("Depart"),
    "arrive": N_("Arrived"),
    "deliver": N_("Delivered"),
    "unload": N_("Unload"),
    "hand-over": N_("Hand over to another vehicle"),
    "receive": N_("Receive"),
    "refuse": N_("Refuse"),
    "take-back": N_("Take back what was refused"),
    "give-back": N_("Give the ownership back"),
    "settle": N_("Settle the difference"),
    "file": N_("File with the authority"),
}
"""By the name of the step in an address."""

PRESSED: Final = frozenset({"agree", "dispatch", "accept", "depart", "arrive", "deliver"})
"""Steps in which nothing has to be filled in: one press takes them. To agree may need a permit, then it does not."""

ASKED: Final[Mapping[str, str]] = {
    "agree": N_("You agree to take these goods on these terms. The other side is told at once."),
    "decline": N_("You do not take the offer. It is closed for good."),
    "cancel": N_("What was neither sold nor loaded is given up, for both sides."),
    "sell": N_("The ownership of these goods passes to the buyer."),
    "give-back": N_("The ownership of the returned goods goes back to the seller."),
    "settle": N_("Say what became of the difference. It is booked once the other side says the same."),
    "file": N_("Say under which number the authority took the filing of this sale or purchase."),
    "load": N_("From now on the shipment answers for what you tick, until it is received."),
    "dispatch": N_("The vehicle may leave. Licences of carrier, vehicle and crew are checked."),
    "accept": N_("The carrier takes over what is aboard."),
    "depart": N_("The vehicle leaves."),
    "arrive": N_("The vehicle is at its destination."),
    "deliver": N_("The goods are at the consignee. The consignee's receipt closes the handover."),
    "unload": N_("Goods come off the vehicle; the shipment answers for them until they are received."),
    "hand-over": N_("Goods go to another vehicle with a waybill of its own."),
    "receive": N_("You take these goods over. Change a quantity only where you counted another one."),
    "refuse": N_("You do not take what you tick. It stays with the carrier and goes back."),
}

STATUSES: Final[Mapping[str, str]] = {
    "offered": N_("offered"),
    "agreed": N_("agreed"),
    "declined": N_("declined"),
    "cancelled": N_("cancelled"),
    "closed": N_("finished"),
    "expired": N_("expired"),
}

STEPS: Final[Mapping[str, str]] = {
    "planned": N_("planned"),
    "loaded": N_("loaded"),
    "dispatched": N_("dispatched"),
    "departed": N_("on the way"),
    "arrived": N_("arrived"),
    "unloaded": N_("unloaded"),
}

SIGNERS: Final[Mapping[str, str]] = {
    "consignor": N_("Consignor"),
    "carrier": N_("Carrier"),
    "consignee": N_("Consignee"),
}

BACKINGS: Final[Mapping[str, str]] = {
    "signed": N_("signed with its own key"),
    "link": N_("by one-time link and PIN"),
    "paper": N_("unsigned counterpart: on paper, reported by another party"),
    "attested": N_("attested by the ledger"),
}

OUTCOMES: Final[Mapping[str, str]] = {
    "loss": N_("It was lost on the way"),
    "count_error": N_("It was counted wrongly"),
    "measurement": N_("It is a matter of measuring"),
}

REFUSALS: Final[Mapping[str, str]] = {
    "damaged": N_("Damaged or leaking"),
    "wrong_goods": N_("Not what was agreed"),
    "wrong_quantity": N_("Another quantity"),
    "documents": N_("Papers are missing or wrong"),
    "not_ordered": N_("Not ordered"),
    "other": N_("Another reason"),
}

DOCUMENTS: Final[Mapping[str, str]] = {
    "purchase_permit": N_("Purchase permit"),
    "lawful_use": N_("Lawful-use statement"),
    "contract": N_("Contract"),
    "sds": N_("Safety data sheet"),
    "invoice": N_("Invoice"),
    "other": N_("Other document"),
}

PARTICULARS: Final[Mapping[str, str]] = {
    "origin": N_("From"),
    "destination": N_("To"),
    "departure_date": N_("Departure"),
    "mode": N_("Mode"),
    "trailer": N_("Trailer"),
    "vehicle_certificate": N_("Vehicle certificate"),
    "driver_certificate": N_("Driver's certificate"),
    "escort_certificate": N_("Escort's certificate"),
    "packages": N_("Packages"),
    "package_kind": N_("Kind of package"),
    "remark": N_("Remark"),
}
CONTROLS: Final[Mapping[str, str]] = {
    "at": N_("When it was signed"),
    "amount": N_("Net mass, kg"),
    "each": N_("Net mass of each, kg"),
    "goods": N_("Goods"),
    "handler": N_("Name"),
    "handler_id": N_("Number of the identity card"),
    "holder": N_("Holder"),
    "number": N_("Number"),
    "numbers": N_("Numbers on the containers, one a line"),
    "packages": N_("Packages"),
    "photo": N_("Photograph or scan of the signed paper"),
    "pin": N_("PIN, six digits"),
    "place": N_("Where it is put"),
    "reason": N_("Reason"),
    "vehicle": N_("Vehicle"),
    "volume_l": N_("Its volume, L"),
}
"""What the forms call their fields."""
CREW: Final[Mapping[str, str]] = {
    "driver": N_("Driver"),
    "escort": N_("Escort"),
    "dispatcher": N_("Dispatcher"),
}
ACTS_FOR: Final[Mapping[str, str]] = {
    "driver": N_("driver of %(firm)s"),
    "escort": N_("escort of %(firm)s"),
    "dispatcher": N_("dispatcher of %(firm)s"),
}
"""Who a person is whose name the reader does not see."""
MODES: Final[Mapping[str, str]] = {
    "road": N_("Road"),
    "rail": N_("Rail"),
    "ship": N_("Ship"),
    "pipeline": N_("Pipeline"),
}
WAYBILL: Final[Mapping[str, str]] = {
    "waybill": N_("Number of the waybill"),
    "origin": N_("From"),
    "destination": N_("To"),
    "departure_date": N_("Departure"),
    "driver": N_("Driver"),
    "escort": N_("Escort"),
    "dispatcher": N_("Dispatcher"),
    "loader": N_("Who loaded"),
    "vehicle_certificate": N_("Vehicle certificate"),
    "driver_certificate": N_("Driver's certificate"),
    "escort_certificate": N_("Escort's certificate"),
    "packages": N_("Packages"),
    "package_kind": N_("Kind of package"),
    "carrier_licence": N_("Road transport licence of the carrier, which it registers"),
    "carrier_phone": N_("Phone of the carrier, which its registration says"),
    "consignor": N_("Consignor"),
    "consignee": N_("Consignee"),
    "un": N_("UN number of the goods, which their product says"),
}
"""What a waybill lacks, as people call it."""
