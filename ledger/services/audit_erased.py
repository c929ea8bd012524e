"""Content that is gone: only ``personal`` and ``auth`` may be, and only where an event on the log announced it.

An announcement comes after what it erases, so both are noted as one bit a record and compared at the end.
"""

from typing import Final

from ledger.core.b64 import unb64u
from ledger.services.audit_entry import Checked
from ledger.services.audit_findings import Findings
from ledger.store.unit_of_work import Unit

ERASED: Final = "governance.section_erased"


class Erasures:
    """Notes what is gone and what was announced, in any order."""

    def __init__(self, unit: Unit, size: int, findings: Findings) -> None:
        """Begin before record 0 of a log of ``size`` records."""
        self._unit = unit
        self._size = size
        self._findings = findings
        self._gone = bytearray((size + 7) // 8)
        self._announced = bytearray((size + 7) // 8)

    def add(self, checked: Checked) -> None:
        """Take one record."""
        if checked.erased:
            _set(self._gone, checked.idx)
        if checked.event.header.type == ERASED:
            for ref in checked.event.header.refs:
                row = self._unit.events.by_hash(unb64u(ref.hash)) if ref.rel == "erases" else None
                if row is not None and 0 <= row.idx < self._size:
                    _set(self._announced, row.idx)

    def finish(self) -> None:
        """Note all that is gone without announcement."""
        for place, (gone, announced) in enumerate(zip(self._gone, self._announced, strict=True)):
            if gone & ~announced:
                for bit in range(8):
                    if (gone & ~announced) >> bit & 1:
                        self._tell(8 * place + bit)

    def _tell(self, index: int) -> None:
        stored = self._unit.entries.at(index)
        names = [row.name for row in stored.disclosures if row.body is None]
        if stored.record is not None and stored.record.auth is None:
            names.append("auth")
        for name in names:
            self._findings.add("erased_unannounced", name, index=index)


def _set(bits: bytearray, index: int) -> None:
    bits[index >> 3] |= 1 << (index & 7)
