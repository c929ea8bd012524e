"""The field's words for what the formats name: event types, accounts, statuses, roles, classes.

Each table maps a name of the formats to a message id. A name that a later version of a format brings is
shown with its underscores as spaces rather than hidden.
"""

from collections.abc import Mapping
from typing import Final

from api.i18n import N_, Translator

STAGES: Final[Mapping[str, str]] = {
    "production": N_("Production"),
    "storage": N_("Storage"),
    "use": N_("Use"),
    "operation": N_("Trading"),
    "transport": N_("Transport"),
    "disposal": N_("Disposal"),
    "governance": N_("Governance"),
    "any": N_("Any stage"),
}

VERBS: Final[Mapping[str, str]] = {
    "batch_produced": N_("Batch produced"),
    "batch_transformed": N_("Made by reaction"),
    "batch_blended": N_("Blended"),
    "packed": N_("Packed"),
    "filled": N_("Filled"),
    "quality_tested": N_("Quality tested"),
    "label_issued": N_("Label issued"),
    "label_voided": N_("Label voided"),
    "opening_declared": N_("Opening stock declared"),
    "received": N_("Received"),
    "moved": N_("Moved"),
    "counted": N_("Counted"),
    "sampled": N_("Sampled"),
    "inspected": N_("Inspected"),
    "repacked": N_("Repacked"),
    "quarantined": N_("Quarantined"),
    "released": N_("Released from quarantine"),
    "emptied": N_("Emptied"),
    "cleaned": N_("Cleaned"),
    "issued_for_use": N_("Issued for use"),
    "consumed": N_("Used up"),
    "returned_to_stock": N_("Returned to stock"),
    "transfer_offered": N_("Transfer offered"),
    "transfer_agreed": N_("Transfer agreed"),
    "transfer_declined": N_("Transfer declined"),
    "transfer_cancelled": N_("Transfer cancelled"),
    "difference_settled": N_("What became of a difference"),
    "sold": N_("Sold"),
    "returned": N_("Returned"),
    "imported": N_("Imported"),
    "exported": N_("Exported"),
    "filed_with_authority": N_("Filed with the authority"),
    "shipment_planned": N_("Shipment planned"),
    "loaded": N_("Loaded"),
    "dispatched": N_("Dispatched"),
    "carrier_accepted": N_("Accepted by the carrier"),
    "departed": N_("Departed"),
    "arrived": N_("Arrived"),
    "handed_over": N_("Handed over"),
    "diverted": N_("Diverted"),
    "unloaded": N_("Unloaded"),
    "delivered": N_("Delivered"),
    "refused": N_("Refused"),
    "paper_confirmed": N_("Signed paper confirmed"),
    "declared_waste": N_("Declared waste"),
    "waste_manifested": N_("Waste manifest made"),
    "disposed": N_("Disposed of"),
    "incident_reported": N_("Incident reported"),
    "loss_or_theft_reported": N_("Loss or theft reported"),
    "released_to_environment": N_("Released to the environment"),
    "received_without_order": N_("Received without an order"),
    "event_corrected": N_("Event corrected"),
    "ledger_opened": N_("Ledger opened"),
    "log_key_rotated": N_("Log key changed"),
    "registrar_changed": N_("Registrar changed"),
    "organisation_admitted": N_("Organisation admitted"),
    "organisation_renamed": N_("Organisation renamed"),
    "organisation_succeeded": N_("Organisation succeeded by another"),
    "site_registered": N_("Site registered"),
    "product_registered": N_("Product registered"),
    "container_registered": N_("Container registered"),
    "key_registered": N_("Key registered"),
    "key_rotated": N_("Key changed"),
    "key_revoked": N_("Key revoked"),
    "licence_registered": N_("Licence registered"),
    "licence_suspended": N_("Licence suspended"),
    "licence_reinstated": N_("Licence reinstated"),
    "hold_placed": N_("Hold placed"),
    "hold_released": N_("Hold released"),
    "recall_ordered": N_("Recall ordered"),
    "recall_acknowledged": N_("Recall acknowledged"),
    "finding_resolved": N_("Finding resolved"),
    "finding_assigned": N_("Finding assigned"),
    "correction_requested": N_("Correction requested"),
    "inspection_recorded": N_("Inspection"),
    "request_answered": N_("Request answered"),
    "request_closed": N_("Request closed"),
    "sight_granted": N_("Sight granted"),
    "sight_withdrawn": N_("Sight withdrawn"),
    "section_erased": N_("Personal data erased"),
    "batches_same_as": N_("Batches declared the same"),
    "heads_published": N_("Heads published"),
    "rules_published": N_("Rules published"),
}

ACCOUNTS: Final[Mapping[str, str]] = {
    "holdings": N_("In stock now"),
    "produced": N_("Produced"),
    "opening": N_("Opening stock"),
    "imported": N_("Imported"),
    "external_in": N_("From another ledger"),
    "found": N_("Found"),
    "unexplained": N_("Unexplained"),
    "used": N_("Used"),
    "transformed": N_("Turned into other batches"),
    "sampled": N_("Samples"),
    "lost": N_("Lost"),
    "stolen": N_("Stolen"),
    "released": N_("Spilt or vented"),
    "disposed": N_("Disposed of"),
    "exported": N_("Exported"),
    "external_out": N_("To another ledger"),
    "difference": N_("Unreconciled difference"),
    "variance": N_("Variance within tolerance"),
}

STATUSES: Final[Mapping[str, str]] = {
    "free": N_("free"),
    "quarantine": N_("in quarantine"),
    "hold": N_("on hold"),
    "waste": N_("waste"),
}

