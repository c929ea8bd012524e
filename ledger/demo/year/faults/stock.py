"""Faults of stock: too much in one place, and what must not lie together."""

from ledger.demo.life import DAY
from ledger.demo.statement import Statement
from ledger.demo.year.cast import HEAVY, MIXED, OPEN, SMALL, TIGHT, UNIT
from ledger.demo.year.faults.bad import PLAIN, Bad, declared
from ledger.rules.loads import REST


def too_much(bad: Bad) -> None:
    """Seven tonnes of chlorine lie at a site whose threshold is five, and which registered no unit."""
    bad.life.now = max(bad.life.now, bad.until_ms - 50 * DAY)
    declared(bad, bad.store, bad.life.ref("batch"), "chlorine", 7_000, "A-01")
    site = bad.life.world.sites[bad.store]
    bad.due("over the threshold", "over_threshold@1", bad.store, site, bad.life.now, part=REST)


def over_design(bad: Bad) -> None:
    """More methanol lies in a unit than it registered as its design maximum."""
    declared(bad, HEAVY, bad.life.ref("batch"), PLAIN, 90_000, UNIT)
    site = bad.life.world.sites[HEAVY]
    bad.due("over the registered maximum", "over_maximum@1", HEAVY, site, bad.life.now, part="U1")


def crammed(bad: Bad) -> None:
    """More lies in a bay than the site says it holds."""
    declared(bad, TIGHT, bad.life.ref("batch"), PLAIN, 1_500, SMALL)
    site = bad.life.world.sites[TIGHT]
    bad.due("over the site's own capacity", "over_capacity@1", TIGHT, site, bad.life.now, part=SMALL)


def together(bad: Bad) -> None:
    """Calcium carbide and potassium chlorate lie in one bay, which the site's approved table forbids.

    Where it is so already, the carbide, too, meets what it must not.
    """
    said = _mixed(bad, bad.store, "calcium-carbide")
    refused = "would_have_been_refused@1"
    bad.refused("goods brought to what they must not meet", bad.store, "costorage@1", *said, also=(refused,))
    site = bad.life.world.sites[bad.store]
    bad.due("incompatible storage", "stored_together@1", bad.store, site, bad.life.now, part=f"{site}/{MIXED}")


def unseparated(bad: Bad) -> None:
    """Methanol and potassium chlorate lie in one bay of a site without a table: the grid warns."""
    _mixed(bad, OPEN, PLAIN)
    site = bad.life.world.sites[OPEN]
    bad.due("against the grid", "grid_conflict@1", OPEN, site, bad.life.now, part=f"{site}/{MIXED}")


def _mixed(bad: Bad, who: str, product: str) -> tuple[Statement, ...]:
    bad.life.now = max(bad.life.now, bad.until_ms - 60 * DAY)
    goods = (product, "potassium-chlorate")
    return tuple(declared(bad, who, bad.life.ref("batch"), one, 300, MIXED) for one in goods)
