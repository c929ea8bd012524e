"""Photographed papers: what a record states is there, unaltered; or it is gone, and its erasure was announced.

What no record states is no evidence; but it must be what it says it is.
"""

from itertools import groupby

from ledger.services.audit_erased import Erasures
from ledger.services.audit_findings import Findings
from ledger.services.papers import fits
from ledger.store.unit_of_work import Unit


def check_papers(unit: Unit, erasures: Erasures, findings: Findings, since: int = 0) -> None:
    """Note papers that are missing, altered, or gone or kept against what the log announced. One at a time is read.

    ``since``: of papers that an earlier record states nothing is said but that they are what they say they are.
    """
    papers = unit.papers
    for (org, hashed), rows in groupby(papers.attachments(), key=lambda row: (row.actor, row.hash)):
        stated = [row.idx for row in rows]
        if min(stated) < since:
            continue
        known = papers.one(org, hashed)
        announced = any(erasures.announced(index) for index in stated)
        if known is None:
            findings.add("paper_missing", index=stated[0], org=org, hash=hashed)
        elif known.erased != announced:
            kind = "erased_unannounced" if known.erased else "erasure_not_done"
            findings.add(kind, "paper", index=stated[0], org=org, hash=hashed)
    for row in papers.all():
        content = papers.content(row.org, row.hash)
        if content is not None and not fits(row, content):
            findings.add("paper_altered", table="papers", org=row.org, hash=row.hash)
