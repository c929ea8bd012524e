"""The plots of the demo: what can happen to a batch between production and disposal.

Every plot keeps its own books, so that acts are accepted; what is meant to go wrong is stated as a report.
"""

from collections.abc import Callable, Sequence

from ledger.core.canonical import Json
from ledger.demo.life import DAY, DRUM_KG, Life, line, lines
from ledger.demo.loss import loss
from ledger.demo.reactions import acetylene, formalin
from ledger.demo.scenes import (
    PRECISE,
    Load,
    dispose,
    label,
    pack,
    pick,
    produce,
    put_away,
    relabel,
    sell,
    ship,
    use_up,
    vessels,
)
from ledger.demo.statement import Statement
from ledger.demo.tank import tank
from ledger.demo.world import MAKERS, STORES, USERS

GASES = ("chlorine", "ammonia", "lpg", "oxygen", "hydrogen", "nitrogen", "propane", "acetylene")


def drums(life: Life) -> None:
    """The main plot: produced, packed in drums, stored, traded, carried, used, disposed of."""
    maker, store, user = life.dice.one_of(MAKERS), life.dice.one_of(STORES), life.dice.one_of(USERS)
    product = pick(life)
    count = life.dice.between(3, 5)
    batch = produce(life, maker, product, count * DRUM_KG)
    names = vessels(life, maker, "drum", count, 250)
    pack(life, maker, batch, names)
    ship(life, maker, store, Load(maker, batch, names))
    put_away(life, store, maker, batch, names)
    life.wait(DAY, 5 * DAY)
    life.say(
        "storage.counted",
        store,
        {
            "place": life.place(store, "A-01"),
            "inputs": lines(*(line(batch, DRUM_KG, container=name, owner=life.org(maker)) for name in names)),
        },
    )
    sell(life, maker, "trade", store, batch, names, "A-01")
    sell(life, "trade", user, store, batch, names, "A-01")
    ship(life, store, user, Load(user, batch, names), "A-01")
    put_away(life, user, user, batch, names)
    for name in names[:-1]:
        use_up(life, user, batch, name)
    dispose(life, user, batch, names[0])
    _twist(life, user, batch, names)


def _twist(life: Life, user: str, batch: str, names: Sequence[str]) -> None:
    """What goes wrong now and then with the last drum."""
    last, bay = names[-1], life.place(user, "A-01")
    kind = life.number % 8
    if kind == 0:
        life.say(
            "storage.loss_or_theft_reported",
            user,
            {
                "place": bay,
                "inputs": lines(line(batch, 5, container=last)),
                "reason": {"text": "搬运时桶口渗漏", "kind": "loss"},
            },
        )
    elif kind == 1:
        life.say(
            "use.consumed",
            user,
            {"place": bay, "inputs": lines(line(batch, 40, container=last)), "reason": {"text": "断网补录"}},
            late=3 * DAY,
        )
    elif kind == 2:
        maker = next(item.actor for item in life.said if item.type == "production.batch_produced")
        name = next(name for name in MAKERS if life.org(name) == maker)
        life.say("governance.recall_ordered", name, {"product": {"batches": [batch]}, "reason": {"text": "杂质超标"}})
        life.say("governance.recall_acknowledged", user, {"product": {"batches": [batch]}})
        life.say("storage.quarantined", user, {"place": bay, "inputs": lines(line(batch, DRUM_KG, container=last))})
    elif kind == 3:
        _correct(life, batch)
    elif kind == 4:
        life.say("storage.sampled", user, {"place": bay, "inputs": lines(line(batch, "0.25", container=last))})
    elif kind == 5:
        life.say("storage.counted", user, {"place": bay, "inputs": lines(line(batch, "197.5", container=last))})
    elif kind == 6:
        relabel(life, user, last)


def _correct(life: Life, batch: str) -> None:
    first = next(item for item in life.said if item.type == "production.batch_produced")
    maker = next(name for name in MAKERS if life.org(name) == first.actor)
    outputs = lines(line(batch, _produced(first) - 10, measurement=PRECISE))
    reason: dict[str, Json] = {"text": "地磅校验后更正产量"}
    life.say("production.event_corrected", maker, {"outputs": outputs, "reason": reason}, voids=first)


def _produced(statement: Statement) -> int:
    items = statement.sections["outputs"]["lines"]
    assert isinstance(items, list)
    first = items[0]
    assert isinstance(first, dict)
    return int(str(first["amount"]))


