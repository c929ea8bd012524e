"""Every column of every table forged in every way: the audit finds it, or it is on the list of what is no evidence.

The matrix is made from the schema, so that a new column is in it without being asked. CI takes every fifth change;
HAZLEDGER_TEST_FULL=1 takes all. A flip is always possible, so that no column escapes by being null or alike in all
rows; only then does a swap or a null have nothing to work on.
"""

import os
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from ledger.core.times import format_utc
from ledger.errors import RefusedError
from ledger.reference import Reference
from ledger.services import audit as auditing
from ledger.services import papers
from ledger.services.signer_state import SignerState
from ledger.store.engines import sqlite_url
from ledger.store.rows import (
    ApiClientRow,
    ApiKeyRow,
    AttemptsRow,
    DeviceRow,
    InvitationRow,
    LoginLinkRow,
    PasskeyRow,
    ReadRow,
    SessionRow,
    TokenRow,
    UserRow,
)
from ledger.store.tables import OPERATIONAL, metadata
from ledger.store.unit_of_work import Store, WriteUnit
from tests.fault.no_evidence import HELD_TO_EVENTS, NO_EVIDENCE, SEEN_IN_PART, reason
from tests.services.world import AUTH, OPERATOR, PRODUCER, SITE, USCC, World, organisation, product, ref
from tests.support.forgery import (
    Change,
    NotPossibleError,
    Schema,
    Server,
    forge,
    forged_server,
    harden,
    matrix,
    soften,
    soften_server,
)
from tests.support.photos import jpeg
from tests.support.postgres import Postgres

FULL = os.environ.get("HAZLEDGER_TEST_FULL") == "1"
STRIDE = 5
TALL = ("tiles", "read_tiles")
BUYER = ref("org", 3)
OFFICE = ref("org", 7)
CODES = ("BZZA03BJQKVKXAQ4", "8Q7GYNA0VAPRPHHG")


@dataclass(frozen=True)
class Softened:
    """A closed ledger, ready to be forged, and how to put its schema back."""

    path: Path
    schema: Schema
    signer_state: Path
    reference: Reference

    def attempt(self, change: Change, scratch: Path) -> bool:
        """Forge a copy; whether the audit finds it. Raises what stood against the change."""
        path = shutil.copyfile(self.path, scratch / "forged.sqlite3")
        forge(path, self.schema, change)
        return not self.audit(path)["ok"]

    def audit(self, path: Path) -> dict[str, Any]:
        store = Store.open(sqlite_url(path), readers=1)
        try:
            return auditing.audit(store, reference=self.reference, signer_state=self.signer_state)
        finally:
            store.close()


def softened(world: World) -> Softened:
    path = world.folder / "ledger.sqlite3"
    return Softened(path, soften(path), world.state_path, world.reference)


@dataclass(frozen=True)
class SoftenedServer:
    """The same on PostgreSQL: a database in which a change is made and taken back."""

    url: str
    connection: Server
    signer_state: Path
    reference: Reference

    def attempt(self, change: Change, _scratch: Path) -> bool:
        """Forge the database for a moment; whether the audit finds it. Raises what stood against the change."""
        with forged_server(self.connection, change):
            return not self.audit()["ok"]

    def audit(self) -> dict[str, Any]:
        store = Store.open(self.url, readers=1)
        try:
            return auditing.audit(store, reference=self.reference, signer_state=self.signer_state)
        finally:
            store.close()


def live(world: World) -> None:
    """A short ledger with at least two rows in every table but that of the tiles."""
    world.create()
    world.furnish()
    for n in (1, 2, 3):
        world.produce(n, str(100 + n))
    world.blend(4, 1, 2)
    world.blend(5, 2, 3, amount="20")
    world.lose(1, "500", mode="report")
    world.lose(2, "600", mode="report")
    for n, code in enumerate(CODES, start=1):
        world.append("production.label_issued", containers={"items": [{"code": code, "target": ref("batch", n)}]})
    world.append("production.label_voided", containers={"items": [{"code": CODES[0]}]})
    offer(world)
    photograph(world)
    inspect(world)
    withhold(world)
    world.append("governance.recall_ordered", product={"batches": [ref("batch", 2), ref("batch", 3)]})
    world.ledger.publish_heads()
    for amount in ("9000", "9001"):
        with pytest.raises(RefusedError):
            world.lose(3, amount)
    with world.ledger.store.write() as unit:
        for n in (1, 2):
            key = bytes([n]) * 32
            unit.operations.add_api_key(ApiKeyRow(key, f"k{n}", PRODUCER, "writer", f"key {n}", n, n + 10, None))
            unit.operations.add_login_link(LoginLinkRow(key, f"user:{n}", PRODUCER, "reader", n, n + 10, n))
            unit.sessions.add(session(key, n))
            people(unit, key, n)
            unit.operations.set_fact(f"fact {n}", str(n))
    for n in (1, 2):
        world.ledger.reads.note(read(n))
    world.ledger.close()


