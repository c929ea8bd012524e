"""A small invented world in memory: what the ports would answer, as values."""

import dataclasses
from typing import Final

from api.views import (
    AccountSum,
    Advice,
    AdviceLine,
    Band,
    BatchView,
    ClashView,
    Clearance,
    DeskEvent,
    DeskView,
    Fault,
    FindingView,
    Flow,
    FlowBand,
    FlowView,
    Goods,
    Hazards,
    HazardStatement,
    Here,
    HereLine,
    Holding,
    IncidentUse,
    IncidentView,
    Inclusion,
    Matter,
    Moment,
    Party,
    PlaceName,
    QrView,
    Share,
    StockLine,
    TraceHolding,
    TraceNode,
    Verdict,
    VoidedLabel,
    WebhookView,
    Words,
)
from api.views.findings import FindingFact, FindingLine, FindingPage, FindingRecord

NOW: Final = 1_795_420_800_000  # 2026-11-23T08:00:00Z
HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
KG: Final = 1_000_000
HASHES: Final = (
    "yNweNGsfqCzCj773RDqQElJzsrf5RfEeiz5Xc_u5we8",
    "q0Zq2Yw6c1V0m3n5p7R9t1v3x5z7B9D1F3H5J7L9N1M",
    "Lx8m0Qe2Rt4Yu6Ii8Oo0Pp2Aa4Ss6Dd8Ff0Gg2Hh4Js",
)

DRUM_CODE: Final = "7Q2M9XKD4TBW0HZ3"
CYLINDER_CODE: Final = "3M5N7P9R1T3V5W7X"
BROKEN_CODE: Final = "BR0KENBR0KENBR0K"
UNSURE_CODE: Final = "VNSVREVNSVRE0000"
BAY_CODE: Final = "BAY0BAY0BAY0BAY0"
YARD_CODE: Final = "YARDYARDYARD0000"
TRUCK_CODE: Final = "TRXCKTRXCKTRXCK0"
VOIDED_CODE: Final = "V01DV01DV01DV01D"
VOIDED_BAY_CODE: Final = "BAYVBAYVBAYV0000"
EMPTY_BAY_CODE: Final = "BAYEBAYEBAYE0000"


def words(zh: str, en: str) -> Words:
    return Words(zh, en)


def uuid(number: int) -> str:
    return f"0192f5a1-0c00-7000-8000-{number:012x}"


PRODUCER: Final = Party(f"org:{uuid(1)}", words("华东精细化工有限公司", "Huadong Fine Chemicals Co., Ltd."))
WAREHOUSE: Final = Party(f"org:{uuid(2)}", words("临港危化品仓储有限公司", "Lingang Hazmat Storage Co., Ltd."))
USER: Final = Party(f"org:{uuid(3)}", words("苏中纤维有限公司", "Suzhong Fibres Co., Ltd."))
WEBHOOK: Final = WebhookView(
    uuid(90), "https://erp.example.cn/hooks", ("transport",), "ERP", NOW - DAY, enabled=True, taken_up=5_212
)
STRANGER: Final = Party(f"org:{uuid(4)}", words("北方物流有限公司", "Northern Haulage Co., Ltd."))

BATCH: Final = f"batch:{uuid(0xB1)}"
DRUM: Final = f"container:{uuid(0xD1)}"
STORE: Final = PlaceName(f"site:{uuid(0xC1)}/B-04", words("临港二号库", "Lingang Store 2"), "B-04")
PLANT: Final = PlaceName(f"site:{uuid(0xC2)}/T-11", words("华东一厂", "Huadong Plant 1"), "T-11")
TRUCK: Final = PlaceName("vehicle:沪A12345", words("沪A12345", "沪A12345"))

GUIDE: Final = words("参照应急指南", "cf. the response guide")
OWN: Final = words("自拟", "our own")

