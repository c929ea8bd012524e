"""Faults of deals and trips: refused goods, steps on paper or out of order, people and papers that had no licence."""

from typing import Final

from ledger.core.canonical import Json
from ledger.core.times import format_utc
from ledger.demo.dealing import Deal
from ledger.demo.life import DAY, DRUM_KG, HOUR, line, lines
from ledger.demo.scenes import pack, produce, put_away, vessels
from ledger.demo.statement import Sections
from ledger.demo.world import product_content
from ledger.demo.year.cast import LAPSED, LAPSED_DAYS
from ledger.demo.year.faults.bad import AUTHORITY, PLAIN, TOXIC, Bad
from ledger.demo.year.truth import Fault

POLICE: Final = "police"
UNKNOWN_CLASS: Final = "6.1"
"""A class under which the dangerous goods table has no row for methanol alone."""


def _deal(bad: Bad, count: int = 2, product: str = PLAIN) -> Deal:
    batch, drums = bad.batch(count, product)
    roles = {"seller": bad.maker, "buyer": bad.store, "consignor": bad.maker, "consignee": bad.store}
    return Deal(bad.life, roles, batch, drums)


def turned_away(bad: Bad) -> None:
    """The consignee refuses a leaking drum, and takes the other one."""
    deal = _deal(bad).offer().answer("agreed").plan().set_off().arrive()
    leaking, *sound = deal.drums
    there: dict[str, Json] = {"custodian": deal.shipment, "place": f"vehicle:{deal.plate}"}
    goods = line(deal.batch, DRUM_KG, container=leaking, owner=bad.life.org(bad.maker), **there)
    trip: Sections = {"transport": {"shipment": deal.shipment}, "parties": deal.named}
    reason: dict[str, Json] = {"kind": "damaged", "text": "桶身渗漏"}
    said = bad.life.say("transport.refused", bad.store, {**trip, "inputs": lines(goods), "reason": reason})
    bad.note("goods refused", "refused_goods@1", deal.batch, said)
    deal.drums = sound
    deal.receive()


def made_good(bad: Bad) -> None:
    """Nine kilograms are missing on arrival, and both sides say what became of them."""
    deal = _deal(bad).offer().answer("agreed").plan().set_off().arrive()
    deal.receive(short=9)
    bad.note("difference on receipt", "difference@1", deal.batch, bad.life.said[-1])
    for who in (bad.maker, bad.store):
        deal.propose(who, "loss", "装车时桶口渗漏，约九千克")
    bad.note("difference settled", "settled@1", deal.batch, bad.life.said[-1], also=("loss@1",))


def on_paper(bad: Bad) -> None:
    """The carrier signs by hand alone; the consignor reports it."""
    deal = _deal(bad).offer().answer("agreed").plan()
    deal.set_off()
    accepted = next(one for one in bad.life.said if one.type == "transport.carrier_accepted")
    accepted.actor, accepted.mode = bad.life.org(bad.maker), "report"
    accepted.signers = bad.life.world.people[bad.maker][:1]
    accepted.sections["agent"] = {"user": bad.life.world.users[bad.maker], "device": f"pda-{bad.maker}"}
    paper: list[Json] = [{"kind": "paper_signature", "number": f"QS-{bad.life.number}"}]
    accepted.sections["documents"] = {"items": paper}
    deal.arrive().receive()
    bad.note("signed on paper alone", "unsigned_counterpart@1", deal.shipment, accepted)


def out_of_order(bad: Bad) -> None:
    """A vehicle is said to depart after it has arrived."""
    deal = _deal(bad).offer().answer("agreed").plan().set_off().arrive()
    said = bad.life.say("transport.departed", deal.carrier, {"transport": {"shipment": deal.shipment}})
    bad.note("step out of order", "order@1", deal.shipment, said)
    deal.receive()


def strange_driver(bad: Bad) -> None:
    """A truck leaves with a driver whom nobody knows: no licence, and none named on the waybill."""
    deal = _deal(bad).offer().answer("agreed").plan().set_off()
    dispatched = next(one for one in bad.life.said if one.type == "transport.dispatched")
    dispatched.sections["transport"] = {**dispatched.sections["transport"], "driver": bad.life.ref("user")}
    dispatched.mode, dispatched.occurred_ms = "report", dispatched.recorded_ms - HOUR // 60
    deal.arrive().receive()
    bad.refused("driver without a licence", deal.shipment, "crew@1", dispatched)
    bad.refused("incomplete waybill", deal.shipment, "waybill@1", dispatched)


