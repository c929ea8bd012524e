"""The port of statements that wait for signatures: kept, shown, signed by one or two people, and then stated."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from api.stating import asks_for_signers
from api.views import DraftLine, DraftSigned, DraftSigner, DraftView, Outcome, Principal
from api.wiring.drafted import Contents, goods_of, highly_toxic, lines_of, parties_of, said_of, trip_of
from api.wiring.known import Known, hidden
from api.wiring.reading import Reading
from api.wiring.sight import plain_subject
from ledger.core.canonical import encode, parse
from ledger.core.cosigning import Signing
from ledger.core.events import simple_form
from ledger.core.times import format_utc, parse_stated
from ledger.errors import ConflictError, FormatError, RefusedError
from ledger.rules.aggregates import OrgState
from ledger.rules.keys import PERSON
from ledger.rules.signing import BY_TWO
from ledger.services import drafts, policy
from ledger.services.drafts import Candidate, Drafted
from ledger.services.identity.ports import Ports
from ledger.services.intake import Submission
from ledger.store.rows import DraftRow

MAX_SIGNING: Final = 32 * 1024


class Stating(Protocol):
    """Takes events in."""

    def prepare(self, viewer: Principal, body: bytes) -> Submission:
        """Check a statement and append nothing."""

    async def submit(self, viewer: Principal, body: bytes) -> Outcome:
        """Append one event and wait for its receipt."""


class LedgerDrafts:
    """Drafts over the ledger's operational tables."""

    def __init__(self, ports: Ports, reading: Reading, intake: Stating) -> None:
        """Keep drafts with ``ports``, state events through ``intake``."""
        self._ports = ports
        self._reading = reading
        self._intake = intake

    def keep(self, viewer: Principal, body: bytes, signers: int = 1, onward: str = "") -> DraftView:
        """Keep a simple statement until it is signed."""
        made = self._intake.prepare(viewer, body)
        if not made.simple:
            raise FormatError("unknown_name", "/header")
        with self._reading.known() as known:
            asked = max(signers, _foreseen(known, made.header.type, made.event.contents))
        row = drafts.keep(self._ports, made, _maker(viewer), asked, onward)
        with self._reading.known() as known:
            return _view(known, viewer, row)

    def listing(self, viewer: Principal) -> Sequence[DraftLine]:
        """Return what waits, what waits for the viewer first, then the newest."""
        rows = [row for row in drafts.waiting(self._ports, _own(viewer)) if _may_state(viewer, row)]
        with self._reading.known() as known:
            lines = [_line(known, viewer, row) for row in rows]
        return sorted(lines, key=lambda line: not line.waits_for_me)

    def waiting_for(self, viewer: Principal) -> int:
        """Return how many drafts wait for a second signature that the viewer could give."""
        rows = [row for row in drafts.waiting(self._ports, _own(viewer)) if row.signing is not None]
        with self._reading.known() as known:
            return sum(
                _may_state(viewer, row) and _waits_for(known, viewer, _signed(known, viewer, row, Drafted.of(row)))
                for row in rows
            )

    def one(self, viewer: Principal, draft: str) -> DraftView:
        """Return a draft, also one that was recorded."""
        row = self._row(viewer, draft)
        with self._reading.known() as known:
            return _view(known, viewer, row)

    async def sign(self, viewer: Principal, draft: str, body: bytes) -> Outcome | None:
        """Take the viewer's signatures; state the event once it is whole."""
        row, said, statement = await asyncio.to_thread(self._take, viewer, draft, body)
        if statement is None:
            return None
        try:
            outcome = await self._intake.submit(viewer, statement)
        except RefusedError as error:
            if row.signers > 1 or not asks_for_signers(error):
                raise
            # The rules ask for a second person: what was signed for others to join waits for one of them.
            await asyncio.to_thread(drafts.keep_first, self._ports, row, said)
            return None
        await asyncio.to_thread(drafts.finish, self._ports, row.org, row.id)
        return outcome

    async def state(self, viewer: Principal, draft: str) -> Outcome:
        """State a draft without signatures, by the ledger's word, as a form without a key does."""
        row = await asyncio.to_thread(self._row, viewer, draft)
        if row.done_at_ms is not None:
            raise ConflictError("draft_recorded")
        outcome = await self._intake.submit(viewer, _simple(Drafted.of(row), self._ports.now_ms()))
        await asyncio.to_thread(drafts.finish, self._ports, row.org, row.id)
        return outcome

    def _take(self, viewer: Principal, draft: str, body: bytes) -> tuple[DraftRow, Signing, bytes | None]:
        row = self._row(viewer, draft)
        said = Signing.parse(parse(body, max_bytes=MAX_SIGNING))
        with self._reading.known() as known:
            skew_ms = _skew_ms(known)
        return row, said, drafts.sign(self._ports, row, said, viewer.user, skew_ms)

    def withdraw(self, viewer: Principal, draft: str) -> None:
        """Forget a draft that waits."""
        row = self._row(viewer, draft)
        drafts.drop(self._ports, row.org, row.id)

    def _row(self, viewer: Principal, draft: str) -> DraftRow:
        """A draft that the viewer could state itself: who may not, may not read it, either. NotFoundError."""
        row = drafts.one(self._ports, _own(viewer), draft)
        if not _may_state(viewer, row):
            raise hidden(draft)
        return row


