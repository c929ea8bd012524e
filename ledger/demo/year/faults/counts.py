"""Faults of counts and losses: matter that is missing, too much, stolen, spilt, or never was there."""

from ledger.demo.dealing import Deal
from ledger.demo.life import DAY, DRUM_KG, HOUR, line, lines
from ledger.demo.scenes import produce
from ledger.demo.statement import Sections
from ledger.demo.year.faults.bad import PLAIN, Bad, counted


def shortage(bad: Bad) -> None:
    """A drum lacks twenty kilograms at the count."""
    batch, drums = bad.stored()
    bad.note("shortage", "shortage@1", batch, counted(bad, batch, "180", drums[0]))


def surplus(bad: Bad) -> None:
    """A drum has ten kilograms too many."""
    batch, drums = bad.stored()
    bad.note("surplus", "surplus@1", batch, counted(bad, batch, "210", drums[0]))


def trickle(bad: Bad) -> None:
    """A tank loses a little at each count, never more than the tolerance; the sum is more than the rule allows."""
    batch = produce(bad.life, bad.maker, bad.life.world.reference.products.product(PLAIN), 1000)
    said = [counted(bad, batch, str(left), place="T-01") for left in (998, 996, 994)]
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
    bad.refused("more than there is", batch, "overdraw@1", said)


def difference(bad: Bad) -> None:
    """Nine kilograms are missing on arrival, and nobody says what became of them."""
    batch, drums = bad.batch()
    roles = {"seller": bad.maker, "buyer": bad.store, "consignor": bad.maker, "consignee": bad.store}
    deal = Deal(bad.life, roles, batch, drums).offer().answer("agreed").plan().set_off().arrive()
    deal.receive(short=9)
    bad.note("difference on receipt", "difference@1", batch, bad.life.said[-1])
