"""The newest deals of the demo: in every state that somebody can meet one in, so that each inbox has something to do.

They end shortly before the story does. The warehouse and the trader that a visitor is shown meet all of them, the other
warehouses two.
"""

from collections.abc import Iterator

from ledger.core.canonical import Json
from ledger.demo.dealing import Deal
from ledger.demo.life import DAY, Life
from ledger.demo.scenes import Load, pack, pick, produce, put_away, ship, vessels
from ledger.demo.statement import Statement
from ledger.demo.world import MAKERS, STORES, World

FIRST: int = 90_001
"""The number of the first of these lives; those of the story stay below it."""
PURCHASE = "purchase_permit"


def dealings(world: World, until_ms: int) -> Iterator[list[Statement]]:
    """The statements of each of these lives, all before ``until_ms``."""
    shown = min(STORES, key=world.orgs.__getitem__)
    number = FIRST
    for store in (shown, *(name for name in STORES if name != shown)):
        for plot, days in PLOTS[: len(PLOTS) if store == shown else FEW]:
            pen = Life(world, number, until_ms - days * DAY)
            plot(pen, store, until_ms)
            number += 1
            yield pen.said


def _made(life: Life, count: int, product: str) -> tuple[str, str, list[str]]:
    """A batch in drums at its maker's dock: the maker, the batch, the drums."""
    maker = life.dice.one_of(MAKERS)
    batch = produce(life, maker, pick(life, product), count * 200)
    drums = vessels(life, maker, "drum", count, 250)
    pack(life, maker, batch, drums)
    return maker, batch, drums


def _delivered(life: Life, store: str, count: int, product: str) -> Deal:
    """A maker's sale to a warehouse, with delivery."""
    maker, batch, drums = _made(life, count, product)
    roles = {"seller": maker, "buyer": store, "consignor": maker, "consignee": store}
    return Deal(life, roles, batch, drums)


def _offered(life: Life, store: str, until_ms: int) -> None:
    """Waits for the answer of the warehouse."""
    _delivered(life, store, 3, "styrene").offer(answer_by=until_ms + 3 * DAY, planned_to=until_ms + 6 * DAY)


def _on_the_road(life: Life, store: str, until_ms: int) -> None:
    """Comes to the warehouse."""
    deal = _delivered(life, store, 4, "isopropanol").offer(planned_to=until_ms + DAY)
    deal.answer("agreed").plan().set_off()


def _agreed(life: Life, store: str, until_ms: int) -> None:
    """Agreed by the warehouse; the maker has not loaded yet."""
    _delivered(life, store, 3, "acetic-acid").offer(planned_to=until_ms + 2 * DAY).answer("agreed")


def _short(life: Life, store: str, _until_ms: int) -> None:
    """Nine kilograms were missing on arrival; the maker says what became of them, the warehouse has not."""
    deal = _delivered(life, store, 3, "ethyl-acetate").offer().answer("agreed").plan().set_off().arrive()
    deal.receive(short=9)
    deal.propose(deal.roles["seller"], "loss", "装车时桶口渗漏，约九千克")


def _declined(life: Life, store: str, _until_ms: int) -> None:
    """Declined by the warehouse."""
    _delivered(life, store, 2, "aniline").offer().answer("declined", "毒害品库位已满，下月再议")


def _traded(life: Life, store: str, until_ms: int) -> None:
    """A trader buys what lies in the warehouse and sells it on: handed over, to be loaded, and on offer."""
    maker, batch, drums = _made(life, 8, "acetone")
    ship(life, maker, store, Load(maker, batch, drums))
    put_away(life, store, maker, batch, drums)
    bought = Deal(life, {"seller": maker, "buyer": "trade"}, batch, drums, "A-01", store)
    bought.offer().answer("agreed").sell()
    parts = (("paint", drums[:3]), ("steel", drums[3:6]), ("water", drums[6:]))
    done, loading, offered = (
        Deal(life, {"seller": "trade", "buyer": user, "consignor": store, "consignee": user}, batch, part, "A-01")
        for user, part in parts
    )
    done.offer().answer("agreed").plan().set_off().arrive().receive()
    _file(life, bought)
    loading.offer(planned_to=until_ms + 2 * DAY).answer("agreed")
    offered.offer(answer_by=until_ms + 2 * DAY)


def _file(life: Life, deal: Deal) -> None:
    """The seller of what is on a list files it with the authority."""
    paper: list[Json] = [{"kind": "sale_filing", "number": f"BA-{life.number:05d}"}]
    life.say(
        "operation.filed_with_authority", deal.owner, {"documents": {"items": paper}, "parties": {"transfer": deal.key}}
    )


def _toxic(life: Life, store: str, until_ms: int) -> None:
    """A trader is offered what it may buy only with a permit, and what came with one is sold to it already."""
    maker, batch, drums = _made(life, 4, "sodium-cyanide")
    ship(life, maker, store, Load(maker, batch, drums))
    put_away(life, store, maker, batch, drums)
    first, second = (
        Deal(life, {"seller": maker, "buyer": "trade"}, batch, part, "A-01", store) for part in (drums[:2], drums[2:])
    )
    first.offer().answer("agreed", **{PURCHASE: life.world.permits["trade", PURCHASE]}).sell()
    second.offer(answer_by=until_ms + 4 * DAY)


def _oxidizer(life: Life, store: str, _until_ms: int) -> None:
    """Lies in the warehouse, in a room of its own: the drums of solvents, scanned there, are turned away."""
    maker, batch, drums = _made(life, 2, "hydrogen-peroxide-50")
    ship(life, maker, store, Load(maker, batch, drums))
    put_away(life, store, maker, batch, drums)


PLOTS = (
    (_on_the_road, 3),
    (_offered, 2),
    (_short, 6),
    (_agreed, 3),
    (_declined, 8),
    (_traded, 9),
    (_toxic, 7),
    (_oxidizer, 5),
)
"""Each plot with how many days before the end of the story it begins; the first ``FEW`` happen to every warehouse."""
FEW = 2
