"""A waybill as printed, and PDFs looked at: their text read back, their pages as pixels."""

import io

import numpy as np
import pypdfium2

from labels.waybill import Crew, Firm, GoodsLine, Signature, WaybillPaper
from tests.labels.raster import Image

CODE = "HTTPS://TRACE.EXAMPLE.CN/W/" + "0123456789ABCDEFGHJKMNPQRSTVWXYZ" * 5 + "0123456789"
CONSIGNOR = Firm(
    "海澜化工（演示）有限公司", "Hailan Chemicals", "91310116MA1J8XK29T", "0571-88881234", "沪WH安许证字2020-1187"
)
CONSIGNEE = Firm("彩虹涂料（演示）有限公司", "Caihong Coatings", phone="0535-6621234", address="烟台市栖霞市 12 号")
CARRIER = Firm(
    "速安危货运输（演示）有限公司", "Suan Haulage", phone="0574-86541234", licence="浙交运管许可甬字330211号"
)
GOODS = (
    GoodsLine(
        "丙烯腈，稳定的",
        "Acrylonitrile, stabilized",
        "UN 1093 ACRYLONITRILE, STABILIZED, 3 (6.1), I",
        "4 × 桶 / drum",
        "800",
        "ACRY-00012",
        ("DR00012-1", "DR00012-2"),
    ),
    GoodsLine(
        "氰化钠，固体", "Sodium cyanide, solid", "UN 1689 SODIUM CYANIDE, SOLID, 6.1, I", "2 × 桶 / drum", "100.25"
    ),
)


def waybill(**more: object) -> WaybillPaper:
    values: dict[str, object] = {
        "number": "YD000123-004",
        "shipment": "shipment:0192f5a1-0c00-7000-8000-000000000001",
        "code": CODE,
        "issued": "2026-11-24 16:20 UTC+8",
        "consignor": CONSIGNOR,
        "consignee": CONSIGNEE,
        "carrier": CARRIER,
        "loader": None,
        "origin": "上海市金山区",
        "destination": "烟台市栖霞市",
        "departure": "2026-11-24",
        "mode": "road",
        "plate": "浙B60311",
        "trailer": "浙B0112挂",
        "vehicle_certificate": "浙交运管甬字330211004567",
        "tank": "",
        "crew": (Crew("driver", "张三", "3302111980"), Crew("escort", "李四")),
        "goods": GOODS,
        "total_kg": "900.25",
        "emergency_phone": "0532-83889090",
        "dispatcher": "王五",
        "remark": "按指定路线行驶。",
        "signatures": (Signature("consignor", "海澜化工（演示）有限公司", "2026-11-24 16:20 UTC+8", "signed"),),
        "record": "5213",
        "demo": True,
    }
    return WaybillPaper(**(values | more))  # type: ignore[arg-type]


def texts(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def pixels(pdf: bytes, page: int = 0, *, dpi: int = 200) -> Image:
    """Return a page in grey."""
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        return np.asarray(document[page].render(scale=dpi / 72).to_pil().convert("L"))
