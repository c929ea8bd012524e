"""Content that is gone: only ``personal`` and ``auth`` may be, and exactly where an event on the log announced it.

An announcement comes after what it erases, so for each of the two sections both are noted as one bit a record and
compared at the end.
"""

from collections.abc import Iterator
from typing import Final

from ledger.core.b64 import unb64u
from ledger.services.audit_entry import Checked
from ledger.services.audit_findings import Findings
from ledger.services.erasure import ERASED, announced
from ledger.store.unit_of_work import Unit

SECTIONS: Final = ("auth", "personal")


class Erasures:
    """Notes what is gone and what was announced, in any order."""

    def __init__(self, unit: Unit, size: int, findings: Findings) -> None:
        """Begin before record 0 of a log of ``size`` records."""
        self._unit = unit
        self._size = size
        self._since = 0
        self._findings = findings
        self._gone = {name: bytearray((size + 7) // 8) for name in SECTIONS}
        self._announced = {name: bytearray((size + 7) // 8) for name in SECTIONS}

    def go_on(self, since: int) -> None:
        """Begin behind record ``since - 1`` instead: what is gone before it is looked at where a later one says so."""
        self._since = since

    def add(self, checked: Checked) -> None:
        """Take one record."""
        for name in checked.erased:
            if name in SECTIONS:
                _set(self._gone[name], checked.idx)
            else:
                self._findings.add("erased_unannounced", name, index=checked.idx)
        if checked.event.header.type == ERASED:
            for event_hash, name in announced(checked.event):
                row = self._unit.events.by_hash(unb64u(event_hash))
                if row is not None and 0 <= row.idx < self._size and name in SECTIONS:
                    _set(self._announced[name], row.idx)
                    if row.idx < self._since and self._is_gone(row.idx, name):
                        _set(self._gone[name], row.idx)

    def announced(self, index: int) -> bool:
        """Whether the erasure of what is personal in a record was announced, once all records were taken."""
        return 0 <= index < self._size and _is_set(self._announced["personal"], index)

    def finish(self) -> None:
        """Note all that is gone without announcement, and all that is there although its erasure was announced."""
        for name in SECTIONS:
            gone, told = self._gone[name], self._announced[name]
            for index in _differing(gone, told):
                if not _is_set(gone, index):
                    self._findings.add("erasure_not_done", name, index=index)
                elif self._is_gone(index, name):  # and not only for a worker, who may have looked later
                    self._findings.add("erased_unannounced", name, index=index)

    def _is_gone(self, index: int, name: str) -> bool:
        stored = self._unit.entries.at(index)
        if name == "auth":
            return stored.record is None or stored.record.auth is None
        return not any(row.name == name and row.body is not None for row in stored.disclosures)


def _set(bits: bytearray, index: int) -> None:
    bits[index >> 3] |= 1 << (index & 7)


def _is_set(bits: bytearray, index: int) -> bool:
    return bool(bits[index >> 3] >> (index & 7) & 1)


def _differing(left: bytearray, right: bytearray) -> Iterator[int]:
    for place, (one, other) in enumerate(zip(left, right, strict=True)):
        if one != other:
            yield from (8 * place + bit for bit in range(8) if (one ^ other) >> bit & 1)
