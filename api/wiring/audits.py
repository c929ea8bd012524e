"""The port of audits: jobs and the scrub of one ledger, and the report on paper."""

from collections.abc import Mapping
from typing import Any, Final, cast

from api.views import Page, Principal, Words
from api.views.audits import AuditFinding, AuditKind, AuditLine, AuditView, Missed, ScrubView
from api.wiring.known import hidden
from api.wiring.reading import Reading
from labels import audit_report, audit_words
from ledger.core.audit_report import SPEC
from ledger.core.canonical import digest_text, encode
from ledger.errors import ConflictError
from ledger.services.audit_jobs import Asked, Audit, AuditJobs
from ledger.services.audit_report import report_of
from ledger.services.identity.ports import Ports
from ledger.services.scrub import Scrub

MOST: Final = 200
"""Findings that are shown one by one."""


class LedgerAudits:
    """Audits over the ledger's jobs."""

    def __init__(self, ports: Ports, reading: Reading, jobs: AuditJobs, scrub: Scrub | None) -> None:
        """Ask ``jobs`` for audits; ``scrub`` None: another process does it, or nobody."""
        self._ports = ports
        self._reading = reading
        self._jobs = jobs
        self._scrub = scrub

    def start(self, viewer: Principal, kind: str, sample: str) -> str:
        """Begin an audit."""
        if viewer.org is None:
            raise hidden("/audit")
        return self._jobs.start(Asked(viewer.org.ref, viewer.user or ""), kind, sample)

    def listing(self, viewer: Principal, before: str | None, limit: int) -> Page[AuditLine]:
        """Return audits, newest first."""
        found = self._jobs.latest(before=before, limit=limit + 1)
        names = self._names(found)
        items = tuple(self._line(viewer, one, names) for one in found[:limit])
        return Page(items, (found[limit - 1].id,) if len(found) > limit else None)

    def one(self, viewer: Principal, audit: str) -> AuditView:
        """Return an audit with what it found."""
        found = self._jobs.one(audit)
        result = found.result
        error = result.get("error")
        sample = result.get("sample") or {}
        return AuditView(
            line=self._line(viewer, found, self._names([found])),
            records=result.get("records", 0),
            since=result.get("since"),
            seconds=f"{result.get('milliseconds', 0) / 1000:.1f}",
            findings=tuple(_finding(viewer, one) for one in result.get("findings", [])[:MOST]),
            not_read=tuple(result.get("not_read", [])),
            seed=sample.get("seed", ""),
            sampled=sample.get("size"),
            missed=tuple(Missed(one["bad"], one["chance"]) for one in sample.get("missed", [])),
            error=None if error is None else error["code"],
            error_params=() if error is None else tuple(error["params"].items()),
            reportable=_reportable(found),
        )

    def report(self, viewer: Principal, audit: str, offset: str) -> bytes:
        """Return the signed report as PDF."""
        del viewer
        found = self._jobs.one(audit)
        if not _reportable(found):
            raise ConflictError("audit_not_done")
        report = report_of(found.result)
        envelope = self._ports.ledger.sign_report(report)
        return audit_report.render(report, envelope, digest_text(SPEC, encode(report)), offset)

    def scrub(self) -> ScrubView:
        """Return how far the scrub is."""
        scrub = self._scrub
        if scrub is None:
            return ScrubView(0, 0, 0, 0, 0)
        with self._ports.ledger.store.read() as unit:
            total = unit.log.size()
        return ScrubView(scrub.rate, scrub.position, total, scrub.found_total, scrub.rounds_total)

    def _names(self, found: list[Audit]) -> Mapping[str, Words]:
        with self._reading.known() as known:
            return {org: known.party(org).name for org in {one.org for one in found if one.org}}

    def _line(self, viewer: Principal, found: Audit, names: Mapping[str, Words]) -> AuditLine:
        own = viewer.org is not None and viewer.org.ref == found.org
        result = found.result if "ok" in found.result else {}
        return AuditLine(
            id=found.id,
            kind=cast("AuditKind", found.kind),
            state=found.state,
            org=names.get(found.org),
            user=self._user(found.user) if own and found.user else None,
            started=found.started_at_ms,
            ended=found.ended_at_ms,
            done=found.done,
            total=found.total,
            log_size=result.get("log_size"),
            root=result.get("root"),
            count=result.get("count"),
        )

    def _user(self, user: str) -> str:
        with self._ports.ledger.store.read() as unit:
            row = unit.people.user(user)
        return user if row is None else row.name


def _reportable(found: Audit) -> bool:
    return found.state in {"clean", "found"} and "kind" in found.result


def _finding(viewer: Principal, one: Mapping[str, Any]) -> AuditFinding:
    """What a finding says; its details may name others' stock, and are for those who run the ledger."""
    where = {str(name): value for name, value in one["where"].items()}
    index, chain = where.pop("index", None), where.pop("chain", None)
    zh, en = (audit_words.said(audit_words.FINDINGS, one["kind"], lang) for lang in ("zh", "en"))
    runs = "operator" in viewer.roles
    table = {name: value for name, value in where.items() if runs or name in {"table", "size", "level", "n"}}
    return AuditFinding(
        kind=one["kind"],
        words=Words(zh, en),
        index=index,
        chain=chain,
        where=", ".join(f"{name} {value}" for name, value in table.items()),
        detail=str(one["detail"]) if runs else "",
    )
