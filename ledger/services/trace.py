"""The life of a chain, and where the matter of a batch is or was: now, at time T, and as known at time T.

Everything is folded from the chain's own records, so that "as it was" and "as it was known" are always answerable.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.effects import Effects
from ledger.core.events import Header
from ledger.core.times import parse_stated
from ledger.errors import IntegrityError, NotFoundError
from ledger.rules.accounts import Account, account_of
from ledger.services.stored import contents_of, link_of
from ledger.store.rows import LinkRow
from ledger.store.unit_of_work import Unit

CORRECTED = "event_corrected"


@dataclass(frozen=True)
class Moment:
    """One record of a chain: its place, when it was recorded and happened, what was stated and what it did here.

    ``contents`` lacks ``personal`` and whatever was erased; ``effects`` are those on this chain.
    """

    chain: str
    seq: int
    index: int
    recorded_at_ms: int
    event: str
    record: str
    header: Header
    contents: Mapping[str, Mapping[str, Json]]
    effects: Effects

    @cached_property
    def occurred_at_ms(self) -> int:
        """The time the actor stated."""
        return parse_stated(self.header.occurred_at)


def history(unit: Unit, chain: str, *, before: int | None = None, limit: int = 50) -> list[Moment]:
    """Return the newest moments of a chain with places below ``before``, newest first."""
    return [_moment(unit, link) for link in unit.chains.history_back(chain, before=before, limit=limit)]


def stock(unit: Unit, batch: str) -> Mapping[Account, int]:
    """Return milligrams by account of a batch now; they add up to zero. Raises NotFoundError."""
    return _folded(_moments(unit, batch))


def stock_as_known(unit: Unit, batch: str, at_ms: int) -> Mapping[Account, int]:
    """Return milligrams by account as the ledger knew them at a time: by records until then. Raises NotFoundError."""
    return _folded(moment for moment in _moments(unit, batch) if moment.recorded_at_ms <= at_ms)


def stock_at(unit: Unit, batch: str, at_ms: int) -> Mapping[Account, int]:
    """Return milligrams by account as they were at a time, by what is known now. Raises NotFoundError.

    A correction counts from the time of the event that it corrects.
    """
    moments = _moments(unit, batch)
    happened = {moment.event: moment.occurred_at_ms for moment in moments}
    return _folded(moment for moment in moments if counts_from(moment.header, happened) <= at_ms)


def counts_from(header: Header, happened: Mapping[str, int]) -> int:
    """Return since when an event counts, in epoch milliseconds: a correction counts from what it corrects.

    ``happened``: stated times of the events of the chain by their hash (base64url).
    """
    occurred_at_ms = parse_stated(header.occurred_at)
    if not header.type.endswith("." + CORRECTED):
        return occurred_at_ms
    voided = [happened[ref.hash] for ref in header.refs if ref.rel == "voids" and ref.hash in happened]
    return min([occurred_at_ms, *voided])


def _folded(moments: Iterable[Moment]) -> dict[Account, int]:
    sums: dict[Account, int] = {}
    for moment in moments:
        for posting in moment.effects.postings:
            account = account_of(posting.account)
            sums[account] = sums.get(account, 0) + posting.mg
    return {account: mg for account, mg in sums.items() if mg}


def _moments(unit: Unit, chain: str) -> list[Moment]:
    found = [_moment(unit, link) for link in unit.chains.iter_history(chain)]
    if not found:
        raise NotFoundError("chain_unknown", params={"chain": chain[:80]})
    return found


def _moment(unit: Unit, link: LinkRow) -> Moment:
    event, record = unit.events.at(link.idx), unit.log.record(link.idx)
    if event is None or record is None:
        raise IntegrityError("entry_incomplete", params={"idx": link.idx})
    return Moment(
        chain=link.chain,
        seq=link.seq,
        index=link.idx,
        recorded_at_ms=record.recorded_at_ms,
        event=b64u(event.hash),
        record=b64u(record.hash),
        header=Header.parse(event.header),
        contents=contents_of(unit.events.disclosures(link.idx).values()),
        effects=link_of(link)[1],
    )
