"""A ledger with three firms that know nothing of each other, those they deal with, and those that look on.

`home` and `tenant` lie in one park, `region` in another region. Each has a site, a product, a batch, a labelled drum,
a transfer and a shipment. Every organisation is there for one matrix alone.
"""

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from fastapi import FastAPI

from api.app import create_app
from api.settings import ApiSettings
from api.wiring import wire
from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.ids import uuid7
from ledger.core.keys import ALG, key_id, private_key, public_key
from ledger.core.note import Signer
from ledger.core.times import format_utc
from ledger.core.waybill import MINUTE_MS, Waybill, particulars
from ledger.demo.dice import Dice
from ledger.demo.world import Role, uscc
from ledger.reference import load
from ledger.services import papers, step_links
from ledger.services.audit_jobs import AuditJobs
from ledger.services.audit_order import Order, carry_out
from ledger.services.clock import SetClock
from ledger.services.entropy import SeededEntropy, SystemEntropy
from ledger.services.feed import Feed
from ledger.services.genesis import Genesis
from ledger.services.identity.ports import Ports
from ledger.services.intake import Auth
from ledger.services.ledger import Ledger
from ledger.services.webhooks.delivery import Delivery
from ledger.services.webhooks.sending import Outcome
from ledger.services.webhooks.subscriptions import Subscriptions
from ledger.store.engines import sqlite_url
from ledger.store.rows import AuditRow
from tests.support.photos import jpeg
from tests.support.rulebook import manifest, product

BASE: Final = "http://testserver"
START_MS: Final = 1_795_305_600_000
FIRMS: Final = ("home", "tenant", "region")
GTIN: Final = "09520001000010"
"""Bound to a batch of `home`, which registered its company prefix (952 is GS1's for examples)."""
HERE, THERE = ("310116", "金山化工园区"), ("320582", "张家港化工园区")
CAST: Final[dict[str, tuple[tuple[str, str], tuple[str, ...], dict[str, Any]]]] = {
    "home": (HERE, ("producer",), {}),
    "tenant": (HERE, ("producer",), {}),
    "region": (THERE, ("producer",), {}),
    "partner": (("370686", ""), ("user",), {}),
    "carrier": (("330211", ""), ("carrier",), {}),
    "stranger": (("370686", ""), ("user",), {}),
    "haulier": (("330211", ""), ("carrier",), {}),
    "bureau": (HERE, ("authority",), {"authority": "police", "jurisdiction": {"regions": ["3101"]}}),
    "abroad": (THERE, ("authority",), {"authority": "police", "jurisdiction": {"regions": ["3205"]}}),
    "park": (HERE, ("park",), {}),
    "elsewhere": (THERE, ("park",), {}),
    "witness": (("370686", ""), ("witness",), {}),
}
LICENCES: Final = {"producer": ("production", "operation"), "user": ("use",), "carrier": ("road_transport",)}
LICENSED: Final = {"number": "No. 1", "valid_from": "2026-01-01", "valid_to": "2036-12-31"}
AUDIT: Final = "0190a000-0000-7000-8000-0000000000aa"
"""An audit of the ledger: nobody's own."""
AUTH: Final = Auth("api_client", "user:matrix", "matrix")


