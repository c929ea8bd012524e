"""Statements that wait for signatures: kept at the server, read, signed by one person or by two after another.

What the server hands out to be signed is not taken on trust: it is of this log and organisation, its sections have the
digests that the header states, and what was just kept says what was asked for. What is signed is made of that alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ledger.client.receipts import check_receipt
from ledger.client.statement import PLAIN, Maker, SigningKey, Statement, Terms, make
from ledger.core.b64 import unb64u
from ledger.core.bundle import Receipt
from ledger.core.canonical import Json
from ledger.core.cosigning import MOST, Signing, header_by, sign_draft
from ledger.core.events import Header, signing_bytes, simple_form
from ledger.core.keys import SIGNATURE_SIZE, key_id, verify
from ledger.core.sections import Disclosure
from ledger.core.shape import list_at, object_at
from ledger.core.times import parse_recorded
from ledger.errors import VerificationError

PATH: Final = "/api/v1/drafts"


@dataclass(frozen=True, slots=True)
class First:
    """What the first of two people signed: with which key, at which stated time, for which keys to join.

    ``until_ms``: when an act is too old to be joined; None: a report never is.
    """

    key: str
    occurred_at: str
    with_keys: frozenset[str]
    until_ms: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that waits: the header without keys, its sections with their salts, and how many people sign it.

    ``candidates``: ids of the keys of people that may sign it. ``done``: it is recorded, and says nothing any more.
    """

    id: str
    signers: int
    done: bool
    header: Header | None
    disclosures: tuple[Disclosure, ...]
    first: First | None
    candidates: tuple[str, ...]

    @property
    def sections(self) -> dict[str, Mapping[str, Json]]:
        """What it says, by name of the section."""
        return {part.name: part.content for part in self.disclosures}


def body_of(
    kind: str, sections: Mapping[str, Mapping[str, Json]], maker: Maker, now_ms: int, terms: Terms = PLAIN
) -> dict[str, Json]:
    """Return the simple statement that is kept as a draft. FormatError with the field: it could not be stated."""
    header = make(kind, sections, replace(maker, keys=()), now_ms, terms).header
    return simple_form(header, sections, header.occurred_at)


def read(answer: Mapping[str, Any], maker: Maker) -> Draft:
    """Read a draft as the server shows it. VerificationError `draft_not_as_stated`; FormatError: no draft."""
    keys = [str(one["key"]) for one in (*answer["mine"], *answer["others"])]
    signed = answer["signed"]
    first = None
    if signed is not None:
        until = None if signed["until"] is None else parse_recorded(str(signed["until"]))
        first = First(str(signed["by"]["key"]), str(signed["occurred_at"]), frozenset(signed["with_keys"]), until)
    name, signers = str(answer["id"]), int(answer["signers"])
    if answer["done"]:
        return Draft(name, signers, True, None, (), None, ())
    header = Header.parse(answer["draft"]["header"])
    disclosures = tuple(_disclosure(item) for item in list_at(answer["draft"]["disclosures"], MOST))
    whole = header.sections == {part.name: part.digest for part in disclosures}
    if not whole or header.keys or (header.origin, header.actor, header.id) != (maker.origin, maker.actor, name):
        raise VerificationError("draft_not_as_stated", "event", "/draft")
    return Draft(name, signers, False, header, disclosures, first, tuple(dict.fromkeys(keys)))


def _disclosure(item: Json) -> Disclosure:
    salt, name, content = list_at(item, 3)
    return Disclosure(unb64u(str(salt)), str(name), object_at(content))


def check_kept(draft: Draft, body: Mapping[str, Json]) -> None:
    """Demand that a draft says what was asked to be kept, except for the time of an act, which is that of its signing.

    VerificationError `draft_not_as_stated`.
    """
    header = draft.header
    if draft.done or header is None:
        return
    occurred_at = header.occurred_at if header.mode == "report" else str(body["occurred_at"])
    if simple_form(header, draft.sections, occurred_at) != dict(body):
        raise VerificationError("draft_not_as_stated", "event", "/draft")


def sign(draft: Draft, key: SigningKey, occurred_at: str, now_ms: int) -> Signing:
    """Sign a draft: as the second of two people where the first one let this key join in time, else as the first.

    Also what one person signs is signed once for each other key that may join, should the rules ask for a second one.
    VerificationError: there is nothing to sign any more.
    """
    if draft.header is None:
        raise VerificationError("draft_not_as_stated", "event", "/draft")
    first = draft.first
    if first is not None and joins(draft, key, now_ms):
        return sign_draft(draft.header, key.private, first.occurred_at, [first.key])
    others = [other for other in draft.candidates if other != key.id][: MOST - 1]
    return sign_draft(draft.header, key.private, occurred_at, others)


def joins(draft: Draft, key: SigningKey, now_ms: int) -> bool:
    """Whether a signature of this key makes whole what somebody else signed first."""
    first = draft.first
    if first is None or key.id == first.key or key.id not in first.with_keys:
        return False
    return first.until_ms is None or now_ms < first.until_ms


def check_signed(data: bytes, draft: Draft, occurred_at: str, key: SigningKey, vkeys: Sequence[str]) -> Receipt:
    """Return the receipt if it is that of this draft as this key signed it, alone or with the first one.

    The other signature is checked under the public key that the receipt shows. VerificationError, as ``check_receipt``.
    """
    receipt = Receipt.parse(data)
    keys = [item.key for item in receipt.signatures]
    if draft.header is None or key.id not in keys or not set(keys) <= {key.id, draft.first.key if draft.first else ""}:
        raise VerificationError("receipt_of_another", "signatures", "/signatures")
    header = header_by(draft.header, occurred_at, keys)
    message, raw = signing_bytes(header.encode()), {key_id(one): one for one in receipt.keys}
    for item in receipt.signatures:
        known = key.public if item.key == key.id else raw.get(item.key)
        if known is None or not verify(known, unb64u(item.sig, SIGNATURE_SIZE), message):
            raise VerificationError("receipt_of_another", "signatures", "/signatures")
    return check_receipt(data, Statement(header, header.encode(), draft.disclosures, receipt.signatures), vkeys)
