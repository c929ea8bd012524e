"""The plots of the demo: what can happen to a batch between production and disposal.

Every plot keeps its own books, so that acts are accepted; what is meant to go wrong is stated as a report.
"""

from collections.abc import Callable, Sequence

from ledger.core.canonical import Json
from ledger.demo.life import DAY, DRUM_KG, HOUR, Life, line, lines
from ledger.demo.statement import Statement
from ledger.demo.world import CARRIERS, MAKERS, STORES, USERS
from ledger.reference.products import Product

GASES = ("chlorine", "ammonia", "oxygen", "hydrogen", "nitrogen", "propane", "acetylene")
PRECISE: dict[str, Json] = {"kind": "net", "method": "weighbridge", "device": "WB-2"}


def pick(life: Life, *names: str) -> Product:
    """A product of the catalogue: one of the names, or the next in turn."""
    catalogue = life.world.catalogue
    if names:
        return life.world.reference.products.product(life.dice.one_of(names))
    liquids = [item for item in catalogue if item.state != "gas"]
    return liquids[life.number % len(liquids)]


def produce(life: Life, maker: str, product: Product, kilograms: int, location: str = "T-01") -> str:
    """A batch is produced into a tank or bay of its maker, tested and passed."""
    batch = life.ref("batch")
    expires = f"{2028 + life.number % 3}-06-30"
    life.say(
        "production.batch_produced",
        maker,
        {
            "product": {
                "product": life.world.products[maker, product.id],
                "lot": f"{product.id[:4].upper()}-{life.number:05d}",
            },
            "outputs": lines(line(batch, kilograms, measurement=PRECISE)),
            "place": life.place(maker, location),
            "time": {"expires_on": expires},
        },
    )
    life.say("production.quality_tested", maker, {"product": {"batches": [batch]}, "condition": {"result": "pass"}})
    return batch


def vessels(life: Life, maker: str, kind: str, count: int, capacity: int) -> list[str]:
    """New containers of the maker, with labels to come."""
    names = [life.ref("container") for _ in range(count)]
    items: list[Json] = [
        {
            "container": name,
            "kind": kind,
            "serial": f"{kind[:2].upper()}{life.number:05d}-{place + 1}",
            "tare_kg": "18.5",
            "capacity_kg": str(capacity),
            "inspection_due": "2039-12-31",
        }
        for place, name in enumerate(names)
    ]
    life.say("governance.container_registered", maker, {"containers": {"items": items}})
    return names


def label(life: Life, who: str, targets: Sequence[str]) -> None:
    """Issue a code for each target."""
    items: list[Json] = [{"code": life.dice.code(), "target": target} for target in targets]
    life.say("production.label_issued", who, {"containers": {"items": items}})


def pack(life: Life, maker: str, batch: str, drums: Sequence[str], kilograms: int = DRUM_KG) -> None:
    """Fill containers from the tank, label them and move them to a bay."""
    tank, dock = life.where(maker, "T-01"), life.where(maker, "DOCK")
    life.say(
        "production.packed",
        maker,
        {
            "inputs": lines(line(batch, kilograms * len(drums), place=tank)),
            "outputs": lines(*(line(batch, kilograms, container=drum, place=dock) for drum in drums)),
        },
    )
    label(life, maker, [batch, *drums])


