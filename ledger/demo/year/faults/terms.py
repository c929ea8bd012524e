"""Faults that time makes: what was due and did not come."""

from ledger.core.canonical import Json
from ledger.demo.dealing import Deal
from ledger.demo.life import DAY, DRUM_KG, HOUR
from ledger.demo.scenes import dispose, put_away, use_up
from ledger.demo.year.faults.bad import PURCHASE, TOXIC, Bad, counted, declared
from ledger.demo.year.truth import Fault


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
    declared(bad, bad.store, batch, TOXIC, 400, "A-01")
    bad.due("static stock", "static@1", bad.store, batch, bad.life.now + 90 * DAY)


def lost_scans(bad: Bad) -> None:
    """A device misses three numbers: what it scanned never arrived."""
    batch, drums = bad.stored()
    said = counted(bad, batch, str(DRUM_KG), drums[0])
    said.skip = 3
    who = said.actor
    since = said.recorded_ms + 3 * DAY
    bad.faults.append(Fault("counter gap", "counter_gap@1", who, chain=who, since_ms=since, numbered=said))
