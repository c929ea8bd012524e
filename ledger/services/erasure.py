"""Erasure: what a ``governance.section_erased`` announces, and taking exactly that away.

Content and salt go together; the digest stays in the header or the record, so every proof goes on as before. With the
section ``personal`` of an event go the bytes of the photographed papers that it states.
"""

from collections.abc import Iterator
from typing import Final

from ledger.core.b64 import unb64u
from ledger.core.sections import Disclosure
from ledger.rules.event import Event
from ledger.rules.papers import DOCUMENTS, photographs
from ledger.store.unit_of_work import WriteUnit

ERASED: Final = "governance.section_erased"
AUTH: Final = "auth"
PERSONAL: Final = "personal"


def announced(event: Event) -> Iterator[tuple[str, str]]:
    """Yield the hash of each event, and the name of its section, of which an event announces the erasure.

    Bytes that were tampered with announce nothing: the audit reads them, too.
    """
    section = event.contents.get("reason", {}).get("kind")
    if isinstance(section, str):
        yield from ((ref.hash, section) for ref in event.header.refs if ref.rel == "erases")


def erase(unit: WriteUnit, event: Event) -> None:
    """Erase what an accepted event announced, in the transaction that records it; what is gone stays gone."""
    for event_hash, section in announced(event):
        row = unit.events.by_hash(unb64u(event_hash, 32))
        record = None if row is None else unit.log.record(row.idx)
        assert row is not None  # the rules accepted it because they had read this event
        assert record is not None
        if section == AUTH:
            if record.auth is not None:
                unit.log.erase_auth(row.idx)
            continue
        stated = unit.events.disclosures(row.idx)
        if stated[section] is not None:
            unit.events.erase(row.idx, section)
        documents = stated.get(DOCUMENTS)
        if section == PERSONAL and documents is not None:
            for _, hashed in photographs(Disclosure.parse(documents).content):
                unit.papers.erase(row.actor, hashed)
