"""The plots of two reactions: air, water, off-gas and sludge are stated, but nobody keeps books of them."""

from ledger.core.canonical import Json
from ledger.demo.life import Life, line, lines
from ledger.demo.scenes import pack, produce, vessels
from ledger.demo.world import MAKERS


def acetylene(life: Life) -> None:
    """Calcium carbide and water give acetylene and lime sludge; some gas is vented."""
    maker = "river"
    carbide = life.world.reference.products.product("calcium-carbide")
    life.keep(carbide.id)
    batch = produce(life, maker, carbide, 640, "A-01")
    gas = _react(life, maker, (batch, 640, "A-01"), ("acetylene", 260), {"water": 360}, {"lime sludge": 740})
    names = vessels(life, maker, "cylinder", 5, 60)
    pack(life, maker, gas, names, 50)
    life.say(
        "production.released_to_environment",
        maker,
        {"place": life.place(maker, "T-01"), "inputs": lines(line(gas, 10)), "reason": {"text": "置换排放"}},
    )


def formalin(life: Life) -> None:
    """Methanol over a silver catalyst: air takes hydrogen away, water absorbs what forms, off-gas leaves."""
    maker = life.dice.one_of(MAKERS)
    methanol = life.world.reference.products.product("methanol")
    life.keep(methanol.id)
    batch = produce(life, maker, methanol, 500)
    made = _react(
        life, maker, (batch, 440, "T-01"), ("formaldehyde-37", 1000), {"air": 570, "water": 480}, {"off-gas": 490}
    )
    names = vessels(life, maker, "ibc", 1, 1200)
    pack(life, maker, made, names, 1000)


def _react(
    life: Life,
    maker: str,
    charged: tuple[str, int, str],
    made: tuple[str, int],
    into: dict[str, int],
    out: dict[str, int],
) -> str:
    """State a reaction that balances; the batch that it makes, whose places are the life's from then on."""
    batch, product = life.ref("batch"), life.world.products[maker, made[0]]
    lot: dict[str, Json] = {"product": product, "lot": life.lot(made[0][:4])}
    source = line(charged[0], charged[1], place=life.where(maker, charged[2]))
    life.keep(made[0])
    life.say(
        "production.batch_transformed",
        maker,
        {
            "product": lot,
            "place": life.place(maker, "T-01"),
            "inputs": {**lines(source), "untracked": _untracked(into)},
            "outputs": {**lines(line(batch, made[1])), "untracked": _untracked(out)},
        },
    )
    return batch


def _untracked(parts: dict[str, int]) -> list[Json]:
    return [{"name": name, "amount": str(kilograms), "unit": "kg"} for name, kilograms in parts.items()]
