"""Requests and answers as the API description shows them. The events are of the shapes that the rules check."""

from typing import Any, Final

ORG: Final = "org:0192f5a1-0c00-7000-8000-000000000001"
BATCH: Final = "batch:0192f5a1-0c00-7000-8000-0000000000b1"
SITE: Final = "site:0192f5a1-0c00-7000-8000-0000000000c1"
EVENT_ID: Final = "019aa8f3-6e20-7c44-9d1b-5f0c2e7a9b10"
HASH: Final = "yNweNGsfqCzCj773RDqQElJzsrf5RfEeiz5Xc_u5we8"
SALT: Final = "AAECAwQFBgcICQoLDA0ODw"
SIGNATURE: Final = HASH[:42] + "A" + HASH + "A"

SIMPLE_EVENT: Final[dict[str, Any]] = {
    "id": EVENT_ID,
    "type": "storage.moved",
    "mode": "act",
    "actor": ORG,
    "occurred_at": "2026-11-22T08:15:00+08:00",
    "sections": {
        "inputs": {"lines": [{"batch": BATCH, "amount": "200", "unit": "kg", "place": f"{SITE}/A-01"}]},
        "place": {"site": SITE, "to_location": "B-04"},
    },
}

REPORTED_EVENT: Final[dict[str, Any]] = {
    "id": "019aa8f3-7bb0-7a10-8f52-0d9e1c3b5a77",
    "type": "use.consumed",
    "mode": "report",
    "actor": ORG,
    "occurred_at": "2026-11-21T16:40:00+08:00",
    "sections": {
        "inputs": {"lines": [{"batch": BATCH, "amount": "12.5", "unit": "kg", "place": f"{SITE}/B-04"}]},
        "reason": {"text": "Entered from the paper register the next morning"},
    },
}

SIGNED_EVENT: Final[dict[str, Any]] = {
    "header": {
        "spec": "hazledger/event@1",
        "origin": "trace.example.cn/log",
        "id": EVENT_ID,
        "type": "storage.moved",
        "mode": "act",
        "actor": ORG,
        "keys": [HASH],
        "occurred_at": "2026-11-22T08:15:00+08:00",
        "not_after": None,
        "refs": [],
        "sections": {"inputs": HASH, "place": HASH},
    },
    "disclosures": [
        [SALT, "inputs", SIMPLE_EVENT["sections"]["inputs"]],
        [SALT, "place", SIMPLE_EVENT["sections"]["place"]],
    ],
    "signatures": [{"key": HASH, "sig": SIGNATURE}],
}

RECEIPT: Final[dict[str, Any]] = {
    "spec": "hazledger/receipt@1",
    "header": SIGNED_EVENT["header"],
    "signatures": SIGNED_EVENT["signatures"],
    "keys": [HASH],
    "sections": SIGNED_EVENT["disclosures"],
    "record": {
        "spec": "hazledger/record@1",
        "origin": "trace.example.cn/log",
        "index": 5213,
        "event": HASH,
        "recorded_at": "2026-11-22T00:15:02.114Z",
        "signatures": HASH,
        "auth": HASH,
        "rules": HASH,
        "reference": HASH,
        "links": [HASH],
    },
    "proof": ["c2sp.org/tlog-proof@v1", "index 5213", "…"],
    "vkeys": ["trace.example.cn/log+9d6f0b2c+…"],
}

IMPORT_CSV: Final = "serial,kind,tare_kg\nDR-00001,drum,18.5\n"
IMPORT_REPORT: Final[dict[str, Any]] = {
    "kind": "containers",
    "digest": "9d6f…",
    "applied": True,
    "counts": {"recorded": 1},
    "columns": ["serial", "kind", "tare_kg"],
    "ignored_columns": [],
    "comments": 0,
    "rows": [
        {
            "row": 2,
            "label": "DR-00001",
            "status": "recorded",
            "event": EVENT_ID,
            "receipt": f"/api/v1/receipts/{EVENT_ID}",
            "thing": "container:0192f5a1-0c00-7000-8000-0000000000c7",
        }
    ],
}

