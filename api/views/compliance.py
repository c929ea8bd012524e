"""Compliance that an organisation owes or holds: filings with the authority, licences and permits."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant, Mass, Party, Words

FilingStatus = Literal["due", "overdue", "filed"]
LicenceStanding = Literal["in_force", "expiring", "expired", "not_yet", "suspended"]


@dataclass(frozen=True, slots=True)
class Trader:
    """A seller or buyer as a filing names it."""

    party: Party
    uscc: str
    address: str


@dataclass(frozen=True, slots=True)
class FiledGoods:
    """What was sold of one batch. `lists`: on which lists of controlled goods its product stands."""

    batch: str
    batch_number: str
    product: Words
    cas: tuple[str, ...]
    un: str | None
    lists: tuple[str, ...]
    mass: Mass


@dataclass(frozen=True, slots=True)
class FilingLine:
    """A sale or purchase of controlled goods, filed or due: what Art. 41 of State Council Order 591 asks to record.

    `by`: who has to file it.
    `handler`, `handler_id`: who acted for the buyer, as far as the viewer may see it. `filed`: index of the record that
    says so; with `authority` and `number`, if they were stated. `overdue`: not filed by `due`, as of this answer.
    """

    transfer: str
    by: Party
    side: Literal["sale", "purchase"]
    seller: Trader
    buyer: Trader
    goods: tuple[FiledGoods, ...]
    mass: Mass
    lists: tuple[str, ...]
    purpose: str | None
    handler: str | None
    handler_id: str | None
    sold_at: Instant
    due: Instant
    overdue: bool
    filed: int | None = None
    filed_at: Instant | None = None
    authority: str | None = None
    number: str | None = None

    @property
    def status(self) -> FilingStatus:
        """Whether it was filed, is still to be filed, or should have been."""
        return "filed" if self.filed is not None else "overdue" if self.overdue else "due"


@dataclass(frozen=True, slots=True)
class LicenceLine:
    """A licence or permit of the viewer's organisation.

    `most`: None where it limits no mass; no products and no classes: for all. `drawn`: what transfers drew of a permit.
    `valid_to`: the last day. `days_left`: whole days until it ends, 0 on the last one. `person`: what the organisation
    calls the person that is the subject, if it is one of its own.
    """

    ref: str
    kind: str
    number: str
    subject: str
    authority: str
    products: tuple[Words, ...]
    classes: tuple[str, ...]
    most: Mass | None
    drawn: Mass
    valid_from: str
    valid_to: str
    days_left: int
    standing: LicenceStanding
    attested: bool
    person: str = ""