def cylinders(life: Life) -> None:
    """Refillable cylinders: filled, carried, emptied by the user, sent back, filled again with another batch."""
    maker, user = "river", life.dice.one_of(USERS)
    product = pick(life, *GASES)
    names = vessels(life, maker, "cylinder", 3, 60)
    for turn in range(2):
        batch = produce(life, maker, product, 150)
        pack(life, maker, batch, names, 50)
        ship(life, maker, user, Load(maker, batch, names, 50))
        put_away(life, user, maker, batch, names, 50)
        sell(life, maker, user, user, batch, names, "A-01", 50)
        for name in names:
            used = lines(line(batch, 50, container=name))
            life.say("use.consumed", user, {"place": life.place(user, "A-01"), "inputs": used})
        if turn == 0:
            items: list[Json] = [{"container": name} for name in names]
            life.say("storage.emptied", user, {"containers": {"items": items}, "place": life.place(user, "A-01")})


def blend(life: Life) -> None:
    """Two batches of one product are blended, part is filled onto a heel, and the blend is repacked."""
    maker = life.dice.one_of(MAKERS)
    product = pick(life, "methanol", "ethanol", "toluene", "acetone")
    first, second = produce(life, maker, product, 1200), produce(life, maker, product, 800)
    tank, dock = life.where(maker, "T-01"), life.where(maker, "DOCK")
    mixed: dict[str, Json] = {"product": life.world.products[maker, product.id], "lot": life.lot("mix")}
    batch = life.ref("batch")
    life.say(
        "production.batch_blended",
        maker,
        {
            "product": mixed,
            "place": life.place(maker, "T-01"),
            "inputs": lines(line(first, 1000), line(second, 600)),
            "outputs": lines(line(batch, 1600)),
        },
    )
    vessel = vessels(life, maker, "tank", 1, 5000)[0]
    life.say(
        "production.filled",
        maker,
        {
            "inputs": lines(line(first, 150, place=tank)),
            "outputs": lines(line(first, 150, place=dock, container=vessel)),
        },
    )
    heel = life.ref("batch")
    life.say(
        "production.filled",
        maker,
        {
            "product": {**mixed, "lot": life.lot("mix")},
            "inputs": lines(line(first, 150, place=dock, container=vessel), line(batch, 1000, place=tank)),
            "outputs": lines(line(heel, 1150, place=dock, container=vessel)),
        },
    )
    names = vessels(life, maker, "drum", 3, 250)
    pack(life, maker, batch, names)
    spare = vessels(life, maker, "ibc", 1, 1200)[0]
    life.say(
        "storage.repacked",
        maker,
        {
            "inputs": lines(*(line(batch, DRUM_KG, place=dock, container=name) for name in names)),
            "outputs": lines(line(batch, 3 * DRUM_KG, place=dock, container=spare)),
        },
    )
    label(life, maker, [spare, vessel])
    items: list[Json] = [{"container": name} for name in names]
    life.say("storage.cleaned", maker, {"containers": {"items": items}, "place": life.place(maker, "DOCK")})
    life.say(
        "operation.exported",
        maker,
        {
            "place": life.place(maker, "DOCK"),
            "inputs": lines(line(heel, 500, container=vessel)),
            "documents": {"items": [{"kind": "customs", "number": f"EX{life.number:06d}"}]},
        },
    )


def opening(life: Life) -> None:
    """Stock at go-live: the producer unknown, an estimate from a paper; a drum turns up later that nobody booked."""
    store = life.dice.one_of(STORES)
    product = pick(life)
    maker = life.dice.one_of(MAKERS)
    batch, found = life.ref("batch"), life.ref("batch")
    goods: dict[str, Json] = {
        "product": life.world.products[maker, product.id],
        "estimate": True,
        "producer_name": "不详",
    }
    paper: dict[str, Json] = {"items": [{"kind": "stock_list", "number": f"2019-{life.number:04d}"}]}
    life.say(
        "storage.opening_declared",
        store,
        {"product": goods, "documents": paper, "place": life.place(store, "A-02"), "outputs": lines(line(batch, 940))},
    )
    name = vessels(life, store, "drum", 1, 250)[0]
    life.say(
        "storage.received_without_order",
        store,
        {
            "product": {"product": life.world.products[maker, product.id]},
            "reason": {"text": "盘库时发现", "kind": "found"},
            "place": life.place(store, "A-01"),
            "outputs": lines(line(found, 180, container=name)),
        },
    )
    label(life, store, [name, batch])
    bay = life.place(store, "A-02")
    life.say("storage.counted", store, {"place": bay, "inputs": lines(line(batch, 925))})
    for _ in range(6):
        life.wait(DAY, 3 * DAY)
        life.say("storage.sampled", store, {"place": bay, "inputs": lines(line(batch, "0.5"))})
        life.say("storage.inspected", store, {"place": bay})


PLOTS: tuple[Callable[[Life], None], ...] = (
    drums,
    drums,
    tank,
    drums,
    cylinders,
    drums,
    drums,
    blend,
    loss,
    drums,
    acetylene,
    drums,
    opening,
    drums,
    formalin,
)
"""Whose turn it is. Fifteen plots and eight twists have no common factor: each plot of drums meets every twist."""