def ship(
    life: Life,
    sender: str,
    taker: str,
    owner: str,
    batch: str,
    drums: Sequence[str],
    *,
    kilograms: int = DRUM_KG,
    origin: str = "DOCK",
) -> None:
    """One vehicle, one trip: planned, loaded, departed, arrived, unloaded and received, in the owner's name."""
    carrier = life.dice.one_of(CARRIERS)
    shipment = life.ref("shipment")
    plate = f"浙B{life.dice.between(10000, 99999)}"
    trip: dict[str, Json] = {"shipment": shipment}
    who = life.org(owner)
    life.say(
        "transport.shipment_planned",
        carrier,
        {
            "transport": {
                "shipment": shipment,
                "vehicle": plate,
                "mode": "road",
                "waybill": f"YD{life.number:06d}{life.counter:03d}",
            },
            "parties": {"consignor": life.org(sender), "consignee": life.org(taker), "carrier": life.org(carrier)},
        },
    )
    life.say(
        "transport.loaded",
        sender,
        {
            "transport": trip,
            "place": life.place(sender, origin),
            "inputs": lines(*(line(batch, kilograms, container=drum, owner=who) for drum in drums)),
        },
    )
    for step, by in (("dispatched", sender), ("departed", carrier), ("arrived", carrier)):
        life.say(f"transport.{step}", by, {"transport": trip})
        life.wait(HOUR, 6 * HOUR)
    aboard: dict[str, Json] = {"owner": who, "custodian": shipment}
    life.say(
        "transport.unloaded",
        taker,
        {
            "transport": trip,
            "place": life.place(taker, "DOCK"),
            "inputs": lines(*(line(batch, kilograms, container=drum, owner=who) for drum in drums)),
        },
    )
    received = [line(batch, kilograms, container=drum, **aboard) for drum in drums]
    life.say("storage.received", taker, {"place": life.place(taker, "DOCK"), "inputs": lines(*received)})


def put_away(
    life: Life, who: str, owner: str, batch: str, drums: Sequence[str], kilograms: int = DRUM_KG, bay: str = "A-01"
) -> None:
    """Move containers from the dock to a bay, one scan a drum."""
    for drum in drums:
        life.say(
            "storage.moved",
            who,
            {
                "place": {**life.place(who, "DOCK"), "to_location": bay},
                "inputs": lines(line(batch, kilograms, container=drum, owner=life.org(owner))),
            },
        )


def sell(
    life: Life,
    seller: str,
    buyer: str,
    keeper: str,
    batch: str,
    drums: Sequence[str],
    location: str,
    kilograms: int = DRUM_KG,
) -> None:
    """A sale without a handover: the owner changes, the goods stay with their keeper."""
    life.say(
        "operation.sold",
        seller,
        {
            "parties": {"buyer": life.org(buyer)},
            "place": life.place(keeper, location),
            "inputs": lines(*(line(batch, kilograms, container=drum, custodian=life.org(keeper)) for drum in drums)),
        },
    )


def use_up(life: Life, user: str, batch: str, drum: str, kilograms: int = DRUM_KG, bay: str = "A-01") -> None:
    """A drum is issued, used in two portions, emptied and cleaned; a residue goes to disposal as waste."""
    first = kilograms // 3
    life.say(
        "use.issued_for_use",
        user,
        {
            "place": {**life.place(user, bay), "to_location": "USE"},
            "inputs": lines(line(batch, kilograms, container=drum)),
        },
    )
    here = life.place(user, "USE")
    life.say("use.consumed", user, {"place": here, "inputs": lines(line(batch, first, container=drum))})
    life.say("use.consumed", user, {"place": here, "inputs": lines(line(batch, kilograms - first - 2, container=drum))})
    life.say("disposal.declared_waste", user, {"place": here, "inputs": lines(line(batch, 2, container=drum))})


def dispose(life: Life, user: str, batch: str, drum: str) -> None:
    """The residue of a drum is manifested, shipped and disposed of; the drum is cleaned."""
    life.say(
        "disposal.waste_manifested",
        user,
        {
            "place": life.place(user, "USE"),
            "inputs": lines(line(batch, 2, container=drum, status="waste")),
            "documents": {"items": [{"kind": "waste_manifest", "number": f"WM-{life.number:05d}"}]},
        },
    )
    carrier, shipment = life.dice.one_of(CARRIERS), life.ref("shipment")
    life.say(
        "transport.shipment_planned",
        carrier,
        {
            "transport": {"shipment": shipment, "vehicle": f"苏E{life.dice.between(10000, 99999)}", "mode": "road"},
            "parties": {"consignor": life.org(user), "consignee": life.org("clean"), "carrier": life.org(carrier)},
        },
    )
    waste: dict[str, Json] = {"container": drum, "status": "waste", "owner": life.org(user)}
    trip: dict[str, Json] = {"shipment": shipment}
    life.say(
        "transport.loaded",
        user,
        {"transport": trip, "place": life.place(user, "USE"), "inputs": lines(line(batch, 2, **waste))},
    )
    life.say("transport.departed", carrier, {"transport": trip})
    life.say("transport.arrived", carrier, {"transport": trip})
    dock = life.place("clean", "DOCK")
    life.say(
        "storage.received",
        "clean",
        {"place": dock, "inputs": lines(line(batch, 2, custodian=shipment, place=f"vehicle:{_plate(life)}", **waste))},
    )
    life.say("disposal.disposed", "clean", {"place": dock, "inputs": lines(line(batch, 2, **waste))})
    life.say("storage.cleaned", "clean", {"containers": {"items": [{"container": drum}]}, "place": dock})


