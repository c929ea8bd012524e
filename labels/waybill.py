"""The transport document of dangerous goods as a bilingual PDF.

It has the fields of the electronic waybill (MoT Order 2019-29), the description in the fixed order of ADR 5.4.1.1.1,
and a signed code that leads back to the ledger.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from labels import symbol
from labels.paper import Paper, columns, wrap

LEFT: Final = 15.0
RIGHT: Final = 195.0
ROOM: Final = RIGHT - LEFT
LOWEST: Final = 276.0
CODE_SIDE: Final = 42.0
SMALL, PLAIN, LARGE, TITLE = 7.0, 9.5, 12.0, 17.0
MOST_LINES: Final = 200


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm on the paper; '' where nothing is known."""

    name_zh: str
    name_en: str
    uscc: str = ""
    phone: str = ""
    licence: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Crew:
    """Driver or escort: a name (or whose driver it is, where the name is not disclosed) and the certificate."""

    role: Literal["driver", "escort"]
    name: str
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One line of goods. ``description``: as ADR 5.4.1.1.1 has it; ``packages``: such as "4 × 桶 / drum"."""

    name_zh: str
    name_en: str
    description: str
    packages: str
    net_kg: str
    lot: str = ""
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """Who stood for a step: by key, by link and PIN, on paper, or attested by the ledger alone."""

    role: Literal["consignor", "carrier", "consignee"]
    firm: str
    at: str
    backing: Literal["signed", "link", "paper", "attested", ""]


@dataclass(frozen=True, slots=True)
class WaybillPaper:
    """Everything that is printed. Times are texts with their zone; ``code``: the address in the symbol."""

    number: str
    shipment: str
    code: str
    issued: str
    consignor: Firm
    consignee: Firm
    carrier: Firm
    loader: Firm | None
    origin: str
    destination: str
    departure: str
    mode: str
    plate: str
    trailer: str
    vehicle_certificate: str
    tank: str
    crew: tuple[Crew, ...]
    goods: tuple[GoodsLine, ...]
    total_kg: str
    emergency_phone: str
    dispatcher: str
    remark: str
    signatures: tuple[Signature, ...]
    record: str
    demo: bool = False

    def particulars(self) -> dict[str, Any]:
        """What the signed code commits to: all of this paper but the code itself and later signatures."""
        found: dict[str, Any] = _plain(asdict(replace(self, code="", signatures=())))
        return found


def _plain(value: Any) -> Any:  # noqa: ANN401 - tuples become lists, at any depth
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


NOTE: Final = (
    "扫码核对：码由账本密钥签名，可离线核验。 / "
    "Scan to check: the code is signed by the ledger's key and verifies offline."
)
ROLES: Final = {
    "consignor": ("托运人", "Consignor"),
    "carrier": ("承运人", "Carrier"),
    "consignee": ("收货人", "Consignee"),
}
CREW: Final = {"driver": ("驾驶员", "Driver"), "escort": ("押运员", "Escort")}
BACKINGS: Final = {
    "signed": "已签名 / signed",
    "link": "链接加口令 / by link and PIN",
    "paper": "纸面签字，见附件 / on paper, attached",
    "attested": "账本记载 / attested by the ledger",
    "": "待签 / open",
}


def render(paper: WaybillPaper) -> bytes:
    """Return the PDF, A4, one page or more."""
    made = Paper(f"{paper.number} · 危险货物道路运输运单 / Transport document", paper.carrier.name_zh)
    y = _head(made, paper)
    y = _grid(made, y, _parties(paper), 2)
    y = _grid(made, y, _trip(paper), 3)
    y = _goods(made, y, paper)
    y = _grid(made, y, _foot(paper), 2)
    _signatures(made, y, paper.signatures)
    return made.bytes()


def _head(made: Paper, paper: WaybillPaper) -> float:
    made.code(RIGHT - CODE_SIDE + 3, 10, CODE_SIDE, symbol.matrix(paper.code, level="Q"))
    room = ROOM - CODE_SIDE - 2
    made.text(LEFT, 15, "危险货物道路运输运单", TITLE, bold=True)
    made.text(LEFT, 23, "Transport document, dangerous goods", LARGE)
    y = made.block(LEFT, 31, f"运单号 / No.  {paper.number}", LARGE, room, bold=True)
    y = made.block(LEFT, y + 0.5, f"签发 / issued  {paper.issued}", PLAIN, room)
    y = made.block(LEFT, y, f"运次 / shipment  {paper.shipment}", SMALL, room, grey=0.25)
    y = made.block(LEFT, y, f"账本记录 / record  {paper.record}", SMALL, room, grey=0.25)
    if paper.demo:
        made.block(LEFT, y + 0.5, "演示数据，不用于真实运输 / DEMONSTRATION: not for carriage", PLAIN, room, bold=True)
    return max(54.0, y + 4)


Field = tuple[str, str, str]
"""Label in Chinese, label in English, text."""
GREAT: Final = frozenset({"Emergency phone, 24 h"})
"""Fields that somebody reads in a hurry."""


def _firm(firm: Firm) -> str:
    more = [f"{label} {text}" for label, text in (("信用代码", firm.uscc), ("许可证", firm.licence)) if text]
    names = [firm.name_zh, *([firm.name_en] if firm.name_en != firm.name_zh else [])]
    where = [*([firm.address] if firm.address else []), *([f"电话 / phone {firm.phone}"] if firm.phone else [])]
    return "\n".join([*names, *more, *where])


def _member(one: Crew) -> str:
    return f"{one.name}\n从业资格证 / certificate {one.certificate}" if one.certificate else one.name


def _parties(paper: WaybillPaper) -> list[Field]:
    loader = paper.loader or paper.consignor
    return [
        ("托运人", "Consignor", _firm(paper.consignor)),
        ("收货人", "Consignee", _firm(paper.consignee)),
        ("承运人", "Carrier", _firm(paper.carrier)),
        ("装货人", "Loader", _firm(loader)),
    ]


def _trip(paper: WaybillPaper) -> list[Field]:
    crew = [(*CREW[one.role], _member(one)) for one in paper.crew]
    return [
        ("起运地", "From", paper.origin),
        ("目的地", "To", paper.destination),
        ("起运日期", "Departure", paper.departure),
        ("车牌号", "Vehicle", f"{paper.plate}\n{paper.vehicle_certificate}".rstrip()),
        ("挂车号", "Trailer", paper.trailer),
        ("罐体", "Tank", paper.tank),
        *crew,
        ("调度人", "Dispatcher", paper.dispatcher),
    ]


def _foot(paper: WaybillPaper) -> list[Field]:
    return [
        ("应急联系电话", "Emergency phone, 24 h", paper.emergency_phone),
        ("备注", "Remark", paper.remark),
    ]


def _grid(made: Paper, y: float, fields: Sequence[Field], across: int) -> float:
    """Draw fields in rows of so many, each row as high as its longest text; empty ones show a dash."""
    wide = ROOM / across
    for start in range(0, len(fields), across):
        row = fields[start : start + across]
        lines = [wrap(text or "—", PLAIN, wide - 4) for _, _, text in row]
        high = 7.5 + max(len(part) for part in lines) * PLAIN * 1.35 / 72 * 25.4
        y = _room(made, y, high)
        for place, (zh, en, text) in enumerate(row):
            x = LEFT + place * wide
            made.frame(x, y, wide, high, points=0.5)
            made.text(x + 2, y + 1.3, f"{zh}  {en}", SMALL, grey=0.3)
            made.block(x + 2, y + 5, text or "—", LARGE if en in GREAT else PLAIN, wide - 4, bold=en in GREAT)
        y += high
    return y


def _room(made: Paper, y: float, high: float) -> float:
    """Return where to go on: here, or at the top of a new page."""
    if y + high <= LOWEST:
        return y
    made.page()
    return 15.0


SHARES: Final = (64.0, 24.0, 20.0)
HEADS: Final = (
    "货物 / Dangerous goods (UN, name, class, packing group)",
    "件数 / Packages",
    "净重 / Net kg",
)


def _goods(made: Paper, y: float, paper: WaybillPaper) -> float:
    wide = columns(ROOM, SHARES)
    y = _room(made, y + 3, 20)
    made.fill(LEFT, y, ROOM, 6, grey=0.9)
    x = LEFT
    for head, room in zip(HEADS, wide, strict=True):
        made.text(x + 2, y + 1.6, head, SMALL)
        x += room
    y += 6
    for item in paper.goods[:MOST_LINES]:
        y = _goods_line(made, y, item, wide)
    made.rule(LEFT, y, RIGHT, y, points=1)
    made.text(LEFT + 2, y + 1.5, "合计 / total", PLAIN, bold=True)
    made.right(RIGHT - 2, y + 1.5, f"{paper.total_kg} kg", LARGE, bold=True)
    return y + 9


def _goods_line(made: Paper, y: float, item: GoodsLine, wide: Sequence[float]) -> float:
    described = wrap(item.description, PLAIN, wide[0] - 4)
    names = wrap(" / ".join(_unlike(item.name_zh, item.name_en)), PLAIN, wide[0] - 4)
    more = [f"批号 / batch {item.lot}"] if item.lot else []
    if item.serials:
        more.append("容器 / containers " + "、".join(item.serials))
    extra = [line for part in more for line in wrap(part, SMALL, wide[0] - 4)]
    step, small = PLAIN * 1.35 / 72 * 25.4, SMALL * 1.35 / 72 * 25.4
    high = 3 + (len(described) + len(names)) * step + len(extra) * small
    y = _room(made, y, high)
    made.rule(LEFT, y, RIGHT, y, grey=0.6)
    at = y + 1.5
    for lines, size, bold, grey in (
        (described, PLAIN, True, 0.0),
        (names, PLAIN, False, 0.0),
        (extra, SMALL, False, 0.3),
    ):
        for line in lines:
            made.text(LEFT + 2, at, line, size, bold=bold, grey=grey)
            at += step if size == PLAIN else small
    made.block(LEFT + wide[0] + 2, y + 1.5, item.packages, PLAIN, wide[1] - 4)
    made.right(RIGHT - 2, y + 1.5, item.net_kg, PLAIN)
    return y + high


def _unlike(*texts: str) -> Iterable[str]:
    return dict.fromkeys(text for text in texts if text)


def _signatures(made: Paper, y: float, signatures: Sequence[Signature]) -> None:
    y = _room(made, y + 4, 24)
    wide = ROOM / 3
    for place, role in enumerate(("consignor", "carrier", "consignee")):
        signed = next((item for item in signatures if item.role == role), None)
        x = LEFT + place * wide
        made.frame(x, y, wide, 20, points=0.5)
        zh, en = ROLES[role]
        made.text(x + 2, y + 1.3, f"{zh}  {en}", SMALL, grey=0.3)
        end = made.block(x + 2, y + 5, signed.firm if signed else "—", PLAIN, wide - 4)
        state = BACKINGS[signed.backing if signed else ""]
        made.block(x + 2, end, f"{state}  {signed.at if signed else ''}".rstrip(), SMALL, wide - 4)
    made.block(LEFT, y + 22, NOTE, SMALL, ROOM, grey=0.3)
