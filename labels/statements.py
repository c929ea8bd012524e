"""Hazard and precautionary statements as labels and pages say them, in Chinese and in English.

The Chinese is our own translation, after the wording of GB 30000 as far as we know it; where the GHS leaves a choice
open ("...", "[and ...]") both languages are our own words, so that nothing printed has a gap. These texts stand beside
the reference data, not in it: every record names the hash of that data, and no decision rests on how a label is worded.
"""

import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from labels.content import Sentence
from ledger.reference.ghs import COVERED, Ghs

_FIRST: Final = ("P260", "P210", "P284", "P280", "P244", "P262", "P222", "P223", "P220", "P261")
"""What people who handle the goods must know before anything else, in this order."""
_THEN: Final = ("P301", "P304", "P305", "P302", "P303", "P316", "P370", "P371", "P377", "P403", "P405", "P501")


@functools.cache
def _texts() -> Mapping[str, Any]:
    data = resources.files("labels").joinpath("data", "statements.json").read_bytes()
    found: Mapping[str, Any] = json.loads(data)
    return found


def hazard(ghs: Ghs, code: str) -> Sentence:
    """Return a hazard statement; one that nobody has words for stands by its code alone."""
    known = ghs.hazards.get(code)
    if not known:
        return Sentence(code, "", "")
    return Sentence(code, known[0].statement_zh or _texts()["hazards"].get(code, ""), known[0].statement.rstrip("."))


def precaution(code: str) -> Sentence:
    """Return a precautionary statement or a combination of them, put together of its parts where it has no own words.

    One that nobody has words for stands by its code alone.
    """
    texts: Mapping[str, Mapping[str, str]] = _texts()["precautions"]
    if code in texts:
        return Sentence(code, texts[code]["zh"], texts[code]["en"])
    parts = code.replace("[", "").replace("]", "").split("+")
    if not all(part in texts for part in parts):
        return Sentence(code, "", "")
    return Sentence(code, "".join(texts[part]["zh"] for part in parts), " ".join(texts[part]["en"] for part in parts))


def in_order(hazards: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """Return hazard statements as a label shows them: physical, health, environment, others (GHS 1.4.10.5.3.3).

    One that another covers is left out; within a kind they keep the order of the classification.
    """
    codes = {sentence.code for sentence in hazards}
    covered = {other for code in codes for other in COVERED.get(code, ())}
    kept = {sentence.code: sentence for sentence in hazards if sentence.code not in covered}
    return tuple(sorted(kept.values(), key=lambda sentence: sentence.code[1] if sentence.code[0] == "H" else "9"))


def by_weight(precautions: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """Return precautions with those first that a small label must not leave out."""

    def weight(sentence: Sentence) -> tuple[int, int]:
        head = sentence.code.partition("+")[0]
        for rank, group in enumerate((_FIRST, _THEN)):
            if head in group:
                return rank, group.index(head)
        return 2, 0

    return tuple(sorted(precautions, key=weight))
