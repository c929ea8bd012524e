"""The port of authorities: requests and grants from their projections, the matrix from its dated rows."""

from itertools import groupby
from typing import Final, cast

from api.cursors import place_of
from api.views import Key, Page, Party, Principal, Words
from api.views.authorities import (
    FirmLine,
    GrantLine,
    GrantStanding,
    MatrixCell,
    MatrixRow,
    MatrixView,
    RequestKind,
    RequestLine,
    RequestStatus,
    RequestView,
    Thing,
    Turn,
)
from api.views.compliance import LicenceLine
from api.views.holds import HoldPage
from api.wiring.compliance import licence_line
from api.wiring.holds import hold_page
from api.wiring.known import Known, hidden
from api.wiring.reading import Reading
from api.wiring.sight import subject_of
from ledger.core.times import check_date
from ledger.rules.aggregates import OrgState, RequestState, SiteState
from ledger.rules.jurisdiction import AUTHORITIES, competent
from ledger.rules.requests import REQUEST
from ledger.rules.statements.sections import SECTIONS as STATED
from ledger.services import policy
from ledger.services.authority_matrix import ACTS, ANY, SECTIONS, decided, rows
from ledger.store.authorities import Side
from ledger.store.rows import GrantRow, RequestRow
from ledger.store.scopes import EVERYTHING

PREFIX: Final = "governance."
UNSEEN: Final = frozenset({"rule", "log", "heads", "key", "organisation", "site", "licence", "finding"})
"""Sections of governance alone, which everybody sees who sees the event."""
MOST_LOOKED_AT: Final = 2_000
CHUNK: Final = 200
SIDES: Final[tuple[Side, ...]] = ("asked", "asker")


class LedgerAuthorities:
    """Requests, grants and the matrix over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading

    # --- requests -------------------------------------------------------------------------------------------------

    def requests(self, viewer: Principal, side: Side, after: Key | None, limit: int) -> Page[RequestLine]:
        """Return what was asked of the viewer's organisation, or by it, newest first."""
        org, place = _own(viewer), place_of(after)
        with self._reading.known() as known:
            before = None if place is None else place[0]
            found = known.unit.authorities.requests(org, side, before=before, limit=limit + 1)
            lines = tuple(_line(known, row) for row in found[:limit])
        last = found[limit - 1] if len(found) > limit else None
        return Page(lines, None if last is None else (last.idx, last.event))

    def request(self, viewer: Principal, ref: str) -> RequestView:
        """Return a request of which the viewer is a party, or supervises who was asked. NotFoundError."""
        org = _own(viewer)
        with self._reading.known() as known:
            row, state = known.unit.authorities.request(ref), known.get(REQUEST + ref, RequestState)
            if row is None or state is None or not (org in (row.asker, row.asked) or _supervised(known, viewer, row)):
                raise hidden(ref)
            site = known.get(state.site, SiteState) if state.site else None
            answering = state.status == "open" and org == state.to
            closing = state.status != "closed" and org == state.by
            return RequestView(
                line=_line(known, row),
                event=state.event or None,
                rule=state.rule or None,
                section=state.section or None,
                site=state.site or None,
                site_name=None if site is None else Words(site.name_zh, site.name_en or site.name_zh),
                answer=None if state.answered is None else _turn(known, state.answered, row.asked),
                closing=None if state.closed is None else _turn(known, state.closed, row.asker),
                may_answer=answering and self._may(known, viewer, "request_answered"),
                may_close=closing and self._may(known, viewer, "request_closed"),
            )

    def about(self, viewer: Principal, event: str, rule: str) -> tuple[RequestLine, ...]:
        """Return what the viewer's organisation asked, or was asked, about a finding, newest first."""
        org = _own(viewer)
        with self._reading.known() as known:
            listed = known.unit.authorities.requests
            found = {row.event: row for side in SIDES for row in listed(org, side, limit=CHUNK)}
            known.load(REQUEST + ref for ref in found)
            named = [
                row for ref, row in found.items() if _is_about(known.get(REQUEST + ref, RequestState), event, rule)
            ]
            return tuple(_line(known, row) for row in sorted(named, key=lambda row: -row.idx))

    def may_state(self, viewer: Principal, event_type: str) -> bool:
        """Whether the viewer's roles and the matrix let it state such an event."""
        with self._reading.known() as known:
            return self._may(known, viewer, event_type.removeprefix(PREFIX))

    def _may(self, known: Known, viewer: Principal, verb: str) -> bool:
        return bool(policy.can_state(subject_of(known, viewer), PREFIX + verb))

    # --- grants ---------------------------------------------------------------------------------------------------

    def grants(self, viewer: Principal) -> tuple[GrantLine, ...]:
        """Return what the viewer's organisation shows or is shown, newest first."""
        org = _own(viewer)
        with self._reading.known() as known:
            may = self._may(known, viewer, "sight_withdrawn")
            groups = groupby(known.unit.authorities.grants(org), key=lambda row: row.event)
            return tuple(_grant(known, list(group), may=may, org=org) for _, group in groups)

    # --- the matrix -----------------------------------------------------------------------------------------------

    def matrix(self, day: str) -> MatrixView:
        """Return what each authority sees and does on a day. FormatError."""
        check_date(day, field="/day")
        seen = [name for name in STATED if name not in UNSEEN]
        acts = dict.fromkeys(row.event_type for row in rows(ACTS) if row.event_type.startswith(PREFIX))
        return MatrixView(
            day=day,
            authorities=AUTHORITIES,
            sections=tuple(_row(SECTIONS, name, ANY, name, day) for name in seen),
            acts=tuple(_row(ACTS, name, name, ANY, day) for name in acts if ".key_" not in name),
            days=tuple(sorted({row.day for name in (SECTIONS, ACTS) for row in rows(name)})),
        )

    # --- holds ----------------------------------------------------------------------------------------------------

    def hold(self, viewer: Principal, ref: str) -> HoldPage:
        """Return the holds on a batch, site or container that the viewer may hold or release. NotFoundError."""
        with self._reading.known() as known:
            return hold_page(known, viewer, ref)

    # --- organisations supervised ---------------------------------------------------------------------------------

    def firms(self, viewer: Principal, text: str | None, after: Key | None, limit: int) -> Page[FirmLine]:
        """Return the organisations that lie in the viewer's jurisdiction, by name."""
        found: list[FirmLine] = []
        with self._reading.known() as known:
            bounds = subject_of(known, viewer).jurisdiction
            place = None if after is None else (str(after[0]), str(after[1]))
            looked_at = 0
            while bounds is not None and len(found) < limit and looked_at < MOST_LOOKED_AT:
                page = known.related.things("org", EVERYTHING, text=text, after=place, limit=CHUNK)
                known.load(ref for _, ref in page)
                for name, ref in page:
                    place, looked_at = (name, ref), looked_at + 1
                    state = known.must(ref, OrgState)
                    if competent(bounds, state.region, state.park) and "authority" not in state.roles:
                        found.append(_firm(known, state))
                    if len(found) >= limit:
                        break
                else:
                    if len(page) < CHUNK:
                        return Page(tuple(found), None)
        return Page(tuple(found), None if bounds is None else place)

    def firm(self, viewer: Principal, ref: str) -> tuple[FirmLine, tuple[LicenceLine, ...]]:
        """Return an organisation in the viewer's jurisdiction with its licences. NotFoundError."""
        with self._reading.known() as known:
            bounds, state = subject_of(known, viewer).jurisdiction, known.must(ref, OrgState)
            if bounds is None or not competent(bounds, state.region, state.park):
                raise hidden(ref)
            known.load(product for item in state.licences for product in item.products)
            return _firm(known, state), tuple(licence_line(known, item, frozenset()) for item in state.licences)