def signed_alone(bad: Bad) -> None:
    """What two people have to sign together, a receipt of highly toxic goods, one signs alone."""
    life, product = bad.life, TOXIC
    batch, drums = bad.batch(1, product)
    permit = life.world.permits[bad.user, "purchase_permit"]
    roles = {"seller": bad.maker, "buyer": bad.user, "consignor": bad.maker, "consignee": bad.user}
    deal = Deal(life, roles, batch, drums).offer().answer("agreed", purchase_permit=permit).plan().set_off().arrive()
    deal.receive()
    received = life.said[-1]
    received.signers, received.mode = received.signers[:1], "report"
    bad.refused("not signed by two people", batch, "two_person@1", received)
    for side in ("seller", "buyer"):
        paper: list[Json] = [{"kind": "filing", "number": f"BA-{life.number}-{side[:1]}"}]
        life.say("operation.filed_with_authority", roles[side], {"documents": {"items": paper}, "parties": deal.named})
    put_away(life, bad.user, bad.user, batch, drums)
    bad.due("static stock", "static@1", bad.user, batch, life.now + 90 * DAY)


def lapsed_buyer(bad: Bad) -> None:
    """Agreed while the buyer had a licence, sold after it had ended."""
    life = bad.life
    batch, drums = bad.batch()
    ended = bad.until_ms - LAPSED_DAYS * DAY
    life.now = max(life.now, ended - 4 * DAY)
    deal = Deal(life, {"seller": bad.maker, "buyer": LAPSED}, batch, drums, "DOCK", bad.maker).offer().answer("agreed")
    life.now = max(life.now, ended + 2 * DAY)
    deal.sell()
    sold = life.said[-1]
    sold.mode = "report"
    bad.refused("sale to a buyer without a licence", batch, "buyer_licence@1", sold, also=("licence_expired@1",))
    bad.note("expired licence used", "licence_expired@1", batch, sold, also=("would_have_been_refused@1",))


def not_theirs(bad: Bad) -> None:
    """A firm says that it sampled what another one owns and keeps."""
    batch, drums = bad.stored()
    keeper = bad.life.org(bad.store)
    goods = line(batch, 1, container=drums[0], owner=keeper, custodian=keeper)
    said = bad.life.say(
        "storage.sampled",
        bad.user,
        {"place": bad.life.place(bad.store, "A-01"), "inputs": lines(goods)},
        late=HOUR,
    )
    bad.refused("goods in the hands of others", batch, "custody@1", said)