@dataclass
class Realm:
    """An open ledger with the application over it. `orgs`: by their names in the cast, and `operator`."""

    ledger: Ledger
    clock: SetClock
    dice: Dice
    app: FastAPI
    hooks: Subscriptions
    orgs: dict[str, str]
    things: dict[tuple[str, str], str] = field(default_factory=dict)
    """Kind and firm -> what stands in an address."""
    _count: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def ports(self) -> Ports:
        return Ports(self.ledger)

    @property
    def demo(self) -> bool:
        return self.ledger.recorded().demo

    def number(self) -> int:
        """A number that was not given out before."""
        return next(self._count)

    def ref(self, kind: str) -> str:
        """A reference that was not given out before."""
        return self.dice.ref(kind, self.clock.now_ms())

    def body(self, who: str, kind: str, sections: dict[str, Any]) -> dict[str, Any]:
        """A statement in the simple form."""
        now_ms = self.clock.now_ms()
        return {
            "id": uuid7(now_ms, self.dice.bytes(10)),
            "type": kind,
            "mode": "act",
            "actor": self.orgs[who],
            "occurred_at": format_utc(now_ms),
            "sections": sections,
        }

    def state(self, who: str, kind: str, sections: dict[str, Any]) -> str:
        """State what has to be accepted, below the HTTP edge; return the id of the event."""
        body = self.body(who, kind, sections)
        self.ledger.append(self.ledger.state(body, AUTH))
        return str(body["id"])

    def event(self, who: str, kind: str, sections: dict[str, Any]) -> str:
        """State what has to be accepted; return the hash of the event."""
        made = self.state(who, kind, sections)
        with self.ledger.store.read() as unit:
            row = unit.events.find(self.orgs[who], made)
        assert row is not None
        return b64u(row.hash)

    def place(self, firm: str) -> dict[str, Any]:
        return {"site": f"site:{self.things['site', firm]}", "location": "A"}

    def batch_of(self, firm: str) -> str:
        return f"batch:{self.things['batch', firm]}"

    def produced(self, firm: str) -> tuple[str, dict[str, Any]]:
        """A new batch and the sections that make it."""
        batch = self.ref("batch")
        sections = {
            "product": {"product": f"product:{self.things['product', firm]}", "lot": f"LOT-{self.number()}"},
            "outputs": {"lines": [{"batch": batch, "amount": "100000", "unit": "kg"}]},
            "place": self.place(firm),
        }
        return batch, sections

    def made(self, firm: str) -> str:
        """A batch that no other cell has changed."""
        batch, sections = self.produced(firm)
        self.state(firm, "production.batch_produced", sections)
        return batch

    def recall(self, firm: str) -> str:
        """Goods of a firm, recalled by the authority of its region; return what stands in the address."""
        sections = {"product": {"batches": [self.made(firm)]}, "reason": {"text": "matrix of tests"}}
        self.state("abroad" if firm == "region" else "bureau", "governance.recall_ordered", sections)
        return str(self.ledger.log.state().size - 1)

    def transfer(self, firm: str, giver: str = "", taker: str = "") -> str:
        """Offer a kilogram of a firm's product; return what stands in the address."""
        ref, giver, taker = self.ref("transfer"), giver or firm, taker or _dealing(firm)[0]
        parties = {"seller": giver, "buyer": taker, "consignor": giver, "consignee": taker}
        sections = {
            "parties": {**{name: self.orgs[org] for name, org in parties.items()}, "transfer": ref},
            "product": {"product": f"product:{self.things['product', firm]}"},
            "quantity": {"amount": "1", "unit": "kg"},
        }
        self.state(giver, "operation.transfer_offered", sections)
        return bare(ref)

    def shipment(self, firm: str) -> str:
        """Plan a trip of a firm's goods to the partner; return what stands in the address."""
        ref = self.ref("shipment")
        taker, carrier = _dealing(firm)
        named = {"consignor": self.orgs[firm], "consignee": self.orgs[taker], "carrier": self.orgs[carrier]}
        trip = {"shipment": ref, "vehicle": "浙B12345", "mode": "road"}
        self.state(firm, "transport.shipment_planned", {"parties": named, "transport": trip})
        return bare(ref)

    def carrier_of(self, firm: str) -> str:
        """Who carries for a firm."""
        return self.orgs[_dealing(firm)[1]]

    def paper(self, firm: str) -> str:
        """Report from a photographed paper that the carrier accepted what a firm loaded."""
        batch, sections = self.produced(firm)
        self.state(firm, "production.batch_produced", sections)
        trip = {"shipment": f"shipment:{self.shipment(firm)}"}
        place = f"site:{self.things['site', firm]}/A"
        line = {"batch": batch, "amount": "1", "unit": "kg", "place": place}
        self.state(firm, "transport.loaded", {"inputs": {"lines": [line]}, "transport": trip})
        kept = papers.add(self.ledger.store, self.clock, self.orgs[firm], jpeg(note=firm.encode()))
        documents: dict[str, Any] = {"items": [{"kind": "paper_signature", "number": "1", "hash": kept.hash}]}
        signed = {"transport": trip, "documents": documents, "personal": papers.personal(documents)}
        body = {**self.body(firm, "transport.carrier_accepted", signed), "mode": "report"}
        return f"{self.ledger.append(self.ledger.state(body, AUTH)).index}.{kept.hash}"


