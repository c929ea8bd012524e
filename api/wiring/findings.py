"""The port of findings: the one list of stored and computed ones, and each with what it rests on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from api.finding_ports import FindingSearch
from api.views import Key, Page, Party, Principal, Words
from api.views.findings import FindingLine, FindingPage, FindingRecord, FindingSettled, Severity
from api.wiring.finding_facts import facts_of
from api.wiring.known import Known, hidden
from api.wiring.life import finding
from api.wiring.reading import Reading
from api.wiring.sight import scope_of, subject_of
from ledger.core.b64 import b64u
from ledger.core.events import Header
from ledger.core.times import parse_stated
from ledger.errors import FormatError
from ledger.rules.aggregates import BatchState, ContainerState, ShipmentState
from ledger.rules.explained import explained
from ledger.rules.licences import DAY
from ledger.services import policy
from ledger.services.finding_counts import FindingCounts
from ledger.services.findings import Finding, Findings
from ledger.services.rule_books import RuleBooks
from ledger.services.site_findings import SiteMemo
from ledger.store.found import Wanted
from ledger.store.found_counts import Ages
from ledger.store.overview import Overview
from ledger.store.scopes import Scope

SETTLED: Final = "governance.finding_resolved"
SEVERITIES: Final[dict[str, Severity]] = {"info": "info", "warning": "warning", "critical": "critical"}
SHORT: Final = 8


class LedgerFindings:
    """Findings over the ledger's projections, as of the moment they are asked for."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading
        self._books = RuleBooks(reading.ledger.reference)
        self._memo = SiteMemo()

    def counted(self, known: Known, viewer: Principal, wanted: Wanted) -> dict[str, Ages]:
        """Return how many findings of the viewer's world there are, by severity and age: as many as are listed."""
        rules = self._books.rules(self._reading.ledger.recorded().rules, known.unit)
        found = FindingCounts(known.unit, rules, self._reading.ledger.reference, known.now_ms, self._memo)
        return found.by_severity(scope_of(subject_of(known, viewer), "finding.read"), wanted)

    @contextmanager
    def _open(self, viewer: Principal) -> Iterator[tuple[Known, Findings, Scope]]:
        with self._reading.known() as known:
            rules = self._books.rules(self._reading.ledger.recorded().rules, known.unit)
            found = Findings(known.unit, rules, self._reading.ledger.reference, known.now_ms, self._memo)
            yield known, found, scope_of(subject_of(known, viewer), "finding.read")

    def listing(self, viewer: Principal, search: FindingSearch, after: Key | None, limit: int) -> Page[FindingLine]:
        """Return findings, newest first unless asked otherwise."""
        mark = _mark(after)
        with self._open(viewer) as (known, found, scope):
            wanted = search.wanted
            if wanted.product:
                sums = Overview(known.unit.connection, known.unit.backend)
                wanted = replace(wanted, namesakes=sums.namesakes(wanted.product))
            if search.days:
                wanted = replace(wanted, before_ms=known.now_ms - search.days * DAY)
            page = found.page(scope, wanted, after=mark, oldest=search.oldest, limit=limit)
            known.load(key for one in page.findings for key in (one.chain, one.org) if key)
            return Page(tuple(_line(known, one) for one in page.findings), _next(page.more))

    def one(self, viewer: Principal, id: str) -> FindingPage:
        """Return one finding with its evidence. NotFoundError: it is not there, or not any more."""
        with self._open(viewer) as (known, found, scope):
            made = found.one(scope, id)
            if made is None:
                raise hidden(id)
            said = explained(made.rule)
            records = tuple(record for idx in made.evidence if (record := _record(known, idx)) is not None)
            event = records[0].event if made.index is not None and records else ""
            may = bool(policy.can_state(subject_of(known, viewer), SETTLED))
            return FindingPage(
                line=_line(known, made),
                means=Words(said.zh, said.en),
                ends=Words(said.ends_zh, said.ends_en),
                how=said.ends,
                facts=facts_of(known, made),
                records=records,
                settled=_settled(known, made),
                event=event,
                may_settle=may and bool(event) and made.resolved is None,
            )

    def names(self, viewer: Principal, search: FindingSearch) -> dict[str, str]:
        """Return what the references that a search names are called, in Chinese and English, by their field."""
        del viewer
        wanted = search.wanted
        with self._reading.known() as known:
            named = {
                "org": known.party(wanted.org).name if wanted.org else None,
                "product": known.product(wanted.product) if wanted.product else None,
                "batch": Words(known.lot(wanted.batch), known.lot(wanted.batch)) if wanted.batch else None,
                "site": known.place(wanted.site).name if wanted.site else None,
            }
        return {
            field: words.zh if words.zh == words.en else f"{words.zh} / {words.en}"
            for field, words in named.items()
            if words is not None
        }