def _line(known: Known, row: RequestRow) -> RequestLine:
    return RequestLine(
        ref=row.event,
        kind=cast("RequestKind", row.kind),
        asker=known.party(row.asker),
        asked=known.party(row.asked),
        status=cast("RequestStatus", row.status),
        asked_at=_at(known, row.idx),
        due=row.due_ms,
        overdue=row.status == "open" and row.due_ms is not None and row.due_ms < known.now_ms,
        text=_reason(known, row.idx),
        record=row.idx,
    )


def _is_about(state: RequestState | None, event: str, rule: str) -> bool:
    return state is not None and (state.event, state.rule) == (event, rule)


def _supervised(known: Known, viewer: Principal, row: RequestRow) -> bool:
    """Whether a firm in the viewer's jurisdiction was asked; what authorities pass to each other is theirs alone."""
    bounds, asked = subject_of(known, viewer).jurisdiction, known.must(row.asked, OrgState)
    return bounds is not None and "authority" not in asked.roles and competent(bounds, asked.region, asked.park)


def _turn(known: Known, idx: int, org: str) -> Turn:
    return Turn(known.party(org), _at(known, idx), _reason(known, idx), idx)


def _at(known: Known, idx: int) -> int:
    row = known.unit.log.record(idx)
    assert row is not None
    return row.recorded_at_ms


def _reason(known: Known, idx: int) -> str:
    return str(known.section(idx, "reason").get("text", ""))


def _grant(known: Known, found: list[GrantRow], *, may: bool, org: str) -> GrantLine:
    first = found[0]
    standing: GrantStanding = "in_force" if first.until_ms > known.now_ms else "over"
    if first.withdrawn_idx is not None:
        standing = "withdrawn"
    return GrantLine(
        ref=first.event,
        giver=known.party(first.giver),
        getter=known.party(first.getter),
        things=tuple(_thing(known, row.thing) for row in found),
        granted_at=_at(known, first.idx),
        until=first.until_ms,
        standing=standing,
        text=_reason(known, first.idx),
        record=first.idx,
        may_withdraw=may and standing == "in_force" and first.giver == org,
    )


def _thing(known: Known, ref: str) -> Thing:
    if ref.startswith("batch:"):
        lot = known.lot(ref)
        return Thing(ref, Words(lot, lot))
    return Thing(ref, known.place(ref).name if ref.startswith("site:") else known.party(ref).name)


def _row(table: str, name: str, event_type: str, section: str, day: str) -> MatrixRow:
    cells = []
    for authority in AUTHORITIES:
        found = decided(rows(table), authority, event_type, section, day)
        cells.append(MatrixCell(found is not None and found.allowed, "" if found is None else found.source))
    return MatrixRow(name, tuple(cells))


def _firm(known: Known, state: OrgState) -> FirmLine:
    party: Party = known.party(state.id)
    suspended = sum(item.suspended for item in state.licences)
    return FirmLine(party, state.uscc, state.region, state.roles, len(state.licences), suspended)


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise hidden("/")
    return viewer.org.ref
