"""Statements that wait to be signed: made whole but for time and keys, signed by one person, or by two after another.

A draft is operational and proves nothing: the event counts once it is recorded, with the signatures in it. Its id is
the event's, so that whatever is sent twice is recorded once (decision 0024).
"""

from dataclasses import dataclass, replace
from typing import Final

from ledger.core.b64 import unb64u
from ledger.core.canonical import Json, encode, parse
from ledger.core.cosigning import MOST as MOST_OTHERS
from ledger.core.cosigning import Signing, alone, check_signing, together
from ledger.core.events import Header, Signature, signed_form
from ledger.core.keys import KEY_SIZE
from ledger.core.sections import Disclosure
from ledger.core.shape import list_at, object_at
from ledger.core.times import parse_stated
from ledger.errors import ConflictError, ForbiddenError, FormatError, NotFoundError
from ledger.rules.aggregates import KeyState, OrgState
from ledger.rules.keys import PERSON
from ledger.services.identity.ports import Ports, organisation
from ledger.services.intake import Submission
from ledger.store.rows import DraftRow

VALID_MS: Final = 3 * 86_400_000
MOST_OPEN: Final = 200
MOST_OF_ONE: Final = 50
MOST_SIGNERS: Final = 2


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a draft says: the header without keys, and its sections with their salts."""

    header: Header
    disclosures: tuple[Disclosure, ...]

    @classmethod
    def of(cls, row: DraftRow) -> "Drafted":
        """Read what a row keeps, which was checked when it was made."""
        members = object_at(parse(row.body))
        disclosures: list[Disclosure] = []
        for item in list_at(members["disclosures"], MOST_OTHERS):
            salt, name, content = list_at(item, 3)
            disclosures.append(Disclosure.sound(unb64u(str(salt)), str(name), object_at(content)))
        return cls(Header.parse(members["header"]), tuple(disclosures))

    def content(self) -> dict[str, Json]:
        """The same as JSON: an event as its maker sends it, signed by nobody yet."""
        return signed_form(self.header, (), self.disclosures)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A key whose holder may sign: a person's, in force."""

    key: str
    holder: str


def signing_of(row: DraftRow) -> Signing | None:
    """What the first person signed."""
    return None if row.signing is None else Signing.parse(parse(row.signing))


def fresh_until(drafted: Header, first: Signing, skew_ms: int) -> int | None:
    """Until when the other one can join: an act is recorded close to its stated time. None: a report may be late."""
    return None if drafted.mode == "report" else parse_stated(first.occurred_at) + skew_ms


# --- made, looked at, withdrawn ---------------------------------------------------------------------------------------


def keep(ports: Ports, made: Submission, by: str, signers: int, onward: str) -> DraftRow:
    """Keep a statement until it is signed. The same again is one; another one of this id by its maker takes its place.

    Raises ConflictError (draft_of_another, draft_recorded, drafts_many).
    """
    org, now_ms = made.header.actor, ports.now_ms()
    drafted = Drafted(made.header, made.disclosures)
    with ports.ledger.store.write() as unit:
        before = unit.drafts.one(org, made.header.id, at_ms=now_ms)
        if before is not None:
            if before.done_at_ms is not None:
                raise ConflictError("draft_recorded")
            if before.made_by != by:
                raise ConflictError("draft_of_another")
            if _says_the_same(Drafted.of(before), drafted):
                return before
        waiting = unit.drafts.of(org, at_ms=now_ms, limit=MOST_OPEN)
        mine = sum(row.made_by == by for row in waiting)
        if before is None and (len(waiting) >= MOST_OPEN or mine >= MOST_OF_ONE):
            raise ConflictError("drafts_many", None, {"most": MOST_OF_ONE, "all": MOST_OPEN})
        row = DraftRow(
            org,
            made.header.id,
            made.header.type,
            encode(drafted.content()),
            min(max(signers, 1), MOST_SIGNERS),
            None,
            by,
            onward,
            now_ms,
            now_ms + VALID_MS,
        )
        unit.drafts.put(row)
    return row


def _says_the_same(before: Drafted, after: Drafted) -> bool:
    """Whether two drafts differ in nothing but salts, and in the time of an act, which is that of its signing."""
    said = {part.name: part.content for part in before.disclosures}
    if said != {part.name: part.content for part in after.disclosures}:
        return False
    at = before.header.occurred_at if before.header.mode == "act" else after.header.occurred_at
    return replace(after.header, sections=before.header.sections, occurred_at=at) == before.header


def waiting(ports: Ports, org: str) -> list[DraftRow]:
    """Return what waits in an organisation, newest first."""
    with ports.ledger.store.read() as unit:
        return unit.drafts.of(org, at_ms=ports.now_ms(), limit=MOST_OPEN)


