"""Lines of stock: a holding with its batch, its product and since when it lies there."""

from api.views import StockLine
from api.wiring.goods import goods_of
from api.wiring.known import Known
from api.wiring.matter import cell, holding
from api.wiring.steps import steps
from ledger.rules.aggregates import BatchState
from ledger.store.rows import HoldingRow

MOST_READ = 200


def stock_line(known: Known, row: HoldingRow) -> StockLine:
    """Return a line of stock."""
    batch = known.must(row.batch, BatchState)
    goods = goods_of(known, batch.product)
    return StockLine(
        batch=row.batch,
        batch_number=known.lot(row.batch),
        product=goods.name,
        un=goods.hazards.un,
        transport_class=goods.hazards.transport_class,
        holding=holding(known, row),
        since=_since(known, row),
    )


def _since(known: Known, row: HoldingRow) -> int:
    """When the newest record that put matter there was recorded; when the batch began, if that is long ago."""
    account = cell(row)
    oldest = 0
    for step in steps(known, row.batch, most=MOST_READ):
        oldest = step.row.recorded_at_ms
        if any(held == account and mg > 0 for held, mg in step.holdings):
            return oldest
    return oldest