def read(n: int) -> ReadRow:
    return ReadRow(PRODUCER, f"r{n}", n, f"user:{n}", f"c{n}", f"a{n}", f"s{n}", f"p{n}")


def offer(world: World) -> None:
    """Two transfers to another firm, one agreed; the product got its papers first."""
    sheets = [{"hash": "A" * 43, "language": "zh-CN", "version": "1", "date": "2020-01-01"}]
    world.append("governance.product_registered", product={**product(), "sds": sheets, "labels": sheets})
    world.append(
        "governance.organisation_admitted", OPERATOR, organisation=organisation(BUYER, "使用方", USCC[1], "user")
    )
    _, second = (
        world.append(
            "operation.transfer_offered",
            parties={"transfer": ref("transfer", n), "consignor": PRODUCER, "consignee": BUYER},
            inputs={"lines": [{"batch": ref("batch", n), "amount": "5", "unit": "kg"}]},
        )
        for n in (1, 2)
    )
    previous = [{"rel": "previous", "hash": second.event}]
    world.append("operation.transfer_agreed", BUYER, refs=previous, parties={"transfer": ref("transfer", 2)})


def inspect(world: World) -> None:
    """Two inspections by an authority, which shows the site to another one twice; a device that left a gap."""
    for office, name in ((OFFICE, "监管方"), (ref("org", 8), "另一监管方")):
        admitted = organisation(office, name, USCC[0], "authority")
        world.append("governance.organisation_admitted", OPERATOR, organisation=admitted)
    reason = {"text": "as inspected"}
    until = format_utc(world.ledger.clock.now_ms() + 86_400_000)
    for n in (1, 3):
        place = {"site": SITE}
        world.append("governance.inspection_recorded", OFFICE, place=place, condition={"result": "fail"}, reason=reason)
        world.append(
            "governance.sight_granted",
            OFFICE,
            parties={"to": ref("org", 8)},
            time={"planned_to": until},
            place=place,
            reason=reason,
        )
        world.append(
            "production.quality_tested",
            product={"batches": [ref("batch", 1)]},
            condition={"result": "pass"},
            agent={"user": ref("user", 1), "device": "scanner-1", "counter": n},
        )


def withhold(world: World) -> None:
    """The authority holds two batches, and lifts the hold on one of them."""
    reason = {"text": "as inspected"}
    for batches in ([ref("batch", 1)], [ref("batch", 2)]):
        world.append("governance.hold_placed", OFFICE, product={"batches": batches}, reason=reason)
    world.append("governance.hold_released", OFFICE, product={"batches": batches}, reason=reason)


def photograph(world: World) -> None:
    """Two batches that were tested as two photographed papers say."""
    for n in (1, 2):
        kept = papers.add(world.ledger.store, world.ledger.clock, PRODUCER, jpeg(note=b"%d" % n))
        world.append(
            "production.quality_tested",
            product={"batches": [ref("batch", n)]},
            condition={"result": "pass"},
            documents={"items": [{"kind": "paper_signature", "number": str(n), "hash": kept.hash}]},
            personal={"papers": [kept.hash]},
        )


def grow(world: World) -> None:
    """A ledger of two complete tiles."""
    world.create()
    world.furnish()
    world.ledger.append_many([world.ledger.state(world.produce_body(n), AUTH) for n in range(1, 510)])
    world.ledger.reads.append([read(n) for n in range(1_000, 1_520)])
    world.ledger.close()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> Softened:
    world = World(tmp_path_factory.mktemp("lived"), reference)
    live(world)
    return softened(world)


def session(key: bytes, n: int) -> SessionRow:
    texts = (f"s{n}", f"user:{n}", PRODUCER, f"role {n}", "password", f"csrf {n}", f"purpose {n}", f"browser {n}")
    return SessionRow(key, *texts, n, n + 5, n + 10)


def people(unit: WriteUnit, key: bytes, n: int) -> None:
    """Rows of people and programs."""
    unit.people.add_user(UserRow(f"user:{n}", PRODUCER, f"login{n}", f"name {n}", f"hash {n}", f"role{n}", n, n + 1))
    unit.people.add_passkey(PasskeyRow(key, f"user:{n}", key, n, f"name {n}", n, n + 1))
    unit.people.add_device(DeviceRow(f"device:{n}", PRODUCER, f"name {n}", f"user:{n}", n, n + 1))
    unit.people.add_invitation(
        InvitationRow(key, f"i{n}", PRODUCER, f"user:{n}", f"l{n}", f"n{n}", f"r{n}", f"by{n}", n, n + 1, n + 2)
    )
    unit.people.put_attempts(AttemptsRow(key, n, n))
    texts = (f"role{n}", f"label {n}", f"purpose {n}", f"by {n}")
    unit.sessions.add_client(ApiClientRow(f"client:{n}", PRODUCER, key, *texts, n, n + 1))
    unit.sessions.add_token(TokenRow(key, f"client:{n}", PRODUCER, f"role{n}", n, n + 1), most=9)


