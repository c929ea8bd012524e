"""The faults of the year: each a short life in which one thing goes wrong, and what has to find it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ledger.core.canonical import Json
from ledger.core.times import format_utc
from ledger.demo.dealing import Deal
from ledger.demo.life import DAY, DRUM_KG, HOUR, Life, line, lines
from ledger.demo.scenes import dispose, pack, produce, put_away, sell, use_up, vessels
from ledger.demo.statement import Sections, Statement
from ledger.demo.world import World
from ledger.demo.year.cast import HEAVY, LAPSED, LAPSED_DAYS, MIXED, OPEN, RENEWING, SMALL, TIGHT, UNIT
from ledger.demo.year.lives import begin, delivery, made, makers, stores, users
from ledger.demo.year.truth import Fault
from ledger.rules.loads import REST

AUTHORITY: Final = "emergency"
PURCHASE: Final = "purchase_permit"
PLAIN: Final = "methanol"
TOXIC: Final = "sodium-cyanide"


@dataclass
class Bad:
    """A life that goes wrong: who takes part, and the faults so far."""

    life: Life
    maker: str
    store: str
    user: str
    until_ms: int
    faults: list[Fault] = field(default_factory=list)

    def note(self, kind: str, rule: str, where: str, *said: Statement, also: tuple[str, ...] = ()) -> None:
        """Write down a fault that a record carries."""
        self.faults.append(Fault(kind, rule, where, said, also=also))

    def due(self, kind: str, rule: str, where: str, chain: str, since_ms: int, **more: str) -> None:
        """Write down a fault that time or stock makes."""
        part = more.get("part", "*")
        also = tuple(more["also"].split()) if "also" in more else ()
        self.faults.append(Fault(kind, rule, where, chain=chain, part=part, since_ms=since_ms, also=also))

    def refused(self, kind: str, where: str, reason: str, *said: Statement, also: tuple[str, ...] = ()) -> None:
        """Write down a report of what would have been refused, by which rule."""
        self.faults.append(Fault(kind, "would_have_been_refused@1", where, said, also=also, reason=reason))

    def batch(self, count: int = 2, product: str = PLAIN) -> tuple[str, list[str]]:
        """A batch in drums at its maker."""
        return made(self.life, self.maker, product, count)

    def stored(self, count: int = 2, product: str = PLAIN) -> tuple[str, list[str]]:
        """A batch in drums in a warehouse's bay, the warehouse's own."""
        batch, drums = self.batch(count, product)
        delivery(self.life, self.maker, self.store, batch, drums)
        put_away(self.life, self.store, self.store, batch, drums)
        return batch, drums

    def used(self, batch: str, drum: str, kilograms: int, **more: int) -> Statement:
        """The warehouse says that some of a drum was sampled away."""
        sections: Sections = {
            "place": self.life.place(self.store, "A-01"),
            "inputs": lines(line(batch, kilograms, container=drum)),
        }
        return self.life.say("storage.sampled", self.store, sections, **more)  # type: ignore[arg-type]


# --- counts, losses -----------------------------------------------------------------------------------------------


def _counted(bad: Bad, batch: str, kilograms: str, drum: str | None = None, place: str = "A-01") -> Statement:
    who = bad.store if drum else bad.maker
    more: dict[str, Json] = {"container": drum} if drum else {}
    sections: Sections = {"place": bad.life.place(who, place), "inputs": lines(line(batch, kilograms, **more))}
    return bad.life.say("storage.counted", who, sections)


def shortage(bad: Bad) -> None:
    """A drum lacks twenty kilograms at the count."""
    batch, drums = bad.stored()
    bad.note("shortage", "shortage@1", batch, _counted(bad, batch, "180", drums[0]))


def surplus(bad: Bad) -> None:
    """A drum has ten kilograms too many."""
    batch, drums = bad.stored()
    bad.note("surplus", "surplus@1", batch, _counted(bad, batch, "210", drums[0]))


def trickle(bad: Bad) -> None:
    """A tank loses a little at each count, never more than the tolerance; the sum is more than the rule allows."""
    batch = produce(bad.life, bad.maker, bad.life.world.reference.products.product(PLAIN), 1000)
    said = [_counted(bad, batch, str(left), place="T-01") for left in (998, 996, 994)]
    bad.note("cumulative loss", "variance_in_sum@1", batch, *said, also=("tolerance@1",))
    for one in said:
        bad.note("loss within tolerance", "tolerance@1", batch, one, also=("variance_in_sum@1",))


def theft(bad: Bad) -> None:
    """A drum is stolen, which is noticed two days later."""
    batch, drums = bad.stored()
    sections: Sections = {
        "place": bad.life.place(bad.store, "A-01"),
        "inputs": lines(line(batch, DRUM_KG, container=drums[0])),
        "reason": {"text": "库门锁被撬，少一桶", "kind": "theft"},
        "documents": {"items": [{"kind": "police_report", "number": f"PR-{bad.life.number}"}]},
    }
    bad.life.wait(3 * DAY, 4 * DAY)
    said = bad.life.say("storage.loss_or_theft_reported", bad.store, sections, late=2 * DAY)
    bad.note("theft", "loss@1", batch, said, also=("late_report@1",))
    bad.note("late report", "late_report@1", batch, said, also=("loss@1",))


def spill(bad: Bad) -> None:
    """A drum leaks: an incident, and three kilograms that nobody holds any more."""
    batch, drums = bad.stored()
    place = bad.life.place(bad.store, "A-01")
    happened = bad.life.say(
        "storage.incident_reported",
        bad.store,
        {"place": place, "containers": {"items": [{"container": drums[0]}]}, "reason": {"text": "桶底腐蚀渗漏"}},
    )
    bad.note("incident", "incident@1", bad.store, happened, also=("incident@1",))
    gone: Sections = {"place": place, "inputs": lines(line(batch, 3, container=drums[0])), "reason": {"text": "渗漏"}}
    bad.note("release", "release@1", batch, bad.life.say("storage.released_to_environment", bad.store, gone))


def unexplained(bad: Bad) -> None:
    """More is said to be gone than was there."""
    batch, drums = bad.stored()
    said = bad.used(batch, drums[0], 250, late=HOUR)
    bad.note("unexplained source", "unexplained@1", batch, said, also=("would_have_been_refused@1",))


def difference(bad: Bad) -> None:
    """Nine kilograms are missing on arrival, and nobody says what became of them."""
    batch, drums = bad.batch()
    roles = {"seller": bad.maker, "buyer": bad.store, "consignor": bad.maker, "consignee": bad.store}
    deal = Deal(bad.life, roles, batch, drums).offer().answer("agreed").plan().set_off().arrive()
    deal.receive(short=9)
    bad.note("difference on receipt", "difference@1", batch, bad.life.said[-1])


# --- papers, rules ------------------------------------------------------------------------------------------------


def backdated(bad: Bad) -> None:
    """Something is reported forty days after it happened."""
    batch, drums = bad.stored()
    bad.life.wait(45 * DAY, 50 * DAY)
    bad.note("backdating beyond policy", "backdated@1", batch, bad.used(batch, drums[0], 1, late=40 * DAY))


def unconfirmed(bad: Bad) -> None:
    """A sale that nobody agreed on."""
    batch, drums = bad.stored()
    sell(bad.life, bad.store, "trader-1", bad.store, batch, drums, "A-01")
    bad.note("sale without the other party", "counterparty_unconfirmed@1", batch, bad.life.said[-1])


def silent_carrier(bad: Bad) -> None:
    """The carrier states nothing between dispatch and receipt."""
    batch, drums = bad.batch()
    roles = {"seller": bad.maker, "buyer": bad.store, "consignor": bad.maker, "consignee": bad.store}
    deal = Deal(bad.life, roles, batch, drums).offer().answer("agreed").plan().set_off()
    bad.life.said = [one for one in bad.life.said if one.type != "transport.carrier_accepted"]
    deal.receive()
    bad.note("steps missing", "step_missing@1", deal.key, bad.life.said[-1], also=("step_missing@1",))


def no_order(bad: Bad) -> None:
    """A drum turns up that nobody ordered."""
    batch, life = bad.life.ref("batch"), bad.life
    name = vessels(life, bad.store, "drum", 1, 250)[0]
    sections: Sections = {
        "product": {"product": life.world.products[bad.maker, PLAIN]},
        "reason": {"text": "盘库时发现", "kind": "found"},
        "place": life.place(bad.store, "A-01"),
        "outputs": lines(line(batch, 180, container=name)),
    }
    bad.note("unordered", "unordered@1", batch, life.say("storage.received_without_order", bad.store, sections))


def bad_quality(bad: Bad) -> None:
    """A batch fails its test."""
    batch, _ = bad.batch()
    tested: Sections = {"product": {"batches": [batch]}, "condition": {"result": "fail"}}
    bad.note("quality", "quality@1", batch, bad.life.say("production.quality_tested", bad.maker, tested))


def recalled(bad: Bad) -> None:
    """A batch is recalled, and some of it is used all the same."""
    batch, drums = bad.batch()
    delivery(bad.life, bad.maker, bad.user, batch, drums)
    put_away(bad.life, bad.user, bad.user, batch, drums)
    said = bad.life.say(
        "governance.recall_ordered", bad.maker, {"product": {"batches": [batch]}, "reason": {"text": "杂质超标"}}
    )
    bad.note("recall", "recall@1", batch, said)
    bad.due("recall unacknowledged", "recall_unacknowledged@1", batch, batch, bad.life.now + DAY)
    bad.refused("recalled goods used", batch, "recall@1", _consumed(bad, bad.user, batch, drums[0]))


def held(bad: Bad) -> None:
    """An authority holds a batch, and some of it is used all the same."""
    batch, drums = bad.batch()
    delivery(bad.life, bad.maker, bad.user, batch, drums)
    put_away(bad.life, bad.user, bad.user, batch, drums)
    order: Sections = {"product": {"batches": [batch]}, "reason": {"text": "待查"}}
    bad.life.say("governance.hold_placed", AUTHORITY, order)
    bad.refused("held goods used", batch, "hold@2", _consumed(bad, bad.user, batch, drums[0]))


def _consumed(bad: Bad, who: str, batch: str, drum: str) -> Statement:
    used: Sections = {"place": bad.life.place(who, "A-01"), "inputs": lines(line(batch, 50, container=drum))}
    return bad.life.say("use.consumed", who, used, late=HOUR)


def expired(bad: Bad) -> None:
    """A batch has expired and lies there still; some of it was used after its last day."""
    life = bad.life
    product = life.world.reference.products.product(PLAIN)
    batch = life.ref("batch")
    last = life.now + 40 * DAY
    said: Sections = {
        "product": {"product": life.world.products[bad.maker, product.id], "lot": life.lot("exp")},
        "outputs": lines(line(batch, 2 * DRUM_KG)),
        "place": life.place(bad.maker, "T-01"),
        "time": {"expires_on": format_utc(last)[:10]},
    }
    life.say("production.batch_produced", bad.maker, said)
    drums = vessels(life, bad.maker, "drum", 2, 250)
    pack(life, bad.maker, batch, drums)
    delivery(life, bad.maker, bad.user, batch, drums)
    put_away(life, bad.user, bad.user, batch, drums)
    life.now = max(life.now, last) + 2 * DAY
    bad.refused("expired goods used", batch, "expiry@1", _consumed(bad, bad.user, batch, drums[0]))
    bad.due("expired stock", "expired_stock@1", batch, batch, last)


def overfilled(bad: Bad) -> None:
    """A drum takes more than it holds."""
    life = bad.life
    batch = produce(life, bad.maker, life.world.reference.products.product(PLAIN), 260)
    drums = vessels(life, bad.maker, "drum", 1, 250)
    pack(life, bad.maker, batch, drums, 260)
    packed = next(one for one in reversed(life.said) if one.type == "production.packed")
    bad.note("over capacity of a container", "capacity@1", batch, packed)


def uninspected(bad: Bad) -> None:
    """A drum is filled after its inspection was due."""
    life = bad.life
    batch = produce(life, bad.maker, life.world.reference.products.product(PLAIN), DRUM_KG)
    drums = vessels(life, bad.maker, "drum", 1, 250)
    items = life.said[-1].sections["containers"]["items"]
    assert isinstance(items, list)
    assert isinstance(items[0], dict)
    items[0]["inspection_due"] = format_utc(life.now - 30 * DAY)[:10]
    pack(life, bad.maker, batch, drums)
    packed = next(one for one in reversed(life.said) if one.type == "production.packed")
    bad.note("inspection overdue", "inspection_due@1", batch, packed)


def corrected(bad: Bad) -> None:
    """What was produced is corrected."""
    batch, _ = bad.batch()
    first = next(one for one in bad.life.said if one.type == "production.batch_produced")
    outputs = lines(line(batch, 2 * DRUM_KG + 10))
    said = bad.life.say(
        "production.event_corrected", bad.maker, {"outputs": outputs, "reason": {"text": "过磅更正"}}, voids=first
    )
    bad.note("correction", "corrected@1", batch, said, also=("unexplained@1",))


def unlicensed(bad: Bad) -> None:
    """A firm goes on working after its licence has ended."""
    batch, drums = bad.batch()
    delivery(bad.life, bad.maker, LAPSED, batch, drums)
    put_away(bad.life, LAPSED, LAPSED, batch, drums)
    bad.life.now = max(bad.life.now, bad.until_ms - (LAPSED_DAYS - 2) * DAY)
    said = _consumed(bad, LAPSED, batch, drums[0])
    bad.refused("use without a licence", batch, "licence@1", said, also=("licence_expired@1",))
    bad.note("expired licence used", "licence_expired@1", batch, said, also=("would_have_been_refused@1",))


# --- time ---------------------------------------------------------------------------------------------------------


def unanswered(bad: Bad) -> None:
    """An offer that nobody answers."""
    batch, drums = bad.batch()
    until = bad.life.now + 5 * DAY
    roles = {"seller": bad.maker, "buyer": bad.store, "consignor": bad.maker, "consignee": bad.store}
    deal = Deal(bad.life, roles, batch, drums).offer(answer_by=until)
    bad.due("offer unanswered", "answer_overdue@1", deal.key, deal.key, until)


def never_sent(bad: Bad) -> None:
    """Agreed, and never loaded."""
    batch, drums = bad.batch()
    until = bad.life.now + 6 * DAY
    roles = {"seller": bad.maker, "buyer": bad.store, "consignor": bad.maker, "consignee": bad.store}
    deal = Deal(bad.life, roles, batch, drums).offer(planned_to=until).answer("agreed")
    bad.due("overdue transfer", "overdue@1", deal.key, deal.key, until)


def never_came(bad: Bad) -> None:
    """Loaded, gone, and never seen again."""
    batch, drums = bad.batch()
    roles = {"seller": bad.maker, "buyer": bad.store, "consignor": bad.maker, "consignee": bad.store}
    deal = Deal(bad.life, roles, batch, drums).offer().answer("agreed").plan()
    planned = bad.life.now + 30 * HOUR
    deal.set_off()
    bad.due("overdue shipment", "overdue@1", deal.shipment, deal.shipment, planned)


def unfiled(bad: Bad) -> None:
    """A highly toxic product changes hands; the buyer does not file it."""
    life = bad.life
    batch, drums = bad.batch(2, TOXIC)
    permit = life.world.permits[bad.user, PURCHASE]
    roles = {"seller": bad.maker, "buyer": bad.user, "consignor": bad.maker, "consignee": bad.user}
    deal = Deal(life, roles, batch, drums).offer().answer("agreed", **{PURCHASE: permit}).plan().set_off().arrive()
    deal.receive()
    sold = life.now
    paper: list[Json] = [{"kind": "filing", "number": f"BA-{life.number}"}]
    life.say("operation.filed_with_authority", bad.maker, {"documents": {"items": paper}, "parties": deal.named})
    put_away(life, bad.user, bad.user, batch, drums)
    for drum in drums:
        use_up(life, bad.user, batch, drum)
        dispose(life, bad.user, batch, drum)
    bad.due("unfiled after five days", "filing@1", deal.key, deal.key, sold + 5 * DAY, part=life.org(bad.user))


def forgotten(bad: Bad) -> None:
    """Something highly toxic lies in a warehouse, and nobody touches it for months."""
    batch = bad.life.ref("batch")
    _declared(bad, bad.store, batch, TOXIC, 400, "A-01")
    bad.due("static stock", "static@1", bad.store, batch, bad.life.now + 90 * DAY)


def lost_scans(bad: Bad) -> None:
    """A device misses three numbers: what it scanned never arrived."""
    batch, drums = bad.stored()
    said = _counted(bad, batch, str(DRUM_KG), drums[0])
    said.skip = 3
    who = said.actor
    since = said.recorded_ms + 3 * DAY
    bad.faults.append(Fault("counter gap", "counter_gap@1", who, chain=who, since_ms=since, numbered=said))


# --- stock --------------------------------------------------------------------------------------------------------


def _declared(bad: Bad, who: str, batch: str, product: str, kilograms: int, place: str) -> Statement:
    life = bad.life
    goods: dict[str, Json] = {
        "product": life.world.products[bad.maker, product],
        "estimate": True,
        "producer_name": "不详",
    }
    paper: dict[str, Json] = {"items": [{"kind": "stock_list", "number": f"KC-{life.number}"}]}
    sections: Sections = {
        "product": goods,
        "documents": paper,
        "place": life.place(who, place),
        "outputs": lines(line(batch, kilograms)),
    }
    return life.say("storage.opening_declared", who, sections, late=HOUR)


def too_much(bad: Bad) -> None:
    """Seven tonnes of chlorine lie at a site whose threshold is five, and which registered no unit."""
    bad.life.now = max(bad.life.now, bad.until_ms - 50 * DAY)
    _declared(bad, bad.store, bad.life.ref("batch"), "chlorine", 7_000, "A-01")
    site = bad.life.world.sites[bad.store]
    bad.due("over the threshold", "over_threshold@1", bad.store, site, bad.life.now, part=REST)


def over_design(bad: Bad) -> None:
    """More methanol lies in a unit than it registered as its design maximum."""
    _declared(bad, HEAVY, bad.life.ref("batch"), PLAIN, 90_000, UNIT)
    site = bad.life.world.sites[HEAVY]
    bad.due("over the registered maximum", "over_maximum@1", HEAVY, site, bad.life.now, part="U1")


def crammed(bad: Bad) -> None:
    """More lies in a bay than the site says it holds."""
    _declared(bad, TIGHT, bad.life.ref("batch"), PLAIN, 1_500, SMALL)
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
    return tuple(_declared(bad, who, bad.life.ref("batch"), one, 300, MIXED) for one in goods)


Plot = Callable[[Bad], None]
PLOTS: Final[tuple[Plot, ...]] = (
    shortage,
    surplus,
    trickle,
    theft,
    spill,
    unexplained,
    difference,
    backdated,
    unconfirmed,
    silent_carrier,
    no_order,
    bad_quality,
    recalled,
    held,
    expired,
    overfilled,
    uninspected,
    corrected,
    unlicensed,
    unanswered,
    never_sent,
    never_came,
    unfiled,
    forgotten,
    lost_scans,
    too_much,
    together,
)
"""Faults that happen again and again, to one firm or another."""
ONCE: Final[tuple[Plot, ...]] = (over_design, crammed, unseparated)
"""Faults of one site."""
LAST_START: Final = 110 * DAY
"""Faults begin so long before the end of the year, so that time has made of them what it makes."""


def bad_life(world: World, number: int, plot: Plot, start_ms: int, until_ms: int) -> Bad:
    """A life in which a plot goes wrong."""
    product = {"too_much": "chlorine", "unfiled": TOXIC, "forgotten": TOXIC}.get(plot.__name__, PLAIN)
    life = begin(world, number, start_ms, product)
    dice = life.dice
    bad = Bad(life, dice.one_of(makers(world)), dice.one_of(stores(world)), dice.one_of(users()), until_ms)
    plot(bad)
    return bad


def standing(world: World, until_ms: int) -> list[Fault]:
    """Faults that the cast itself brings: a licence that has ended, and one that ends soon."""
    found = []
    for name, kind, rule in (
        (LAPSED, "licence ended", "licence_ended@1"),
        (RENEWING, "licence ends soon", "licence_expiring@1"),
    ):
        licence = world.licence_of(name, "use")
        found.append(Fault(kind, rule, name, chain=world.orgs[name], part=licence, since_ms=until_ms))
    return found
