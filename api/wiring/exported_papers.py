"""Licences and findings as tables."""

from collections.abc import Iterator
from typing import Final

from api.deal_ports import DealSearch
from api.exports import Column, Row
from api.wiring.exported import REF, Listing, anew, party, things
from api.wiring.known import Known
from api.wiring.life import finding
from ledger.core.times import format_utc
from ledger.rules.aggregates import LicenceState, OrgState
from ledger.rules.licences import DAY
from ledger.services.findings import MOST, Findings
from ledger.store.found import Mark, Wanted
from ledger.store.scopes import Scope


def _licences(known: Known, scope: Scope, search: DealSearch) -> Iterator[list[Row]]:
    for here, refs in things(known, scope, "licence", search.text):
        holders = {ref: row.org for ref in refs if (row := here.unit.queries.thing("licence", ref)) is not None}
        here.load(holders.values())
        known_to = {
            item.id: (org, item)
            for org in dict.fromkeys(holders.values())
            if (state := here.get(org, OrgState)) is not None
            for item in state.licences
        }
        yield [_licence(here, *known_to[ref]) for ref in refs if ref in known_to]


def _licence(known: Known, org: str, item: LicenceState) -> Row:
    ended = known.now_ms >= item.valid_to + DAY
    standing = "expired" if ended else "suspended" if item.suspended else "in_force"
    return (
        item.number,
        item.id,
        item.kind,
        party(known, org),
        "" if item.subject.startswith("user:") else item.subject,
        item.authority,
        format_utc(item.valid_from)[:10],
        format_utc(item.valid_to)[:10],
        standing,
        "attested" if item.attested else "declared",
    )


def _findings(known: Known, scope: Scope, search: DealSearch) -> Iterator[list[Row]]:
    """Open findings, as the page lists them: of records, and those that time and stock make."""
    found = Findings(known.unit, known.rules, known.reference, known.now_ms)
    after: Mark | None = None
    while True:
        here = anew(known)
        listed = found.page(scope, Wanted(), after=after, limit=MOST)
        here.load({one.org for one in listed.findings if one.org})
        page: list[Row] = []
        for one in listed.findings:
            text = finding(one.rule, one.data, one.index or 0, one.since_ms, one.chain).text
            told = (one.rule, one.severity, text.zh, text.en)
            if not search.text or any(search.text.casefold() in part.casefold() for part in told):
                record = "" if one.index is None else str(one.index)
                page.append((*told, one.batch or one.chain, party(here, one.org or None), record, one.since_ms))
        yield page
        after = listed.more
        if after is None:
            return


LICENCES: Final = Listing(
    "master.read",
    "governance",
    (
        Column("number", "许可证编号", "Licence number"),
        REF,
        Column("kind", "种类", "Kind"),
        Column("holder", "持有人", "Holder"),
        Column("vehicle", "车辆", "Vehicle"),
        Column("authority", "发证机关", "Issued by"),
        Column("valid_from", "起始日", "Valid from"),
        Column("valid_to", "截止日", "Last day"),
        Column("standing", "状态", "Condition"),
        Column("told_by", "登记方式", "Told by"),
    ),
    _licences,
)
FINDINGS: Final = Listing(
    "finding.read",
    "storage",
    (
        Column("rule", "规则", "Rule"),
        Column("severity", "严重程度", "Severity"),
        Column("text_zh", "内容", "Text (zh)"),
        Column("text_en", "内容（英文）", "Text (en)"),
        Column("about", "对象", "About"),
        Column("org", "应处理单位", "Whose it is to act"),
        Column("record", "记录", "Record"),
        Column("since", "自何时起", "Since", "instant"),
    ),
    _findings,
)
