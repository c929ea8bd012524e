"""Hazard and precautionary statements of the GHS, and what a label shows of a classification.

A hazard statement may stand for several categories, which differ in pictogram and signal word; a `Hazard` is one
statement in one category. Pictograms and signal word are always derived, never stated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ledger.errors import NotFoundError
from ledger.reference.files import malformed, parse_csv, parse_texts

H_TABLE: Final = "ghs_h_statements"
P_TABLE: Final = "ghs_p_statements"
ZH_TABLE: Final = "ghs_h_statements_zh"
H_COLUMNS: Final = (
    *("code", "statement", "hazard_class", "category", "un_model_class"),
    *("pictogram", "signal_word", "p_codes"),
)
DELETED: Final = "(Deleted)"
SKIN_AND_EYES: Final = frozenset({"H314", "H318"})
IRRITANTS: Final = frozenset({"H315", "H319", "H320", "H315+H320"})
ALLERGENS: Final = frozenset({"H317"})
COVERED: Final = {"H314": ("H318",), "H410": ("H400",), "H411": ("H401",), "H412": ("H402",)}
"""Statement on a label -> statements that it makes superfluous (GHS 1.4.10.5.3.3)."""

SignalWord = Literal["", "Warning", "Danger"]
SIGNAL_WORDS: Final[tuple[SignalWord, ...]] = ("", "Warning", "Danger")


@dataclass(frozen=True, slots=True)
class Hazard:
    """One hazard statement in one hazard class and category; `deleted`: Rev.10 no longer has it."""

    code: str
    statement: str
    statement_zh: str
    hazard_class: str
    category: str
    un_model_class: str
    pictograms: tuple[str, ...]
    signal_word: SignalWord
    p_codes: tuple[str, ...]
    deleted: bool


@dataclass(frozen=True, slots=True)
class Precaution:
    """One precautionary statement or combination of them."""

    code: str
    statement: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class LabelElements:
    """What a label shows of a classification: pictograms sorted, one signal word, statements without doublets."""

    pictograms: tuple[str, ...]
    signal_word: SignalWord
    hazards: tuple[Hazard, ...]


@dataclass(frozen=True, slots=True)
class Ghs:
    """All statements by code."""

    effective: str
    hazards: Mapping[str, tuple[Hazard, ...]]
    precautions: Mapping[str, Precaution]

    def hazard(self, code: str, category: str | None = None, hazard_class: str | None = None) -> Hazard:
        """Return a statement in a category and class; where not named, all must show the same on a label.

        NotFoundError: no such code, category or class, or the category must be named.
        """
        found = [
            item
            for item in self.hazards.get(code, ())
            if category in (None, item.category) and hazard_class in (None, item.hazard_class)
        ]
        if not found or len({(item.pictograms, item.signal_word) for item in found}) > 1:
            raise NotFoundError("unknown_hazard_statement", params={"code": code, "category": category or "-"})
        return found[0]

    def precaution(self, code: str) -> Precaution:
        """Return a precautionary statement. NotFoundError: no such code."""
        if code not in self.precautions:
            raise NotFoundError("unknown_precaution", params={"code": code})
        return self.precautions[code]


def label_elements(hazards: Iterable[Hazard]) -> LabelElements:
    """Derive what a label shows (GHS 1.4.10.5.3, order of precedence).

    GHS06 leaves no GHS07; corrosion of skin or eyes leaves none for their irritation; a respiratory sensitiser
    leaves none for skin sensitisation and irritation. "Danger" leaves no "Warning".
    """
    stated = tuple(dict.fromkeys(hazards))
    codes = {hazard.code for hazard in stated}
    without_mark: set[str] = set()
    if codes & SKIN_AND_EYES:
        without_mark |= IRRITANTS
    if "H334" in codes:
        without_mark |= IRRITANTS | ALLERGENS
    shown = {
        pictogram
        for hazard in stated
        for pictogram in hazard.pictograms
        if pictogram != "GHS07" or hazard.code not in without_mark
    }
    if "GHS06" in shown:
        shown.discard("GHS07")
    covered = {other for code in codes for other in COVERED.get(code, ())}
    return LabelElements(
        pictograms=tuple(sorted(shown)),
        signal_word=max((hazard.signal_word for hazard in stated), key=SIGNAL_WORDS.index, default=""),
        hazards=tuple(hazard for hazard in stated if hazard.code not in covered),
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


def _hazards(data: bytes, chinese: Mapping[str, str]) -> dict[str, tuple[Hazard, ...]]:
    found: dict[str, list[Hazard]] = {}
    for code, statement, hazard_class, category, model, pictograms, signal, p_codes in parse_csv(
        data, H_TABLE, H_COLUMNS
    ):
        word = next((known for known in SIGNAL_WORDS if known == signal), None)
        if word is None or not code.startswith("H"):
            raise malformed(H_TABLE, code)
        hazard = Hazard(
            code=code,
            statement=statement.removeprefix(DELETED).strip(),
            statement_zh=chinese.get(code, ""),
            hazard_class=hazard_class,
            category=category,
            un_model_class=model,
            pictograms=_split(pictograms),
            signal_word=word,
            p_codes=_split(p_codes),
            deleted=statement.startswith(DELETED),
        )
        found.setdefault(code, []).append(hazard)
    return {code: tuple(hazards) for code, hazards in found.items()}


def parse(h_data: bytes, p_data: bytes, zh_data: bytes, effective: str) -> Ghs:
    """Read the H and P tables (CSV) and the Chinese texts (JSON). FormatError: not of that form."""
    chinese = parse_texts(zh_data, ZH_TABLE, "statements")
    hazards = _hazards(h_data, chinese)
    for code in chinese:
        if code not in hazards:
            raise malformed(ZH_TABLE, code)
    precautions = {
        code: Precaution(code, statement.removeprefix(DELETED).strip(), deleted=statement.startswith(DELETED))
        for code, statement in parse_csv(p_data, P_TABLE, ("code", "statement"))
    }
    return Ghs(effective, hazards, precautions)
