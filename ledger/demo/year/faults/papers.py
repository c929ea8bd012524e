"""Faults of papers and rules: what is stated late, alone, without a licence, or of goods that are barred."""

from ledger.core.times import format_utc
from ledger.demo.dealing import Deal
from ledger.demo.life import DAY, DRUM_KG, line, lines
from ledger.demo.scenes import pack, produce, put_away, sell, vessels
from ledger.demo.statement import Sections
from ledger.demo.year.cast import LAPSED, LAPSED_DAYS
from ledger.demo.year.faults.bad import AUTHORITY, PLAIN, Bad, consumed
from ledger.demo.year.lives import delivery


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
    bad.refused("recalled goods used", batch, "recall@1", consumed(bad, bad.user, batch, drums[0]))


def held(bad: Bad) -> None:
    """An authority holds a batch, and some of it is used all the same."""
    batch, drums = bad.batch()
    delivery(bad.life, bad.maker, bad.user, batch, drums)
    put_away(bad.life, bad.user, bad.user, batch, drums)
    order: Sections = {"product": {"batches": [batch]}, "reason": {"text": "待查"}}
    bad.life.say("governance.hold_placed", AUTHORITY, order)
    bad.refused("held goods used", batch, "hold@2", consumed(bad, bad.user, batch, drums[0]))


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
    bad.refused("expired goods used", batch, "expiry@1", consumed(bad, bad.user, batch, drums[0]))
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
    said = consumed(bad, LAPSED, batch, drums[0])
    bad.refused("use without a licence", batch, "licence@1", said, also=("licence_expired@1",))
    bad.note("expired licence used", "licence_expired@1", batch, said, also=("would_have_been_refused@1",))
