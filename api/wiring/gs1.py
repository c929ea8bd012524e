"""The port of GS1 codes: prefixes as registered, and what is bound under them."""

import re
from typing import Final

from api.views import Principal
from api.views.gs1 import Gs1Line, Gs1View
from api.wiring.findings import about
from api.wiring.known import Known, hidden
from api.wiring.labels import printable
from api.wiring.reading import Reading
from ledger.rules.aggregates import OrgState
from ledger.store.rows import CodeRow

SHOWN: Final = 100
BOUND: Final = re.compile(r"/01/([0-9]{14})(?:/10/(.+?))?(?:/21/(.+))?")
"""The spelling under which a GS1 identity is bound (``ledger.core.scanned.DigitalLink.text``)."""


class LedgerGs1:
    """GS1 codes over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading

    def view(self, viewer: Principal) -> Gs1View:
        """Return the prefixes of the viewer's organisation, and the codes bound under them."""
        if viewer.org is None:
            raise hidden("/labels/gs1")
        with self._reading.known() as known:
            org = known.must(viewer.org.ref, OrgState)
            rows = known.unit.queries.gs1_codes(org.gs1_prefixes, limit=SHOWN + 1)
            lines = tuple(_line(known, row) for row in rows[:SHOWN])
        names = {"zh": org.name_zh, **({"en": org.name_en} if org.name_en else {})}
        return Gs1View(names, org.uscc or "", org.region or "", org.gs1_prefixes, lines, len(rows) > SHOWN)

    def target(self, viewer: Principal, code: str) -> str:
        """Return what a printed code in force stands for, to whom it may be shown."""
        with self._reading.known() as known:
            return printable(known, viewer, code).target


def _line(known: Known, row: CodeRow) -> Gs1Line:
    found = BOUND.fullmatch(row.code)
    assert found is not None  # it begins like a GS1 identity, and was brought to that spelling
    gtin, lot, serial = found.groups(default="")
    label = about(known, row.target.partition("/")[0])
    return Gs1Line(gtin, lot, serial, label, known.related.code_of(row.target))
