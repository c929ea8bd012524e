"""The fixed words of a label, in Chinese and in English."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

Lang = Literal["zh", "en"]

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "batch": ("批号", "Batch"),
    "package": ("包装号", "Package"),
    "net": ("净含量", "Net"),
    "produced": ("生产日期", "Produced"),
    "expires": ("有效期至", "Expires"),
    "retest": ("复验日期", "Retest"),
    "supplier": ("供应商", "Supplier"),
    "phone": ("电话", "Tel."),
    "emergency": ("24 小时应急电话", "24 h emergency"),
    "prevention": ("预防", "Prevention"),
    "response": ("应急", "Response"),
    "storage": ("贮存", "Storage"),
    "disposal": ("处置", "Disposal"),
    "sheet": ("更多信息请参阅化学品安全技术说明书。", "For more, see the safety data sheet."),
    "demo": ("演示", "DEMO"),
    "Danger": ("危险", "DANGER"),
    "Warning": ("警告", "WARNING"),
}


def word(name: str, langs: Sequence[Lang], between: str = " ") -> str:
    """Return a word in the languages that are asked for, in their order."""
    return both(*WORDS[name], langs, between)


def both(zh: str, en: str, langs: Sequence[Lang], between: str = " ") -> str:
    """Return what is said in the languages that are asked for; what one lacks is said in the other."""
    said = dict.fromkeys((zh or en) if lang == "zh" else (en or zh) for lang in langs)
    return between.join(text for text in said if text)