def one(ports: Ports, org: str, name: str) -> DraftRow:
    """Return a draft of an organisation, also one that was recorded. Raises NotFoundError (draft_gone)."""
    with ports.ledger.store.read() as unit:
        row = unit.drafts.one(org, name, at_ms=ports.now_ms())
    if row is None:
        raise NotFoundError("draft_gone")
    return row


def drop(ports: Ports, org: str, name: str) -> None:
    """Forget a draft that waits: it was withdrawn. Raises NotFoundError; ConflictError (draft_recorded)."""
    with ports.ledger.store.write() as unit:
        row = unit.drafts.one(org, name, at_ms=ports.now_ms())
        if row is None:
            raise NotFoundError("draft_gone")
        if row.done_at_ms is not None:
            raise ConflictError("draft_recorded")
        unit.drafts.drop(org, name)


def finish(ports: Ports, org: str, name: str) -> None:
    """Remember that a draft was recorded, and forget what it said."""
    with ports.ledger.store.write() as unit:
        unit.drafts.done(org, name, at_ms=ports.now_ms())


# --- signed -----------------------------------------------------------------------------------------------------------


def candidates(org: OrgState, but: str = "") -> tuple[Candidate, ...]:
    """The keys of people that count, newest first; ``but``: whose are left out."""
    found = sorted(org.keys.items(), key=lambda item: item[1].added, reverse=True)
    held = (Candidate(name, key.holder) for name, key in found if key.revoked is None)
    return tuple(one for one in held if one.holder.startswith(PERSON) and one.holder != but)[:MOST_OTHERS]


def sign(ports: Ports, row: DraftRow, said: Signing, user: str | None, skew_ms: int) -> bytes | None:
    """Take somebody's signatures of a draft; return the event if it is whole by them, None: it waits for the other one.

    ``user``: the person who sends them, whose own key it must be; None: a program of the organisation sends them.
    ``skew_ms``: how far an act may be stated from its record.
    Raises ConflictError (draft_recorded, draft_moved_on), FormatError (a signature, a key), ForbiddenError
    (draft_key_of_another).
    """
    if row.done_at_ms is not None:
        raise ConflictError("draft_recorded")
    drafted = Drafted.of(row)
    known = _organisation(ports, row.org)
    key = _own_key(known, said.key, user)
    check_signing(drafted.header, said, unb64u(key.raw, KEY_SIZE))
    if row.signers == 1:
        made = alone(drafted.header, said)
        if made is None:
            raise FormatError("draft_not_signed_alone", "/signatures")
        return _whole(made, drafted)
    first = signing_of(row)
    until = None if first is None else fresh_until(drafted.header, first, skew_ms)
    if first is not None and _joins(known, first, key) and (until is None or ports.now_ms() < until):
        made = together(drafted.header, first, said)
        if made is not None:
            return _whole(made, drafted)
    keep_first(ports, row, said)
    return None


def keep_first(ports: Ports, row: DraftRow, said: Signing) -> None:
    """Keep what the first of two people signed, in the place of what was signed before.

    Raises FormatError (draft_for_nobody): it lets no other key join; ConflictError (draft_moved_on).
    """
    others = {other: sig for other, sig in said.signatures.items() if other != said.key}
    if not others:
        raise FormatError("draft_for_nobody", "/signatures")
    kept = encode(replace(said, signatures=others).content())
    with ports.ledger.store.write() as unit:
        if not unit.drafts.sign(row.org, row.id, kept, before=row.signing, signers=MOST_SIGNERS):
            raise ConflictError("draft_moved_on")


def _joins(org: OrgState, first: Signing, key: KeyState) -> bool:
    """Whether a key can stand beside the first one: it is another person's, and the first one still counts."""
    known = org.keys.get(first.key)
    return known is not None and known.revoked is None and known.holder.lower() != key.holder.lower()


def _own_key(org: OrgState, name: str, user: str | None) -> KeyState:
    key = org.keys.get(name)
    if key is None or key.revoked is not None or not key.holder.startswith(PERSON):
        raise FormatError("unknown_key", "/key")
    if user is not None and key.holder != user:
        raise ForbiddenError("draft_key_of_another", "/key")
    return key


def _organisation(ports: Ports, org: str) -> OrgState:
    with ports.ledger.store.read() as unit:
        return organisation(unit, org)


def _whole(made: tuple[Header, tuple[Signature, ...]], drafted: Drafted) -> bytes:
    header, signatures = made
    return encode(signed_form(header, signatures, drafted.disclosures))
