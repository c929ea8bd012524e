"""A ledger of rules in memory: no store, no bytes of a log. `Rulebook.do` decides, evolves and checks every invariant.

`world()` is a small cast with licences, sites, products and stock; its ids and times follow from counters.
"""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from ledger.core import keys
from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.effects import Effects
from ledger.core.events import Header, Ref, event_hash
from ledger.core.ids import uuid7
from ledger.core.sections import Disclosure
from ledger.core.times import format_utc
from ledger.errors import Problem, catalogue
from ledger.reference import Reference, load
from ledger.rules import (
    Accepted,
    Decision,
    Entry,
    Event,
    FormerEvent,
    NotLoaded,
    Refused,
    State,
    codec,
    decide,
    evolve,
    rule_set,
)
from ledger.rules.accounts import Holding, holding_of_key
from ledger.rules.aggregates import Aggregate, BatchState, ContainerState, ShipmentState
from ledger.rules.standard import standard_manifest
from ledger.rules.state import Value, is_cell

T = TypeVar("T")
Sections: TypeAlias = Mapping[str, Any]
"""Contents by section; whatever a test wants to try."""

ORIGIN = "trace.example.cn/log"
START_MS = 1_795_305_600_000  # 2026-11-22T00:00:00Z
SECOND, MINUTE, DAY = 1000, 60_000, 86_400_000
KG = 10**6
UNFILLED = re.compile(r"\{[a-z_]+\}")
USCC = "91110000600037341L"
PAPERS = frozenset({"waybill@1", "crew@1", "sds@1", "buyer_licence@1", "permit@1", "two_person@1"})


@functools.cache
def reference() -> Reference:
    """The bundled reference data, read once a session."""
    return load()


