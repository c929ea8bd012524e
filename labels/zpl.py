"""Labels in ZPL II for label printers, written here.

What is ASCII is printed in the printer's own font, Chinese and pictograms as bitmaps, the symbol by the printer's own
encoder. No text can become a command: whatever is not plain is written as hexadecimal digits (^FH), whatever cannot be
written so is a bitmap, and control characters are refused. Nothing is stored in the printer.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from PIL import Image

from labels.drawing import MM_PER_POINT, Box, Drawing, Item, Picture, Symbol, Text
from labels.raster import dots, module_dots
from labels.symbol import ALPHANUMERIC, QUIET_ZONE
from ledger.errors import FormatError

RESOLUTIONS: Final = {203: 8.0, 300: 11.8, 600: 23.6}
"""Dots to an inch, as printers are sold -> dots to a millimetre, as they are built."""
DPI: Final = 203
MOST_MAGNIFIED: Final = 10
PLAIN: Final = frozenset(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]`abcdefghijklmnopqrstuvwxyz{|}")
"""What stands in a field as it is: printable ASCII but the signs of commands and of escapes."""
CAP_HEIGHT: Final = 0.733
"""How high the capitals of the font of paper are, in parts of the size; the printer's font 0 measures by its own."""
FONT_0_CAPS: Final = 0.72


def zpl(drawings: Iterable[Drawing], dpi: int = DPI) -> str:
    """Return labels as ZPL, one format each. FormatError: no such resolution, or a control character in a text."""
    scale = RESOLUTIONS.get(dpi)
    if scale is None:
        known = ", ".join(map(str, RESOLUTIONS))
        raise FormatError("label_printer_resolution", field="/dpi", params={"resolutions": known})
    return "".join(_label(drawing, scale) for drawing in drawings)


def field(text: str) -> str:
    """Return a text as the data of a field under ^FH: nothing in it is read as a command. FormatError."""
    _refuse_control(text)
    return "".join(chr(byte) if chr(byte) in PLAIN else f"_{byte:02X}" for byte in text.encode("utf-8"))


def _refuse_control(text: str) -> None:
    for character in text:
        if character < " " or character == "\x7f":
            raise FormatError("label_text_control", params={"code": f"{ord(character):02X}"})


def _label(drawing: Drawing, scale: float) -> str:
    wide, high = round(drawing.wide * scale), round(drawing.high * scale)
    body = "".join(_items(drawing.all, scale))
    return f"^XA^CI28^PW{wide}^LL{high}^LH0,0\n{body}^XZ\n"


def _items(items: tuple[Item, ...], scale: float) -> Iterator[str]:
    for item in items:
        x, y = round(item.x * scale), round(item.y * scale)
        match item:
            case Box():
                yield _box(item, scale, x, y)
            case Text() if item.text.isascii():
                size = round(item.size * MM_PER_POINT * scale * CAP_HEIGHT / FONT_0_CAPS)
                top = y + round(item.size * MM_PER_POINT * scale * 0.1)
                yield f"^FO{x},{top}^A0N,{size},{size}^FH_^FD{field(item.text)}^FS\n"
            case Text():
                _refuse_control(item.text)
                yield _bitmap(dots(item, scale), x, y)
            case Picture():
                yield _bitmap(dots(item, scale), x, y)
            case Symbol():
                yield _symbol(item, scale, x, y)


def _box(box: Box, scale: float, x: int, y: int) -> str:
    wide, high = max(round(box.wide * scale), 1), max(round(box.high * scale), 1)
    thick = min(wide, high) if box.filled else max(round(box.stroke * scale), 1)
    return f"^FO{x},{y}^GB{wide},{high},{thick}^FS\n"


def _symbol(item: Symbol, scale: float, x: int, y: int) -> str:
    """The printer's own QR encoder: model 2, level and characters stated, nothing left to guess."""
    if not ALPHANUMERIC.issuperset(item.text):
        raise FormatError("label_text_not_alphanumeric", params={"most": len(item.text)})
    count, each = module_dots(item, scale)
    each = min(each, MOST_MAGNIFIED)
    inset = (round(item.side * scale) - count * each) // 2 + QUIET_ZONE * each
    return f"^FO{x + inset},{y + inset}^BQN,2,{each}^FH_^FD{item.level}M,A{field(item.text)}^FS\n"


# --- bitmaps -----------------------------------------------------------------------------------------------------


def _bitmap(image: Image.Image, x: int, y: int) -> str:
    wide = (image.width + 7) // 8
    raw = bytes(byte ^ 0xFF for byte in image.tobytes())
    spare = wide * 8 - image.width
    mask = 0xFF << spare & 0xFF
    rows = []
    for start in range(0, len(raw), wide):
        row = bytearray(raw[start : start + wide])
        row[-1] &= mask
        rows.append(row.hex().upper())
    return f"^FO{x},{y}^GFA,{len(raw)},{len(raw)},{wide},{_packed(rows, 2 * wide)}^FS\n"


def _packed(rows: list[str], digits: int) -> str:
    """Return rows of hexadecimal digits in the short form of ZPL: runs counted, ends filled, equal rows repeated."""
    out, before = [], ""
    for row in rows:
        out.append(":" if row == before else _packed_row(row, digits))
        before = row
    return "".join(out)


def _packed_row(row: str, digits: int) -> str:
    for fill, sign in (("0", ","), ("F", "!")):
        kept = row.rstrip(fill)
        if digits - len(kept) > 1:
            return _runs(kept) + sign
    return _runs(row)


def _runs(text: str) -> str:
    out, place = [], 0
    while place < len(text):
        end = place
        while end < len(text) and text[end] == text[place]:
            end += 1
        out.append(_count(end - place) + text[place])
        place = end
    return "".join(out)


def _count(times: int) -> str:
    """Return a count as ZPL writes it: g to z for twenties up to 400, G to Y for ones up to 19; nothing for one."""
    if times == 1:
        return ""
    said = "z" * (times // 400)
    twenties, ones = divmod(times % 400, 20)
    said += chr(ord("g") + twenties - 1) if twenties else ""
    return said + (chr(ord("G") + ones - 1) if ones else "")
