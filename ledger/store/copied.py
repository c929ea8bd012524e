"""Labels that may be copied, as scans showed them: searched and bounded in the database."""

from typing import Final

from sqlalchemy import ColumnElement, or_, select

from ledger.rules.travel import TRAVEL_RULES
from ledger.store.found import Wanted, narrowed
from ledger.store.repository import Repository
from ledger.store.rows import ScanFindingRow
from ledger.store.scopes import Everything, Own, Scope, Ward, batches_in, holders_in, of_kind
from ledger.store.tables import holdings, scan_findings, search

MOST: Final = 10_000
_COLUMNS = scan_findings.c


class Copied(Repository):
    """Reading what scans show."""

    __slots__ = ()

    def there(self, scope: Scope, wanted: Wanted, as_of_ms: int, *, limit: int = MOST) -> list[ScanFindingRow]:
        """Return what scans had shown at a time, newest first: a row for each organisation concerned.

        ``wanted.status`` open: rows that nobody had explained then; else those, too, that were.

        An organisation's own; of a jurisdiction those on containers it supervises, and of who lies there, where no
        classes bound it.
        """
        open_then = [or_(_COLUMNS.resolved_at_ms.is_(None), _COLUMNS.resolved_at_ms > as_of_ms)]
        query = select(scan_findings).where(
            _COLUMNS.rule.in_(TRAVEL_RULES),
            _COLUMNS.found_at_ms <= as_of_ms,
            *(open_then if wanted.status == "open" else ()),
            *_seen(scope),
            *_bounds(wanted),
        )
        order = (_COLUMNS.found_at_ms.desc(), _COLUMNS.id.desc(), _COLUMNS.org)
        return self._all(query.order_by(*order).limit(limit), ScanFindingRow)


def _seen(scope: Scope) -> list[ColumnElement[bool]]:
    match scope:
        case Own(org):
            return [_COLUMNS.org == org]
        case Ward(_, bounds):
            containers = of_kind(scope, "container")
            assert containers is not None
            supervised = _COLUMNS.item.in_(containers)
            return [supervised if bounds.classes else or_(supervised, _COLUMNS.org.in_(holders_in(bounds)))]
        case Everything():
            return []


def _bounds(wanted: Wanted) -> list[ColumnElement[bool]]:
    plain = {"rule": wanted.rule, "org": wanted.org}
    found: list[ColumnElement[bool]] = [_COLUMNS[name] == value for name, value in plain.items() if value]
    for bounds in narrowed(wanted):
        held = select(holdings.c.container).where(holdings.c.batch.in_(batches_in(bounds)))
        found.append(or_(_COLUMNS.org.in_(holders_in(bounds)), _COLUMNS.item.in_(held)))
    if wanted.batch:
        found.append(_COLUMNS.item.in_(select(holdings.c.container).where(holdings.c.batch == wanted.batch)))
    if wanted.product:
        batches = select(search.c.id).where(search.c.kind == "batch", search.c.product.in_(wanted.products))
        found.append(_COLUMNS.item.in_(select(holdings.c.container).where(holdings.c.batch.in_(batches))))
    return found