@functools.cache
def public_key(name: str) -> str:
    """A public key in base64url, by name."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seed = name.encode().ljust(32, b"-")[:32]
    return b64u(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


@functools.cache
def key_id(name: str) -> str:
    """The id of that key."""
    from ledger.core.b64 import unb64u

    return keys.key_id(unb64u(public_key(name)))


def line(batch: str, kg: float | str, **more: Json) -> dict[str, Json]:
    """A line of matter in kilograms."""
    return {"batch": batch, "amount": str(kg), "unit": "kg", **more}


def lines(*stated: dict[str, Json], **more: Json) -> dict[str, Json]:
    """A section of matter."""
    return {"lines": list(stated), **more}


def manifest(
    levels: Mapping[str, str] | None = None,
    exceptions: Mapping[str, list[Json]] | None = None,
    parameters: Mapping[str, dict[str, Json]] | None = None,
    without: Sequence[str] = (),
    *,
    papers: bool = False,
) -> dict[str, Json]:
    """The standard manifest with other levels, dated exceptions, parameters, or without some rules.

    Rules about papers and signatures are in force only where `papers` asks for them: most tests are about mass.
    """
    made = standard_manifest()
    rules = made["rules"]
    assert isinstance(rules, list)
    kept: list[Json] = []
    for rule in rules:
        assert isinstance(rule, dict)
        name = str(rule["rule"])
        if name in (levels or {}):
            rule["level"] = (levels or {})[name]
        if name in (exceptions or {}):
            rule["levels"] = (exceptions or {})[name]
        if name in (parameters or {}):
            rule["parameters"] = (parameters or {})[name]
        if name not in without and (papers or name not in PAPERS):
            kept.append(rule)
    return {**made, "rules": kept}


class Rulebook:
    """Values by key, entries in order, and a clock that moves by a minute a statement."""

    def __init__(self, stated: Mapping[str, Json] | None = None) -> None:
        self.manifest = dict(stated or manifest())
        self.rules = rule_set(self.manifest)
        self.values: dict[str, Value] = {}
        self.entries: list[Entry] = []
        self.ledger_id: str | None = None
        self.now = START_MS
        self._made = 0

    def ref(self, kind: str) -> str:
        """A reference that was never given out before."""
        return f"{kind}:{self.uuid()}"

    def uuid(self) -> str:
        """A UUIDv7 that was never given out before."""
        self._made += 1
        return uuid7(START_MS, self._made.to_bytes(10, "big"))

    def state(self) -> State:
        """The state before the next record."""
        return State(self.values, index=len(self.entries), ledger_id=self.ledger_id)

    def ask(self, question: Callable[[State], T]) -> T:
        """Put a pure question again until all that it needs is loaded: nought for a cell, None for the unknown."""
        for _ in range(200):
            try:
                return question(self.state())
            except NotLoaded as wanted:
                self._load(wanted.keys)
        message = "the rules never have enough"
        raise AssertionError(message)

    def _load(self, keys: frozenset[str]) -> None:
        assert keys
        assert not keys & self.values.keys()
        self.values.update({key: 0 if is_cell(key) else None for key in keys})

    def event(
        self,
        type: str,
        actor: str,
        sections: Sections,
        mode: str = "act",
        refs: Sequence[tuple[str, str]] = (),
        at: int | None = None,
        signers: Sequence[str] = (),
        not_after: int | None = None,
        origin: str = ORIGIN,
    ) -> Event:
        """A real event: header, digests, hash; `at` in milliseconds, `signers` are names of keys."""
        made = [
            Disclosure(index.to_bytes(16, "big"), name, dict(sections[name])) for index, name in enumerate(sections)
        ]
        header = Header(
            origin=origin,
            id=self.uuid(),
            type=type,
            mode=mode,
            actor=actor,
            keys=tuple(sorted(key_id(name) for name in signers)),
            occurred_at=format_utc(self.now if at is None else at),
            not_after=None if not_after is None else format_utc(not_after),
            refs=tuple(Ref(rel, ORIGIN, found) for rel, found in refs),
            sections={item.name: item.digest for item in made},
        )
        stated = {item.name: item.content for item in made if item.name != "personal"}
        return Event(event_hash(header.encode()), header, stated)

    def decide(self, event: Event) -> Decision:
        """Decide an event twice, with equal answers."""
        answer = self.ask(lambda state: decide(state, event, self.now, self.rules, reference()))
        assert answer == decide(self.state(), event, self.now, self.rules, reference())
        return answer

    def put(self, event: Event) -> Entry | tuple[Problem, ...]:
        """Decide an event and, if it is accepted, record it. Every invariant is checked."""
        before = dict(self.values)
        answer = self.decide(event)
        if isinstance(answer, Refused):
            assert {key: value for key, value in self.values.items() if value} == {k: v for k, v in before.items() if v}
            check_words(answer.problems)
            return answer.problems
        return self._record(event, answer)

    def _record(self, event: Event, answer: Accepted) -> Entry:
        assert answer.effects
        for chain, effects in answer.effects.items():
            assert Effects.parse(effects.content()).content() == effects.content()
            assert effects.balance_mg == 0
            assert chain.startswith("batch:") or not effects.postings
        entry = Entry(len(self.entries), self.now, event, answer.effects)
        changes = self.ask(lambda state: evolve(state, entry))
        assert changes == evolve(self.state(), stored(entry))
        self.values.update(changes)
        self.values["event:" + event.hash] = FormerEvent(entry)
        self.entries.append(entry)
        self.now += MINUTE
        if event.verb == "ledger_opened":
            self.ledger_id = str(event.contents["log"]["ledger"])
        self.check(changes)
        return entry

    def check(self, changes: Mapping[str, Aggregate | int]) -> None:
        """What a record changed is sound: codec, balances, vessels, no holding below nought."""
        cells = {holding_of_key(key): mg for key, mg in self.values.items() if isinstance(mg, int)}
        assert all(mg >= 0 for mg in cells.values())
        for key, value in changes.items():
            if isinstance(value, int):
                continue
            assert codec.load(key, codec.dump(value)) == value
            if isinstance(value, BatchState):
                assert value.on_hand == sum(mg for cell, mg in cells.items() if cell.batch == key)
                assert value.on_hand + sum(value.totals.values()) == 0
            if isinstance(value, ShipmentState):
                assert dict(value.cargo) == held_by(cells, "custodian", key)
            if isinstance(value, ContainerState):
                assert dict(value.contents) == held_by(cells, "container", key)

    def do(self, type: str, actor: str, sections: Sections, *args: object, **more: object) -> Entry:
        """State an event that has to be accepted."""
        made = self.put(self.event(type, actor, sections, *args, **more))  # type: ignore[arg-type]
        assert isinstance(made, Entry), made
        return made

    def refuse(self, type: str, actor: str, sections: Sections, *args: object, **more: object) -> tuple[Problem, ...]:
        """State an event that has to be refused: its problems."""
        made = self.put(self.event(type, actor, sections, *args, **more))  # type: ignore[arg-type]
        assert not isinstance(made, Entry), "it was accepted"
        return made

    def batch(self, key: str) -> BatchState:
        """A batch that is known."""
        found = self.values[key]
        assert isinstance(found, BatchState)
        return found

    def vessel(self, key: str) -> ContainerState:
        """A container that is known."""
        found = self.values[key]
        assert isinstance(found, ContainerState)
        return found

    def kg(self, *holding: str) -> float:
        """Kilograms in a holding."""
        found = self.values.get(Holding(*holding).key, 0)
        assert isinstance(found, int)
        return found / KG


def held_by(cells: Mapping[Holding, int], part: str, key: str) -> dict[str, int]:
    """What the holdings whose `part` is `key` add up to, by batch."""
    held: dict[str, int] = {}
    for cell, mg in cells.items():
        if getattr(cell, part) == key and mg:
            held[cell.batch] = held.get(cell.batch, 0) + mg
    return held


def stored(entry: Entry) -> Entry:
    """The entry as it comes back from stored bytes: effects sorted."""
    effects = {chain: Effects.parse(found.content()) for chain, found in sorted(entry.effects.items(), reverse=True)}
    return Entry(entry.index, entry.recorded_at_ms, entry.event, effects)


def check_words(problems: Sequence[Problem]) -> None:
    """Every problem has its words in both languages, with nothing left to fill in."""
    for problem in problems:
        for lang in ("zh", "en"):
            words = catalogue.render(problem, lang)
            assert all(words[name] and not UNFILLED.search(words[name]) for name in ("title", "detail", "remedy"))


def postings(entry: Entry, batch: str) -> dict[str | tuple[str, ...], float]:
    """What an entry posted to a batch, in kilograms by account."""
    return {
        posting.account if isinstance(posting.account, str) else tuple(posting.account): posting.mg / KG
        for posting in entry.effects[batch].postings
    }


def findings(entry: Entry) -> dict[str, Any]:
    """The findings of an entry by rule, those of all its chains."""
    return {found.rule: dict(found.data) for effects in entry.effects.values() for found in effects.findings}


def shares(entry: Entry, batch: str) -> dict[str, int]:
    """The shares of a batch born in an entry."""
    return dict(entry.effects[batch].shares)


@dataclass
class World:
    """A cast with stock to play with. Every firm has a site with the locations A, B and USE."""

    book: Rulebook
    operator: str
    authority: str
    maker: str
    user: str
    carrier: str
    sites: dict[str, str]
    products: dict[str, str]

    def place(self, org: str, location: str = "A", **more: Json) -> dict[str, Json]:
        """A place section: a location of a firm's site."""
        return {"site": self.sites[org], "location": location, **more}

    def at(self, org: str, location: str = "A") -> str:
        """The same as account text."""
        return f"{self.sites[org]}/{location}"

    def cell(self, batch: str, org: str, location: str = "A", container: str = "-", status: str = "free") -> Holding:
        """A holding of a firm at its own site."""
        return Holding(batch, org, org, self.at(org, location), container, status)

    def container(self, kind: str = "drum", **more: Json) -> str:
        """A container of the maker."""
        made = self.book.ref("container")
        item: dict[str, Json] = {"container": made, "kind": kind, **more}
        self.book.do("governance.container_registered", self.maker, {"containers": {"items": [item]}})
        return made

    def produce(
        self,
        kg: float | str = 100,
        product: str = "liquid",
        *,
        org: str | None = None,
        container: str = "-",
        time: dict[str, Json] | None = None,
        type: str = "production.batch_produced",
    ) -> str:
        """A new batch at location A of the maker, or of another firm."""
        who, made = org or self.maker, self.book.ref("batch")
        more: dict[str, Json] = {} if container == "-" else {"container": container}
        sections: dict[str, Any] = {
            "product": {"product": self.products[product], "lot": "L-1"},
            "outputs": lines(line(made, kg, **more)),
            "place": self.place(who),
        }
        self.book.do(type, who, sections if time is None else {**sections, "time": time})
        return made

    def use(self, batch: str, kg: float | str, **more: Json) -> dict[str, Any]:
        """The sections of a use at the maker's location A."""
        return {"inputs": lines(line(batch, kg, **more)), "place": self.place(self.maker)}


