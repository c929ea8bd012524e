"""What a signed audit report says, in lines for a person."""

from collections.abc import Mapping
from typing import Final

from ledger.core.audit_report import SignedReport
from ledger.core.canonical import Json

_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "kind": ("种类", "kind"),
    "at": ("时间", "at"),
    "log_size": ("日志大小", "log size"),
    "root": ("根", "root"),
    "events": ("已读事件", "events read"),
    "records": ("已读记录", "records read"),
    "since": ("起点", "since"),
    "milliseconds": ("用时（毫秒）", "milliseconds"),
    "sum_kg": ("千克合计", "sum of kilograms"),
}
_VERDICT: Final = {True: ("未发现问题", "nothing wrong in what was read"), False: ("发现问题", "something is wrong")}
_PINNED: Final = {
    True: ("签名属于策略所列的日志密钥", "signed by a log key of the policy"),
    False: ("签名完整，但日志密钥未经策略确认", "the signature holds, but the log key is not pinned by a policy"),
}


def lines(signed: SignedReport, lang: str, pinned: bool) -> list[str]:  # noqa: FBT001 - a verdict
    """Return origin, verdict, figures and what was not read, to be compared with the paper."""
    at = 0 if lang == "zh" else 1
    report = signed.report
    told = [f"{signed.origin}: {_VERDICT[report.get('ok') is True][at]}", f"  {_PINNED[pinned][at]}"]
    told += [f"  {names[at]}: {report[name]}" for name, names in _NAMES.items() if report.get(name) is not None]
    told += [f"  {name}: {value} kg" for name, value in _members(report.get("kilograms"))]
    found = _members(report.get("findings"))
    told += [f"  {kind}: {count}" for name, members in found if name == "by_kind" for kind, count in _members(members)]
    told += [f"  {name}: {value}" for name, value in found if name == "count"]
    left_out = report.get("not_read")
    words = ("未读", "not read")
    return told + [f"  {words[at]}: {name}" for name in (left_out if isinstance(left_out, list) else [])]


def _members(value: Json) -> list[tuple[str, Json]]:
    return list(value.items()) if isinstance(value, dict) else []
