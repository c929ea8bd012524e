"""Chains: links by (chain, seq), and heads that move forward only from where the writer believed them to be."""

from collections.abc import Iterable, Iterator
from itertools import starmap

from sqlalchemy import Executable, Integer, and_, bindparam, func, literal_column, or_, select, update

from ledger.store.faults import GuardError
from ledger.store.repository import Repository
from ledger.store.rows import Head, HeadMove, LinkRow
from ledger.store.sql import Ask, Plan, Source, distinct, plain_type
from ledger.store.tables import chain_heads, links, records

_HEAD = ("chain", "seq", "idx", "hash")
_CHUNK = 4096
_HEADS = Ask(
    select(*[chain_heads.c[name] for name in _HEAD])
    .where(chain_heads.c.chain > bindparam("after"))
    .order_by(chain_heads.c.chain)
    .limit(bindparam("most", type_=Integer))
    .offset(literal_column("0"))
)
_BEFORE = Ask(
    select(links.c.chain, links.c.seq, links.c.idx, records.c.hash)
    .join(records, records.c.idx == links.c.idx)
    .where(links.c.chain == bindparam("chain"), links.c.idx < bindparam("size"))
    .order_by(links.c.seq.desc())
    .limit(bindparam("most", type_=Integer))
    .offset(literal_column("0"))
)
_MOVE = {
    "chain": plain_type(chain_heads, "chain"),
    "new_seq": plain_type(chain_heads, "seq"),
    "new_idx": plain_type(chain_heads, "idx"),
    "new_hash": plain_type(chain_heads, "hash"),
    "was": plain_type(chain_heads, "seq"),
}


class Chains(Repository):
    """Links and chain heads."""

    __slots__ = ()

    def insert(self, rows: Iterable[LinkRow]) -> None:
        """Append links. Raises ConstraintError if (chain, seq) is taken."""
        self._insert(links, rows)

    def heads(self, chains: Iterable[str]) -> dict[str, Head]:
        """Return the heads of those chains that exist."""
        found = self._by_keys(chain_heads, ("chain",), _HEAD, distinct(chains))
        return {row[0]: Head(*row) for row in found}

    def advance(self, moves: Iterable[HeadMove]) -> None:
        """Move each head from ``was`` to its new place; one move for each chain.

        Raises GuardError if a head is elsewhere, ConstraintError if a chain that should begin exists already.
        """
        ordered = sorted(moves)
        self._insert(chain_heads, [move[:4] for move in ordered if move.was is None])
        moved = [move for move in ordered if move.was is not None]
        if _ADVANCE.run(self.connection, self.backend, moved) != len(moved):
            raise GuardError("chain_head_moved")

    def links_of(self, idx: int) -> list[LinkRow]:
        """Return the links of record ``idx``, sorted by chain."""
        return self._all(select(links).where(links.c.idx == idx).order_by(links.c.chain), LinkRow)

    def link(self, chain: str, seq: int) -> LinkRow | None:
        """Return the link at a place of a chain."""
        return self._one(select(links).where(links.c.chain == chain, links.c.seq == seq), LinkRow)

    def history(self, chain: str, *, after: int = -1, limit: int = 100) -> list[LinkRow]:
        """Return a page of a chain from its beginning: places above ``after``."""
        query = select(links).where(links.c.chain == chain, links.c.seq > after).order_by(links.c.seq).limit(limit)
        return self._all(query, LinkRow)

    def history_back(self, chain: str, *, before: int | None = None, limit: int = 100) -> list[LinkRow]:
        """Return a page of a chain from its end: places below ``before``."""
        query = select(links).where(links.c.chain == chain).order_by(links.c.seq.desc()).limit(limit)
        return self._all(query if before is None else query.where(links.c.seq < before), LinkRow)

    def last_recorded_before(self, chain: str, at_ms: int, size: int) -> int | None:
        """Return the place of the last record of a chain that was recorded before an instant, below a log size."""
        query = (
            select(links.c.seq)
            .join(records, records.c.idx == links.c.idx)
            .where(links.c.chain == chain, links.c.idx < size, records.c.recorded_at_ms < at_ms)
            .order_by(links.c.seq.desc())
            .limit(1)
        )
        found = self._scalar(query)
        return None if found is None else int(found)

    def last_below(self, chain: str, size: int) -> int | None:
        """Return the place of the last record of a chain below a log size; None: it has none."""
        found = self._scalar(select(func.max(links.c.seq)).where(links.c.chain == chain, links.c.idx < size))
        return None if found is None else int(found)

    def partners(self, chain: str, kinds: Iterable[str]) -> tuple[str, ...]:
        """Return the chains of these kinds that share a record with a chain, itself included, sorted."""
        shared = select(links.c.idx).where(links.c.chain == chain)
        named = or_(*[and_(links.c.chain > f"{kind}:", links.c.chain < f"{kind};") for kind in kinds])
        query = select(links.c.chain).where(links.c.idx.in_(shared), named).distinct().order_by(links.c.chain)
        return tuple(str(found) for found in self.connection.execute(query).scalars())

    def iter_history(self, chain: str) -> Iterator[LinkRow]:
        """Walk a whole chain with flat memory."""
        after = -1
        while page := self.history(chain, after=after, limit=_CHUNK):
            yield from page
            after = page[-1].seq

    def iter_heads(self, size: int | None = None) -> Iterator[Head]:
        """Walk the heads of all chains as they were at this log size (default: now), sorted by chain.

        Each head is read from the link and the record themselves where it has moved since.
        """
        after = ""
        while page := self._head_page(after):
            for head in page:
                if size is None or head.idx < size:
                    yield head
                elif (former := self._head_before(head.chain, size)) is not None:
                    yield former
            after = page[-1].chain

    def _head_page(self, after: str) -> list[Head]:
        return [*starmap(Head, _HEADS.rows(self.connection, self.backend, after=after, most=_CHUNK))]

    def _head_before(self, chain: str, size: int) -> Head | None:
        found = _BEFORE.rows(self.connection, self.backend, chain=chain, size=size, most=1)
        return Head(*found[0]) if found else None

    def count(self) -> int:
        """Return the number of chains."""
        return int(self._scalar(select(func.count()).select_from(chain_heads)))


def _advance(source: Source) -> Executable:
    new = {name: source[f"new_{name}"] for name in ("seq", "idx", "hash")}
    here = (chain_heads.c.chain == source["chain"], chain_heads.c.seq == source["was"])
    return update(chain_heads).where(*here).values(new)


_ADVANCE = Plan(_MOVE, _advance)
