"""A label printer for tests: it knows the commands that labels are written in, and stops at any other."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_Q
from qrcode.util import QRData

from labels import fonts

_COMMAND = re.compile(r"[\^~][A-Z][A-Z0-9@]")
LEVELS = {"H": ERROR_CORRECT_H, "Q": ERROR_CORRECT_Q}


class UnknownCommandError(ValueError):
    """What the printer was told is nothing that a label says."""


@dataclass
class Page:
    """One printed label. ``texts``: in the printer's own font, with their place; ``codes``: data of the symbols."""

    image: Image.Image
    texts: list[tuple[int, int, str]] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    bitmaps: int = 0


@dataclass
class _Field:
    x: int = 0
    y: int = 0
    font: int = 0
    magnified: int = 0
    escaped: bool = False
    data: str = ""


def printed(text: str) -> list[Page]:
    """Return the labels of a print job. UnknownCommandError."""
    assert text.isascii()
    printer = _Printer()
    for command, given in _commands(text):
        if command not in printer.table:
            raise UnknownCommandError(command)
        printer.table[command](given)
    return printer.pages


class _Printer:
    """What it has printed, the label under the head, the field that is being told."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.wide = self.high = 0
        self.page: Page | None = None
        self.now = _Field()
        self.table: dict[str, Callable[[str], None]] = {
            "^XA": self.begin,
            "^CI": lambda given: self.expect(given, "28"),
            "^LH": lambda given: self.expect(given, "0,0"),
            "^PW": self.width,
            "^LL": self.length,
            "^FO": self.origin,
            "^FH": self.escape,
            "^A0": self.font,
            "^BQ": self.code,
            "^FD": self.data,
            "^GB": lambda given: _box(self.page, self.now, [int(value) for value in given.split(",")]),
            "^GF": lambda given: _bitmap(self.page, self.now, given),
            "^FS": lambda given: _end(self.page, self.now),
            "^XZ": self.end,
        }

    def expect(self, given: str, wanted: str) -> None:
        assert given == wanted

    def begin(self, given: str) -> None:
        assert self.page is None

    def width(self, given: str) -> None:
        self.wide = int(given)

    def length(self, given: str) -> None:
        self.high = int(given)
        self.page = Page(Image.new("L", (self.wide, self.high), 255))

    def origin(self, given: str) -> None:
        x, y = map(int, given.split(","))
        self.now = _Field(x, y)

    def escape(self, given: str) -> None:
        self.expect(given, "_")
        self.now.escaped = True

    def font(self, given: str) -> None:
        turned, size, _ = given.split(",")
        self.expect(turned, "N")
        self.now.font = int(size)

    def code(self, given: str) -> None:
        turned, model, size = given.split(",")
        self.expect(turned + model, "N2")
        self.now.magnified = int(size)

    def data(self, given: str) -> None:
        self.now.data = _plain(given) if self.now.escaped else given

    def end(self, given: str) -> None:
        assert self.page is not None
        self.pages.append(self.page)
        self.page = None


def _commands(text: str) -> list[tuple[str, str]]:
    found = list(_COMMAND.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return [(match.group(), text[match.end() : end].rstrip("\n")) for match, end in zip(found, ends, strict=True)]


def _plain(data: str) -> str:
    return re.sub(rb"_([0-9A-F]{2})", lambda found: bytes.fromhex(found.group(1).decode()), data.encode()).decode()


def _end(page: Page | None, now: _Field) -> None:
    assert page is not None
    if now.magnified:
        _code(page, now)
    elif now.font:
        page.texts.append((now.x, now.y, now.data))
        font = ImageFont.truetype(str(fonts.file()), now.font * 0.95)
        ImageDraw.Draw(page.image).text((now.x, now.y + now.font * 0.86), now.data, 0, font, anchor="ls")


def _code(page: Page, now: _Field) -> None:
    """What the printer's own encoder makes: level, "M", a comma, the characters' kind, the data."""
    level, how, kind, data = now.data[0], now.data[1:3], now.data[3], now.data[4:]
    assert (how, kind) == ("M,", "A")
    code = QRCode(error_correction=LEVELS[level], border=0)
    code.add_data(QRData(data.encode(), mode=2), optimize=0)
    code.make(fit=True)
    draw = ImageDraw.Draw(page.image)
    for row, line in enumerate(code.modules):
        for column, dark in enumerate(line):
            if dark:
                x, y = now.x + column * now.magnified, now.y + row * now.magnified
                draw.rectangle((x, y, x + now.magnified - 1, y + now.magnified - 1), 0)
    page.codes.append(data)


def _box(page: Page | None, now: _Field, given: list[int]) -> None:
    assert page is not None
    wide, high, thick = given
    ImageDraw.Draw(page.image).rectangle((now.x, now.y, now.x + wide - 1, now.y + high - 1), outline=0, width=thick)


def _bitmap(page: Page | None, now: _Field, given: str) -> None:
    assert page is not None
    kind, total, same, across, data = given.split(",", 4)
    assert kind == "A"
    assert total == same
    digits = 2 * int(across)
    rows = _unpacked(data, digits)
    raw = bytes.fromhex("".join(rows))
    assert len(raw) == int(total)
    drawn = Image.frombytes("1", (digits * 4, len(rows)), raw)
    page.image.paste(0, (now.x, now.y), drawn)
    page.bitmaps += 1


def _unpacked(data: str, digits: int) -> list[str]:
    rows: list[str] = []
    row, times = "", 0
    for sign in data:
        if "g" <= sign <= "z":
            times += 20 * (ord(sign) - ord("g") + 1)
        elif "G" <= sign <= "Y":
            times += ord(sign) - ord("G") + 1
        elif sign in ",!":
            row = row.ljust(digits, "0" if sign == "," else "F")
        elif sign == ":":
            assert not row
            row = rows[-1]
        else:
            row += sign * (times or 1)
            times = 0
        assert len(row) <= digits
        if len(row) == digits:
            rows.append(row)
            row = ""
    assert not row
    return rows
