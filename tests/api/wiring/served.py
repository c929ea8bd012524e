"""A small demo world behind the real application: SQLite, the real append path, a clock that stands still."""

import copy
import json
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from api.settings import ApiSettings
from api.wiring import wire
from ledger.core.ids import uuid7
from ledger.core.keys import private_key
from ledger.core.note import Signer
from ledger.core.times import format_utc
from ledger.demo.build import Built, Plan, build
from ledger.demo.dice import Dice
from ledger.demo.world import World
from ledger.reference import load
from ledger.rules import codec
from ledger.rules.aggregates import OrgState
from ledger.rules.standard import standard_manifest
from ledger.services.access import issue_login_link
from ledger.services.clock import SetClock
from ledger.services.entropy import SeededEntropy
from ledger.services.identity.ports import Ports, Site
from ledger.services.ledger import Ledger
from ledger.store.engines import sqlite_url
from tests.support.programs import token

BASE = "http://testserver"
PLAN = Plan(events=440, seed=7, until_ms=1_795_305_600_000)
ORIGIN = "demo.example/log"
FILE, SIGNED = "ledger.sqlite3", "signer-state"


@dataclass
class Served:
    ledger: Ledger
    clock: SetClock
    built: Built
    path: Path
    client: TestClient
    dice: Dice = field(default_factory=lambda: Dice(7, "tests"))
    _keys: dict[str, str] = field(default_factory=dict)

    @property
    def ports(self) -> Ports:
        return Ports(self.ledger)

    @property
    def world(self) -> World:
        return self.built.world

    def new(self, kind: str) -> str:
        return self.dice.ref(kind, self.clock.now_ms())

    def id(self) -> str:
        return uuid7(self.clock.now_ms(), self.dice.bytes(10))

    def headers(self, who: str) -> dict[str, str]:
        if who not in self._keys:
            self._keys[who] = self.token(self.world.orgs[who])
        return {"authorization": f"Bearer {self._keys[who]}", "accept": "application/json"}

    def token(self, org: str, *roles: str) -> str:
        return token(self.ledger, org, *roles)

    def get(self, path: str, who: str) -> Response:
        return self.client.get(path, headers=self.headers(who))

    def ok(self, path: str, who: str) -> Any:  # noqa: ANN401 - JSON
        answer = self.get(path, who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def event(self, who: str, kind: str, sections: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": self.id(),
            "type": kind,
            "mode": "act",
            "actor": self.world.orgs[who],
            "occurred_at": format_utc(self.clock.now_ms()),
            "sections": sections,
        }

    def post(self, who: str, event: dict[str, Any], lang: str = "en") -> Response:
        headers = {**self.headers(who), "content-type": "application/json", "accept-language": lang}
        return self.client.post("/api/v1/events", content=json.dumps(event), headers=headers)

    def state(self, who: str, kind: str, sections: dict[str, Any]) -> Response:
        answer = self.post(who, self.event(who, kind, sections))
        assert answer.status_code == 201, answer.text
        return answer

    def place(self, who: str, location: str) -> dict[str, str]:
        return {"site": self.world.sites[who], "location": location}

    def produce(self, who: str, product: str, kilograms: str, location: str = "T-01") -> str:
        batch = self.new("batch")
        sections = {
            "product": {"product": self.world.products[who, product], "lot": f"LOT-{batch[-6:]}"},
            "outputs": {"lines": [{"batch": batch, "amount": kilograms, "unit": "kg"}]},
            "place": self.place(who, location),
        }
        self.state(who, "production.batch_produced", sections)
        return batch

    def label(self, who: str, target: str) -> str:
        code = self.dice.code()
        self.state(who, "production.label_issued", {"containers": {"items": [{"code": code, "target": target}]}})
        return code

    def prefix(self, who: str, *digits: str) -> None:
        """Register GS1 company prefixes of a firm, with all else that is known of it."""
        ref = self.world.orgs[who]
        with self.ledger.store.read() as unit:
            body = unit.projections.load_states([ref])[ref]
        assert body is not None
        known = codec.load(ref, body)
        assert isinstance(known, OrgState)
        stated = {
            "organisation": ref,
            "names": {"zh": known.name_zh, "en": known.name_en},
            "uscc": known.uscc,
            "region": known.region,
            "gs1_prefixes": list(digits),
        }
        self.state(who, "governance.organisation_renamed", {"organisation": stated})

    def consume(self, who: str, batch: str, kilograms: str, location: str = "T-01") -> dict[str, Any]:
        lines = [{"batch": batch, "amount": kilograms, "unit": "kg"}]
        return self.event(who, "use.consumed", {"place": self.place(who, location), "inputs": {"lines": lines}})

    def link(self, who: str, uses: int | None = 1) -> str:
        return issue_login_link(self.ledger, self.world.orgs[who], uses=uses)

    def browser(self, who: str) -> TestClient:
        """A client that has signed in by a link."""
        fresh = TestClient(self.client.app, base_url=BASE, follow_redirects=False)
        answer = fresh.post(f"/login/{self.link(who)}", headers={"origin": BASE})
        assert answer.status_code == 303, answer.text
        return fresh


@dataclass(frozen=True)
class _Kept:
    """A world that was built and closed: in a folder of its own, at a time."""

    folder: "TemporaryDirectory[str]"
    built: Built
    now_ms: int


@cache
def _kept(plan: Plan) -> _Kept:
    folder, clock, reference = TemporaryDirectory(), SetClock(plan.start_ms), load()
    with Ledger.create(
        sqlite_url(Path(folder.name) / FILE),
        plan.genesis(standard_manifest()),
        signer=_signer(plan),
        signer_state=Path(folder.name) / SIGNED,
        clock=clock,
        entropy=plan.entropy(),
        reference=reference,
    ) as ledger:
        built = build(ledger, clock, plan, reference, lambda _done, _total: None)
    return _Kept(folder, built, clock.now_ms())


def _signer(plan: Plan) -> Signer:
    return Signer(ORIGIN, private_key(plan.key_entropy().bytes(32)))


def serve(folder: Path, plan: Plan = PLAN) -> Served:
    """Put the application over a copy of the world, in a folder; the caller closes ``ledger``."""
    kept = _kept(plan)
    for name in (FILE, SIGNED):
        shutil.copyfile(Path(kept.folder.name) / name, folder / name)
    clock, path = SetClock(kept.now_ms), folder / FILE
    ledger = Ledger.open(
        sqlite_url(path),
        signer=_signer(plan),
        signer_state=folder / SIGNED,
        clock=clock,
        entropy=SeededEntropy(b"served"),
        reference=load(),
    )
    app = create_app(wire(ledger, site=Site(BASE)), ApiSettings(BASE, "0", demo=True))
    return Served(ledger, clock, copy.deepcopy(kept.built), path, TestClient(app, base_url=BASE))
