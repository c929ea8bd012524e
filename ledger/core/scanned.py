"""What a scanner, a keyboard or another system's code says: told by its form alone; nothing is looked up or followed.

Our own code has 16 characters of Crockford's base32: alone, in groups, or at the end of an address of any host, in
any case; what counts is the code, which is looked up here. A GS1 Digital Link (GS1 Digital Link URI Syntax 1.3), or
the same as an element string, says GTIN, lot and serial number, whatever host it names. Every other address or text is
somebody else's: it is looked up as it is, among those that were bound to a thing here, and never opened.
"""

import re
from dataclasses import dataclass
from typing import Final

from ledger.core.base32 import ALPHABET, READ
from ledger.core.identifiers import check_gtin
from ledger.errors import FormatError

MAX_TEXT: Final = 600
OWN_LENGTH: Final = 16
WAYBILL_LENGTH: Final = 170
_OWN: Final = re.compile(r"/q/([0-9a-z]{16})/?", re.IGNORECASE | re.ASCII)
_WAYBILL: Final = re.compile(r"/w/([0-9a-z]{170})/?", re.IGNORECASE | re.ASCII)
_LINK: Final = re.compile(r"(?:/[^/]+)*?/01/([0-9]{8,14})(?:/22/[^/]+)?(?:/10/([^/]+))?(?:/21/([^/]+))?/?", re.ASCII)
_ELEMENTS: Final = re.compile(r"\(01\)([0-9]{14})(?:\(10\)([^()]+))?(?:\(21\)([^()]+))?", re.ASCII)
_SYMBOLOGY: Final = ("]C1", "]d2", "]Q3", "]e0", "]J1")
"""How scanners say that a symbol bears an element string (GS1 General Specifications 5.1.3, symbology identifiers)."""
_SEPARATOR: Final = "\x1d"
_FIXED: Final = {"01": 14, "11": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
"""Application identifiers of predefined length, and how many characters follow (7.8.5, figure 7.8.5-2)."""
_VARIABLE: Final = ("10", "21", "22")
_RAW: Final = re.compile(r"01[0-9]{14}")
_AI: Final = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}", re.ASCII)
_SCHEME: Final = re.compile(r"https?://", re.IGNORECASE)
_PARTS: Final = re.compile(r"https?://([^/?#]*)([^?#]*)(.*)", re.IGNORECASE)
"""Authority, path, and the rest of an address (RFC 3986, appendix B)."""
_ESCAPED: Final = re.compile(r"%([0-9A-Fa-f]{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A code of this kind of ledger, in its one spelling. ``host``: as the address names it, "" for none."""

    code: str
    host: str = ""


@dataclass(frozen=True, slots=True)
class WaybillCode:
    """The signed code of a transport paper, in its one spelling."""

    code: str
    host: str = ""


@dataclass(frozen=True, slots=True)
class DigitalLink:
    """A GS1 identity: GTIN of 14 digits with its check digit right, lot and serial number or ""."""

    gtin: str
    lot: str = ""
    serial: str = ""

    @property
    def text(self) -> str:
        """The one spelling under which it is bound and looked up."""
        lot = f"/10/{self.lot}" if self.lot else ""
        serial = f"/21/{self.serial}" if self.serial else ""
        return f"/01/{self.gtin}{lot}{serial}"


@dataclass(frozen=True, slots=True)
class Foreign:
    """Anything else, such as a safety information code (安全信息码). ``host`` of an address, "" for other text."""

    text: str
    host: str = ""


Scanned = OwnCode | WaybillCode | DigitalLink | Foreign


def spelled(text: str) -> str:
    """Return a GS1 element string as it stands in a symbol with its identifiers in brackets; any other text as it is.

    In a symbol nothing sets a GTIN, a date or a lot apart but the length, or the separator (FNC1, read as 0x1D) after
    what has no fixed length. What identifies a thing is kept: GTIN, lot and serial number.
    """
    bare = next((text[len(mark) :] for mark in _SYMBOLOGY if text.startswith(mark)), text).strip(" \t\r\n")
    rest = bare.strip(_SEPARATOR)
    if _RAW.match(rest) is None or (rest == text and len(rest) == OWN_LENGTH):
        return text
    found: dict[str, str] = {}
    while rest:
        name, rest = rest[:2], rest[2:]
        if name in _FIXED:
            value, rest = rest[: _FIXED[name]], rest[_FIXED[name] :].removeprefix(_SEPARATOR)
        elif name in _VARIABLE:
            value, _, rest = rest.partition(_SEPARATOR)
        else:
            return text
        if not value or name in found or len(value) < _FIXED.get(name, 1):
            return text
        found[name] = value
    return "".join(f"({name}){found[name]}" for name in ("01", "10", "21") if name in found)


def read(text: str) -> Scanned:
    """Return what was scanned or typed. FormatError: empty, too long, with control characters, a wrong check digit."""
    given = spelled(text.strip(" \t\r\n"))
    if not given or len(given) > MAX_TEXT or any(letter < " " or letter == "\x7f" for letter in given):
        raise FormatError("scan_not_of_form", params={"given": given[:40], "most": MAX_TEXT})
    if _SCHEME.match(given):
        return _address(given)
    code = own_code(given.replace(" ", "").replace("-", ""))
    if code is not None:
        return OwnCode(code)
    elements = _ELEMENTS.fullmatch(given)
    return Foreign(given) if elements is None else _link(*elements.groups(default=""))


def own_code(text: str) -> str | None:
    """Return a code in its one spelling, None if it is none: case is forgiven, I and L are read as 1, O as 0."""
    code = text.upper().translate(READ) if text.isascii() else ""
    return code if len(code) == OWN_LENGTH and set(code) <= set(ALPHABET) else None


def alias_of(text: str) -> str:
    """Return the one spelling of a code of another system; "" for what is one of ours, or no code at all."""
    try:
        scanned = read(text)
    except FormatError:
        return ""
    if isinstance(scanned, Foreign | DigitalLink):
        return scanned.text
    return ""


def _address(given: str) -> Scanned:
    parts = _PARTS.fullmatch(given)
    assert parts is not None  # its scheme was read
    host, path, rest = parts.group(1).lower(), parts.group(2), parts.group(3)
    plain = not rest and "@" not in host
    own = _OWN.fullmatch(path) if plain else None
    code = None if own is None else own_code(own.group(1))
    if code is not None:
        return OwnCode(code, host)
    waybill = _WAYBILL.fullmatch(path) if plain else None
    if waybill is not None:
        return WaybillCode(waybill.group(1).upper().translate(READ), host)
    link = _LINK.fullmatch(path) if "@" not in host else None
    return Foreign(given, host) if link is None else _link(*link.groups(default=""))


def _link(gtin: str, lot: str, serial: str) -> DigitalLink:
    """GTINs of 8, 12 and 13 digits are filled with zeros on the left (GS1 General Specifications 3.2)."""
    full = check_gtin(gtin.zfill(14), "/code")
    values = []
    for value in (lot, serial):
        plain = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), value)
        if value and _AI.fullmatch(plain) is None:
            raise FormatError("gs1_value_not_of_form", "/code", params={"given": plain[:40]})
        values.append(plain)
    return DigitalLink(full, *values)
