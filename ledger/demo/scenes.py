"""Scenes that many plots share: produce, pack, ship, put away, sell, use up, dispose."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.core.canonical import Json
from ledger.demo.fleet import waybill
from ledger.demo.life import DRUM_KG, HOUR, Life, line, lines, year_of
from ledger.reference.products import Product

PRECISE: dict[str, Json] = {"kind": "net", "method": "weighbridge", "device": "WB-2"}
RESIDUE_KG = 2


def pick(life: Life, *names: str) -> Product:
    """A product of the catalogue: the next in turn, among the names if there are any. Its places are the life's now."""
    catalogue = life.world.catalogue
    if names:
        found = life.world.reference.products.product(names[life.number % len(names)])
    else:
        liquids = [item for item in catalogue if item.state != "gas"]
        found = liquids[life.number % len(liquids)]
    life.keep(found.id)
    return found


def produce(life: Life, maker: str, product: Product, kilograms: int, location: str = "T-01") -> str:
    """A batch is produced into a tank or bay of its maker, tested and passed."""
    batch = life.ref("batch")
    expires = f"{year_of(life.now) + 2 + life.number % 3}-06-30"
    life.say(
        "production.batch_produced",
        maker,
        {
            "product": {
                "product": life.world.products[maker, product.id],
                "lot": life.lot(product.id[:4]),
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
            "inspection_due": f"{year_of(life.now) + 4}-12-31",
        }
        for place, name in enumerate(names)
    ]
    life.say("governance.container_registered", maker, {"containers": {"items": items}})
    return names


def label(life: Life, who: str, targets: Sequence[str]) -> None:
    """Issue a code for each target; the life remembers the newest of each."""
    life.codes.update((target, life.dice.code()) for target in targets)
    items: list[Json] = [{"code": life.codes[target], "target": target} for target in targets]
    life.say("production.label_issued", who, {"containers": {"items": items}})


def relabel(life: Life, who: str, target: str) -> None:
    """A label that cannot be read any more is voided, and another code takes its place."""
    old = life.codes[target]
    label(life, who, [target])
    items: list[Json] = [{"code": old, "replaced_by": life.codes[target]}]
    reason: dict[str, Json] = {"text": "标签污损，无法扫描"}
    life.say("production.label_voided", who, {"containers": {"items": items}, "reason": reason})


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


@dataclass(frozen=True, slots=True)
class Load:
    """What a vehicle takes: containers of one batch. ``weighed``: what the consignee finds in each, if not that."""

    owner: str
    batch: str
    vessels: Sequence[str]
    kilograms: int = DRUM_KG
    weighed: str | None = None


def ship(life: Life, sender: str, taker: str, load: Load, origin: str = "DOCK") -> None:
    """One vehicle, one trip: planned, loaded, departed, arrived, unloaded and received, in the owner's name."""
    carrier = life.dice.one_of(life.world.carriers)
    shipment = life.ref("shipment")
    trip: dict[str, Json] = {"shipment": shipment}
    who = life.org(load.owner)
    booked = [line(load.batch, load.kilograms, container=vessel, owner=who) for vessel in load.vessels]
    life.say(
        "transport.shipment_planned",
        carrier,
        {
            "transport": trip | papers(life, carrier, (sender, taker), len(load.vessels)),
            "parties": {"consignor": life.org(sender), "consignee": life.org(taker), "carrier": life.org(carrier)},
        },
    )
    life.say(
        "transport.loaded",
        sender,
        {
            "transport": trip,
            "place": life.place(sender, origin),
            "inputs": lines(*booked),
        },
    )
    dispatcher: dict[str, Json] = {"dispatcher": life.world.users[sender]}
    life.say("transport.dispatched", sender, {"transport": trip | dispatcher})
    for step in ("departed", "arrived"):
        life.wait(HOUR, 6 * HOUR)
        life.say(f"transport.{step}", carrier, {"transport": trip})
    life.wait(HOUR, 6 * HOUR)
    life.say(
        "transport.unloaded",
        taker,
        {
            "transport": trip,
            "place": life.place(taker, "DOCK"),
            "inputs": lines(*booked),
        },
    )
    counted = line(load.batch, load.weighed or load.kilograms, owner=who, custodian=shipment)
    if load.weighed is not None:
        counted |= {"booked": str(load.kilograms), "measurement": PRECISE}
    received = [{**counted, "container": vessel} for vessel in load.vessels]
    life.say("storage.received", taker, {"place": life.place(taker, "DOCK"), "inputs": lines(*received)})


def papers(life: Life, carrier: str, road: tuple[str, str], packages: int) -> dict[str, Json]:
    """What the waybill of a trip says: a truck of the carrier with its crew, from whom to whom."""
    truck = life.dice.one_of(life.world.fleet[carrier])
    number = f"YD{life.number:06d}{life.counter:03d}"
    places = (life.world.name(road[0]), life.world.name(road[1]))
    return waybill(truck, number, places, (packages, "drum"), life.now)


def put_away(
    life: Life, who: str, owner: str, batch: str, drums: Sequence[str], kilograms: int = DRUM_KG, bay: str = "A-01"
) -> None:
    """Move containers from the dock to a bay, one scan a drum."""
    for drum in drums:
        life.say(
            "storage.moved",
            who,
            {
                "place": {**life.place(who, "DOCK"), "to_location": life.spot(bay)},
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
    last = kilograms - first - RESIDUE_KG
    life.say(
        "use.issued_for_use",
        user,
        {
            "place": {**life.place(user, bay), "to_location": life.spot("USE")},
            "inputs": lines(line(batch, kilograms, container=drum)),
        },
    )
    here = life.place(user, "USE")
    life.say("use.consumed", user, {"place": here, "inputs": lines(line(batch, first, container=drum))})
    life.say("use.consumed", user, {"place": here, "inputs": lines(line(batch, last, container=drum))})
    residue = lines(line(batch, RESIDUE_KG, container=drum))
    life.say("disposal.declared_waste", user, {"place": here, "inputs": residue})


def dispose(
    life: Life, holder: str, batch: str, drum: str, *, kilograms: int = RESIDUE_KG, location: str = "USE"
) -> None:
    """Waste in a drum is manifested, shipped and disposed of; the drum is cleaned."""
    here = life.place(holder, location)
    life.say(
        "disposal.waste_manifested",
        holder,
        {
            "place": here,
            "inputs": lines(line(batch, kilograms, container=drum, status="waste")),
            "documents": {"items": [{"kind": "waste_manifest", "number": f"WM-{life.number:05d}"}]},
        },
    )
    carrier, shipment = life.dice.one_of(life.world.carriers), life.ref("shipment")
    trip: dict[str, Json] = {"shipment": shipment}
    said = papers(life, carrier, (holder, "clean"), 1)
    life.say(
        "transport.shipment_planned",
        carrier,
        {
            "transport": trip | said,
            "parties": {"consignor": life.org(holder), "consignee": life.org("clean"), "carrier": life.org(carrier)},
        },
    )
    waste = line(batch, kilograms, container=drum, status="waste", owner=life.org(holder))
    life.say("transport.loaded", holder, {"transport": trip, "place": here, "inputs": lines(waste)})
    life.say("transport.departed", carrier, {"transport": trip})
    life.say("transport.arrived", carrier, {"transport": trip})
    dock = life.place("clean", "DOCK")
    aboard = lines({**waste, "custodian": shipment, "place": f"vehicle:{said['vehicle']}"})
    life.say("storage.received", "clean", {"place": dock, "inputs": aboard})
    life.say("disposal.disposed", "clean", {"place": dock, "inputs": lines(waste)})
    life.say("storage.cleaned", "clean", {"containers": {"items": [{"container": drum}]}, "place": dock})