def organisation(ref: str, *roles: str, **more: Json) -> dict[str, Json]:
    """An organisation section."""
    names: dict[str, Json] = {"zh": "甲公司", "en": "A Co."}
    stated: dict[str, Json] = {"organisation": ref, "names": names, "uscc": USCC, "region": "110000"}
    return {**stated, **({"roles": list(roles)} if roles else {}), **more}


def genesis(book: Rulebook, operator: str, ledger: str, registrars: Sequence[str] = ()) -> dict[str, Any]:
    """The sections of the first event."""
    registered: list[Json] = [public_key(name) for name in registrars]
    return {
        "log": {
            "ledger": ledger,
            "origin": ORIGIN,
            "keys": [public_key("log")],
            "registrars": registered,
            "demo": True,
        },
        "organisation": organisation(operator, "operator"),
        "rule": {"rules": book.manifest, "reference": dict(reference().manifest)},
    }


def licence(book: Rulebook, org: str, kind: str, **more: Json) -> dict[str, Any]:
    """The section of a licence that is good from 2026 to 2028."""
    return {
        "licence": {
            "licence": book.ref("licence"),
            "organisation": org,
            "kind": kind,
            "number": "No. 1",
            "valid_from": "2026-01-01",
            "valid_to": "2028-12-31",
            **more,
        }
    }


