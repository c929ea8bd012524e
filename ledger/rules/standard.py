"""The first rule manifest, as data: every rule in force, its level, since when, and its parameters."""

from ledger.core.canonical import Json
from ledger.rules.manifest import SPEC
from ledger.rules.names import RULES

FROM = "2020-01-01"
REFUSE = frozenset(
    {
        "occurred_skew@1",
        "custody@1",
        "ownership@1",
        "overdraw@1",
        "licence@1",
        "recall@1",
        "hold@2",
        "expiry@1",
        "succeeded@1",
        "waybill@1",
        "crew@1",
        "sds@1",
        "buyer_licence@1",
        "permit@1",
        "two_person@1",
        "signature@1",
        "label_authority@2",
        "gtin@1",
        "costorage@1",
        "resolver@1",
        "endorsement@1",
    }
)
SUPERSEDED = frozenset({"hold@1", "label_authority@1"})
"""Rules of which a newer version stands in the book: runnable by older manifests, left out of the standard one."""
PARAMETERS: dict[str, dict[str, Json]] = {
    "occurred_skew@1": {"seconds": 900},
    "late_report@1": {"days": 1},
    "backdated@1": {"days": 30},
    "tolerance@1": {"gas_ppm": 5000, "liquid_ppm": 3000, "solid_ppm": 1000},
    "variance_in_sum@1": {"most_ppm": 5000},
    "filing@1": {
        "highly_toxic": 5,
        "explosive_precursor": 5,
        "drug_precursor_1": 5,
        "drug_precursor_2": 30,
        "drug_precursor_3": 30,
    },
    "licence_expiring@1": {"days": 30},
    "static@1": {
        "days": 365,
        "highly_toxic": 90,
        "explosive_precursor": 90,
        "class_2": 180,
        "class_4_2": 180,
        "class_4_3": 180,
        "class_5_2": 90,
    },
    "counter_gap@1": {"days": 3},
    "over_threshold@1": {"ppm": 1_000_000},
    "attribution@1": {"least_ppb": 1000},
    "impossible_travel@1": {"km_h": 100, "clock_minutes": 15, "false_alarms_ppm": 200},
    "scanned_after_end@1": {"clock_minutes": 15, "false_alarms_ppm": 400},
    "two_places@1": {"clock_minutes": 15, "false_alarms_ppm": 500},
    "sight@1": {"most_days": 90},
    "recall_unacknowledged@1": {"hours": 24},
}


def standard_manifest() -> dict[str, Json]:
    """The manifest published by the genesis of a ledger that names no other."""
    rules: list[Json] = [
        {
            "rule": name,
            "level": "refuse" if name in REFUSE else "warn",
            "from": FROM,
            "parameters": dict(PARAMETERS.get(name, {})),
        }
        for name in sorted(RULES)
        if name not in SUPERSEDED
    ]
    return {"spec": SPEC, "rules": rules}
