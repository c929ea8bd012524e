"""The demo's standing cast: organisations, sites, products and licences, all fictional but for the reference data.

Four regions of GB/T 2260 and two chemical parks; every product is a row of the dangerous goods table.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.identifiers import check_uscc
from ledger.core.times import format_utc
from ledger.demo.dice import Dice
from ledger.demo.fleet import trucks
from ledger.demo.people import Person, hire
from ledger.demo.rooms import LOCATIONS, OF_PRODUCT, TANKS, co_storage
from ledger.demo.statement import Sections, Statement
from ledger.demo.units import units
from ledger.reference import Reference
from ledger.reference.products import Product

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LISTED = {"highly_toxic", "explosive_precursor", "drug_precursor_1", "drug_precursor_2", "drug_precursor_3"}
MAKERS = ("sea", "river", "bay")
STORES = ("north", "south", "harbour")
USERS = ("paint", "water", "pharma", "steel")
CARRIERS = ("swift", "anchor")
BUYERS = ("trade", *USERS, *MAKERS)
PERMITS = ("purchase_permit", "lawful_use")
AUTHORITIES = ("emergency", "police", "transport")
ATTESTED = {
    **dict.fromkeys(("production", "operation", "storage"), "emergency"),
    **dict.fromkeys(("road_transport", "vehicle", "driver", "escort"), "transport"),
    **dict.fromkeys(PERMITS, "police"),
}
"""Which authority attests a kind of licence; other kinds are declared by their holders."""
WITH_SITE = {"producer", "warehouse", "user", "disposer"}
"""Who has a place to keep goods in; the trader never touches a drum, and the carriers' vehicles are no site."""


@dataclass(frozen=True, slots=True)
class Role:
    """One member of the cast."""

    name: str
    zh: str
    en: str
    region: str
    park: str
    roles: tuple[str, ...]
    licences: tuple[str, ...]


PARKS = ("金山化工园区", "张家港化工园区")
CAST = (
    Role(
        "sea", "海澜化工（演示）有限公司", "Hailan Chemicals (demo)", "310116", PARKS[0], ("producer",), ("production",)
    ),
    Role(
        "river",
        "江源气体（演示）有限公司",
        "Jiangyuan Gases (demo)",
        "320582",
        PARKS[1],
        ("producer",),
        ("production",),
    ),
    Role(
        "bay", "湾石石化（演示）有限公司", "Wanshi Petrochemical (demo)", "330211", "", ("producer",), ("production",)
    ),
    Role(
        "north",
        "北仓危化品仓储（演示）有限公司",
        "Beicang Storage (demo)",
        "330206",
        "",
        ("warehouse",),
        ("operation", "storage"),
    ),
    Role(
        "south",
        "南浦仓储（演示）有限公司",
        "Nanpu Storage (demo)",
        "310116",
        PARKS[0],
        ("warehouse",),
        ("operation", "storage"),
    ),
    Role(
        "harbour",
        "港联储运（演示）有限公司",
        "Ganglian Terminals (demo)",
        "320582",
        PARKS[1],
        ("warehouse",),
        ("operation", "storage"),
    ),
    Role("trade", "信达化工贸易（演示）有限公司", "Xinda Trading (demo)", "330206", "", ("trader",), ("operation",)),
    Role("paint", "彩虹涂料（演示）有限公司", "Caihong Coatings (demo)", "370686", "", ("user",), ("use",)),
    Role("water", "清源水务（演示）有限公司", "Qingyuan Water (demo)", "310116", "", ("user",), ("use",)),
    Role(
        "pharma",
        "百草制药（演示）有限公司",
        "Baicao Pharma (demo)",
        "320582",
        PARKS[1],
        ("user",),
        ("use", "production"),
    ),
    Role("steel", "锻铁特钢（演示）有限公司", "Duantie Steel (demo)", "370686", "", ("user",), ("use",)),
    Role(
        "swift", "速安危货运输（演示）有限公司", "Suan Haulage (demo)", "330211", "", ("carrier",), ("road_transport",)
    ),
    Role(
        "anchor", "铁锚物流（演示）有限公司", "Tiemao Logistics (demo)", "320582", "", ("carrier",), ("road_transport",)
    ),
    Role(
        "clean",
        "净界环保处置（演示）有限公司",
        "Jingjie Disposal (demo)",
        "330211",
        "",
        ("disposer",),
        ("disposal", "storage"),
    ),
    Role("emergency", "演示省应急管理厅", "Emergency Management (demo)", "330000", "", ("authority", "emergency"), ()),
    Role("police", "演示市公安局", "Public Security (demo)", "330200", "", ("authority", "police"), ()),
    Role("transport", "演示省交通运输厅", "Transport Authority (demo)", "330000", "", ("authority", "transport"), ()),
)
OPERATOR = Role("operator", "危化品流转账本运营方（演示）", "Ledger operator (demo)", "310000", "", ("operator",), ())


