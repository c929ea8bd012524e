"""The plot of a storage tank that is never empty: each delivery blends with the heel of those before it.

Shiploads are imported, carried on by tank truck, weighed on arrival (a little off, once far off) and poured onto the
heel; what the port does not sell is exported again.
"""

from ledger.core.canonical import Json
from ledger.demo.life import HOUR, Life, line, lines
from ledger.demo.scenes import PRECISE, Load, label, pick, sell, ship, vessels
from ledger.demo.world import MAKERS

PORT = "harbour"
TANK_OWNERS = ("pharma", *MAKERS)
LOAD_KG = 10_000
SURPLUS_KG = 2_000
WEIGHED_KG = ("9985", "9940", "10012", "9978")
"""What the weighbridge of the consignee says of each load: 60 kg short is beyond the tolerance, the rest within."""
HEEL_KG = ("640", "580", "715", "610")


def tank(life: Life) -> None:
    """One tank over four deliveries; it ends with a heel in which all four are found by their shares."""
    user = life.dice.one_of(TANK_OWNERS)
    product = pick(life, "methanol", "acrylonitrile", "toluene", "ethanol")
    made = life.world.products[life.dice.one_of(MAKERS), product.id]
    truck = vessels(life, PORT, "compartment", 1, 12_000)[0]
    store = vessels(life, user, "tank", 1, 40_000)[0]
    label(life, user, [store])
    heel: tuple[str, str] | None = None
    shipload = ""
    for turn, weighed in enumerate(WEIGHED_KG):
        surplus = SURPLUS_KG if weighed == WEIGHED_KG[-1] else 0
        shipload = _import(life, made, life.lot("imp"), LOAD_KG + surplus)
        _deliver(life, user, shipload, truck, weighed)
        mixed: dict[str, Json] = {"product": made, "lot": life.lot("t01")}
        heel = _pour(life, user, (truck, store), (shipload, weighed), heel, mixed)
        heel = _draw_down(life, user, store, heel, HEEL_KG[turn])
    _export(life, shipload)


def _import(life: Life, product: str, lot: str, kilograms: int) -> str:
    batch = life.ref("batch")
    life.say(
        "operation.imported",
        PORT,
        {
            "product": {"product": product, "lot": lot, "producer_name": "Overseas Chemical Works (demo)"},
            "place": life.place(PORT, "T-01"),
            "outputs": lines(line(batch, kilograms, measurement=PRECISE)),
            "documents": {"items": [{"kind": "customs", "number": f"IM{life.number:06d}{life.counter:03d}"}]},
        },
    )
    life.say("production.quality_tested", PORT, {"product": {"batches": [batch]}, "condition": {"result": "pass"}})
    return batch


def _deliver(life: Life, user: str, batch: str, truck: str, weighed: str) -> None:
    life.say(
        "production.filled",
        PORT,
        {
            "inputs": lines(line(batch, LOAD_KG, place=life.where(PORT, "T-01"))),
            "outputs": lines(line(batch, LOAD_KG, place=life.where(PORT, "DOCK"), container=truck)),
        },
    )
    sell(life, PORT, user, PORT, batch, [truck], "DOCK", LOAD_KG)
    ship(life, PORT, user, Load(user, batch, [truck], LOAD_KG, weighed))


def _pour(
    life: Life,
    user: str,
    vessel: tuple[str, str],
    load: tuple[str, str],
    heel: tuple[str, str] | None,
    mixed: dict[str, Json],
) -> tuple[str, str]:
    """Empty the truck into the tank: what is in the tank then, as batch and kilograms."""
    truck, store = vessel
    dock, there = life.where(user, "DOCK"), life.where(user, "T-01")
    poured = line(load[0], load[1], place=dock, container=truck)
    if heel is None:
        outputs = lines(line(load[0], load[1], place=there, container=store))
        life.say("production.filled", user, {"inputs": lines(poured), "outputs": outputs})
        content = load
    else:
        content = life.ref("batch"), str(int(heel[1]) + int(load[1]))
        life.say(
            "production.filled",
            user,
            {
                "product": mixed,
                "inputs": lines(line(heel[0], heel[1], place=there, container=store), poured),
                "outputs": lines(line(content[0], content[1], place=there, container=store)),
            },
        )
    empty: dict[str, Json] = {"items": [{"container": truck}]}
    life.say("storage.emptied", user, {"containers": empty, "place": life.place(user, "DOCK")})
    return content


def _draw_down(life: Life, user: str, store: str, content: tuple[str, str], left: str) -> tuple[str, str]:
    """Use what is in the tank in portions, down to a heel."""
    batch, full = content
    here = life.place(user, "T-01")
    life.say("storage.sampled", user, {"place": here, "inputs": lines(line(batch, "0.5", container=store))})
    portion = (int(full) - int(left)) // 3
    rest = f"{int(full) - int(left) - 2 * portion - 1}.5"
    for kilograms in (portion, portion, rest):
        life.wait(12 * HOUR, 36 * HOUR)
        life.say("use.consumed", user, {"place": here, "inputs": lines(line(batch, kilograms, container=store))})
    life.say("storage.inspected", user, {"place": here, "containers": {"items": [{"container": store}]}})
    return batch, left


def _export(life: Life, batch: str) -> None:
    life.say(
        "operation.exported",
        PORT,
        {
            "place": life.place(PORT, "T-01"),
            "inputs": lines(line(batch, SURPLUS_KG)),
            "documents": {"items": [{"kind": "customs", "number": f"EX{life.number:06d}"}]},
        },
    )
