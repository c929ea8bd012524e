"""Statements that wait for signatures, as pages and programs see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.views.common import Instant, Mass, Party, PlaceName, Words


@dataclass(frozen=True, slots=True)
class DraftSigner:
    """A key whose holder may sign. `name`: of the person, as the organisation calls it, "" if it does not."""

    key: str
    holder: str
    name: str
    mine: bool = False


@dataclass(frozen=True, slots=True)
class DraftSigned:
    """What the first of two people signed. `until`: when an act is too old to be joined; None: never.

    `with_keys`: keys that may join it, with its `occurred_at`, as headers state it.
    """

    by: DraftSigner
    at: Instant
    occurred_at: str
    until: Instant | None
    with_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftGoods:
    """A line of what is stated about goods. `booked`: what should have come, where another quantity was counted."""

    product: Words
    batch_number: str
    container_label: str | None
    mass: Mass
    booked: Mass | None = None
    highly_toxic: bool = False


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A statement that waits, in a list. `name`: who made it; `signers`: how many people sign it.

    `called`: the name or number of what it registers, "" for nothing.

    `mine`: the viewer made it; `waits_for_me`: it was signed by somebody else, in time, and waits for a second person.
    """

    id: str
    type: str
    goods: tuple[DraftGoods, ...]
    signers: int
    called: str
    name: str
    mine: bool
    created: Instant
    expires: Instant
    signed: DraftSigned | None
    waits_for_me: bool


@dataclass(frozen=True, slots=True)
class DraftView:
    """A statement that waits to be signed. `draft`: header without keys, and disclosures, whose digests it states.

    `others`: keys that may sign beside the viewer's; `mine`: the viewer's own, in force. `onward`: the page it came
    from. `done`: it was recorded; then there is nothing else to see. `goods`, `place`, `parties`, `said`: the same as
    `draft` says, for people.
    """

    id: str
    type: str
    mode: str
    signers: int
    name: str
    made_by_me: bool
    created: Instant
    expires: Instant
    onward: str
    done: bool
    draft: Mapping[str, Any]
    signed: DraftSigned | None
    mine: tuple[DraftSigner, ...]
    others: tuple[DraftSigner, ...]
    goods: tuple[DraftGoods, ...]
    place: PlaceName | None
    parties: tuple[tuple[str, Party], ...]
    said: tuple[tuple[str, str], ...]
