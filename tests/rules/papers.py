"""A world in which the rules about papers and signatures are in force, and everybody has what they need."""

from dataclasses import dataclass, field
from typing import Any

from ledger.core.canonical import Json
from ledger.rules.aggregates import LicenceState, OrgState
from tests.support.dealing import Deal, Truck
from tests.support.rulebook import World, key_id, licence, line, manifest, organisation, product, public_key, world

SHEET: dict[str, Json] = {"version": "1", "date": "2026-01-01", "language": "zh-CN", "hash": key_id("sheet")}
PAPERS: dict[str, Any] = {"sds": [SHEET], "labels": [SHEET]}
LISTED: dict[str, list[Json]] = {"liquid": [], "toxic": ["highly_toxic"], "precursor": ["explosive_precursor"]}


@dataclass
class Papered:
    """A plant with keys of two people, a truck with its crew, and products with data sheets and labels."""

    w: World
    plant: str = ""
    driver: str = ""
    escort: str = ""
    truck: Truck = field(init=False)

    def __post_init__(self) -> None:
        book = self.w.book
        self.plant, self.driver, self.escort = book.ref("org"), book.ref("user"), book.ref("user")
        self.truck = Truck(self.w, self.w.carrier)
        for name, lists in LISTED.items():
            self.w.products.setdefault(name, book.ref("product"))
            self.describe(name, lists=lists, **PAPERS)
        for kind, subject in (("vehicle", self.truck.plate), ("driver", self.driver), ("escort", self.escort)):
            self.license(self.w.carrier, kind, subject=subject)
        phone = organisation(self.w.carrier, phone="110")
        book.do("governance.organisation_renamed", self.w.carrier, {"organisation": phone})
        self._admit_plant()

    def _admit_plant(self) -> None:
        book, first = self.w.book, {"key": public_key("a1"), "alg": "ed25519", "holder": "user:a"}
        stated = {"organisation": organisation(self.plant, "producer"), "key": first}
        book.do("governance.organisation_admitted", self.w.operator, stated, signers=["a1"])
        for name, holder in (("a2", "user:A"), ("b1", "user:b"), ("pda", "device:1")):
            section = {"key": {"key": public_key(name), "alg": "ed25519", "holder": holder}}
            book.do("governance.key_registered", self.plant, section, signers=["a1", name])
        for kind in ("production", "use", "operation", "storage"):
            self.license(self.plant, kind)
        self.w.sites[self.plant] = book.ref("site")
        locations = [{"location": at, "kind": "bay"} for at in ("A", "USE")]
        site = {"site": self.w.sites[self.plant], "names": {"zh": "厂"}, "region": "110000", "locations": locations}
        book.do("governance.site_registered", self.plant, {"site": site})

    def describe(self, name: str, **more: Json) -> None:
        """Register a product of the maker anew."""
        stated = product(self.w.products[name], **more)
        self.w.book.do("governance.product_registered", self.w.maker, {"product": stated})

    def license(self, org: str, kind: str, by: str | None = None, **more: Json) -> str:
        """Register a licence; its id."""
        stated = licence(self.w.book, org, kind, **more)
        self.w.book.do("governance.licence_registered", by or org, stated)
        return str(stated["licence"]["licence"])

    def suspend(self, org: str, licence_id: str) -> None:
        """The authority suspends a licence."""
        change = {"licence": {"licence": licence_id, "organisation": org}}
        self.w.book.do("governance.licence_suspended", self.w.authority, change)

    def find(self, org: str, licence_id: str) -> LicenceState:
        """A licence of an organisation."""
        known = self.w.book.values[org]
        assert isinstance(known, OrgState)
        return next(item for item in known.licences if item.id == licence_id)

    def waybill(self, **more: Json) -> dict[str, Any]:
        """All that a waybill says of the trip."""
        return {
            "waybill": "YD-1",
            "origin": "甲",
            "destination": "乙",
            "departure_date": "2026-11-22",
            "driver": self.driver,
            "escort": self.escort,
            "dispatcher": self.driver,
            "packages": 1,
            "package_kind": "drum",
            **more,
        }

    def without(self, *names: str) -> dict[str, Any]:
        """The same without some fields."""
        return {name: value for name, value in self.waybill().items() if name not in names}

    def loaded(self, name: str = "liquid", **said: Json) -> str:
        """A truck planned by the carrier and loaded by the plant with 10 kg; the batch."""
        batch = self.w.produce(100, name, org=self.plant)
        self.truck.plan(consignor=self.plant)
        stated = {**self.truck.trip(**said), **self.lines(batch, 10)}
        self.w.book.do("transport.loaded", self.plant, stated, signers=["a1", "b1"])
        return batch

    def lines(self, batch: str, kg: float) -> dict[str, Any]:
        """A line of stock at the plant."""
        return {"inputs": {"lines": [line(batch, kg)]}, "place": self.w.place(self.plant)}

    def dispatch(self, said: dict[str, Json], mode: str = "act", **more: object) -> object:
        """What becomes of a dispatch by the plant."""
        stated = self.truck.trip(**said)
        book = self.w.book
        return book.put(book.event("transport.dispatched", self.plant, stated, mode, **more))  # type: ignore[arg-type]

    def deal(self, seller: str | None = None) -> Deal:
        """A sale to the user."""
        return Deal(self.w, {"seller": seller or self.w.maker, "buyer": self.w.user})


def papered(**more: Any) -> Papered:  # noqa: ANN401 - options of `manifest`
    """The world of `rulebook` with its papers in force."""
    return Papered(world(manifest(papers=True, **more)))


def held(w: World, org: str, kind: str) -> str:
    """The first licence of a kind that an organisation has."""
    known = w.book.values[org]
    assert isinstance(known, OrgState)
    return next(item.id for item in known.licences if item.kind == kind)


def permit(kind: str, number: str) -> dict[str, Any]:
    """The section that names a permit."""
    return {"documents": {"items": [{"kind": kind, "number": number}]}}


def codes(answer: object) -> list[tuple[str, str | None]]:
    """Code and field of each problem of a refusal, sorted."""
    assert isinstance(answer, tuple), "it was accepted"
    return sorted((problem.code, problem.field) for problem in answer)