ROLES: Final[Mapping[str, str]] = {
    "producer": N_("Producer"),
    "trader": N_("Trader"),
    "user": N_("User"),
    "warehouse": N_("Warehouse"),
    "carrier": N_("Carrier"),
    "disposer": N_("Disposer"),
    "park": N_("Chemical park"),
    "regulator": N_("Regulator"),
    "witness": N_("Witness"),
    "operator": N_("Operator of the ledger"),
}

USER_ROLES: Final[Mapping[str, str]] = {
    "admin": N_("Administrator"),
    "operator": N_("Operating staff"),
    "driver": N_("Driver"),
    "safety_officer": N_("Safety officer"),
    "viewer": N_("Viewer"),
    "auditor": N_("Auditor"),
    "investigator": N_("Investigator"),
    "responder": N_("Emergency responder"),
}

ROLE_HELP: Final[Mapping[str, str]] = {
    "admin": N_("People, programs, devices; sites, keys and licences. Needs a second factor."),
    "operator": N_("States what happens: production, storage, use, trading, transport, disposal."),
    "driver": N_("States steps of transport, and nothing else."),
    "safety_officer": N_("As operating staff; holds, recalls, and overriding with a reason."),
    "viewer": N_("Reads; states nothing."),
    "auditor": N_("Reads everything supervised, with evidence; states nothing."),
    "investigator": N_("Reads everything supervised; orders holds, recalls and suspensions."),
    "responder": N_("Reads what is where; reports incidents."),
}

FACTORS: Final[Mapping[str, str]] = {
    "none": N_("Demo link"),
    "password": N_("Password"),
    "passkey": N_("Passkey"),
    "password+passkey": N_("Password and passkey"),
}

KINDS: Final[Mapping[str, str]] = {
    "container": N_("Container"),
    "batch": N_("Batch"),
    "location": N_("Location"),
    "shipment": N_("Shipment"),
}

FILLS: Final[Mapping[str, str]] = {
    "filled": N_("With content"),
    "uncleaned": N_("Empty, not cleaned: residue inside is still hazardous"),
    "clean": N_("Empty and cleaned"),
}

STATES: Final[Mapping[str, str]] = {"gas": N_("gas"), "liquid": N_("liquid"), "solid": N_("solid")}

REGULATED: Final[Mapping[str, tuple[str, str]]] = {
    "highly_toxic": ("剧毒", "Highly toxic"),
    "explosive_precursor": ("易制爆", "Explosive precursor"),
    "drug_precursor": ("易制毒", "Drug precursor"),
    "explosive": ("爆炸品", "Explosive"),
}
"""Beside the hazards both languages stand, whatever the page's own."""

LISTED: Final[Mapping[str, tuple[str, str]]] = {
    "highly_toxic": ("剧毒", "Highly toxic"),
    "explosive_precursor": ("易制爆", "Explosive precursor"),
    "drug_precursor_1": ("易制毒第一类", "Drug precursor, class 1"),
    "drug_precursor_2": ("易制毒第二类", "Drug precursor, class 2"),
    "drug_precursor_3": ("易制毒第三类", "Drug precursor, class 3"),
}
"""Lists on which a product may stand, as filings name them."""

FILINGS: Final[Mapping[str, str]] = {
    "sale": N_("Filing of the sale"),
    "purchase": N_("Filing of the purchase"),
}


def listed(name: str) -> tuple[str, str]:
    """Return what a list such as "drug_precursor_3" is called, zh and en."""
    return LISTED.get(name, (name, name))


SIGNALS: Final[Mapping[str, tuple[str, str]]] = {"danger": ("危险", "Danger"), "warning": ("警告", "Warning")}

PICTOGRAMS: Final[Mapping[str, tuple[str, str]]] = {
    "GHS01": ("爆炸", "Explosive"),
    "GHS02": ("易燃", "Flammable"),
    "GHS03": ("氧化", "Oxidizing"),
    "GHS04": ("高压气体", "Gas under pressure"),
    "GHS05": ("腐蚀", "Corrosive"),
    "GHS06": ("急性剧毒", "Acute toxicity"),
    "GHS07": ("有害、刺激", "Harmful or irritant"),
    "GHS08": ("健康危害", "Health hazard"),
    "GHS09": ("危害环境", "Harmful to the environment"),
}

CLASHES: Final[Mapping[str, tuple[str, str]]] = {
    "apart": ("不得在一起", "Never together"),
    "separated": ("须隔开，泄漏时不致混合", "Only separated, so that they cannot mingle when they leak"),
    "explosives": ("爆炸品按配装组判断", "Explosives: go by their compatibility groups"),
    "site_table": ("本单位批准的储存表不许放在一起", "The site’s approved table keeps them apart"),
    "cyanide_acid": ("相遇放出剧毒氰化氢，不得在一起", "Together they free deadly hydrogen cyanide: never together"),
}

STEPS: Final[Mapping[str, str]] = {
    "canonical": N_("written form of the bytes"),
    "sections": N_("digests of the statements"),
    "signatures": N_("signatures"),
    "record": N_("record"),
    "link": N_("link of the chain"),
    "chain": N_("order of the chain"),
    "inclusion": N_("inclusion in the log"),
    "checkpoint": N_("signed checkpoint"),
    "heads": N_("published heads"),
    "postings": N_("sum of the kilograms"),
}


def _spaced(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def word(table: Mapping[str, str], name: str, t: Translator) -> str:
    """Return the word for a name, in the reader's language."""
    message = table.get(name)
    return t.gettext(message) if message else _spaced(name)


def event_word(event_type: str, t: Translator) -> str:
    """Return what an event type such as "storage.received" is called."""
    return word(VERBS, event_type.rpartition(".")[2], t)


def stage_of(event_type: str) -> str:
    """Return the stage of an event type."""
    return event_type.partition(".")[0]