def product(ref: str, **more: Json) -> dict[str, Json]:
    """A product section: methanol by default."""
    return {
        "product": ref,
        "names": {"zh": "甲醇", "en": "Methanol"},
        "state": "liquid",
        "components": [{"name": {"zh": "甲醇"}, "cas": "67-56-1"}],
        "un": [{"un": "1230", "name": "Methanol", "class": "3", "packing_group": "II", "from": "2020-01-01"}],
        "ghs": {"statements": ["H225"]},
        **more,
    }


PRODUCTS: dict[str, dict[str, Json]] = {
    "liquid": {},
    "solid": {"state": "solid"},
    "toxic": {"state": "solid", "lists": ["highly_toxic"]},
    "made": {"yield": {"least_ppm": 900_000, "most_ppm": 1_100_000}},
}


def opened(stated: Mapping[str, Json] | None = None, registrars: Sequence[str] = ()) -> tuple[Rulebook, str]:
    """A ledger after its genesis, and its operator."""
    book = Rulebook(stated)
    operator = book.ref("org")
    book.do("governance.ledger_opened", operator, genesis(book, operator, book.ref("ledger"), registrars))
    return book, operator


def world(stated: Mapping[str, Json] | None = None) -> World:
    """A ledger with an authority, a maker, a user and a carrier, their licences and sites, and their products."""
    book, operator = opened(stated)
    cast = {name: book.ref("org") for name in ("authority", "maker", "user", "carrier")}
    kinds = {
        "maker": ("production", "operation", "storage"),
        "user": ("use", "disposal"),
        "carrier": ("road_transport",),
    }
    sites = {}
    for name, org in cast.items():
        book.do("governance.organisation_admitted", operator, {"organisation": organisation(org, name)})
        for kind in kinds.get(name, ()):
            book.do("governance.licence_registered", org, licence(book, org, kind))
        sites[org] = book.ref("site")
        locations: list[Json] = [{"location": at, "kind": "bay"} for at in ("A", "B", "USE")]
        stated_site: dict[str, Json] = {
            "site": sites[org], "names": {"zh": "一号库"}, "region": "110000", "locations": locations,
        }  # fmt: skip
        book.do("governance.site_registered", org, {"site": stated_site})
    made = {name: book.ref("product") for name in PRODUCTS}
    for name, more in PRODUCTS.items():
        book.do("governance.product_registered", cast["maker"], {"product": product(made[name], **more)})
    return World(book, operator, **cast, sites=sites, products=made)