ACRYLONITRILE: Final = Goods(
    ref=f"product:{uuid(0xA1)}",
    name=words("丙烯腈，稳定的", "Acrylonitrile, stabilized"),
    cas=("107-13-1",),
    physical_state="liquid",
    hazards=Hazards(
        un="UN1093",
        shipping_name=words("丙烯腈，稳定的", "Acrylonitrile, stabilized"),
        transport_class="3",
        subsidiary=("6.1",),
        packing_group="I",
        pictograms=("GHS02", "GHS06", "GHS05", "GHS08", "GHS09"),
        signal="danger",
        statements=(
            HazardStatement("H225", words("高度易燃液体和蒸气", "Highly flammable liquid and vapour")),
            HazardStatement("H301", words("吞咽会中毒", "Toxic if swallowed")),
            HazardStatement("H311", words("皮肤接触会中毒", "Toxic in contact with skin")),
            HazardStatement("H331", words("吸入会中毒", "Toxic if inhaled")),
            HazardStatement("H350", words("可能致癌", "May cause cancer")),
            HazardStatement(
                "H411", words("对水生生物有毒并具有长期持续影响", "Toxic to aquatic life with long lasting effects")
            ),
        ),
        precautions=(
            HazardStatement("P210", words("远离热源、火花、明火", "Keep away from heat, sparks, open flames")),
            HazardStatement("P280", words("戴防护手套、穿防护服", "Wear protective gloves and clothing")),
        ),
        advice=Advice(
            specific=True,
            classes=("3", "6.1"),
            danger=(AdviceLine(words("蒸气有毒。", "The vapour is toxic."), GUIDE),),
            do=(
                AdviceLine(words("站在上风、高处。", "Stay upwind and uphill."), GUIDE),
                AdviceLine(words("用抗溶性泡沫灭火。", "Use alcohol-resistant foam."), OWN),
            ),
            dont=(AdviceLine(words("不要用直流水。", "Do not use a straight jet."), GUIDE),),
            clear=Clearance(50, 800, GUIDE),
        ),
    ),
)

CHLORINE: Final = Goods(
    ref=f"product:{uuid(0xA2)}",
    name=words("氯", "Chlorine"),
    cas=("7782-50-5",),
    physical_state="gas",
    hazards=Hazards(
        un="UN1017",
        shipping_name=words("氯", "Chlorine"),
        transport_class="2.3",
        subsidiary=("5.1", "8"),
        packing_group=None,
        pictograms=("GHS03", "GHS04", "GHS06", "GHS09"),
        signal="danger",
        statements=(
            HazardStatement("H270", words("可引起燃烧或加剧燃烧：氧化剂", "May cause or intensify fire; oxidizer")),
            HazardStatement("H331", words("吸入会中毒", "Toxic if inhaled")),
        ),
        advice=Advice(
            specific=False,
            classes=("2.3", "5.1", "8"),
            danger=(),
            do=(AdviceLine(words("向侧上风方向离开。", "Leave crosswind and upwind."), GUIDE),),
            dont=(),
        ),
        regulated=("highly_toxic",),
    ),
)

PROPIONIC_ACID: Final = Goods(
    ref=f"product:{uuid(0xA3)}",
    name=words("丙酸", "Propionic acid"),
    cas=("79-09-4",),
    physical_state="liquid",
    hazards=Hazards("UN1848", None, "8", (), "III", ("GHS05",), "warning", ()),
)

INCLUSION: Final = Inclusion(
    index=5198,
    record=HASHES[0],
    size=5213,
    root=HASHES[1],
    proof=(HASHES[2], HASHES[0]),
    checkpoint=f"trace.example.cn/log\n5213\n{HASHES[1]}\n\n— trace.example.cn/log nW8LLJ…\n",
)

INTACT: Final = Verdict("intact", 9, 5213, 5213, NOW - 2 * HOUR, 2, "registrar", (), INCLUSION, demo=True)
BROKEN: Final = Verdict(
    "broken",
    9,
    5213,
    5213,
    NOW - 2 * HOUR,
    0,
    "ledger",
    (
        Fault("record", words("记录的字节与其摘要不符。", "The bytes of the record do not match its digest."), 4410),
        Fault("inclusion", words("记录不在签名日志中。", "The record is not in the signed log.")),
    ),
)
UNSURE: Final = Verdict("unknown", 9, 5213, None, None, 0, "registrar")

RECALL: Final = FindingView(
    "recall@1",
    "critical",
    words("已召回：不得使用、销售或分装", "Recalled: do not use, sell or repack"),
    5190,
    NOW - 5 * HOUR,
    BATCH,
)
FOUND: Final = FindingPage(
    line=FindingLine(
        id="5190-0",
        rule="recall@1",
        severity="critical",
        text=words("已召回", "recalled"),
        at=NOW - 5 * HOUR,
        at_least=False,
        index=5190,
        ref=BATCH,
        about=words("氯 C-1", "Chlorine C-1"),
        org=PRODUCER,
    ),
    means=words("该批次已被召回", "The batch is recalled"),
    ends=words("召回完成后由主管部门记录", "An authority records that it is complete"),
    how="event",
    facts=(FindingFact("on_hand_kg", words("200 kg", "200 kg")),),
    records=(FindingRecord(5190, "governance.recall_ordered", PRODUCER, NOW - 5 * HOUR, NOW - 5 * HOUR, HASHES[0]),),
    event=HASHES[0],
    may_settle=True,
)
SHORTAGE: Final = FindingView(
    "shortage@1",
    "warning",
    words("盘点短少 0.5 kg，尚未说明", "Count found 0.5 kg short, not yet explained"),
    5101,
    NOW - 2 * DAY,
    BATCH,
)