def _line(known: Known, one: Finding) -> FindingLine:
    said = finding(one.rule, one.data, one.index or 0, one.since_ms, one.chain)
    return FindingLine(
        id=one.id,
        rule=one.rule,
        severity=SEVERITIES[one.severity],
        text=said.text,
        at=one.since_ms,
        at_least=one.at_least,
        index=one.index,
        ref=one.chain,
        about=about(known, one.chain),
        org=known.party(one.org) if one.org else None,
        open=one.resolved is None,
        computed=one.index is None,
    )


def about(known: Known, chain: str) -> Words:
    """Return what a chain is called: a lot and its product, a site, a vehicle, an organisation."""
    kind = chain.partition(":")[0]
    short = chain[-SHORT:].upper()
    if kind == "batch":
        state = known.get(chain, BatchState)
        lot, product = known.lot(chain), known.product("" if state is None else state.product)
        return Words(f"{product.zh} {lot}", f"{product.en} {lot}")
    if kind == "site":
        return known.place(chain).name
    if kind == "org":
        return known.party(chain).name
    if kind == "shipment":
        trip = known.get(chain, ShipmentState)
        plate = trip.vehicle if trip is not None and trip.vehicle else short
        return Words(f"运输 {plate}", f"Shipment {plate}")
    if kind == "container":
        known.get(chain, ContainerState)
        return Words(f"容器 {known.label(chain)}", f"Container {known.label(chain)}")
    if kind == "request":
        return Words(f"要求 {short}", f"Request {short}")
    return Words(f"流转 {short}", f"Transfer {short}") if kind == "transfer" else Words(short, short)


def _record(known: Known, idx: int) -> FindingRecord | None:
    stored = known.unit.entries.at(idx)
    if stored.event is None or stored.record is None:
        return None
    header = Header.parse(stored.event.header)
    return FindingRecord(
        idx,
        header.type,
        known.party(header.actor),
        parse_stated(header.occurred_at),
        stored.record.recorded_at_ms,
        b64u(stored.event.hash),
    )


def _settled(known: Known, one: Finding) -> FindingSettled | None:
    record = None if one.resolved is None else _record(known, one.resolved)
    if record is None:
        return None
    reason = known.section(record.index, "finding").get("resolution", "")
    if one.index is None:  # what scans showed ends by an inspection, which says what it was
        reason = known.section(record.index, "reason").get("text", "")
    by: Party = record.actor
    return FindingSettled(record.index, record.recorded_at, by, str(reason))


def _next(more: tuple[int, str] | None) -> Key | None:
    """Return where the next page begins: no text of a cursor holds a line's end, which parts the key of a finding."""
    return None if more is None else (more[0], *more[1].split("\n"))


def _mark(after: Key | None) -> tuple[int, str] | None:
    match after:
        case None:
            return None
        case (int(since), str(first), *rest) if _sound(key := "\n".join([first, *map(str, rest)])):
            return since, key
        case _:
            raise FormatError("cursor_invalid", "/cursor")


def _sound(key: str) -> bool:
    if key.startswith("r"):
        idx, _, n = key[1:].partition("-")
        return idx.isascii() and n.isascii() and idx.isdecimal() and n.isdecimal() and len(key) < 40
    return key.startswith("t") and key.count("\n") == 2
