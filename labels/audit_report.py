"""An audit's report on paper, in Chinese and English, with the signed report attached to the file.

What is printed is what `hazledger/audit-report@1` says, and the attachment is what the log's key signed: whoever doubts
the paper checks the file.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from labels import audit_words, symbol
from labels.audit_words import both
from labels.paper import Paper, wrap
from ledger.core.audit_report import FILE_NAME
from ledger.core.b64 import unb64u

LEFT: Final = 15.0
RIGHT: Final = 195.0
ROOM: Final = RIGHT - LEFT
LOWEST: Final = 280.0
CODE_SIDE: Final = 36.0
SMALL, PLAIN, LARGE, TITLE = 7.5, 9.5, 12.0, 17.0
MOST_SHOWN: Final = 60
PLACES: Final = (*(name for name in audit_words.ACCOUNTS if name != "holding"), "holding")
CHECK: Final = (
    "核对：运行 hazledger verify 加此文件名，比较所示数字与本页；"
    "签名说明账本当时这样报告，不证明报告属实，存疑者请自行审计。 / "
    "To check: run hazledger verify on this file and compare its figures with this paper. The signature says what this "
    "ledger reported, not that it is true: who doubts it audits again."
)


def render(report: Mapping[str, Any], envelope: bytes, digest: str, offset: str = "+00:00") -> bytes:
    """Return the PDF of a report (`hazledger/audit-report@1`); ``digest``: what its note signs, as text."""
    made = Paper("账本审计报告 / Audit report", str(report["origin"]))
    y = _head(made, report, digest)
    y = _verdict(made, y, report)
    y = _facts(made, y, report, offset)
    y = _mass(made, y, report)
    y = _findings(made, y, report)
    y = _left_out(made, y, report)
    _signed(made, y, report, digest)
    made.attach(FILE_NAME, "application/json", envelope + b"\n")
    return made.bytes()


def _head(made: Paper, report: Mapping[str, Any], digest: str) -> float:
    made.code(
        RIGHT - CODE_SIDE + 3,
        10,
        CODE_SIDE,
        symbol.matrix(f"HAZLEDGER-AUDIT:{unb64u(digest).hex().upper()}", level="Q"),
    )
    made.text(LEFT, 15, "账本审计报告", TITLE, bold=True)
    made.text(LEFT, 23, "Audit report", LARGE)
    y = made.block(LEFT, 31, both(audit_words.KINDS, report["kind"]), LARGE, ROOM - CODE_SIDE, bold=True)
    y = made.block(LEFT, y + 1, str(report["origin"]), PLAIN, ROOM - CODE_SIDE)
    if report["demo"]:
        y = made.block(LEFT, y + 0.5, "演示账本，数据均为虚构 / DEMONSTRATION", PLAIN, ROOM - CODE_SIDE, bold=True)
    return max(50.0, y + 3)


def _verdict(made: Paper, y: float, report: Mapping[str, Any]) -> float:
    count = report["findings"]["count"]
    zh = "未发现问题" if report["ok"] else f"发现 {count:,} 处问题"
    en = "Nothing is wrong in what was read" if report["ok"] else f"{count:,} findings"
    made.frame(LEFT, y, ROOM, 16, points=1.6)
    made.text(LEFT + 4, y + 2.5, zh, LARGE, bold=True)
    made.text(LEFT + 4, y + 9, en, PLAIN)
    return y + 20


def _facts(made: Paper, y: float, report: Mapping[str, Any], offset: str) -> float:
    seconds = report["milliseconds"] / 1000
    sample = report["sample"]
    start = f"{report['since']:,}" if report["since"] else "—"
    pairs = [
        ("审计时间", "Audited at", _local(str(report["at"]), offset)),
        ("用时", "Duration", f"{seconds:,.1f} s"),
        ("日志大小", "Log size", f"{report['log_size']:,}"),
        ("已读记录", "Records read", f"{report['records']:,}"),
        ("已读事件", "Events read", f"{report['events']:,}"),
        ("起点", "Read since", start),
    ]
    if sample:
        pairs.append(("样本", "Sample", f"{sample['size']:,} / {sample['of']:,}"))
        pairs.append(("种子", "Seed", str(sample["seed"])))
        missed = "\n".join(f"{one['bad']:,}: {one['chance']}" for one in sample["missed"])
        pairs.append(("若有此数错误记录，全部漏检的概率", "Chance to miss all of so many unsound records", missed))
    return _grid(made, y, pairs)


def _grid(made: Paper, y: float, pairs: Sequence[tuple[str, str, str]]) -> float:
    wide = ROOM / 3
    for start in range(0, len(pairs), 3):
        row = pairs[start : start + 3]
        high = 13.0 + 4.6 * max(_lines(text, wide) - 1 + _lines(f"{zh}  {en}", wide, SMALL) - 1 for zh, en, text in row)
        y = _room(made, y, high)
        for place, (zh, en, text) in enumerate(row):
            x = LEFT + place * wide
            made.frame(x, y, wide, high, points=0.5)
            end = made.block(x + 2, y + 1.3, f"{zh}  {en}", SMALL, wide - 4, grey=0.3)
            made.block(x + 2, end + 0.4, text, PLAIN, wide - 4)
        y += high
    return y + 4


def _lines(text: str, wide: float, size: float = PLAIN) -> int:
    return len(wrap(text, size, wide - 4))


def _table(made: Paper, y: float, zh: str, en: str, rows: Sequence[tuple[str, str]]) -> float:
    y = _room(made, y, 14)
    made.fill(LEFT, y, ROOM, 7, grey=0.9)
    made.text(LEFT + 2, y + 1.8, f"{zh}  {en}", PLAIN, bold=True)
    y += 8
    for left, right in rows:
        lines = wrap(left, PLAIN, ROOM - 60)
        high = 4.9 * len(lines)
        y = _room(made, y, high)
        made.block(LEFT + 2, y, left, PLAIN, ROOM - 60)
        made.right(RIGHT - 2, y, right, PLAIN)
        y += high
    return y + 3


def _mass(made: Paper, y: float, report: Mapping[str, Any]) -> float:
    masses = report["kilograms"]
    if not masses:
        return y
    names = sorted(masses, key=_place)
    rows = [(both(audit_words.ACCOUNTS, name), f"{_grouped(masses[name])} kg") for name in names]
    rows.append(("合计（须为零） / Sum, which must be zero", f"{_grouped(report['sum_kg'])} kg"))
    compared = "已与重放比较" if report["replayed"] else "取自汇总，未重放"
    told = "compared with a replay" if report["replayed"] else "as the sums say, not replayed"
    return _table(made, y, f"各类账户千克数（{compared}）", f"Kilograms by account ({told})", rows)


def _place(account: str) -> tuple[int, str]:
    """From where, to where, between parties, and what is in stock, as people read it."""
    return (PLACES.index(account) if account in PLACES else len(PLACES), account)


def _findings(made: Paper, y: float, report: Mapping[str, Any]) -> float:
    found = report["findings"]
    if not found["count"]:
        return y
    rows = [(both(audit_words.FINDINGS, kind), f"{count:,}") for kind, count in found["by_kind"].items()]
    y = _table(made, y, "按种类", "Findings by kind", rows)
    listed = [
        (both(audit_words.FINDINGS, one["kind"]), ", ".join(f"{name} {value}" for name, value in one["where"].items()))
        for one in found["first"][:MOST_SHOWN]
    ]
    for said, where in listed:
        lines = wrap(f"{said}: {where}", SMALL, ROOM - 4)
        y = _room(made, y, 3.6 * len(lines))
        y = made.block(LEFT + 2, y, f"{said}: {where}", SMALL, ROOM - 4)
    return y + 3


def _left_out(made: Paper, y: float, report: Mapping[str, Any]) -> float:
    if not report["not_read"]:
        return y
    rows = [(both(audit_words.LEFT_OUT, name), "") for name in report["not_read"]]
    return _table(made, y, "未读内容", "What was not read", rows)


def _signed(made: Paper, y: float, report: Mapping[str, Any], digest: str) -> None:
    lines = [f"SHA-256 root {report['root']}", f"b64u report {digest}"]
    y = _room(made, y, 34)
    made.rule(LEFT, y, RIGHT, y)
    y = made.block(LEFT, y + 2, "所涵盖的检查点 / The checkpoint it covers", PLAIN, ROOM, bold=True)
    for line in lines:
        y = made.block(LEFT, y + 0.5, line, SMALL, ROOM)
    made.block(LEFT, y + 1.5, CHECK, SMALL, ROOM, grey=0.25)


def _room(made: Paper, y: float, high: float) -> float:
    if y + high <= LOWEST:
        return y
    made.page()
    return 15.0


def _grouped(kg: str) -> str:
    sign, digits = ("−", kg[1:]) if kg.startswith("-") else ("", kg)
    whole, _, part = digits.partition(".")
    return f"{sign}{int(whole):,}" + (f".{part}" if part else "")


def _local(at: str, offset: str) -> str:
    zone = datetime.strptime(offset, "%z").tzinfo or UTC
    return f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M:%S} UTC{offset}"
