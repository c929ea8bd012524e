"""Labels of real goods, as the wiring makes them: from the reference data."""

from dataclasses import replace
from functools import cache

from labels import pictograms, statements
from labels.content import Hazards, Identity, Label, Run, Supplier
from labels.payload import new_code, qr_url
from ledger.reference import Reference, load

SUPPLIER = Supplier(
    "海澜化工（演示）有限公司", "Hailan Chemicals (demo) Co., Ltd.", "上海市金山区漕泾镇合展路 88 号", "0571-88881234"
)
LOOKED_AT = ("chlorine", "sodium-cyanide", "methanol", "nitric-acid-68")


@cache
def reference() -> Reference:
    return load()


def run(product: str, **more: object) -> Run:
    found = reference().products.product(product)
    good = found.good
    made = Run(
        identity=Identity(
            name_zh=found.names.zh,
            name_en=found.names.en,
            un=good.un,
            shipping_name=good.proper_shipping_name,
            hazard_class=good.hazard_class,
            subsidiaries=good.subsidiaries,
            packing_group=good.packing_group,
            transport=pictograms.for_classes(good.labels),
        ),
        hazards=Hazards(
            found.pictograms,
            found.signal_word,
            tuple(statements.hazard(reference().ghs, hazard.code) for hazard in found.shown),
            tuple(statements.precaution(precaution.code) for precaution in found.precautions),
        ),
        supplier=SUPPLIER,
        emergency_phone="0532-83889090",
        lot="CL-20261101-07",
        produced_on="2026-11-01",
        expires_on="2028-10-31",
        demo=True,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def label(product: str = "chlorine", number: int = 7, **more: object) -> Label:
    code = new_code(bytes(range(number, number + 10)))
    made = Label(
        subject="container",
        code=code,
        url=qr_url("https://trace.example.cn", code),
        caption=f"DR{number:05d}-1",
        kind_zh="桶",
        kind_en="drum",
        net_kg="200.5",
        run=run(product),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def place() -> Label:
    code = new_code(bytes(range(100, 110)))
    url = qr_url("https://trace.example.cn", code)
    return Label("location", code, url, "B-04", kind_zh="货位", kind_en="location")
