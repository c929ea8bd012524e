"""What pages show from reference data and tables of words is in Chinese and in English, too."""

import re
from collections.abc import Iterator

from api import words
from labels import statements
from labels.classes import CLASSES
from ledger.reference import Reference

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def texts(bundled: Reference) -> Iterator[tuple[str, str, str]]:
    """Every text with what it is: (name, Chinese, English)."""
    advice = bundled.advice
    yield "note", advice.note.zh, advice.note.en
    for card in (advice.everywhere, *advice.cards.values(), *advice.substances.values()):
        yield f"advice {card.name}", card.title.zh, card.title.en
        for line in (*card.danger, *card.do, *card.dont):
            yield f"advice {card.name}", line.text.zh, line.text.en
            yield f"source {card.name}", line.source.zh, line.source.en
    for table in (words.REGULATED, words.SIGNALS, words.PICTOGRAMS, words.CLASHES, CLASSES):
        yield from ((name, zh, en) for name, (zh, en) in table.items())
    for code, hazards in bundled.ghs.hazards.items():
        if not hazards[0].deleted:
            said = statements.hazard(bundled.ghs, code)
            yield code, said.zh, said.en
    for code, precaution in bundled.ghs.precautions.items():
        if not precaution.deleted:
            said = statements.precaution(code)
            yield code, said.zh, said.en
    for product in bundled.products:
        yield product.id, product.names.zh, product.names.en


def test_no_text_of_the_reference_is_untranslated(bundled: Reference) -> None:
    found = list(texts(bundled))
    assert len(found) > 600
    assert [name for name, zh, en in found if not CHINESE.search(zh) or not en or CHINESE.search(en)] == []
