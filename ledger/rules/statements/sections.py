"""The shape of every section (design: the event). Where a type states a section otherwise, ``types`` says so."""

from functools import partial

from ledger.core.b64 import unb64u
from ledger.core.effects import STATUSES
from ledger.core.identifiers import check_cas, check_un_number, check_uscc
from ledger.core.keys import SIGNATURE_SIZE
from ledger.core.times import check_date, parse_stated
from ledger.rules.jurisdiction import AUTHORITIES
from ledger.rules.statements.shapes import (
    Amount,
    Anything,
    Checked,
    Choice,
    Flag,
    ListOf,
    Obj,
    Ref,
    Shape,
    Text,
    Whole,
)

DIGEST_EXAMPLE = "yNweNGsfqCzCj773RDqQElJzsrf5RfEeiz5Xc_u5we8"
HASH_SIZE = 32
PROOF_EXAMPLE = "A" * 86


def _check_hash(text: str, at: str) -> None:
    unb64u(text, HASH_SIZE, field=at)


def _check_proof(text: str, at: str) -> None:
    unb64u(text, SIGNATURE_SIZE, field=at)


def _check_time(text: str, at: str) -> None:
    parse_stated(text, field=at)


def _check_day(text: str, at: str) -> None:
    check_date(text, field=at)


ORG, BATCH, CONTAINER, SITE = Ref(("org",)), Ref(("batch",)), Ref(("container",)), Ref(("site",))
SHIPMENT, PRODUCT, USER, LICENCE = Ref(("shipment",)), Ref(("product",)), Ref(("user",)), Ref(("licence",))
TRANSFER = Ref(("transfer",))
LATITUDE = Text(12, r"(?!-0(\.0+)?$)-?([0-8]?[0-9](\.[0-9]{1,7})?|90(\.0{1,7})?)")
LONGITUDE = Text(12, r"(?!-0(\.0+)?$)-?((1[0-7][0-9]|[0-9]?[0-9])(\.[0-9]{1,7})?|180(\.0{1,7})?)")
POSITION = Obj({"latitude": LATITUDE, "longitude": LONGITUDE})
"""Where something lies, in decimal degrees of WGS-84 (decision 0021)."""
GS1_PREFIX = Text(12, r"[0-9]{4,12}")
HASH = Checked(_check_hash, DIGEST_EXAMPLE)
PROOF = Checked(_check_proof, PROOF_EXAMPLE)
TIME = Checked(_check_time, "2026-11-22T08:15:00+08:00")
DATE = Checked(_check_day, "2026-11-22")
CAS = Checked(partial(check_cas), "7664-41-7")
USCC = Checked(partial(check_uscc), "91110000600037341L")
UN = Checked(partial(check_un_number), "1005")
NAMES = Obj({"zh": Text(120)}, {"en": Text(200)})
UNIT = Choice(("mg", "g", "kg", "t", "lb", "mL", "L", "m3"))
REGION = Text(6, r"[0-9]{6}")
CODE = Text(16, r"[0-9A-HJKMNP-TV-Z]{16}")
LOCATION = Text(40, r"[A-Za-z0-9][A-Za-z0-9._-]*")
PLATE = Text(16, r"[^/|:\s]+")
PLACE_TEXT = Text(90, r"site:[0-9a-f-]{36}/[A-Za-z0-9][A-Za-z0-9._-]{0,39}|vehicle:[^/|:\s]{1,16}")
PHONE = Text(40, r"[0-9+() -]+")

DENSITY = Obj(
    {
        "value": Amount(),
        "unit": Choice(("kg/L", "kg/m3", "g/mL")),
        "temperature_c": Amount(signed=True, zero=True),
    }
)
MEASUREMENT = Obj(
    {"kind": Choice(("gross", "tare", "net", "volume", "nominal"))},
    {
        "method": Text(80),
        "device": Text(80),
        "uncertainty": Amount(zero=True),
        "gross": Amount(),
        "tare": Amount(zero=True),
        "pieces": Whole(1, 1_000_000),
        "density": DENSITY,
    },
)
LINE = Obj(
    {"batch": BATCH, "amount": Amount(), "unit": UNIT},
    {
        "owner": ORG,
        "custodian": Ref(("org", "shipment")),
        "place": PLACE_TEXT,
        "container": CONTAINER,
        "status": Choice(tuple(sorted(STATUSES))),
        "measurement": MEASUREMENT,
    },
)
COUNT_LINE = Obj({**LINE.required, "amount": Amount(zero=True)}, LINE.optional)
RECEIPT_LINE = Obj(COUNT_LINE.required, {**LINE.optional, "booked": Amount()})
UNTRACKED = ListOf(Obj({"name": Text(80), "amount": Amount(), "unit": UNIT}, {"measurement": MEASUREMENT}), 0, 20)
MATTER = Obj({"lines": ListOf(LINE)}, {"untracked": UNTRACKED})
COUNTED = Obj({"lines": ListOf(COUNT_LINE)})
RECEIVED = Obj({"lines": ListOf(RECEIPT_LINE)})
RESTATED = Obj({"lines": ListOf(RECEIPT_LINE)}, {"untracked": UNTRACKED})

