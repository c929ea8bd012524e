"""Reference data: bundled tables, typed, with the manifest that names their bytes.

Rules receive a `Reference` as an argument; whoever calls `load` keeps what it returns.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.core.canonical import Json
from ledger.reference import (
    advice,
    dangerous_goods,
    distance,
    files,
    gb18218,
    ghs,
    manifest,
    products,
    regions,
    segregation,
)

__all__ = ["Reference", "load", "parse"]


@dataclass(frozen=True, slots=True)
class Reference:
    """All tables, their `manifest` and its `hash` (base64url)."""

    dangerous_goods: dangerous_goods.DangerousGoods
    ghs: ghs.Ghs
    gb18218: gb18218.MajorHazards
    regions: regions.Regions
    segregation: segregation.Segregation
    products: products.Products
    advice: advice.Advice
    distances: distance.Distances
    manifest: Mapping[str, Json]
    hash: str


def parse(tables: tuple[files.Table, ...], data: Mapping[str, bytes]) -> Reference:
    """Build the reference from the bytes of every table by its name. FormatError or NotFoundError: not of its form."""
    since = {table.name: table.effective for table in tables}
    goods = dangerous_goods.parse(data["dangerous_goods"], since["dangerous_goods"])
    hazards = ghs.parse(
        data["ghs_h_statements"], data["ghs_p_statements"], data["ghs_h_statements_zh"], since["ghs_h_statements"]
    )
    major = gb18218.parse(
        data["gb18218_substances"], data["gb18218_categories"], data["gb18218_factors"], since["gb18218_substances"]
    )
    stated = manifest.build(tables, data)
    return Reference(
        dangerous_goods=goods,
        ghs=hazards,
        gb18218=major,
        regions=regions.parse(data["regions"], since["regions"]),
        segregation=segregation.parse(data["segregation"], since["segregation"]),
        products=products.parse(data["products"], goods, hazards, major, since["products"]),
        advice=advice.parse(data["responder_advice"], since["responder_advice"]),
        distances=distance.parse(data["province_discs"], since["province_discs"]),
        manifest=stated,
        hash=manifest.digest(stated),
    )


def load() -> Reference:
    """Read and build the bundled reference, anew at each call: keep it."""
    tables = files.tables(files.read(files.LIST))
    return parse(tables, files.read_all(tables))