def _plate(life: Life) -> str:
    planned = next(item for item in reversed(life.said) if item.type == "transport.shipment_planned")
    return str(planned.sections["transport"]["vehicle"])


def drums(life: Life) -> None:
    """The main plot: produced, packed in drums, stored, traded, carried, used, disposed of."""
    maker, store, user = life.dice.one_of(MAKERS), life.dice.one_of(STORES), life.dice.one_of(USERS)
    product = pick(life)
    count = life.dice.between(3, 5)
    batch = produce(life, maker, product, count * DRUM_KG)
    names = vessels(life, maker, "drum", count, 250)
    pack(life, maker, batch, names)
    ship(life, maker, store, maker, batch, names)
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
    ship(life, store, user, user, batch, names, origin="A-01")
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
        ship(life, maker, user, maker, batch, names, kilograms=50)
        sell(life, maker, user, user, batch, names, "DOCK", 50)
        for name in names:
            used = lines(line(batch, 50, container=name))
            life.say("use.consumed", user, {"place": life.place(user, "DOCK"), "inputs": used})
        if turn == 0:
            items: list[Json] = [{"container": name} for name in names]
            life.say("storage.emptied", user, {"containers": {"items": items}, "place": life.place(user, "DOCK")})


def blend(life: Life) -> None:
    """Two batches of one product are blended, part is filled onto a heel, and the blend is repacked."""
    maker = life.dice.one_of(MAKERS)
    product = pick(life, "methanol", "ethanol", "toluene", "acetone")
    first, second = produce(life, maker, product, 1200), produce(life, maker, product, 800)
    tank, dock = life.where(maker, "T-01"), life.where(maker, "DOCK")
    mixed: dict[str, Json] = {"product": life.world.products[maker, product.id], "lot": f"MIX-{life.number:05d}"}
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
            "product": mixed,
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


def reaction(life: Life) -> None:
    """Calcium carbide and water give acetylene; water and lime sludge are stated as untracked."""
    maker = "river"
    carbide = life.world.reference.products.product("calcium-carbide")
    batch = produce(life, maker, carbide, 640, "A-01")
    gas = life.ref("batch")
    made: dict[str, Json] = {"product": life.world.products[maker, "acetylene"], "lot": f"C2H2-{life.number:05d}"}
    untracked_in: list[Json] = [{"name": "water", "amount": "360", "unit": "kg"}]
    untracked_out: list[Json] = [{"name": "lime sludge", "amount": "740", "unit": "kg"}]
    life.say(
        "production.batch_transformed",
        maker,
        {
            "product": made,
            "place": life.place(maker, "T-01"),
            "inputs": {**lines(line(batch, 640, place=life.where(maker, "A-01"))), "untracked": untracked_in},
            "outputs": {**lines(line(gas, 260)), "untracked": untracked_out},
        },
    )
    names = vessels(life, maker, "cylinder", 5, 60)
    pack(life, maker, gas, names, 50)
    life.say(
        "production.released_to_environment",
        maker,
        {"place": life.place(maker, "T-01"), "inputs": lines(line(gas, 10)), "reason": {"text": "置换排放"}},
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
            "place": life.place(store, "B-01"),
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
    drums,
    drums,
    cylinders,
    drums,
    drums,
    blend,
    drums,
    reaction,
    drums,
    opening,
)
