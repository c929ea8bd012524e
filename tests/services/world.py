"""A small world: an operator, a producer with a licence, a site, a product, and statements about batches."""

import shutil
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ledger.core.ids import uuid7
from ledger.core.keys import private_key
from ledger.core.note import Signer
from ledger.core.times import format_utc
from ledger.reference import Reference
from ledger.services.answers import Appended
from ledger.services.append import Pace
from ledger.services.clock import SetClock
from ledger.services.entropy import SeededEntropy
from ledger.services.genesis import Genesis
from ledger.services.intake import Auth, Submission
from ledger.services.ledger import Ledger
from ledger.store.engines import sqlite_url

ORIGIN = "test.example/log"
START_MS = 1_790_000_000_000
LOG_SEED = bytes(range(32))


def ref(kind: str, n: int) -> str:
    return f"{kind}:0190a000-0000-7000-8000-{n:012x}"


OPERATOR, PRODUCER, REGULATOR = ref("org", 1), ref("org", 2), ref("org", 3)
LEDGER, SITE, PRODUCT, LICENCE = ref("ledger", 1), ref("site", 1), ref("product", 1), ref("licence", 1)
AUTH = Auth("key", "user:tests", "k1")
USCC = ("91110000600037341L", "91350100M000100Y43", "91320594MA1MXY2K4N")


def organisation(org: str, name: str, uscc: str = USCC[0], *roles: str) -> dict[str, Any]:
    return {
        "organisation": org,
        "names": {"zh": name, "en": name},
        "uscc": uscc,
        "region": "320500",
        "roles": list(roles) or ["operator"],
    }


def product() -> dict[str, Any]:
    return {
        "product": PRODUCT,
        "names": {"zh": "甲醇", "en": "Methanol"},
        "state": "liquid",
        "components": [{"name": {"zh": "甲醇", "en": "Methanol"}, "cas": "67-56-1"}],
        "un": [{"un": "1230", "name": "METHANOL", "class": "3", "packing_group": "II", "from": "2020-01-01"}],
        "ghs": {"statements": ["H225"]},
    }


@dataclass
class World:
    """A ledger in a folder, and shorthand for statements."""

    folder: Path
    reference: Reference
    clock: SetClock = field(default_factory=lambda: SetClock(START_MS))
    count: int = 0
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self.url = sqlite_url(self.folder / "ledger.sqlite3")
        self.state_path = self.folder / "signer" / "state.json"
        self.state_path.parent.mkdir(exist_ok=True)
        self.signer = Signer(ORIGIN, private_key(LOG_SEED))
        self.entropy = SeededEntropy(b"world")

    def copy(self, folder: Path, url: str) -> "World":
        """Open a copy of this closed world, whose database was copied to ``url``; it goes on as this one would."""
        made = World(folder, self.reference, SetClock(self.clock.now_ms()), self.count)
        made.url, made.entropy = url, deepcopy(self.entropy)
        shutil.copyfile(self.state_path, made.state_path)
        made.open()
        return made

    def create(self, *registrars: bytes) -> Ledger:
        genesis = Genesis(LEDGER, organisation(OPERATOR, "运营方"), registrars=registrars, demo=True)
        self.ledger = Ledger.create(self.url, genesis, **self._ports())
        return self.ledger

    def open(self) -> Ledger:
        self.ledger = Ledger.open(self.url, **self._ports(), pace=self.pace)
        return self.ledger

    def _ports(self) -> dict[str, Any]:
        return {
            "signer": self.signer,
            "signer_state": self.state_path,
            "clock": self.clock,
            "entropy": self.entropy,
            "reference": self.reference,
        }

    def body(self, kind: str, actor: str = PRODUCER, /, *, mode: str = "act", **sections: object) -> dict[str, Any]:
        self.count += 1
        refs = sections.pop("refs", [])
        return {
            "id": uuid7(self.clock.now_ms(), self.count.to_bytes(10, "big")),
            "type": kind,
            "mode": mode,
            "actor": actor,
            "occurred_at": format_utc(self.clock.now_ms()),
            "refs": refs,
            "sections": sections,
        }

    def statement(self, kind: str, actor: str = PRODUCER, /, *, mode: str = "act", **sections: object) -> Submission:
        return self.ledger.state(self.body(kind, actor, mode=mode, **sections), AUTH)

    def append(self, kind: str, actor: str = PRODUCER, /, *, mode: str = "act", **sections: object) -> Appended:
        self.clock.set(self.clock.now_ms() + 1_000)
        return self.ledger.append(self.statement(kind, actor, mode=mode, **sections))

    def furnish(self) -> None:
        """Admit a producer and register what it needs."""
        admitted = organisation(PRODUCER, "生产方", USCC[0], "producer")
        self.append("governance.organisation_admitted", OPERATOR, organisation=admitted)
        location = {"location": "tank-1", "kind": "tank"}
        names = {"zh": "一号厂区", "en": "Plant 1"}
        site = {
            "site": SITE,
            "names": names,
            "region": "320500",
            "locations": [location, {"location": "bay-2", "kind": "bay"}],
        }
        self.append("governance.site_registered", site=site)
        self.append("governance.product_registered", product=product())
        licence = {
            "licence": LICENCE,
            "organisation": PRODUCER,
            "kind": "production",
            "number": "A-1",
            "valid_from": "2020-01-01",
            "valid_to": "2036-01-01",
        }
        self.append("governance.licence_registered", licence=licence)

    def produce_body(self, n: int, amount: str = "100", *, mode: str = "act", **more: object) -> dict[str, Any]:
        return self.body(
            "production.batch_produced",
            mode=mode,
            product={"product": PRODUCT, "lot": f"LOT-{n}"},
            outputs={"lines": [{"batch": ref("batch", n), "amount": amount, "unit": "kg"}]},
            place={"site": SITE, "location": "tank-1"},
            **more,
        )

    def produce(self, n: int, amount: str = "100") -> Appended:
        return self.ledger.append(self.ledger.state(self.produce_body(n, amount), AUTH))

    def lose(self, n: int, amount: str, *, mode: str = "act") -> Appended:
        line = {"batch": ref("batch", n), "amount": amount, "unit": "kg"}
        return self.append(
            "storage.sampled", mode=mode, inputs={"lines": [line]}, place={"site": SITE, "location": "tank-1"}
        )

    def blend(self, n: int, *parents: int, amount: str = "10") -> Appended:
        inputs = [{"batch": ref("batch", parent), "amount": amount, "unit": "kg"} for parent in parents]
        total = str(int(amount) * len(parents))
        return self.append(
            "production.batch_blended",
            product={"product": PRODUCT, "lot": f"BLEND-{n}"},
            inputs={"lines": inputs},
            outputs={"lines": [{"batch": ref("batch", n), "amount": total, "unit": "kg"}]},
            place={"site": SITE, "location": "tank-1"},
        )
