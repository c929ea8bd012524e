"""What the columns of an import are called, in both languages, and what a cell of each may hold. All of it is data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from ledger.rules.statements import sections as s
from ledger.rules.statements.shapes import Amount, Choice, Shape, Text

Kind = Literal["products", "containers", "opening"]
Form = Literal["text", "plain", "day", "word"]

Words = Mapping[str, tuple[str, ...]]
"""Word of the formats -> how people write it; the first Chinese and the first English one are shown in remedies."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a template.

    ``form``: "text" is kept as written, "plain" is a number or code (full-width digits are taken as plain ones),
    "day" a date in any usual spelling, "word" one of ``words``. ``many``: several, separated by semicolons.
    """

    key: str
    zh: str
    en: str
    shape: Shape
    form: Form = "text"
    required: bool = False
    many: bool = False
    aliases: tuple[str, ...] = ()
    words: Words = field(default_factory=dict)
    example: str = ""

    @property
    def heading(self) -> str:
        """What stands at the head of a template."""
        return f"{self.zh} / {self.en}{' *' if self.required else ''}"


STATES: Final[Words] = {"solid": ("固体", "固态"), "liquid": ("液体", "液态"), "gas": ("气体", "气态")}
SIGNALS: Final[Words] = {"Danger": ("危险",), "Warning": ("警告",)}
LISTS: Final[Words] = {
    "highly_toxic": ("剧毒", "剧毒化学品", "highly toxic"),
    "explosive_precursor": ("易制爆", "易制爆危险化学品", "explosive precursor"),
    "drug_precursor_1": ("易制毒第一类", "易制毒一类", "易制毒1类", "drug precursor class 1"),
    "drug_precursor_2": ("易制毒第二类", "易制毒二类", "易制毒2类", "drug precursor class 2"),
    "drug_precursor_3": ("易制毒第三类", "易制毒三类", "易制毒3类", "drug precursor class 3"),
}
VESSELS: Final[Words] = {
    "drum": ("桶", "圆桶", "钢桶", "塑料桶"),
    "ibc": ("吨桶", "吨桶（IBC）", "吨桶(IBC)", "IBC"),
    "cylinder": ("气瓶", "钢瓶"),
    "tank": ("储罐", "罐"),
    "compartment": ("罐舱", "隔舱"),
    "bag": ("袋", "吨袋"),
    "bottle": ("瓶", "玻璃瓶"),
}
UNITS: Final[Words] = {
    "kg": ("千克", "公斤"),
    "g": ("克",),
    "mg": ("毫克",),
    "t": ("吨", "tonne"),
    "lb": ("磅", "pound"),
    "L": ("升", "litre", "liter"),
    "mL": ("毫升",),
    "m3": ("立方米", "m³"),
}
STATUSES: Final[Words] = {
    "free": ("可用", "正常", "合格"),
    "quarantine": ("隔离", "待检"),
    "hold": ("冻结", "on hold"),
    "waste": ("废弃物", "待处置"),
}
GROUPS: Final[Words] = {"I": ("1", "Ⅰ"), "II": ("2", "Ⅱ"), "III": ("3", "Ⅲ")}
DENSITY_UNITS: Final[Words] = {"kg/L": ("千克/升",), "kg/m3": ("千克/立方米", "kg/m³"), "g/mL": ("克/毫升", "g/cm3")}


def _word(
    key: str, zh: str, en: str, words: Words, example: str = "", *, required: bool = False, many: bool = False
) -> Column:
    return Column(key, zh, en, Choice(tuple(words)), "word", required, many, words=words, example=example)


_PRODUCTS: Final = (
    Column(
        "name_zh",
        "中文名称",
        "Chinese name",
        Text(120),
        required=True,
        aliases=("产品名称", "品名", "name", "名称"),
        example="盐酸（36%）",
    ),
    Column("name_en", "英文名称", "English name", Text(200), aliases=("英文名",), example="Hydrochloric acid (36 %)"),
    _word("state", "物态", "Physical state", STATES, "液体", required=True),
    Column(
        "component_zh",
        "组分中文名",
        "Component (Chinese)",
        Text(120),
        many=True,
        aliases=("组分", "成分"),
        example="氯化氢；水",
    ),
    Column(
        "component_en", "组分英文名", "Component (English)", Text(200), many=True, example="Hydrogen chloride; Water"
    ),
    Column(
        "cas",
        "CAS 号",
        "CAS number",
        s.CAS,
        "plain",
        many=True,
        aliases=("CAS", "CAS No.", "CAS号"),
        example="7647-01-0; 7732-18-5",
    ),
    Column("least_percent", "含量下限%", "At least %", Amount(zero=True), "plain", many=True, example="36; 62"),
    Column("most_percent", "含量上限%", "At most %", Amount(), "plain", many=True, example="38; 64"),
    Column("un", "UN 编号", "UN number", s.UN, "plain", aliases=("UN", "UN号", "联合国编号"), example="1789"),
    Column(
        "shipping_name",
        "运输名称",
        "Proper shipping name",
        Text(300),
        aliases=("正确运输名称",),
        example="Hydrochloric acid",
    ),
    Column("class", "危险类别", "Transport class", Text(6), "plain", aliases=("类别", "hazard class"), example="8"),
    Column("subsidiary", "次要危险", "Subsidiary hazards", Text(6), "plain", many=True),
    _word("packing_group", "包装类别", "Packing group", GROUPS, "II"),
    Column("un_from", "运输条目生效日期", "Transport entry in force from", s.DATE, "day", example="2025-01-01"),
    _word("signal", "警示词", "Signal word", SIGNALS, "危险"),
    Column("pictograms", "象形图", "Pictograms", Text(5, r"GHS0[1-9]"), "plain", many=True, example="GHS05; GHS07"),
    Column(
        "statements",
        "危险性说明代码",
        "Hazard statements",
        Text(10, r"(EU)?H[0-9]{3}[A-Za-z+0-9]{0,6}"),
        "plain",
        many=True,
        aliases=("H 代码", "H codes"),
        example="H290; H314; H335",
    ),
    Column(
        "precautions",
        "防范说明代码",
        "Precautionary statements",
        Text(30, r"P[0-9+P]+"),
        "plain",
        many=True,
        aliases=("P 代码", "P codes"),
        example="P280; P305+P351+P338",
    ),
    _word("lists", "管制类别", "Controlled lists", LISTS, "易制毒第三类", many=True),
    Column(
        "catalogue_number",
        "目录序号",
        "Catalogue number",
        Text(10, r"[0-9]+"),
        "plain",
        aliases=("危化品目录序号",),
        example="2507",
    ),
    Column("aliases", "别名", "Other names", Text(80), many=True, example="氢氯酸"),
    Column(
        "emergency_phone",
        "应急咨询电话",
        "Emergency phone",
        s.PHONE,
        "plain",
        aliases=("应急电话",),
        example="0532-83889090",
    ),
)

_CONTAINERS: Final = (
    Column(
        "serial",
        "容器编号",
        "Container number",
        Text(40),
        required=True,
        aliases=("编号", "桶号", "瓶号", "serial"),
        example="DR-00001",
    ),
    _word("kind", "容器类型", "Container kind", VESSELS, "桶", required=True),
    Column(
        "tare_kg", "皮重（千克）", "Tare (kg)", Amount(), "plain", aliases=("皮重", "皮重kg", "tare"), example="18.5"
    ),
    Column(
        "capacity_kg",
        "额定装量（千克）",
        "Capacity (kg)",
        Amount(),
        "plain",
        aliases=("额定装量", "capacity"),
        example="250",
    ),
    Column("water_capacity_l", "水容积（升）", "Water capacity (L)", Amount(), "plain", aliases=("水容积", "容积")),
    Column(
        "inspection_due", "下次检验日期", "Inspection due", s.DATE, "day", aliases=("检验有效期",), example="2029-12-31"
    ),
)

_OPENING: Final = (
    Column(
        "product",
        "产品",
        "Product",
        Text(200),
        required=True,
        aliases=("产品名称", "品名", "中文名称"),
        example="盐酸（36%）",
    ),
    Column(
        "lot", "批号", "Batch number", Text(40), required=True, aliases=("批次", "lot", "batch"), example="HC-2026-0117"
    ),
    Column("amount", "数量", "Amount", Amount(), "plain", required=True, aliases=("库存", "quantity"), example="200"),
    _word("unit", "单位", "Unit", UNITS, "千克", required=True),
    Column("site", "厂区", "Site", Text(200), aliases=("站点", "仓库"), example=""),
    Column(
        "location", "库位", "Location", s.LOCATION, "plain", required=True, aliases=("储罐", "位置"), example="A-01"
    ),
    Column("container", "容器编号", "Container number", Text(90), aliases=("桶号", "瓶号", "serial"), example=""),
    Column("owner", "所有人", "Owner", Text(200), aliases=("货主", "所有权人", "统一社会信用代码")),
    _word("status", "状态", "Status", STATUSES, "可用"),
    Column("expires_on", "有效期至", "Expires on", s.DATE, "day", aliases=("有效期", "失效日期"), example="2028-06-30"),
    Column("retest_on", "复验日期", "Retest on", s.DATE, "day"),
    Column("producer_name", "生产企业", "Producer", Text(120), aliases=("生产商", "厂家")),
    Column("density", "密度", "Density", Amount(), "plain"),
    _word("density_unit", "密度单位", "Density unit", DENSITY_UNITS),
    Column(
        "temperature_c",
        "测量温度（℃）",
        "Measured at (°C)",
        Amount(signed=True, zero=True),
        "plain",
        aliases=("测量温度",),
    ),
)

KINDS: Final[Mapping[Kind, tuple[Column, ...]]] = {
    "products": _PRODUCTS,
    "containers": _CONTAINERS,
    "opening": _OPENING,
}


def column(kind: Kind, key: str) -> Column | None:
    """Return a column of a kind by its key."""
    return next((item for item in KINDS[kind] if item.key == key), None)