@pytest.fixture(scope="module")
def tall(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> Softened:
    world = World(tmp_path_factory.mktemp("tall"), reference)
    grow(world)
    return softened(world)


@pytest.fixture(scope="module")
def on_postgres(
    tmp_path_factory: pytest.TempPathFactory, reference: Reference, postgres: Postgres, migrated_postgres: str
) -> Iterator[dict[str, SoftenedServer]]:
    """Both kinds of ledger on PostgreSQL."""
    made = {}
    with ExitStack() as stack:
        for name, make in (("lived", live), ("tall", grow)):
            world = World(tmp_path_factory.mktemp(name), reference)
            world.url = postgres.database(like=migrated_postgres)
            make(world)
            connection = stack.enter_context(postgres.connect(str(make_url(world.url).database)))
            soften_server(connection)
            made[name] = SoftenedServer(world.url, connection, world.state_path, reference)
        yield made


def outcome(ledger: Softened | SoftenedServer, change: Change, scratch: Path) -> str:
    """What became of a change: "found", "unseen", "refused" by a primary key, or "not possible"."""
    try:
        return "found" if ledger.attempt(change, scratch) else "unseen"
    except (sqlite3.IntegrityError, psycopg.IntegrityError):
        return "refused"
    except NotPossibleError:
        return "not possible"


def chosen() -> list[Change]:
    """All changes; in CI a stride through those of evidence and projections. It shares no factor with the ways."""
    every = matrix()
    return every if FULL else [change for change in every if family(change) != OPERATIONAL][::STRIDE]


def family(change: Change) -> str:
    return str(metadata.tables[change.table].info["family"])


def expected(change: Change) -> set[str]:
    """What may become of a change. That a key stands against it, or that no rows differ so, is no miss."""
    if reason(change) is not None:
        return {"unseen", "refused", "not possible"} | ({"found"} if change.table in SEEN_IN_PART else set())
    if change.way in {"swap", "null", "reorder"}:
        return {"found", "refused", "not possible"}
    return {"found", "refused"} if change.way == "insert" else {"found"}


def forge_all(ledgers: Mapping[str, Softened | SoftenedServer], scratch: Path) -> tuple[Counter[str], list[str]]:
    """Make every chosen change; returns how many became what, and those that became what they must not."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for change in chosen():
        became = outcome(ledgers["tall" if change.table in TALL else "lived"], change, scratch)
        counts["of no evidence, unseen" if became == "unseen" else became] += 1
        if became not in expected(change):
            wrong.append(f"{change.name}: {became}")
    return counts, wrong


def tell(backend: str, counts: Counter[str], capsys: pytest.CaptureFixture[str]) -> None:
    told = ", ".join(f"{n} {became}" for became, n in sorted(counts.items()))
    with capsys.disabled():
        sys.stdout.write(f"\ntamper matrix, {backend}: {sum(counts.values())} of {len(matrix())} changes: {told}\n")


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_every_forged_column_and_row_is_found(
    lived: Softened, tall: Softened, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts, wrong = forge_all({"lived": lived, "tall": tall}, tmp_path)
    tell("sqlite", counts, capsys)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(3_600)
def test_every_forged_column_and_row_is_found_on_postgresql(
    on_postgres: dict[str, SoftenedServer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [made.audit()["findings"] for made in on_postgres.values()] == [[], []]
    counts, wrong = forge_all(on_postgres, tmp_path)
    tell("postgresql", counts, capsys)
    assert wrong == [], "\n".join(wrong)
    assert [made.audit()["findings"] for made in on_postgres.values()] == [[], []], "a change was not taken back"


def test_the_list_of_no_evidence_names_what_there_is() -> None:
    known = set(metadata.tables)
    known |= {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
    known |= {change.name for change in matrix()}
    assert set(NO_EVIDENCE) <= known
    operational = {name for name, table in metadata.tables.items() if table.info["family"] == OPERATIONAL}
    assert operational - HELD_TO_EVENTS <= set(NO_EVIDENCE)


@pytest.mark.parametrize("ledger", ["lived", "tall"])
def test_forging_nothing_leaves_nothing_to_find(ledger: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The way of forging is no trace by itself: the softened schema is put back word for word."""
    made: Softened = request.getfixturevalue(ledger)
    path = shutil.copyfile(made.path, tmp_path / "same.sqlite3")
    harden(path, made.schema)
    report = made.audit(path)
    assert report["findings"] == []


def test_an_older_copy_is_sound_but_behind_what_was_signed(lived: Softened, tmp_path: Path) -> None:
    """What is cut off everywhere at once leaves a sound, shorter log: the signer state tells."""
    path = shutil.copyfile(lived.path, tmp_path / "older.sqlite3")
    harden(path, lived.schema)
    state = SignerState(lived.signer_state)
    signed = state.read()
    assert signed is not None
    ahead = SignerState(tmp_path / "ahead.json")
    ahead.write(replace(signed, size=signed.size + 1))
    report = replace(lived, signer_state=ahead.path).audit(path)
    assert [finding["kind"] for finding in report["findings"]] == ["log_behind_signer"]
