"""A run of whole labels as PDF, against pages with nothing on them but the QR widget of the library that draws both."""

import io
from dataclasses import replace
from typing import Final

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from labels import pictograms, statements
from labels.content import Hazards, Identity, Label, Run, Supplier
from labels.layout import lay_out
from labels.payload import new_code, qr_url
from labels.sheets import pdf
from ledger.bench.context import Context
from ledger.bench.frame import Measured, Target, pair, timed
from ledger.reference import Reference, load

LEAST_RATIO: Final = 8
SIDE: Final = 30 * mm
BASE: Final = "https://trace.example.cn"
SIZE: Final = "100x150"


def labels(context: Context) -> Measured:
    """Labels a second, each with its own code, number and mass / QR widgets a second, at level H too."""
    count = context.sizes.labels
    run = _run(load())
    codes = [new_code(n.to_bytes(10, "big")) for n in range(count)]
    made = [
        Label("container", code, qr_url(BASE, code), f"DR{n:05d}", net_kg="200", run=run)
        for n, code in enumerate(codes)
    ]

    def ours() -> None:
        pdf(lay_out(replace(label, run=run), SIZE) for label in made)

    def theirs() -> None:
        canvas = Canvas(io.BytesIO())
        for label in made:
            drawn = Drawing(SIDE, SIDE)
            drawn.add(QrCodeWidget(label.url, barLevel="H", barWidth=SIDE, barHeight=SIDE))
            renderPDF.draw(drawn, canvas, 0, 0)
            canvas.showPage()
        canvas.save()

    ours()
    theirs()
    sides = (lambda: count / timed(ours), lambda: count / timed(theirs))
    target = Target("ratio", "at least", LEAST_RATIO)
    return pair("labels", "labels/s", "reportlab's QR widget alone", sides, context.rounds, target=target)


def _run(reference: Reference) -> Run:
    product = reference.products.product("chlorine")
    good = product.good
    return Run(
        identity=Identity(
            product.names.zh,
            product.names.en,
            good.un,
            good.proper_shipping_name,
            good.hazard_class,
            good.subsidiaries,
            good.packing_group,
            pictograms.for_classes(good.labels),
        ),
        hazards=Hazards(
            product.pictograms,
            product.signal_word,
            tuple(statements.hazard(reference.ghs, hazard.code) for hazard in product.shown),
            tuple(statements.precaution(precaution.code) for precaution in product.precautions),
        ),
        supplier=Supplier("供应商", "Supplier", "地址", "021-00000000"),
        emergency_phone="0532-83889090",
        lot="LOT-1",
        produced_on="2026-11-01",
    )
