"""Subset Noto Sans CJK SC to GBK and turn its outlines to TrueType: font.py SOURCE.ttc TARGET.ttf."""

import sys

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

SIMPLIFIED = 2  # place of the SC face in the collection
MADE = 3_786_912_000  # 2024-01-01 in seconds since 1904: the file depends on its source alone
NAMES = {1: "Hazledger Sans SC", 3: "Hazledger Sans SC 1", 4: "Hazledger Sans SC", 6: "HazledgerSansSC"}
RANGES = [
    (0x20, 0x7F), (0xA0, 0x180), (0x370, 0x3FF), (0x2010, 0x2040), (0x2070, 0x2090), (0x2150, 0x2200),
    (0x2460, 0x2500), (0x25A0, 0x2600), (0x3000, 0x3040), (0xFF00, 0xFF60),
]  # fmt: skip
SIGNS = {0x20AC, 0x2103, 0x2109, 0x2116, 0x2122, 0x2126, 0x2212, 0x2264, 0x2265, 0x2260, 0x2248, 0x2713, 0x2717, 0x26A0}
UNUSED = ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
ZERO = (
    "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
    "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints",
    "maxCompositeContours", "maxComponentDepth",
)  # fmt: skip


def characters() -> set[int]:
    """Return the code points that the font keeps."""
    found = set(SIGNS)
    for start, stop in RANGES:
        found.update(range(start, stop))
    for high in range(0x81, 0xFF):
        for low in range(0x40, 0xFF):
            try:
                found.add(ord(bytes([high, low]).decode("gbk")))
            except UnicodeDecodeError:
                continue
    return found


def to_truetype(font: TTFont) -> None:
    """Replace the table CFF by glyf and loca."""
    shapes, order = font.getGlyphSet(), font.getGlyphOrder()
    made = {}
    for name in order:
        pen = TTGlyphPen(None)
        shapes[name].draw(Cu2QuPen(pen, max_err=1.5, reverse_direction=True))
        made[name] = pen.glyph()
    font["loca"] = newTable("loca")
    glyf = font["glyf"] = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, made
    for name, glyph in made.items():
        glyph.recalcBounds(glyf)
        font["hmtx"][name] = (font["hmtx"][name][0], glyph.xMin if glyph.numberOfContours else 0)
    limits = font["maxp"] = newTable("maxp")
    limits.tableVersion, limits.numGlyphs, limits.maxZones = 0x00010000, len(order), 1
    for name in ZERO:
        setattr(limits, name, 0)
    limits.recalc(font)
    font["post"].formatType = 3.0
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"


def main(source: str, target: str) -> None:
    """Make the file."""
    font = TTFont(source, fontNumber=SIMPLIFIED)
    options = subset.Options(layout_features=[], hinting=False, name_IDs=["*"], desubroutinize=True)
    options.drop_tables += UNUSED
    maker = subset.Subsetter(options)
    maker.populate(unicodes=characters())
    maker.subset(font)
    to_truetype(font)
    for record in list(font["name"].names):
        if record.nameID in NAMES:
            place = (record.nameID, record.platformID, record.platEncID, record.langID)
            font["name"].setName(NAMES[record.nameID], *place)
    font["head"].created = font["head"].modified = MADE
    font.recalcTimestamp = False
    font.save(target)


if __name__ == "__main__":
    main(*sys.argv[1:3])