TRANSFER: Final = "transfer:0192f5a1-0c00-7000-8000-0000000000d1"
BUYER: Final = "org:0192f5a1-0c00-7000-8000-000000000002"
CARRIER: Final = "org:0192f5a1-0c00-7000-8000-000000000003"

OFFER: Final[dict[str, Any]] = {
    "id": "019aa8f4-0c00-7c44-9d1b-5f0c2e7a9b11",
    "goods": [{"code": "7Q2M9XKD4TBW0HZ3"}, {"batch": BATCH, "amount": "800", "unit": "kg"}],
    "sections": {
        "parties": {"seller": ORG, "buyer": BUYER, "consignor": ORG, "consignee": BUYER},
        "time": {"answer_by": "2026-11-25T18:00:00+08:00"},
        "commercial": {"order": "PO-2026-1187", "price": "12.40", "currency": "CNY"},
    },
}
AGREE: Final[dict[str, Any]] = {
    "id": "019aa8f4-9a30-7b12-8c55-1d2e3f4a5b6c",
    "sections": {"documents": {"items": [{"kind": "purchase_permit", "number": "沪公购证 2026-0117"}]}},
}
PLAN: Final[dict[str, Any]] = {
    "id": "019aa8f5-3e10-7d01-9a2b-0c1d2e3f4a5b",
    "transfer": TRANSFER,
    "sections": {
        "parties": {"carrier": CARRIER},
        "transport": {"vehicle": "浙B60311", "mode": "road", "waybill": "YD000123", "origin": "上海市金山区"},
    },
}
LOAD: Final[dict[str, Any]] = {
    "id": "019aa8f5-7f40-7e33-8b21-6a5b4c3d2e1f",
    "transfer": TRANSFER,
    "goods": [{"code": "7Q2M9XKD4TBW0HZ3"}],
}

PAPER: Final[dict[str, Any]] = {"hash": HASH, "media_type": "image/jpeg", "size": 1_482_113}
ON_PAPER: Final[dict[str, Any]] = {
    "id": "019aa8f6-1c20-7a55-8d43-7c6b5a4d3e2f",
    "mode": "report",
    "occurred_at": "2026-11-22T16:40:00+08:00",
    "transfer": TRANSFER,
    "sections": {
        "documents": {"items": [{"kind": "paper_signature", "number": "YD000123", "hash": HASH}]},
        "personal": {"papers": [HASH]},
    },
}
LABEL_ZPL: Final = (
    "^XA^CI28^PW800^LL560^LH0,0\n^FO24,24^A0N,30,30^FH_^FDUN 1017^FS\n"
    "^FO584,38^BQN,2,4^FH_^FDHM,AHTTPS://TRACE.EXAMPLE.CN/Q/7Q2M9XKD4TBW0HZ3^FS\n^XZ\n"
)

STEP_LINK: Final[dict[str, Any]] = {
    "id": "019aa8f6-5d30-7f21-9b64-2c3d4e5f6a7b",
    "url": "https://trace.example.cn/d/" + HASH,
    "pin": "000000",
    "party": CARRIER,
    "expires": "2026-11-29T00:15:00.000Z",
}

PIN: Final[dict[str, Any]] = {
    "checkpoint": "trace.example.cn/log\n3\nRcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=\n\n"
    "— trace.example.cn/log Az3grl...\n"
}

AUDIT: Final[dict[str, Any]] = {"kind": "sample", "sample": "400"}
INCIDENT: Final[dict[str, Any]] = {"reason": "Fire in store 2", "hours": 12}
INCIDENT_OPEN: Final[dict[str, Any]] = {
    "incident_code": "7Q2M-9XKD-4TBW",
    "purpose": "Fire brigade, crew 3",
}

WEBHOOK: Final[dict[str, Any]] = {
    "url": "https://erp.example.cn/hooks/hazledger",
    "types": ["transport", "storage.received"],
    "label": "ERP",
}