def _dealing(firm: str) -> tuple[str, str]:
    """With whom a firm deals: `home` with others than the rest."""
    return ("partner", "carrier") if firm == "home" else ("stranger", "haulier")


def bare(ref: str) -> str:
    """A reference as it stands in an address."""
    return ref.partition(":")[2]


def open_realm(folder: Path, *, demo: bool = False) -> Realm:
    """Make the ledger and everything in it; the caller closes `ledger`. Addresses are the same each time."""
    clock, dice = SetClock(START_MS), Dice(3, "authorization")
    orgs = {name: dice.ref("org", START_MS) for name in ("operator", *CAST)}
    genesis = Genesis(
        dice.ref("ledger", START_MS),
        _organisation(dice, orgs, "operator", HERE, ("operator",)),
        demo=demo,
        rules=manifest(),
    )
    ledger = Ledger.create(
        sqlite_url(folder / "ledger.sqlite3"),
        genesis,
        signer=Signer("matrix.example/log", private_key(b"authorization".ljust(32))),
        signer_state=folder / "signer-state.json",
        clock=clock,
        entropy=SeededEntropy(b"authorization"),
        reference=load(),
    )
    random = SystemEntropy()
    hooks = Subscriptions(ledger.store, clock, random, random.bytes(32))
    delivery = Delivery(hooks, Feed(ledger.store, ledger.log), clock, lambda *_: Outcome(ok=True, word="HTTP 204"))
    jobs = _audits(ledger)
    app = create_app(wire(ledger, hooks, delivery, heads_gap_s=0, audits=jobs), ApiSettings(BASE, "0", demo=demo))
    realm = Realm(ledger, clock, dice, app, hooks, orgs)
    _furnish(realm)
    return realm


def _audits(ledger: Ledger) -> AuditJobs:
    """Audits that are done at once, for each cell begins one; and one that is there for everybody who may read any."""

    def at_once(_order: Order, now_ms: int, _told: object, _stop: object) -> dict[str, Json]:
        return carry_out(ledger.store, Order("sample", sample="1", seed="matrix"), now_ms=now_ms)

    found = orjson.dumps(at_once(Order(), START_MS, None, None))
    with ledger.store.write() as unit:
        unit.audits.add(AuditRow(AUDIT, "", "", "full", "{}", "clean", START_MS, START_MS, 1, 1, found))
    return AuditJobs(ledger.store, ledger.clock, at_once, wait=True)


def _organisation(
    dice: Dice, orgs: dict[str, str], name: str, where: tuple[str, str], roles: tuple[str, ...], **more: object
) -> dict[str, Any]:
    region, park = where
    stated = {
        "organisation": orgs[name],
        "names": {"zh": name, "en": name},
        "uscc": uscc(Role(name, name, name, region, park, roles, ()), dice),
        "region": region,
        "roles": list(roles),
        **more,
    }
    return {**stated, "park": park} if park else stated


