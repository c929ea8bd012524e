"""Photographed papers: bytes outside the hash chains, by organisation and the SHA-256 that its events state.

A paper that no record states is forgotten after a while; of one that a record states the bytes alone may be erased.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import and_, delete, exists, func, select, update

from ledger.store.repository import Repository
from ledger.store.rows import AttachmentRow, PaperRow
from ledger.store.tables import attachments, papers

CHUNK: Final = 1_000
_STATED: Final = exists().where(attachments.c.actor == papers.c.org, attachments.c.hash == papers.c.hash)
_PLAIN: Final = (
    papers.c.org,
    papers.c.hash,
    papers.c.media_type,
    papers.c.size,
    papers.c.uploaded_at_ms,
    papers.c.content.is_(None),
)


class Papers(Repository):
    """Papers and the records that state them."""

    __slots__ = ()

    def add(self, row: PaperRow, content: bytes) -> None:
        """Store a paper; one that is there stays as it is."""
        self._add_missing(papers, [(row.org, row.hash, row.media_type, row.size, content, row.uploaded_at_ms)])

    def one(self, org: str, hash: str) -> PaperRow | None:
        """Return a paper of an organisation without its bytes."""
        return self._one(select(*_PLAIN).where(papers.c.org == org, papers.c.hash == hash), PaperRow)

    def content(self, org: str, hash: str) -> bytes | None:
        """Return the bytes of a paper; None: there are none."""
        found = self._scalar(select(papers.c.content).where(papers.c.org == org, papers.c.hash == hash))
        return None if found is None else bytes(found)

    def keep(self, org: str, hash: str, *, at_ms: int) -> None:
        """Let a paper that is about to be stated live on from now."""
        where = (papers.c.org == org, papers.c.hash == hash, papers.c.uploaded_at_ms < at_ms)
        self.connection.execute(update(papers).where(*where).values(uploaded_at_ms=at_ms))

    def waiting(self, org: str) -> int:
        """Return how many papers of an organisation no record states."""
        return int(self._scalar(select(func.count()).select_from(papers).where(papers.c.org == org, ~_STATED)))

    def forget(self, *, before_ms: int) -> int:
        """Delete what was uploaded before an instant and is stated by no record; return how many."""
        return self.connection.execute(delete(papers).where(papers.c.uploaded_at_ms < before_ms, ~_STATED)).rowcount

    def erase(self, org: str, hash: str) -> None:
        """Take the bytes of a paper away; what is gone stays gone."""
        self.connection.execute(update(papers).where(papers.c.org == org, papers.c.hash == hash).values(content=None))

    def all(self) -> Iterator[PaperRow]:
        """Yield every paper, by organisation and hash."""
        query = select(*_PLAIN).order_by(papers.c.org, papers.c.hash)
        for row in self.connection.execute(query, execution_options={"yield_per": CHUNK}):
            yield PaperRow(*row)

    # --- what records state ---------------------------------------------------------------------------------------

    def stated(self, indexes: Iterable[int]) -> list[tuple[int, PaperRow]]:
        """Return the papers that records state, by index and hash; what was never there is left out."""
        query = (
            select(attachments.c.idx, *_PLAIN)
            .join(papers, and_(papers.c.org == attachments.c.actor, papers.c.hash == attachments.c.hash))
            .where(attachments.c.idx.in_(sorted(set(indexes))))
            .order_by(attachments.c.idx, attachments.c.hash)
        )
        return [(row[0], PaperRow(*row[1:])) for row in self.connection.execute(query)]

    def attachments(self) -> Iterator[AttachmentRow]:
        """Yield which records state which papers, by organisation, hash and index."""
        query = select(attachments).order_by(attachments.c.actor, attachments.c.hash, attachments.c.idx)
        for row in self.connection.execute(query, execution_options={"yield_per": CHUNK}):
            yield AttachmentRow(*row)