DEVICE: Final = "device:019aa8f5-0c00-7000-8000-0000000000e1"
NEW_DEVICE: Final = {"name": "Gate 2", "key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
SCAN: Final[dict[str, Any]] = {
    "id": "019aa8f6-1a20-7c01-8b3d-2e4f5a6b7c8d",
    "action": "receive",
    "at": "2026-11-22T00:15:00+00:00",
    "place": "HTTPS://TRACE.EXAMPLE.CN/Q/3M8RTX0KQ2WZ5V7B",
    "item": "HTTPS://TRACE.EXAMPLE.CN/Q/7Q2M9XKD4TBW0HZ3",
}
SCAN_UNDO: Final[dict[str, Any]] = {
    "id": "019aa8f6-2b30-7d02-9c4e-3f5a6b7c8d9e",
    "action": "undo",
    "at": "2026-11-22T00:16:00+00:00",
    "of": "019aa8f6-1a20-7c01-8b3d-2e4f5a6b7c8d",
}
SCAN_RESULTS: Final[dict[str, Any]] = {
    "results": [
        {
            "id": SCAN["id"],
            "status": 200,
            "action": "receive",
            "outcome": "ok",
            "repeated": False,
            "overridable": False,
            "problems": [],
            "warnings": [],
            "events": [{"id": SCAN["id"], "type": "storage.received", "index": 5312, "findings": []}],
            "item": {
                "ref": "container:0192f5a1-0c00-7000-8000-0000000000c7",
                "label": "D-0007",
                "product": {"zh": "甲醇", "en": "Methanol"},
                "mass": {"amount": "160", "unit": "kg"},
            },
            "here": {
                "ref": "site:0192f5a1-0c00-7000-8000-0000000000a1/A-01",
                "name": {"zh": "北仓厂区", "en": "Beicang site"},
                "location": "A-01",
            },
        }
    ]
}
SCAN_FINDINGS: Final[dict[str, Any]] = {
    "copies": [
        {
            "id": "0192f5a1-0c00-7000-8000-0000000000d1/two_places@1",
            "rule": "two_places@1",
            "name": {"zh": "标签疑似仿制：同时在两处", "en": "label may be copied: in two places"},
            "item": "container:0192f5a1-0c00-7000-8000-0000000000c1",
            "label": "D-0001",
            "code": "0123456789ABCDEF",
            "found_at": "2026-11-22T08:15:00.000Z",
            "false_alarms_ppm": 500,
            "km": 0,
            "seen": [
                {"at": "2026-11-21T08:15:00.000Z", "region": "370600", "site": SITE},
                {"at": "2026-11-21T16:15:00.000Z", "region": "310100"},
                {"at": "2026-11-22T08:15:00.000Z", "region": "370600", "site": SITE},
            ],
            "resolved": False,
            "resolved_by": None,
        }
    ],
    "gaps": [
        {
            "id": "gap/device:0192f5a1-0c00-7000-8000-0000000000e1/17-19",
            "rule": "counter_gap@1",
            "device": "device:0192f5a1-0c00-7000-8000-0000000000e1",
            "name": "Scanner at the dock",
            "missing": [17, 19],
            "since": "2026-11-22T08:15:00.000Z",
        }
    ],
}
BADGE: Final = {
    "id": "0192f5a1-0c00-7000-8000-0000000000b9",
    "user": "user:0192f5a1-0c00-7000-8000-0000000000b7",
    "name": "王芳",
    "text": "HAZLEDGER:BADGE:7Q2M9XKD4TBW0HZ3A5C6E8F1GJ",
}
BADGES: Final = {
    "badges": [
        {
            "id": BADGE["id"],
            "user": BADGE["user"],
            "name": BADGE["name"],
            "issued_at": "2026-11-20T01:02:03.000Z",
        }
    ]
}
SCAN_FINDING_RESOLVED: Final = {
    "id": "gap/device:0192f5a1-0c00-7000-8000-0000000000e1/17-19",
    "text": "The phone was reset before it had sent them; the drums were counted anew.",
}
DEVICE_SCANS: Final[dict[str, Any]] = {
    "device": DEVICE,
    "highest": 14,
    "missing": [[9, 10]],
    "doubled": [],
    "latest": [],
}

BULK_LINE_DONE: Final[dict[str, Any]] = {"line": 1, "status": 201, "receipt": RECEIPT}
