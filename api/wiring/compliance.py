"""The port of filings and licences: what an organisation owes to the authority, and what it holds from it."""

from collections.abc import Collection
from typing import Final

from api.cursors import place_of
from api.views import Key, Page, Principal
from api.views.compliance import FilingLine, FilingStatus, LicenceLine, LicenceStanding
from api.wiring.filings import filings_of, may_be
from api.wiring.known import Known, hidden
from api.wiring.reading import Reading
from api.wiring.sight import plain_subject, scope_of, subject_of
from ledger.core.times import format_utc
from ledger.rules.aggregates import LicenceState, OrgState, TransferState
from ledger.rules.deadlines import due
from ledger.rules.licences import DAY, in_force
from ledger.rules.manifest import RuleSet
from ledger.rules.moving import FILED_LISTS
from ledger.rules.watching import EXPIRING
from ledger.services import policy
from ledger.services.rule_books import RuleBooks
from ledger.store.filing_deals import FilingDeal, FilingDeals
from ledger.store.scopes import Ward

CHUNK: Final = 100
MOST_LOOKED_AT: Final = 1_000
"""Transfers that one page of filings looks through at most; most of them need none."""


class LedgerCompliance:
    """Filings and licences over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading
        self._books = RuleBooks(reading.ledger.reference)

    def filings(
        self, viewer: Principal, after: Key | None, limit: int, status: FilingStatus | None = None
    ) -> Page[FilingLine]:
        """Return sales and purchases to be filed, newest change of the transfer first: its own, or in its ward."""
        org = _own(viewer)
        found: list[FilingLine] = []
        place, looked_at = place_of(after), 0
        with self._reading.known() as known:
            rules = self._rules(known)
            scope = scope_of(subject_of(known, viewer), "transfer.read", "operation")
            deals = FilingDeals(known.unit.connection, known.unit.backend)
            while len(found) < limit and looked_at < MOST_LOOKED_AT:
                if isinstance(scope, Ward):
                    rows = deals.transfers(
                        scope, FILED_LISTS, unfiled=status in {"due", "overdue"}, before=place, limit=CHUNK
                    )
                else:
                    rows = [
                        FilingDeal(row.idx, row.ref)
                        for row in known.unit.queries.deals(org, "transfer", before=place, limit=CHUNK)
                    ]
                known.load(row.ref for row in rows)
                for row in rows:
                    place, looked_at = (row.idx, row.ref), looked_at + 1
                    filing = known.must(row.ref, TransferState).filings
                    theirs = deals.there(scope, filing) if isinstance(scope, Ward) else filing.keys() & {org}
                    for who in sorted(theirs):
                        if not may_be(filing[who], status, rules, known.now_ms):
                            continue
                        lines = filings_of(known, viewer, row.ref, rules, who)
                        found += [line for line in lines if status in (None, line.status)]
                    if len(found) >= limit:
                        break
                else:
                    if len(rows) < CHUNK:
                        place = None
                        break
        return Page(tuple(found), place)

    def licences(self, viewer: Principal) -> tuple[LicenceLine, ...]:
        """Return licences and permits, what ends first before what ends later, what has ended last."""
        org = _own(viewer)
        with self._reading.known() as known:
            state = known.must(org, OrgState)
            rules = self._rules(known)
            ending = {str(item.data["licence"]) for item in due(state, known.now_ms, rules) if item.rule == EXPIRING}
            known.load(product for item in state.licences for product in item.products)
            lines = [licence_line(known, item, ending, org) for item in state.licences]
        return tuple(sorted(lines, key=lambda line: (line.standing == "expired", line.valid_to, line.number)))

    def may_state(self, viewer: Principal, event_type: str) -> bool:
        """Whether the viewer's roles may state such an event."""
        return bool(policy.can_state(plain_subject(viewer), event_type))

    def _rules(self, known: Known) -> RuleSet:
        return self._books.rules(self._reading.ledger.recorded().rules, known.unit)


def _called(known: Known, org: str, subject: str) -> str:
    """What the organisation calls the person of a certificate, "" if it is none of its own users."""
    row = known.unit.people.user(subject) if subject.startswith("user:") else None
    return row.name if row is not None and row.org == org else ""


def licence_line(known: Known, item: LicenceState, ending: Collection[str], org: str = "") -> LicenceLine:
    """Return a licence as pages show it; ``ending``: what expires soon; ``org``: whose people are called by name."""
    left = (item.valid_to + DAY - known.now_ms) // DAY
    return LicenceLine(
        ref=item.id,
        kind=item.kind,
        number=item.number,
        subject=item.subject,
        authority=item.authority,
        products=tuple(known.product(product) for product in item.products),
        classes=item.classes,
        most=item.max_mg,
        drawn=item.drawn_mg,
        valid_from=format_utc(item.valid_from)[:10],
        valid_to=format_utc(item.valid_to)[:10],
        days_left=max(left, 0),
        standing=_standing(item, known.now_ms, ending),
        attested=item.attested,
        person=_called(known, org, item.subject),
    )


def _standing(item: LicenceState, now_ms: int, ending: Collection[str]) -> LicenceStanding:
    if now_ms >= item.valid_to + DAY:
        return "expired"
    if item.suspended:
        return "suspended"
    if now_ms < item.valid_from:
        return "not_yet"
    assert in_force(item, now_ms) or item.suspensions
    return "expiring" if item.id in ending else "in_force"


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise hidden("/")
    return viewer.org.ref