def moment(index: int, kind: str, age: int, **more: object) -> Moment:
    base = Moment(
        index=index,
        record=HASHES[index % 3],
        recorded_at=NOW - age + 2000,
        level="sections",
        type=kind,
        mode="act",
        occurred_at=NOW - age,
        actor=WAREHOUSE,
        backing="signed",
    )
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


TIMELINE: Final = (
    moment(
        5198, "storage.counted", 3 * HOUR, place=STORE, detail=words("盘点：实物 187.5 kg", "Counted: 187.5 kg on hand")
    ),
    moment(
        5101,
        "use.consumed",
        2 * DAY,
        change=-12_500_000,
        actor=USER,
        backing="attested",
        mode="report",
        recorded_at=NOW - DAY,
        findings=(SHORTAGE,),
    ),
    Moment(4410, HASHES[1], NOW - 9 * DAY, "record"),
    moment(
        4388,
        "storage.received",
        10 * DAY,
        place=STORE,
        change=200 * KG,
        detail=words("实收与运单一致", "As on the waybill"),
    ),
    moment(4302, "transport.departed", 11 * DAY, place=TRUCK, actor=STRANGER, backing="attested"),
    moment(4280, "operation.sold", 12 * DAY, actor=PRODUCER, voided=True),
    moment(3001, "production.filled", 41 * DAY, actor=PRODUCER, place=PLANT, change=200 * KG),
    moment(2990, "production.batch_produced", 42 * DAY, actor=PRODUCER, place=PLANT, change=1_250_000_125),
)

MATTER: Final = Matter(
    as_of_index=5213,
    as_of=NOW - 2 * HOUR,
    holdings=(
        Holding(USER, WAREHOUSE, STORE, DRUM, "D-004217", "free", 187_500_000),
        Holding(USER, None, TRUCK, None, None, "quarantine", 1_000_000_125, f"shipment:{uuid(0x51)}"),
    ),
    accounts=(
        AccountSum("produced", -1_250_000_125),
        AccountSum("holdings", 1_187_500_125),
        AccountSum("used", 12_000_000),
        AccountSum("transformed", 50_000_000),
        AccountSum("lost", 500_000),
    ),
    timeline=TIMELINE,
    came_in=(
        Flow("production.batch_produced", NOW - 42 * DAY, 2990, 1_250_000_125, account="produced", party=PRODUCER),
    ),
    went_out=(
        Flow("use.consumed", NOW - 2 * DAY, 5101, 12_500_000, account="used", party=USER),
        Flow(
            "production.batch_blended",
            NOW - 20 * DAY,
            3900,
            50 * KG,
            batch=f"batch:{uuid(0xB2)}",
            batch_number="AN-26-1031-B",
            product=ACRYLONITRILE.name,
            party=PRODUCER,
        ),
    ),
    shares=(Share(f"batch:{uuid(0xB3)}", "AN-26-0930-A", 312_500_000, 371_093_790),),
    findings=(SHORTAGE,),
    records=9,
    undisclosed=1,
)