def _simple(drafted: Drafted, now_ms: int) -> bytes:
    """The same statement as a simple one; an act is stated now."""
    header = drafted.header
    occurred_at = header.occurred_at if header.mode == "report" else format_utc(now_ms)
    return encode(simple_form(header, {part.name: part.content for part in drafted.disclosures}, occurred_at))


# --- who --------------------------------------------------------------------------------------------------------------


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise hidden("/drafts")
    return viewer.org.ref


def _maker(viewer: Principal) -> str:
    return viewer.user or viewer.credential or _own(viewer)


def _may_state(viewer: Principal, row: DraftRow) -> bool:
    return bool(policy.can_state(plain_subject(viewer), row.type))


def _called(known: Known, org: str, who: str) -> str:
    user = known.unit.people.user(who) if who.startswith(PERSON) else None
    return user.name if user is not None and user.org == org else ""


def _signer(known: Known, viewer: Principal, one: Candidate) -> DraftSigner:
    return DraftSigner(one.key, one.holder, _called(known, _own(viewer), one.holder), one.holder == viewer.user)


def _candidates(known: Known, viewer: Principal) -> tuple[DraftSigner, ...]:
    """Everybody whose key counts and who can come in; people of whom the organisation keeps no account, too."""
    found = drafts.candidates(known.must(_own(viewer), OrgState))
    users = {one.holder: known.unit.people.user(one.holder) for one in found}
    gone = {ref for ref, user in users.items() if user is not None and user.disabled_at_ms is not None}
    return tuple(_signer(known, viewer, one) for one in found if one.holder not in gone)


# --- what -------------------------------------------------------------------------------------------------------------


def _skew_ms(known: Known) -> int:
    return known.rules.parameter("occurred_skew@1", "seconds") * 1_000


def _foreseen(known: Known, kind: str, contents: Contents) -> int:
    """How many people the rules are known to ask for. Only a foresight: the rules decide when it is stated."""
    asked = known.rules.parameter("signature@1", kind)
    toxic = kind in BY_TWO and any(highly_toxic(known, batch) for batch in _batches(known, kind, contents))
    return max(asked, 2 if toxic else 1)


def _batches(known: Known, kind: str, contents: Contents) -> Iterable[str]:
    if kind == "transport.dispatched":
        trip = trip_of(known, contents)
        return () if trip is None else tuple(trip.cargo)
    return [str(line.get("batch")) for line in lines_of(contents)]


def _signed(known: Known, viewer: Principal, row: DraftRow, drafted: Drafted) -> DraftSigned | None:
    first = drafts.signing_of(row)
    if first is None:
        return None
    key = known.must(row.org, OrgState).keys[first.key]
    by = _signer(known, viewer, Candidate(first.key, key.holder))
    until = drafts.fresh_until(drafted.header, first, _skew_ms(known))
    at = parse_stated(first.occurred_at)
    return DraftSigned(by, at, first.occurred_at, until, tuple(sorted(first.signatures)))


def _waits_for(known: Known, viewer: Principal, signed: DraftSigned | None) -> bool:
    """Whether somebody else has signed, in time for a key of the viewer's."""
    if signed is None or signed.by.mine or viewer.user is None:
        return False
    if signed.until is not None and signed.until <= known.now_ms:
        return False
    keys = drafts.candidates(known.must(_own(viewer), OrgState))
    return any(one.holder == viewer.user and one.key in signed.with_keys for one in keys)


def _line(known: Known, viewer: Principal, row: DraftRow) -> DraftLine:
    drafted = Drafted.of(row)
    contents = {part.name: part.content for part in drafted.disclosures}
    signed = _signed(known, viewer, row, drafted)
    return DraftLine(
        id=row.id,
        type=row.type,
        goods=goods_of(known, viewer, contents),
        signers=row.signers,
        called=dict(said_of(known, contents)).get("name", ""),
        name=_called(known, row.org, row.made_by),
        mine=row.made_by == _maker(viewer),
        created=row.created_at_ms,
        expires=row.expires_at_ms,
        signed=signed,
        waits_for_me=_waits_for(known, viewer, signed),
    )


def _view(known: Known, viewer: Principal, row: DraftRow) -> DraftView:
    done = row.done_at_ms is not None
    drafted = None if done else Drafted.of(row)
    contents: Contents = {} if drafted is None else {part.name: part.content for part in drafted.disclosures}
    keys = () if done else _candidates(known, viewer)
    place = contents.get("place", {})
    return DraftView(
        id=row.id,
        type=row.type,
        mode="act" if drafted is None else drafted.header.mode,
        signers=row.signers,
        name=_called(known, row.org, row.made_by),
        made_by_me=row.made_by == _maker(viewer),
        created=row.created_at_ms,
        expires=row.expires_at_ms,
        onward=row.onward,
        done=done,
        draft={} if drafted is None else drafted.content(),
        signed=None if drafted is None else _signed(known, viewer, row, drafted),
        mine=tuple(one for one in keys if one.mine),
        others=tuple(one for one in keys if not one.mine),
        goods=goods_of(known, viewer, contents),
        place=known.place(f"{place['site']}/{place.get('location', '-')}") if "site" in place else None,
        parties=parties_of(known, contents),
        said=said_of(known, contents),
    )
