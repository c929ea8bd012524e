"""What a device says it scanned: a small closed object of canonical JSON, signed by the device's key.

A signature is Ed25519 over ``hazledger/scan@1`` LF and the JCS bytes of the object without its member "sig". With a
badge it is over ``hazledger/scan@2`` LF and the same bytes with "sha256:" and the badge's hash (hexadecimal, of its
UTF-8 bytes) in its place: what is kept can be checked, and a badge's secret is not kept (docs/decisions/0023).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from ledger.core.b64 import unb64u
from ledger.core.canonical import Json, encode
from ledger.core.ids import check_ref, check_uuid7
from ledger.core.shape import int_at, object_at, one_of, text_at
from ledger.core.text import check_text
from ledger.core.times import parse_stated
from ledger.errors import FormatError

DOMAIN: Final = b"hazledger/scan@1\n"
BADGE_DOMAIN: Final = b"hazledger/scan@2\n"
ScanAction = Literal["receive", "move", "count", "issue", "dispatch", "undo"]
ACTIONS: Final[tuple[ScanAction, ...]] = get_args(ScanAction)
MAX_TEXT: Final = 300
MAX_REASON: Final = 500
MAX_COUNTER: Final = 2**53 - 1
SIG_SIZE: Final = 64
_TEXTS: Final = {"place": MAX_TEXT, "item": MAX_TEXT, "badge": MAX_TEXT, "override": MAX_REASON}
_NAMES: Final = frozenset(
    {"id", "action", "at", "amount", "unit", "of", "report", "quarantine", "device", "counter", "sig", *_TEXTS}
)


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan. ``place``, ``item``, ``badge``: texts as they were read; ``of``: the scan to undo.

    ``report``: it happened all the same, and is recorded as what it is.

    ``statement``: the bytes that are signed and kept, without the domain; ``sig``: of the device, or None.
    """

    id: str
    action: ScanAction
    at_ms: int
    place: str | None = None
    item: str | None = None
    amount: str | None = None
    unit: str = "kg"
    of: str | None = None
    quarantine: bool = False
    report: bool = False
    override: str | None = None
    badge: str | None = None
    device: str | None = None
    counter: int = 0
    statement: bytes = field(default=b"", repr=False)
    sig: bytes | None = field(default=None, repr=False)

    @property
    def message(self) -> bytes:
        """What the device signs."""
        return (DOMAIN if self.badge is None else BADGE_DOMAIN) + self.statement


def parse(value: Json, at: str = "") -> Scan:
    """Read a scan. FormatError with the field."""
    stated = object_at(value, at)
    for name in stated:
        if name not in _NAMES:
            raise FormatError("unknown_name", f"{at}/{name[:64]}")
    for name in ("id", "action", "at"):
        if name not in stated:
            raise FormatError("name_missing", f"{at}/{name}")
    action = next(one for one in ACTIONS if one == one_of(stated["action"], ACTIONS, f"{at}/action"))
    device = _device(stated, at)
    sig = stated.get("sig")
    made = Scan(
        id=check_uuid7(text_at(stated["id"], f"{at}/id"), field=f"{at}/id"),
        action=action,
        at_ms=parse_stated(text_at(stated["at"], f"{at}/at"), field=f"{at}/at"),
        place=_text(stated, "place", at),
        item=_text(stated, "item", at),
        amount=None if stated.get("amount") is None else text_at(stated["amount"], f"{at}/amount"),
        unit=text_at(stated.get("unit", "kg"), f"{at}/unit"),
        of=None if "of" not in stated else check_uuid7(text_at(stated["of"], f"{at}/of"), field=f"{at}/of"),
        quarantine=_flag(stated, "quarantine", at),
        report=_flag(stated, "report", at),
        override=_text(stated, "override", at),
        badge=_text(stated, "badge", at),
        device=device,
        counter=int_at(stated.get("counter", 0), 1 if device else 0, MAX_COUNTER, f"{at}/counter"),
        statement=encode({name: _kept(name, item) for name, item in stated.items() if name != "sig"}),
        sig=None if sig is None else unb64u(text_at(sig, f"{at}/sig"), SIG_SIZE, field=f"{at}/sig"),
    )
    _check_whole(made, at)
    return made


def _kept(name: str, item: Json) -> Json:
    """A member as it is signed and kept: of a badge the hash alone."""
    if name != "badge" or not isinstance(item, str):
        return item
    return "sha256:" + hashlib.sha256(item.encode()).hexdigest()


def _check_whole(scan: Scan, at: str) -> None:
    if scan.action == "undo":
        if scan.report:
            raise FormatError("unknown_name", f"{at}/report")
        if scan.of is None and scan.item is None:
            raise FormatError("name_missing", f"{at}/of")
        return
    for name, given in (("place", scan.place), ("item", scan.item)):
        if given is None:
            raise FormatError("name_missing", f"{at}/{name}")


def _text(stated: Mapping[str, Json], name: str, at: str) -> str | None:
    if stated.get(name) is None:
        return None
    found = text_at(stated[name], f"{at}/{name}")
    check_text(found, field=f"{at}/{name}", max_len=_TEXTS[name])
    if not found.strip():
        raise FormatError("text_empty", f"{at}/{name}")
    return found


def _flag(stated: Mapping[str, Json], name: str, at: str) -> bool:
    found = stated.get(name, False)
    if not isinstance(found, bool):
        raise FormatError("wrong_kind", f"{at}/{name}", {"expected": "boolean"})
    return found


def _device(stated: Mapping[str, Json], at: str) -> str | None:
    if stated.get("device") is None:
        return None
    found = text_at(stated["device"], f"{at}/device")
    kind, _, uuid = found.partition(":")
    if kind != "device":
        raise FormatError("ref_wrong_kind", f"{at}/device", {"kinds": "device"})
    check_ref(f"user:{uuid}", field=f"{at}/device")
    return found
