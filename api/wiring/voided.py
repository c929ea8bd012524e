"""What became of a printed label: voided by whom and when, and which code stands in its place."""

from collections.abc import Mapping

from api.views import VoidedLabel
from api.wiring.known import Known
from ledger.core.canonical import Json
from ledger.core.events import Header
from ledger.core.sections import Disclosure
from ledger.errors import IntegrityError
from ledger.store.rows import CodeRow


def voided_label(known: Known, row: CodeRow) -> VoidedLabel | None:
    """Return how a code was voided; None while it counts. Raises IntegrityError where the record is missing."""
    if row.voided_idx is None:
        return None
    record, event = known.unit.log.record(row.voided_idx), known.unit.events.at(row.voided_idx)
    if record is None or event is None:
        raise IntegrityError("entry_incomplete", params={"idx": row.voided_idx})
    body = known.unit.events.disclosures(row.voided_idx).get("containers")
    stated = {} if body is None else Disclosure.parse(body).content
    return VoidedLabel(
        index=row.voided_idx,
        at=record.recorded_at_ms,
        by=known.party(Header.parse(event.header).actor),
        replaced_by=_successor(known, row, stated),
    )


def _successor(known: Known, row: CodeRow, stated: Mapping[str, Json]) -> str | None:
    """The code named in its place, if it is bound to the same thing: a label never leads to another one's page."""
    items = stated.get("items")
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and item.get("code") == row.code and "replaced_by" in item:
            other = known.unit.queries.code(str(item["replaced_by"]))
            return other.code if other is not None and other.target == row.target else None
    return None