DRUM_VIEW: Final = QrView(
    code=DRUM_CODE,
    kind="container",
    ref=DRUM,
    label="D-004217",
    goods=(ACRYLONITRILE,),
    verdict=INTACT,
    phone="+86 532 8388 9090",
    supplier=PRODUCER,
    container_kind=words("钢桶 200 L", "Steel drum, 200 L"),
    fill="filled",
    batch=BATCH,
    batch_number="AN-26-1012-A",
    expires="2027-10-11",
)
CYLINDER_VIEW: Final = dataclasses.replace(
    DRUM_VIEW,
    code=CYLINDER_CODE,
    label="CL-1187",
    goods=(CHLORINE,),
    container_kind=words("气瓶 800 L", "Cylinder, 800 L"),
    fill="uncleaned",
    phone=None,
    alerts=(RECALL,),
)
BAY_VIEW: Final = dataclasses.replace(
    DRUM_VIEW,
    code=BAY_CODE,
    kind="location",
    ref=STORE.ref,
    label="B-04",
    goods=(CHLORINE, PROPIONIC_ACID),
    supplier=None,
    container_kind=None,
    fill=None,
    batch=None,
    batch_number=None,
    expires=None,
    place_private=True,
)
HERE: Final = Here(
    as_of_index=5212,
    as_of=NOW - 2 * HOUR,
    lines=(
        HereLine(ACRYLONITRILE.name, "UN1093", "3", ("6.1",), (), None, Band(1_000, 10_000)),
        HereLine(PROPIONIC_ACID.name, "UN1848", "8", (), (), None, Band(None, 100)),
    ),
    clashes=(ClashView(ACRYLONITRILE.name, PROPIONIC_ACID.name, ("3", "8"), "separated"),),
    unjudged=(words("未分类样品", "Unclassified sample"),),
    site_table=True,
    last_event=NOW - 3 * HOUR,
    last_count=NOW - 12 * DAY,
    since=None,
)
HERE_TOLD: Final = dataclasses.replace(
    HERE,
    lines=(HereLine(CHLORINE.name, "UN1017", "2.3", ("5.1", "8"), ("highly_toxic",), 800_000_000, None, 2),),
    clashes=(),
    unjudged=(),
    last_count=None,
    since=NOW - 30 * DAY,
)
EMPTY: Final = dataclasses.replace(HERE, lines=(), clashes=(), unjudged=(), last_event=None, last_count=None)
INCIDENT_CODE: Final = "7Q2M-9XKD-4TBW"
INCIDENT: Final = IncidentView(
    uuid(95),
    "临港二号库起火",
    "赵强",
    NOW - 2 * HOUR,
    NOW + 10 * HOUR,
    None,
    good=True,
    uses=(IncidentUse(NOW - HOUR, f"/Q/{BAY_CODE}", "特勤一中队"),),
)
YARD_VIEW: Final = dataclasses.replace(
    BAY_VIEW,
    code=YARD_CODE,
    label="堆场 Y-2",
    goods=(ACRYLONITRILE, PROPIONIC_ACID),
    advice=ACRYLONITRILE.hazards.advice,
    here=HERE,
    place_private=False,
)
VIEWS: Final = {
    view.code: view
    for view in (
        DRUM_VIEW,
        CYLINDER_VIEW,
        BAY_VIEW,
        dataclasses.replace(BAY_VIEW, code=EMPTY_BAY_CODE, goods=(), here=EMPTY, place_private=False),
        YARD_VIEW,
        dataclasses.replace(YARD_VIEW, code=TRUCK_CODE, kind="shipment", label="沪A12345"),
        dataclasses.replace(DRUM_VIEW, code=BROKEN_CODE, verdict=BROKEN),
        dataclasses.replace(DRUM_VIEW, code=UNSURE_CODE, verdict=UNSURE),
        dataclasses.replace(DRUM_VIEW, code=VOIDED_CODE, voided=VoidedLabel(5000, NOW - DAY, WAREHOUSE, DRUM_CODE)),
        dataclasses.replace(BAY_VIEW, code=VOIDED_BAY_CODE, voided=VoidedLabel(5001, NOW - DAY, WAREHOUSE)),
    )
}

BATCH_VIEW: Final = BatchView(
    ref=BATCH,
    number="AN-26-1012-A",
    goods=ACRYLONITRILE,
    producer=PRODUCER,
    produced_on="2026-10-12",
    expires="2027-10-11",
    retest=None,
    verdict=INTACT,
    phone="+86 532 8388 9090",
    matter=MATTER,
    code=DRUM_CODE,
)

FLOW: Final = FlowView(
    ref=BATCH,
    number="AN-26-1012-A",
    product=ACRYLONITRILE.name,
    sense="was",
    at=None,
    as_of_index=5213,
    as_of=NOW - 2 * HOUR,
    total=200 * KG,
    came=(FlowBand("produced", 200 * KG, (3811,)),),
    went=(
        FlowBand("holdings", 150 * KG, (4700,), PRODUCER, PRODUCER, STORE, "free"),
        FlowBand("used", 49 * KG, (4712, 4700)),
        FlowBand("lost", KG, (4713,)),
    ),
    whole=True,
    records=4,
    earlier=NOW - HOUR,
    moments=TIMELINE,
)

TRACED: Final = TraceNode(
    ref=BATCH,
    number="AN-26-1012-A",
    product=ACRYLONITRILE.name,
    un="UN1093",
    producer=PRODUCER,
    present=150 * KG,
    ppb=250_000_000,
    most=37_500_000,
    charged=None,
    holdings=(TraceHolding(MATTER.holdings[0], 37_500_000),),
)

STOCK: Final = tuple(
    StockLine(
        batch=BATCH,
        batch_number=f"AN-26-10{number:02d}-A",
        product=ACRYLONITRILE.name,
        un="UN1093",
        transport_class="3",
        holding=dataclasses.replace(
            MATTER.holdings[0],
            container_label=f"D-0042{number:02d}",
            mass=(200 - number) * KG,
            status="free" if number != 3 else "hold",
        ),
        since=NOW - number * DAY,
    )
    for number in range(1, 8)
)

DESK: Final = DeskView(
    org=WAREHOUSE,
    roles=("warehouse",),
    as_of_index=5213,
    as_of=NOW - 2 * HOUR,
    owned=0,
    held=1_372_000_000,
    stock=STOCK,
    recent=tuple(
        DeskEvent(item, BATCH if item.level != "record" else None, "AN-26-1012-A", ACRYLONITRILE.name)
        for item in TIMELINE
    ),
    findings=(RECALL, SHORTAGE),
    places=(STORE,),
    more_stock=True,
)
