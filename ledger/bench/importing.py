"""A file of opening stock, imported in one request, against as many events in one bulk request on the same server.

Every row founds a batch of its own, hence is an event: both sides append the same number, and the difference is what
reading the file, checking its cells, and asking the rules beforehand cost.
"""

from contextlib import ExitStack
from typing import Final

from ledger.bench import load, scratch
from ledger.bench.bulk import CREATED, NDJSON, PATH
from ledger.bench.context import Context
from ledger.bench.frame import Measured, pair
from ledger.bench.scratch import MAKER, Scratch
from ledger.bench.serving import running

IMPORT: Final = "/api/v1/imports/opening"
CSV: Final = "text/csv"
HEADINGS: Final = "product,lot,amount,unit,site,location,expires_on"
RECORDED: Final = b'"status":"recorded"'


def imported(context: Context) -> Measured:
    """Rows of a file / events of a bulk, on one server."""
    count = context.sizes.imported
    ledger = context.scratch()
    key = scratch.access_token(ledger)
    with ExitStack() as stack:
        port = stack.enter_context(running({"app": "ledger", "folder": str(ledger.folder)}))

        def ours() -> float:
            made = load.requests(IMPORT, [table(context, ledger, count)], key=key, media_type=CSV)
            return count / load.run(port, made, 1, accept=lambda answer: answer.count(RECORDED) == count)

        def events() -> float:
            body = b"\n".join(context.bodies(ledger, count))
            made = load.requests(PATH, [body], key=key, media_type=NDJSON)
            return count / load.run(port, made, 1, accept=lambda answer: answer.count(CREATED) == count)

        ours()
        return pair("import", "rows/s", "as many events in one bulk", (ours, events), context.rounds)


def table(context: Context, ledger: Scratch, count: int) -> bytes:
    """A file of new lots, each in a place of the maker."""
    world = ledger.world
    first = context.numbers(count)
    names = [(number, world.catalogue[number % len(world.catalogue)].id) for number in range(first, first + count)]
    rows = [
        f"{world.products[MAKER, name]},BENCH-{number:07d},{200 + number % 800},kg,"
        f"{world.sites[MAKER]},{world.spots(name)['T-01']},2035-06-30"
        for number, name in names
    ]
    return "\n".join([HEADINGS, *rows, ""]).encode()