def with_role(cast: Iterable[Role], name: str) -> tuple[str, ...]:
    """The names of those of a cast that have a role, in their order."""
    return tuple(role.name for role in cast if name in role.roles)


POSITIONS: dict[str, tuple[str, str]] = {
    "sea": ("30.7306", "121.2874"),
    "river": ("31.9637", "120.4411"),
    "bay": ("29.9742", "121.5986"),
    "north": ("29.9127", "121.8441"),
    "south": ("30.7419", "121.3312"),
    "harbour": ("31.9585", "120.4698"),
    "pharma": ("31.9702", "120.4127"),
    "steel": ("37.3655", "120.3993"),
    "clean": ("29.9895", "121.6323"),
}
"""Where invented sites lie, in degrees of WGS-84, in the district of their firm; the others did not say."""
GS1_PREFIX = "952001"
"""Of the first maker; GS1 keeps 952 for examples."""


class World:
    """Ids of the cast by name, and the statements that bring it into the ledger."""

    def __init__(
        self, seed: int, start_ms: int, reference: Reference, operator: str, cast: tuple[Role, ...] = CAST
    ) -> None:
        self.seed = seed
        self.cast = cast
        self.makers, self.carriers = with_role(cast, "producer"), with_role(cast, "carrier")
        self.buyers = (*with_role(cast, "trader"), *with_role(cast, "user"), *self.makers)
        self.start_ms = start_ms
        self.reference = reference
        self.operator = operator
        dice = Dice(seed, "world")
        self.orgs = {role.name: dice.ref("org", start_ms) for role in cast}
        self.sites = {role.name: dice.ref("site", start_ms) for role in cast if WITH_SITE & {*role.roles}}
        self.people = {role.name: hire(seed, role.name, start_ms) for role in cast}
        self.users = {name: people[0].user for name, people in self.people.items()}
        self.fleet = {carrier: trucks(seed, carrier, start_ms) for carrier in self.carriers}
        self.permits = {
            (name, kind): f"DEMO-{kind[:3].upper()}-{place:03d}"
            for place, name in enumerate(self.buyers)
            for kind in PERMITS
        }
        self.catalogue = tuple(reference.products)
        self.products = {
            (maker, product.id): dice.ref("product", start_ms) for maker in self.makers for product in self.catalogue
        }
        self._dice = dice
        self._codes = Dice(seed, "codes of places")
        self._licences: dict[tuple[str, str], str] = {}
        self._year = int(format_utc(start_ms)[:4])
        self._since = f"{self._year - 3}-01-01"

    def spots(self, product: str) -> Mapping[str, str]:
        """What plots name -> where that is for a product of the catalogue."""
        return OF_PRODUCT[product].spots

    def posted(self, who: str) -> Iterable[str]:
        """Locations of somebody's site that bear a code."""
        role = next(role for role in self.cast if role.name == who)
        return tuple(str(item["location"]) for item in self._locations(role))

    def name(self, who: str) -> str:
        """The Chinese name of one of the cast."""
        return next(role.zh for role in self.cast if role.name == who)

    def statements(self) -> Iterator[Statement]:
        """Admit the organisations, register their sites, products and licences; a minute apart."""
        moment = self.start_ms
        for kind, who, sections, signers in self._cast():
            moment += 60_000
            yield Statement(
                id=self._dice.ref("x", moment)[2:],
                type=kind,
                actor=self.operator if who == OPERATOR.name else self.orgs[who],
                occurred_ms=moment,
                sections=sections,
                recorded_ms=moment + 1000,
                signers=signers,
            )

    def _cast(self) -> Iterator[tuple[str, str, Sections, tuple[Person, ...]]]:
        for role in self.cast:
            first, second = self.people[role.name]
            admitted: Sections = {"organisation": self._organisation(role), "key": first.section()}
            yield "governance.organisation_admitted", OPERATOR.name, admitted, (first,)
            yield "governance.key_registered", role.name, {"key": second.section()}, (first, second)
        for role in self.cast:
            signer = self.people[role.name][:1]
            if role.name in self.sites:
                yield "governance.site_registered", role.name, {"site": self._site(role)}, signer
                yield "production.label_issued", role.name, self._posted(role.name), signer
            for kind in role.licences:
                yield self._licensed(role.name, kind)
        for carrier, fleet in self.fleet.items():
            for truck in fleet:
                for kind, subject in truck.subjects:
                    yield self._licensed(carrier, kind, subject=subject)
        for (name, kind), number in self.permits.items():
            yield self._licensed(name, kind, number=number, most_kg="99000000")
        for (maker, name), product in self.products.items():
            content = product_content(product, self.reference.products.product(name), self._since)
            yield "governance.product_registered", maker, {"product": content}, self.people[maker][:1]

    def _licensed(self, name: str, kind: str, **more: Json) -> tuple[str, str, Sections, tuple[Person, ...]]:
        """A licence, registered by the authority that attests its kind, or else by its holder."""
        by = ATTESTED.get(kind, name)
        return "governance.licence_registered", by, {"licence": self._licence(name, kind) | more}, self.people[by][:1]

    def _organisation(self, role: Role) -> dict[str, Json]:
        content: dict[str, Json] = {
            "organisation": self.orgs[role.name],
            "names": {"zh": role.zh, "en": role.en},
            "uscc": uscc(role, self._dice),
            "region": role.region,
            "roles": list(role.roles),
            "phone": f"0571-{self._dice.between(80000000, 89999999)}",
        }
        if role.name == MAKERS[0]:
            content["gs1_prefixes"] = [GS1_PREFIX]
        if role.name in AUTHORITIES:
            content["authority"] = role.name
        return content | ({"park": role.park} if role.park else {})

    def _site(self, role: Role) -> dict[str, Json]:
        places: list[Json] = [*self._locations(role)]
        content: dict[str, Json] = {
            "site": self.sites[role.name],
            "names": {"zh": role.zh.partition("（")[0] + "厂区", "en": role.en.removesuffix(" (demo)") + " site"},
            "region": role.region,
            "locations": places,
            "co_storage": co_storage(f"{self._year - 1}-01-01"),
            "phone": f"0571-{self._dice.between(80000000, 89999999)}",
        }
        registered: list[Json] = [*units(role.roles[0])]
        if registered:
            content["hazard_units"] = registered
        if role.name in POSITIONS:
            content["position"] = dict(zip(("latitude", "longitude"), POSITIONS[role.name], strict=True))
        return content | ({"park": role.park} if role.park else {})

    def _locations(self, role: Role) -> list[dict[str, Json]]:
        return [*LOCATIONS, *(TANKS[1:] if "producer" in role.roles else ())]

    def _posted(self, who: str) -> Sections:
        """Codes to post at every location of a site."""
        places = [f"{self.sites[who]}/{location}" for location in self.posted(who)]
        items: list[Json] = [{"code": self._codes.code(), "target": place} for place in places]
        return {"containers": {"items": items}}

    def licence_of(self, name: str, kind: str) -> str:
        """The reference of the first licence of a kind that one of the cast was given, once it was stated."""
        return self._licences[name, kind]

    def _licence(self, name: str, kind: str) -> dict[str, Json]:
        licence = self._dice.ref("licence", self.start_ms)
        self._licences.setdefault((name, kind), licence)
        return {
            "licence": licence,
            "organisation": self.orgs[name],
            "kind": kind,
            "number": f"DEMO-{kind[:4].upper()}-{self._dice.between(1000, 9999)}",
            "valid_from": self._since,
            "valid_to": f"{self._year + 12}-12-31",
        }


