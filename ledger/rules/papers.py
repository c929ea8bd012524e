"""Papers that people signed by hand, as events name them among their documents: for who cannot sign otherwise."""

from collections.abc import Iterator, Mapping
from typing import Final

from ledger.core.canonical import Json
from ledger.rules.event import Event

PAPER: Final = "paper_signature"
"""The kind of such a document."""
DOCUMENTS: Final = "documents"
UNSIGNED: Final = "unsigned_counterpart@1"
"""What is found of a step that a party signed on paper alone."""
CONFIRMED: Final = "transport.paper_confirmed"
"""The party itself says later that the paper is its own."""
ON_PAPER: Final = frozenset(
    {"transport.carrier_accepted", "transport.delivered", "transport.refused", "storage.received"}
)
"""Steps that another side may report from a paper."""


def signed_on_paper(event: Event) -> bool:
    """Whether an event names a paper signed by hand."""
    return any(True for _ in _papers(event.contents.get(DOCUMENTS, {})))


def photographs(documents: Mapping[str, Json]) -> Iterator[tuple[int, str]]:
    """Yield the place in a section ``documents``, and the SHA-256 (base64url), of each photograph of such a paper."""
    for place, item in _papers(documents):
        stated = item.get("hash")
        if isinstance(stated, str):
            yield place, stated


def _papers(documents: Mapping[str, Json]) -> Iterator[tuple[int, Mapping[str, Json]]]:
    items = documents.get("items", [])
    for place, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict) and item.get("kind") == PAPER:
            yield place, item
