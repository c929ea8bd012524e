"""Photographed papers: taken in by what they are, kept by their SHA-256, forgotten when no event states them.

The hash stands in the event's section ``documents``; the bytes stand beside the hash chains, so that they can be erased
with the event's section ``personal`` while every proof goes on.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.errors import ConflictError, FormatError, NotFoundError, UnavailableError
from ledger.rules.papers import DOCUMENTS, photographs
from ledger.services import photograph
from ledger.services.clock import Clock
from ledger.services.erasure import PERSONAL
from ledger.services.intake import Submission
from ledger.store.rows import PaperRow
from ledger.store.unit_of_work import Store

MOST_BYTES: Final = 8 * 2**20
MOST_WAITING: Final = 20
"""Papers of one organisation that no event states yet."""
KEEP_MS: Final = 86_400_000
"""How long such a paper waits."""


def add(store: Store, clock: Clock, org: str, content: bytes) -> PaperRow:
    """Keep a photograph; the same one again is no other.

    FormatError: too large, or neither JPEG, PNG nor PDF; ConflictError: it was erased; UnavailableError: too many wait.
    """
    if len(content) > MOST_BYTES:
        raise FormatError("body_too_large", None, {"limit": MOST_BYTES})
    media_type = photograph.media_type(content)
    now_ms = clock.now_ms()
    row = PaperRow(org, hash_of(content), media_type, len(content), now_ms, erased=False)
    with store.write() as unit:
        unit.papers.forget(before_ms=now_ms - KEEP_MS)
        known = unit.papers.one(org, row.hash)
        if known is not None and known.erased:
            raise ConflictError("paper_erased", params={"hash": row.hash})
        if known is None and unit.papers.waiting(org) >= MOST_WAITING:
            raise UnavailableError("too_many_papers", params={"most": MOST_WAITING}, retry_after_s=KEEP_MS // 1_000)
        unit.papers.add(row, content)
        unit.papers.keep(org, row.hash, at_ms=now_ms)
    return row


def check(store: Store, clock: Clock, made: Submission) -> Submission:
    """Return a statement whose photographs are all here and can be erased. FormatError with the field."""
    stated = list(photographs(made.event.contents.get(DOCUMENTS, {})))
    if not stated:
        return made
    actor, now_ms = made.header.actor, clock.now_ms()
    if PERSONAL not in made.header.sections:
        raise FormatError("paper_not_erasable", "/sections/personal")
    with store.read() as unit:
        known = {hashed: unit.papers.one(actor, hashed) for _, hashed in stated}
    for place, hashed in stated:
        if known[hashed] is None:
            raise FormatError("paper_not_here", f"/sections/documents/items/{place}/hash", {"hash": hashed})
    ageing = [row for row in known.values() if row is not None and row.uploaded_at_ms < now_ms - KEEP_MS // 2]
    if ageing:
        with store.write() as unit:
            for row in ageing:
                unit.papers.keep(actor, row.hash, at_ms=now_ms)
    return made


def personal(documents: Mapping[str, Json]) -> dict[str, Json]:
    """Return the section by whose erasure the photographs of a section ``documents`` are erased; {} without any."""
    hashes = sorted({hashed for _, hashed in photographs(documents)})
    return {"papers": [*hashes]} if hashes else {}


def content(store: Store, org: str, hashed: str) -> tuple[PaperRow, bytes]:
    """Return a paper with its bytes. NotFoundError: there are none."""
    with store.read() as unit:
        row, found = unit.papers.one(org, hashed), unit.papers.content(org, hashed)
    if row is None or found is None:
        raise NotFoundError("page_not_found", None, {"path": hashed[:80]})
    return row, found


def fits(row: PaperRow, content: bytes) -> bool:
    """Whether a stored paper is what it was taken in as."""
    if (row.hash, row.size) != (hash_of(content), len(content)):
        return False
    try:
        return photograph.media_type(content) == row.media_type
    except FormatError:
        return False


def hash_of(content: bytes) -> str:
    """Return the SHA-256 of a paper as events state it (base64url)."""
    return b64u(hashlib.sha256(content).digest())
