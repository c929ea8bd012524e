"""Ledgers to measure on: the demo's story in a folder of their own, and statements that go on with it."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from ledger.client import statement
from ledger.client.statement import Maker, SigningKey, Terms
from ledger.core.ids import uuid7
from ledger.core.keys import private_key
from ledger.core.note import Signer
from ledger.core.times import format_utc
from ledger.demo.build import Plan, build
from ledger.demo.world import World
from ledger.reference import Reference, load
from ledger.rules.standard import standard_manifest
from ledger.services.append import MAX_BATCH, Pace
from ledger.services.clock import SetClock, SystemClock
from ledger.services.identity import clients
from ledger.services.identity.ports import Ports
from ledger.services.ledger import Ledger
from ledger.store.engines import sqlite_url

ORIGIN: Final = "bench.hazledger.example/log"
SEED: Final = 1
UNTIL_MS: Final = 1_735_689_600_000  # 2025-01-01: the story is over before the measuring begins
MAKER: Final = "sea"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Scratch:
    """A closed ledger in a folder of its own, and the world that its story is about."""

    folder: Path
    world: World

    @property
    def path(self) -> Path:
        """The SQLite file."""
        return self.folder / "ledger.sqlite3"

    @property
    def url(self) -> str:
        """The URL of the database."""
        return sqlite_url(self.path)

    @property
    def signer_state(self) -> Path:
        """The file of the last signed checkpoint."""
        return self.folder / "signer-state.json"

    def open(self, *, max_batch: int = MAX_BATCH) -> Ledger:
        """Open it as its writer."""
        return open_writer(self.folder, max_batch=max_batch, reference=self.world.reference)

    def copy(self, folder: Path) -> "Scratch":
        """The same ledger in another folder."""
        folder.mkdir()
        made = Scratch(folder, self.world)
        shutil.copyfile(self.path, made.path)
        shutil.copyfile(self.signer_state, made.signer_state)
        return made


def make(folder: Path, events: int, progress: Progress = lambda _done, _total: None) -> Scratch:
    """Tell the demo's story to a new ledger: at least so many events."""
    folder.mkdir()
    plan = Plan(events, SEED, UNTIL_MS)
    reference = load()
    made = Scratch(folder, World(SEED, plan.start_ms, reference, plan.operator()))
    clock = SetClock(plan.start_ms)
    with Ledger.create(
        made.url,
        plan.genesis(standard_manifest()),
        signer=_signer(),
        signer_state=made.signer_state,
        clock=clock,
        entropy=plan.entropy(),
        reference=reference,
    ) as ledger:
        build(ledger, clock, plan, reference, progress)
    return made


def open_writer(folder: Path, *, max_batch: int = MAX_BATCH, reference: Reference | None = None) -> Ledger:
    """Open the ledger of a folder as its writer; ``max_batch``: the most statements that one transaction takes."""
    return Ledger.open(
        sqlite_url(folder / "ledger.sqlite3"),
        signer=_signer(),
        signer_state=folder / "signer-state.json",
        reference=reference,
        pace=Pace(max_batch=max_batch),
    )


def access_token(scratch: Scratch) -> str:
    """Return an access token of a program of the maker: good for a quarter of an hour."""
    with scratch.open() as ledger:
        ports = Ports(ledger)
        made = clients.create(ports, scratch.world.orgs[MAKER], "bench", ("operator",), by="bench")
        return clients.token(ports, made.id, made.secret).secret


def bodies(world: World, first: int, count: int) -> Sequence[bytes]:
    """Statements in the simple form: the maker produced a batch. Five sections, the batch's chain and the site's.

    ``first`` numbers them; statements of different numbers are about different batches.
    """
    now_ms = SystemClock().now_ms()
    return [orjson.dumps(_body(world, number, now_ms)) for number in range(first, first + count)]


def signed_bodies(world: World, first: int, count: int) -> Sequence[bytes]:
    """The same statements as their maker sends them, who salted, hashed and signed them beforehand."""
    now_ms = SystemClock().now_ms()
    maker = Maker(ORIGIN, world.orgs[MAKER], (SigningKey(world.people[MAKER][0].private),))
    made = []
    for number in range(first, first + count):
        body = _body(world, number, now_ms)
        terms = Terms(body["mode"], body["occurred_at"], event_id=body["id"])
        made.append(statement.make(body["type"], body["sections"], maker, now_ms, terms).body())
    return made


def _body(world: World, number: int, now_ms: int) -> dict[str, Any]:
    tail = number.to_bytes(10, "big")
    name = world.catalogue[number % len(world.catalogue)].id
    product = world.products[MAKER, name]
    return {
        "id": uuid7(now_ms, tail),
        "type": "production.batch_produced",
        "mode": "act",
        "actor": world.orgs[MAKER],
        "occurred_at": format_utc(now_ms),
        "refs": [],
        "sections": {
            "agent": {"user": world.users[MAKER], "device": "pda-7", "counter": number},
            "product": {"product": product, "lot": f"BENCH-{number:07d}"},
            "outputs": {
                "lines": [
                    {
                        "batch": f"batch:{uuid7(now_ms, tail)}",
                        "amount": str(200 + number % 800),
                        "unit": "kg",
                        "measurement": {"kind": "net", "method": "weighbridge", "device": "WB-2"},
                    }
                ]
            },
            "place": {"site": world.sites[MAKER], "location": world.spots(name)["T-01"]},
            "time": {"expires_on": "2035-06-30"},
        },
    }


def _signer() -> Signer:
    return Signer(ORIGIN, private_key(b"bench".ljust(32)))