PRODUCT_OF_BATCH = Obj(
    {"product": PRODUCT}, {"lot": Text(40), "producer": ORG, "producer_name": Text(120), "estimate": Flag()}
)
BATCHES = Obj({"batches": ListOf(BATCH, 1, 200)})
SDS = Obj({"version": Text(20), "date": DATE, "language": Text(12), "hash": HASH})
PRODUCT_MASTER = Obj(
    {
        "product": PRODUCT,
        "names": NAMES,
        "state": Choice(("solid", "liquid", "gas")),
        "components": ListOf(
            Obj({"name": NAMES}, {"cas": CAS, "least_percent": Amount(zero=True), "most_percent": Amount()}), 1, 20
        ),
        "un": ListOf(
            Obj(
                {"un": UN, "name": Text(300), "class": Text(6), "from": DATE},
                {"subsidiary": ListOf(Text(6), 0, 4), "packing_group": Choice(("I", "II", "III")), "until": DATE},
            ),
            0,
            8,
        ),
        "ghs": Obj(
            {"statements": ListOf(Text(10, r"(EU)?H[0-9]{3}[A-Za-z+0-9]{0,6}"), 0, 40)},
            {
                "signal": Choice(("Danger", "Warning")),
                "pictograms": ListOf(Text(5, r"GHS0[1-9]"), 0, 9),
                "precautions": ListOf(Text(30, r"P[0-9+P]+"), 0, 40),
            },
        ),
    },
    {
        "lists": ListOf(
            Choice(("highly_toxic", "explosive_precursor", "drug_precursor_1", "drug_precursor_2", "drug_precursor_3")),
            0,
            5,
        ),
        "catalogue_number": Text(10, r"[0-9]+"),
        "aliases": ListOf(Text(80), 0, 10),
        "sds": ListOf(SDS, 0, 20),
        "labels": ListOf(SDS, 0, 20),
        "yield": Obj({"least_ppm": Whole(0, 2_000_000), "most_ppm": Whole(0, 2_000_000)}),
        "emergency_phone": PHONE,
    },
)
CONTAINER_KIND = Choice(("drum", "ibc", "cylinder", "tank", "compartment", "bag", "bottle"))
CONTAINERS = Obj({"items": ListOf(Obj({"container": CONTAINER}, {"inspection_due": DATE}), 1, 500)})
CONTAINER_MASTER = Obj(
    {
        "items": ListOf(
            Obj(
                {"container": CONTAINER, "kind": CONTAINER_KIND},
                {
                    "serial": Text(40),
                    "tare_kg": Amount(),
                    "capacity_kg": Amount(),
                    "inspection_due": DATE,
                    "water_capacity_l": Amount(),
                },
            ),
            1,
            500,
        )
    }
)
LABEL_TARGET = Text(90, r"(batch|container|shipment):[0-9a-f-]{36}|site:[0-9a-f-]{36}/[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
HELD = Obj(
    {"owner": ORG, "custodian": Ref(("org", "shipment")), "place": PLACE_TEXT},
    {"container": CONTAINER, "status": Choice(tuple(sorted(STATUSES)))},
)
"""A cell of stock of the batch in question."""
LABELS_ISSUED = Obj(
    {
        "items": ListOf(
            # Without a target the code is on a roll; aliases are codes of other systems for the same thing.
            # Held: where the issuer owns or has some of a batch that another organisation made.
            Obj(
                {"code": CODE},
                {"target": LABEL_TARGET, "aliases": ListOf(Text(300), 1, 4), "held": HELD},
            ),
            1,
            500,
        )
    }
)
CONTAINERS_HELD = Obj({"items": ListOf(Obj({"container": CONTAINER}), 1, 200)})
LABELS_VOIDED = Obj({"items": ListOf(Obj({"code": CODE}, {"replaced_by": CODE}), 1, 500)})
KEY = Obj(
    {"key": HASH, "alg": Choice(("ed25519",)), "holder": Text(90, r"(org|user|device):[A-Za-z0-9-]{1,64}")},
    {"name": Text(80), "replaces": HASH, "proof": PROOF},
)
KEY_REVOKED = Obj({"key_id": HASH}, {"compromised_since": TIME})
JURISDICTION = Obj(
    {},
    {
        "regions": ListOf(Text(6, r"([0-9]{2}){1,3}"), 0, 100),
        "parks": ListOf(Text(80), 0, 100),
        "classes": ListOf(Text(20), 0, 30),  # transport classes, or lists such as highly_toxic
    },
)
ABOUT_GOODS = ("production", "storage", "use", "operation", "road_transport", "disposal")
ABOUT_VEHICLES, ABOUT_PEOPLE = ("vehicle",), ("driver", "escort")
PERMITS = ("purchase_permit", "lawful_use")
LICENCE_KINDS = (*ABOUT_GOODS, *ABOUT_VEHICLES, *ABOUT_PEOPLE, *PERMITS)
ERASABLE = ("auth", "personal")
ERASURE = Obj({"text": Text(1000), "kind": Choice(ERASABLE)})
RULE = Text(60, r"[a-z][a-z0-9_]*@[0-9]+")
FINDING = Obj({"event": HASH, "rule": RULE, "resolution": Text(500)})
RULE_FOUND = Obj({"event": HASH, "rule": RULE})
SECTION_STATED = Obj({"event": HASH, "section": Text(20, r"[a-z][a-z_]*")})
TO = Obj({"to": ORG})
SHOWN_TO = Obj({"to": ORG}, {"from": ORG})
"""Who is shown something, and the organisation all of whose matter is shown."""
UNTIL = Obj({"planned_to": TIME})
SITE_ALONE = Obj({"site": SITE})
INSPECTED = Obj({"result": Choice(("pass", "fail"))}, {"damage": Text(300)})
CLOSING = Obj({"text": Text(1000), "kind": Choice(("accepted", "reopened"))})

PARTIES = ("consignor", "consignee", "carrier", "buyer", "seller", "loader", "to", "from")
OFFER_PARTIES = Obj({"transfer": TRANSFER}, dict.fromkeys(("consignor", "consignee", "buyer", "seller"), ORG))
STEP_PARTIES = Obj({"transfer": TRANSFER})
SETTLEMENTS = ("loss", "count_error", "measurement")
REFUSALS = ("damaged", "wrong_goods", "wrong_quantity", "documents", "not_ordered", "other")
SETTLEMENT_REASON = Obj({"text": Text(1000), "kind": Choice(SETTLEMENTS)})
REFUSAL_REASON = Obj({"text": Text(1000), "kind": Choice(REFUSALS)})
TRANSPORT_MODE = Choice(("road", "rail", "ship", "pipeline"))
TANK = Obj({"id": Text(40), "volume_l": Amount()})
LEG = Obj(
    {"mode": TRANSPORT_MODE, "carrier": ORG},
    {
        "vehicle": PLATE,
        "trailer": PLATE,
        "tank": TANK,
        "driver": USER,
        "escort": USER,
        "from": Text(200),
        "to": Text(200),
    },
)
TRANSPORT = Obj(
    {"shipment": SHIPMENT},
    {
        "to_shipment": SHIPMENT,
        "vehicle": PLATE,
        "trailer": PLATE,
        "tank": TANK,
        "mode": TRANSPORT_MODE,
        "waybill": Text(60),
        "driver": USER,
        "escort": USER,
        "dispatcher": USER,
        "legs": ListOf(LEG, 1, 12),
        "origin": Text(200),
        "destination": Text(200),
        "departure_date": DATE,
        "vehicle_certificate": Text(60),
        "driver_certificate": Text(60),
        "escort_certificate": Text(60),
        "packages": Whole(1, 1_000_000),
        "package_kind": Text(40),
        "compartments": ListOf(Obj({"compartment": CONTAINER, "batch": BATCH}), 1, 20),
        "remark": Text(300),
    },
)

CLASS = Text(6, r"[1-9](\.[1-9][A-Z]?)?")
CO_STORAGE = Obj(
    {"from": DATE, "apart": ListOf(Obj({"one": CLASS, "other": CLASS}), 0, 400)},
    {"approved_by": Text(120), "number": Text(80), "document": HASH},
)
"""The approved table of a site: which transport classes never lie in one location."""

HAZARD_UNIT = Obj(
    {
        "unit": LOCATION,
        "locations": ListOf(LOCATION, 1, 500),
        "maximum": ListOf(
            Obj(
                {"name": Text(80), "most_kg": Amount()},
                {"row": Whole(1, 999), "category": Text(8, r"[JW][0-9]{1,2}(\.[0-9])?"), "product": PRODUCT},
            ),
            1,
            200,
        ),
    },
    {"name": Text(80), "people": Whole(0, 10_000_000)},
)
"""A unit by GB 18218: what it can hold by design, by which row it counts, the people exposed within 500 m."""

SECTIONS: dict[str, Shape] = {
    "agent": Obj(
        {"user": USER},
        {"device": Text(60), "counter": Whole(), "role": Text(40), "on_behalf_of": ORG},
    ),
    "quantity": Obj({"amount": Amount(), "unit": UNIT}, {"measurement": MEASUREMENT}),
    "inputs": MATTER,
    "outputs": MATTER,
    "containers": CONTAINERS,
    "place": Obj({"site": SITE}, {"location": LOCATION, "to_location": LOCATION}),
    "time": Obj(
        {},
        {
            "planned_from": TIME,
            "planned_to": TIME,
            "answer_by": TIME,
            "expires_on": DATE,
            "retest_on": DATE,
            "inspection_due": DATE,
        },
    ),
    "product": PRODUCT_OF_BATCH,
    "parties": Obj({}, {**dict.fromkeys(PARTIES, ORG), "transfer": TRANSFER}),
    "transport": TRANSPORT,
    "commercial": Obj(
        {},
        {
            "order": Text(60),
            "price": Amount(zero=True),
            "currency": Text(3, r"[A-Z]{3}"),
            "purpose": Text(200),
            "standing": Obj({"from": DATE, "to": DATE, "most_kg": Amount()}),
        },
    ),
    "documents": Obj(
        {"items": ListOf(Obj({"kind": Text(40), "number": Text(80)}, {"hash": HASH, "date": DATE}), 1, 40)}
    ),
    "condition": Obj(
        {},
        {
            "result": Choice(("pass", "fail")),
            "assay": ListOf(
                Obj({"name": Text(80), "value": Amount(zero=True), "unit": Text(12)}, {"method": Text(80)}), 0, 40
            ),
            "seal": Text(60),
            "damage": Text(300),
            "temperature_c": Amount(signed=True, zero=True),
        },
    ),
    "reason": Obj({"text": Text(1000)}, {"kind": Text(40, r"[a-z][a-z0-9_]*")}),
    "organisation": Obj(
        {"organisation": ORG, "names": NAMES, "uscc": USCC, "region": REGION},
        {
            "roles": ListOf(Text(20, r"[a-z][a-z0-9_]*"), 0, 12),
            "park": Text(80),
            "phone": PHONE,
            "address": Text(200),
            "successor": ORG,
            "authority": Choice(AUTHORITIES),
            "jurisdiction": JURISDICTION,
            "gs1_prefixes": ListOf(GS1_PREFIX, 0, 20),
        },
    ),
    "site": Obj(
        {
            "site": SITE,
            "names": NAMES,
            "region": REGION,
            "locations": ListOf(
                Obj(
                    {"location": LOCATION, "kind": Choice(("bay", "tank", "yard", "dock", "use", "room"))},
                    {"name": Text(80), "most_kg": Amount()},
                ),
                1,
                500,
            ),
        },
        {
            "park": Text(80),
            "phone": PHONE,
            "co_storage": CO_STORAGE,
            "hazard_units": ListOf(HAZARD_UNIT, 1, 100),
            "position": POSITION,
        },
    ),
    "key": KEY,
    "licence": Obj(
        {
            "licence": LICENCE,
            "organisation": ORG,
            "kind": Choice(LICENCE_KINDS),
            "number": Text(60),
            "valid_from": DATE,
            "valid_to": DATE,
        },
        {
            "subject": Text(64, r"[^/|:\s]{1,16}|user:[0-9a-f-]{36}"),
            "authority": Text(120),
            "products": ListOf(PRODUCT, 0, 200),
            "classes": ListOf(Text(6), 0, 30),
            "most_kg": Amount(),
            "document": HASH,
        },
    ),
    "rule": Obj({}, {"rules": Anything(), "reference": Anything()}),
    "log": Obj(
        {"origin": Text(200), "keys": ListOf(HASH, 1, 8), "registrars": ListOf(HASH, 0, 16), "demo": Flag()},
        {"ledger": Ref(("ledger",)), "former_origin": Text(200), "former_checkpoint": Text(2000)},
    ),
    "heads": Obj({"n": Whole(), "chains": Whole(), "root": HASH}),
    "finding": FINDING,
    "personal": Anything(),
}
LICENCE_CHANGE = Obj({"licence": LICENCE, "organisation": ORG})