def said_twice(bad: Bad) -> None:
    """A carrier reports a delivery that it stated before."""
    deal = _deal(bad).offer().answer("agreed").plan().set_off().arrive()
    trip: Sections = {"transport": {"shipment": deal.shipment}, "parties": deal.named}
    said = bad.life.say("transport.delivered", deal.carrier, trip, late=HOUR // 60)
    bad.refused("delivered twice", deal.shipment, "transfer_order@1", said, also=("order@1",))
    deal.receive()


def sold_by_others(bad: Bad) -> None:
    """A firm says that it sold what another one owns."""
    batch, drums = bad.stored()
    keeper, buyer = bad.life.org(bad.store), bad.life.org("trader-1")
    goods = line(batch, DRUM_KG, container=drums[0], owner=keeper, custodian=keeper)
    sections: Sections = {
        "parties": {"buyer": buyer},
        "place": bad.life.place(bad.store, "A-01"),
        "inputs": lines(goods),
    }
    said = bad.life.say("operation.sold", bad.user, sections)
    also = ("counterparty_unconfirmed@1",)
    bad.refused("sold by who does not own it", batch, "ownership@1", said, also=also)


def ended_permit(bad: Bad) -> None:
    """Highly toxic goods are sold under a permit that the police has suspended since the deal was agreed."""
    life = bad.life
    batch, drums = bad.batch(1, TOXIC)
    permit: dict[str, Json] = {"licence": life.ref("licence"), "organisation": life.org(bad.user)}
    paper: dict[str, Json] = {
        "kind": "purchase_permit",
        "number": f"PP-{life.number}",
        "valid_from": format_utc(life.world.start_ms)[:10],
        "valid_to": format_utc(bad.until_ms + 400 * DAY)[:10],
    }
    life.say("governance.licence_registered", POLICE, {"licence": permit | paper})
    deal = Deal(life, {"seller": bad.maker, "buyer": bad.user}, batch, drums, "DOCK", bad.maker)
    deal.offer().answer("agreed", purchase_permit=f"PP-{life.number}")
    life.say("governance.licence_suspended", POLICE, {"licence": permit, "reason": {"text": "许可证被暂扣"}})
    deal.sell()
    life.said[-1].mode = "report"
    sold = life.now
    bad.refused("sale under a suspended permit", batch, "permit@1", life.said[-1])
    for side in ("seller", "buyer"):
        bad.due(
            "unfiled after five days", "filing@1", deal.key, deal.key, sold + 5 * DAY, part=life.org(deal.roles[side])
        )
    bad.due("static stock", "static@1", bad.maker, batch, sold + 90 * DAY)


# --- products ---------------------------------------------------------------------------------------------------------


def _product(bad: Bad, **more: Json) -> str:
    """A product of the maker's own, like methanol but for what is said."""
    life = bad.life
    ref = life.ref("product")
    _describe(bad, ref, **more)
    return ref


def _describe(bad: Bad, ref: str, **more: Json) -> None:
    entry = bad.life.world.reference.products.product(PLAIN)
    content = product_content(ref, entry, format_utc(bad.life.world.start_ms)[:10])
    bad.life.say("governance.product_registered", bad.maker, {"product": content | more})


def strange_row(bad: Bad) -> None:
    """A product is registered under a class that its UN number has not."""
    entry = bad.life.world.reference.products.product(PLAIN)
    row: dict[str, Json] = {
        "un": entry.good.un.removeprefix("UN"),
        "name": entry.good.proper_shipping_name,
        "class": UNKNOWN_CLASS,
        "from": format_utc(bad.life.world.start_ms)[:10],
    }
    _product(bad, un=[row])
    bad.note("no such row of the table", "un_row@1", bad.maker, bad.life.said[-1])


def poor_yield(bad: Bad) -> None:
    """A reaction yields far less than its recipe says."""
    life = bad.life
    limits: dict[str, Json] = {"yield": {"least_ppm": 800_000, "most_ppm": 1_000_000}}
    made: dict[str, Json] = {"product": _product(bad, **limits), "lot": life.lot("rx")}
    batch, product = life.ref("batch"), life.world.reference.products.product(PLAIN)
    charged = produce(life, bad.maker, product, 500)
    waste: list[Json] = [{"name": "off-gas", "amount": "300", "unit": "kg"}]
    sections: Sections = {
        "product": made,
        "place": life.place(bad.maker, "T-01"),
        "inputs": lines(line(charged, 500, place=life.where(bad.maker, "T-01"))),
        "outputs": {**lines(line(batch, 200)), "untracked": waste},
    }
    bad.note("yield out of range", "yield@1", batch, life.say("production.batch_transformed", bad.maker, sections))


def without_sheet(bad: Bad) -> None:
    """A product is sold whose safety data sheet was withdrawn after the deal was agreed."""
    life = bad.life
    product, batch = _product(bad), life.ref("batch")
    sections: Sections = {
        "product": {"product": product, "lot": life.lot("sds")},
        "outputs": lines(line(batch, DRUM_KG)),
        "place": life.place(bad.maker, "T-01"),
    }
    life.say("production.batch_produced", bad.maker, sections)
    drums = vessels(life, bad.maker, "drum", 1, 250)
    pack(life, bad.maker, batch, drums)
    deal = Deal(life, {"seller": bad.maker, "buyer": bad.store}, batch, drums, "DOCK", bad.maker)
    deal.offer().answer("agreed")
    _describe(bad, product, sds=[])
    deal.sell()
    life.said[-1].mode = "report"
    bad.refused("sale without a safety data sheet", batch, "sds@1", life.said[-1])


# --- authorities ------------------------------------------------------------------------------------------------------


def unanswered_request(bad: Bad) -> None:
    """An authority finds faults at a site and asks for an answer, which never comes."""
    until = bad.life.now + 10 * DAY
    sections: Sections = {
        "place": {"site": bad.life.world.sites[bad.store]},
        "condition": {"result": "fail"},
        "reason": {"text": "消防通道堵塞"},
        "time": {"answer_by": format_utc(until)},
    }
    said = bad.life.say("governance.inspection_recorded", AUTHORITY, sections)
    bad.faults.append(Fault("request unanswered", "request_overdue@1", bad.store, since_ms=until, requested=said))
