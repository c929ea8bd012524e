"""A ledger of about a thousand events of the demo's story, built once and copied for each test."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from ledger.core.keys import private_key
from ledger.core.note import Signer
from ledger.demo.build import Plan, build
from ledger.reference import Reference
from ledger.rules.standard import standard_manifest
from ledger.services.clock import SetClock
from ledger.services.ledger import Ledger
from ledger.store.engines import sqlite_url

ORIGIN = "small.example/log"
UNTIL_MS = 1_789_948_800_000  # 2026-09-21T00:00:00Z
EVENTS = 1_000


@dataclass(frozen=True)
class SmallWorld:
    """A closed ledger in a folder: ``ledger.sqlite3`` and ``signer-state.json``."""

    folder: Path
    reference: Reference

    @property
    def path(self) -> Path:
        return self.folder / "ledger.sqlite3"

    @property
    def signer_state(self) -> Path:
        return self.folder / "signer-state.json"

    @property
    def url(self) -> str:
        return sqlite_url(self.path)

    def copy(self, folder: Path) -> "SmallWorld":
        """The same ledger in another folder."""
        folder.mkdir(parents=True, exist_ok=True)
        made = SmallWorld(folder, self.reference)
        shutil.copyfile(self.path, made.path)
        shutil.copyfile(self.signer_state, made.signer_state)
        return made

    def open(self) -> Ledger:
        """Open it as its writer."""
        return Ledger.open(self.url, signer=signer(), signer_state=self.signer_state, reference=self.reference)


def signer() -> Signer:
    """The key of the small world's log."""
    return Signer(ORIGIN, private_key(b"small world".ljust(32)))


def make(folder: Path, reference: Reference, *, events: int = EVENTS, seed: int = 7) -> SmallWorld:
    """Build a world in an empty folder and close it."""
    world = SmallWorld(folder, reference)
    plan = Plan(events, seed, UNTIL_MS)
    clock = SetClock(plan.start_ms)
    with Ledger.create(
        world.url,
        plan.genesis(standard_manifest()),
        signer=signer(),
        signer_state=world.signer_state,
        clock=clock,
        entropy=plan.entropy(),
        reference=reference,
    ) as ledger:
        build(ledger, clock, plan, reference, lambda _done, _total: None)
    return world
