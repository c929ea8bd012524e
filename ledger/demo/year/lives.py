"""Clean lives of the year: made, sold, carried, received, used and disposed of, with every filing in time."""

from ledger.core.canonical import Json
from ledger.demo.dealing import Deal
from ledger.demo.life import DAY, DRUM_KG, Life
from ledger.demo.scenes import dispose, pack, produce, put_away, use_up, vessels
from ledger.demo.world import World
from ledger.demo.year.cast import OPEN, USERS

CLEAN = (
    "methanol",
    "sodium-hydroxide-32",
    "ethyl-acetate",
    "acetone",
    "aniline",
    "isopropanol",
    "sulfuric-acid-98",
    "ethanol",
    "styrene",
    "acetic-acid",
    "toluene",
    "phenol-molten",
    "hydrochloric-acid-31",
    "formaldehyde-37",
)
"""What is dealt in: nothing of which every gram counts, and nothing whose threshold is low."""
FIRST_USER = 3
"""Users below have licences that end: they take part in faults alone."""


def makers(world: World) -> tuple[str, ...]:
    """Who makes goods."""
    return world.makers


def stores(world: World) -> tuple[str, ...]:
    """Warehouses with an approved table."""
    return tuple(role.name for role in world.cast if "warehouse" in role.roles and role.name != OPEN)


def users() -> tuple[str, ...]:
    """Users whose licences last."""
    return tuple(f"user-{number}" for number in range(FIRST_USER, USERS + 1))


def begin(world: World, number: int, start_ms: int, product: str) -> Life:
    """A life of a product, whose places are those of its class."""
    life = Life(world, number, start_ms)
    life.keep(product)
    return life


def made(life: Life, maker: str, product: str, count: int) -> tuple[str, list[str]]:
    """A batch in drums at its maker's dock."""
    batch = produce(life, maker, life.world.reference.products.product(product), count * DRUM_KG)
    drums = vessels(life, maker, "drum", count, 250)
    pack(life, maker, batch, drums)
    return batch, drums


def delivery(life: Life, seller: str, buyer: str, batch: str, drums: list[str], place: str = "DOCK") -> Deal:
    """Sold, carried and received, and filed by both where the product is on a list."""
    roles = {"seller": seller, "buyer": buyer, "consignor": seller, "consignee": buyer}
    deal = Deal(life, roles, batch, drums, place)
    deal.offer().answer("agreed").plan().set_off().arrive().receive()
    return deal


def file(life: Life, deal: Deal, *sides: str) -> None:
    """The parties file a sale with the authority."""
    for side in sides:
        paper: list[Json] = [{"kind": "filing", "number": f"BA-{life.number:06d}-{side[:1]}"}]
        sections: dict[str, dict[str, Json]] = {"documents": {"items": paper}, "parties": deal.named}
        life.say("operation.filed_with_authority", deal.roles[side], sections)


def clean(world: World, number: int, start_ms: int) -> Life:
    """One life, all of it in order; every other one goes through a warehouse."""
    product = CLEAN[number % len(CLEAN)]
    life = begin(world, number, start_ms, product)
    maker, user = life.dice.one_of(makers(world)), life.dice.one_of(users())
    batch, drums = made(life, maker, product, life.dice.between(2, 4))
    listed = bool(world.reference.products.product(product).lists)
    seller, place = maker, "DOCK"
    if number % 2:
        store = life.dice.one_of(stores(world))
        bought = delivery(life, maker, store, batch, drums)
        if listed:
            file(life, bought, "seller", "buyer")
        put_away(life, store, store, batch, drums)
        life.wait(DAY, 4 * DAY)
        seller, place = store, "A-01"
    taken = delivery(life, seller, user, batch, drums, place)
    if listed:
        file(life, taken, "seller", "buyer")
    put_away(life, user, user, batch, drums)
    for drum in drums:
        use_up(life, user, batch, drum)
        dispose(life, user, batch, drum)
    return life