def uscc(role: Role, dice: Dice) -> str:
    """A unified social credit code of the role's region, with its check character (GB 32100-2015)."""
    body = "91" + role.region + "".join(dice.one_of(USCC_ALPHABET) for _ in range(9))
    total = sum(USCC_ALPHABET.index(letter) * 3**place % 31 for place, letter in enumerate(body))
    return check_uscc(body + USCC_ALPHABET[-total % 31])


def _version(product: str, paper: str, language: str, since: str) -> dict[str, Json]:
    """A version of a safety data sheet or label; the hash is that of a text that names it, for there is no paper."""
    digest = hashlib.sha256(f"{product} {paper} {language} 1.0".encode()).digest()
    return {"version": "1.0", "date": since, "language": language, "hash": b64u(digest)}


def product_content(product: str, entry: Product, since: str) -> dict[str, Json]:
    """The product section of a catalogue entry, registered under its row since a day."""
    row: dict[str, Json] = {
        "un": entry.good.un.removeprefix("UN"),
        "name": entry.good.proper_shipping_name,
        "class": entry.good.hazard_class,
        "from": since,
    }
    if entry.good.subsidiaries:
        row["subsidiary"] = list(entry.good.subsidiaries)
    if entry.good.packing_group:
        row["packing_group"] = entry.good.packing_group
    statements: list[Json] = [*sorted({hazard.code for hazard in entry.shown})]
    ghs: dict[str, Json] = {"statements": statements, "pictograms": [*entry.pictograms]}
    if entry.signal_word:
        ghs["signal"] = entry.signal_word
    if entry.precautions:
        ghs["precautions"] = [precaution.code for precaution in entry.precautions]
    content: dict[str, Json] = {
        "product": product,
        "names": {"zh": entry.names.zh, "en": entry.names.en},
        "state": entry.state,
        "components": [
            {
                "name": {"zh": part.name.zh, "en": part.name.en},
                "cas": part.cas,
                "least_percent": part.least_percent,
                "most_percent": part.most_percent,
            }
            for part in entry.components
        ],
        "un": [row],
        "ghs": ghs,
        "emergency_phone": "0532-83889090",
    }
    for paper in ("sds", "labels"):
        content[paper] = [_version(product, paper, language, since) for language in ("zh-CN", "en")]
    lists: list[Json] = [name for name in entry.lists if name in LISTED]
    return content | ({"lists": lists} if lists else {})