def _furnish(realm: Realm) -> None:
    for name, (where, roles, more) in CAST.items():
        stated = _organisation(realm.dice, realm.orgs, name, where, roles, **more)
        if name == "home":
            stated["gs1_prefixes"] = [GTIN[1:9]]
        raw = public_key(private_key(name.encode().ljust(32)))
        key = {"key": b64u(raw), "alg": ALG, "holder": realm.orgs[name]}
        realm.state("operator", "governance.organisation_admitted", {"organisation": stated, "key": key})
        realm.things["key", name] = key_id(raw)
        for kind in LICENCES.get(roles[0], ()):
            licence = {"licence": realm.ref("licence"), "organisation": realm.orgs[name], "kind": kind, **LICENSED}
            realm.state(name, "governance.licence_registered", {"licence": licence})
        realm.things["organisation", name] = bare(realm.orgs[name])
    for firm in FIRMS:
        _settle(realm, firm)
    realm.ledger.publish_heads()


def _settle(realm: Realm, firm: str) -> None:
    """Give a firm one thing of each kind."""
    (region, park), things = CAST[firm][0], realm.things
    site, made, drum = realm.ref("site"), realm.ref("product"), realm.ref("container")
    locations = [{"location": "A", "kind": "bay"}]
    stated = {"site": site, "names": {"zh": firm}, "region": region, "park": park, "locations": locations}
    realm.state(firm, "governance.site_registered", {"site": stated})
    realm.state(firm, "governance.product_registered", {"product": product(made)})
    items = [{"container": drum, "kind": "drum", "serial": firm}]
    things["receipt", firm] = realm.state(firm, "governance.container_registered", {"containers": {"items": items}})
    things.update({("site", firm): bare(site), ("product", firm): bare(made), ("container", firm): bare(drum)})
    batch, sections = realm.produced(firm)
    realm.state(firm, "production.batch_produced", sections)
    things["batch", firm] = bare(batch)
    failed = {"product": {"batches": [batch]}, "condition": {"result": "fail"}}
    realm.state(firm, "production.quality_tested", failed)
    things["finding", firm] = f"{realm.ledger.log.state().size - 1}-0"
    things["code", firm] = realm.dice.code()
    things["place", firm] = realm.dice.code()
    targets = {"code": batch, "place": f"{site}/A"}
    labels: dict[str, Any] = {
        "items": [{"code": things[kind, firm], "target": target} for kind, target in targets.items()]
    }
    if firm == "home":
        labels["items"][0] |= {"aliases": [f"https://id.gs1.org/01/{GTIN}"]}
    realm.state(firm, "production.label_issued", {"containers": labels})
    things["transfer", firm] = realm.transfer(firm)
    things["shipment", firm] = realm.shipment(firm)
    paper = Waybill(f"shipment:{things['shipment', firm]}", 1, realm.clock.now_ms() // MINUTE_MS, particulars({}))
    things["waybill", firm] = realm.ledger.sign_waybill(paper)
    shipment, carrier = f"shipment:{things['shipment', firm]}", realm.carrier_of(firm)
    link = step_links.issue(realm.ledger, realm.orgs[firm], carrier, shipment, "", step_links.STEPS["carrier"])
    things["step_link", firm] = link.id
    things["paper", firm] = realm.paper(firm)
    _supervise(realm, firm, site)
    things["recall", firm] = realm.recall(firm)
    things["webhook", firm] = realm.hooks.add(realm.orgs[firm], "https://erp.example.cn/hooks").row.id


def _supervise(realm: Realm, firm: str, site: str) -> None:
    """Let the authority of a firm's region inspect its site, and show the firm to the other one for a second."""
    office, other = ("abroad", "bureau") if firm == "region" else ("bureau", "abroad")
    asked = {"place": {"site": site}, "condition": {"result": "fail"}, "reason": {"text": "matrix of tests"}}
    realm.things["request", firm] = realm.event(office, "governance.inspection_recorded", asked)
    until = {"planned_to": format_utc(realm.clock.now_ms() + 1_000)}
    shown = {"parties": {"to": realm.orgs[other], "from": realm.orgs[firm]}, "time": until}
    reason = {"reason": {"text": "matrix of tests"}}
    realm.things["grant", firm] = realm.event(office, "governance.sight_granted", {**shown, **reason})
    realm.things["firm", firm] = bare(realm.orgs[firm])
    realm.clock.set(realm.clock.now_ms() + 1_000)
