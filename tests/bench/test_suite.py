import json
import math
import sqlite3
from contextlib import closing

import pytest
from rich.console import Console

from ledger.bench import bulk, load, memory, scratch, suite
from ledger.bench.auditing import scan
from ledger.bench.context import Context
from ledger.bench.frame import Measured, Target
from ledger.bench.report import tables
from ledger.bench.serving import PATHS, start
from ledger.bench.stages import POINTS, REST
from ledger.errors import HazledgerError
from ledger.services.audit import audit
from ledger.store.unit_of_work import Store

MEMBERS = {"value", "unit", "against", "ratio", "spread"}


def audit_is_clean(path: str) -> bool:
    store = Store.open(path)
    try:
        return audit(store)["ok"] is True
    finally:
        store.close()


@pytest.mark.parametrize("name", suite.MEASURES)
def test_a_measure_runs_and_its_figures_are_finite_and_positive(name: str, context: Context) -> None:
    if name == "audit_memory" and not memory.available():
        pytest.skip("this system does not tell RssAnon")
    measured = list(suite.run([name], context))

    told = suite.as_json(measured, context)
    assert json.loads(json.dumps(told)) == told
    assert told.pop("machine")["cores"] >= 1
    assert [entry.partition(":")[0] for entry in told] == [name] * len(measured)
    for entry in told.values():
        assert entry.keys() >= MEMBERS
        assert all(math.isfinite(entry[figure]) for figure in ("value", "ratio", "spread"))
        assert entry["value"] > 0
        assert entry["ratio"] > 0
        assert entry["spread"] >= 0
        assert isinstance(entry.get("met", True), bool)


def test_the_time_of_an_append_is_told_by_stage_and_adds_up(context: Context) -> None:
    measured = {one.name.removeprefix("append_time: "): one for one in suite.run(["append_time"], context)}
    stages = {stage for stage, _, _ in POINTS}
    assert measured.keys() >= stages | {REST}
    assert sum(measured[stage].ratio for stage in stages | {REST}) == pytest.approx(1.0, abs=0.35)


def test_every_point_of_the_stopwatch_is_passed(context: Context) -> None:
    ledger = context.scratch()
    made = load.requests(PATHS["ledger"], context.bodies(ledger, 4), key=scratch.access_token(ledger))
    with start({"app": "ledger", "folder": str(ledger.folder), "timed": True}) as served:
        served.ask("reset")
        load.run(served.port, made, 2)
        told = json.loads(served.ask("report"))
    assert [stage for stage, spent in told["stages"].items() if not spent["calls"]] == []
    assert told["process"] > sum(spent["cpu"] for spent in told["stages"].values()) > 0


@pytest.mark.parametrize("name", ["append", "append_signed"])
def test_what_was_appended_by_the_load_is_sound(name: str, context: Context) -> None:
    before = context._copies
    list(suite.run([name], context))
    written = context.folder / f"copy-{before + 1}" / "ledger.sqlite3"
    assert audit_is_clean(f"sqlite:///{written}")
    with closing(sqlite3.connect(written)) as connection:
        newest = connection.execute("SELECT signatures IS NOT NULL FROM events ORDER BY idx DESC LIMIT 50").fetchall()
    assert newest == [(name == "append_signed",)] * 50


def test_the_raw_insert_leaves_what_the_append_leaves(context: Context) -> None:
    ledger = context.scratch()
    rows = bulk.left_behind(context, ledger, 5)
    written = {one.table.name for one in rows}
    assert written >= {"events", "disclosures", "records", "links", "chain_heads", "checkpoint", "states", "holdings"}
    assert next(len(one.new) for one in rows if one.table.name == "events") == 5

    store = Store.open(ledger.url)
    bulk._write(store, rows)
    store.close()

    assert audit_is_clean(ledger.url)


def test_the_limit_reads_every_row_and_hashes_every_record(context: Context) -> None:
    store = Store.open(context.audited())
    try:
        assert len(scan(store)) == 32
    finally:
        store.close()


def test_a_ledger_that_is_not_sound_is_not_measured(context: Context) -> None:
    ledger = context.scratch()
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM states WHERE key LIKE 'batch:%'")
    spoiled = Context(context.folder, 1, context.sizes, ledger.url)
    with pytest.raises(HazledgerError) as caught:
        list(suite.run(["audit_full"], spoiled))
    assert caught.value.code == "bench_not_clean"


def test_a_server_that_cannot_start_is_told(context: Context) -> None:
    with pytest.raises(HazledgerError) as caught, start({"app": "ledger", "folder": "/nowhere"}):
        pytest.fail("it started")
    assert caught.value.code == "bench_answer"


def test_a_given_ledger_is_only_read() -> None:
    assert set(suite.names("sqlite:///somewhere")) <= suite.READ_A_LEDGER
    assert suite.MEASURES.keys() >= suite.READ_A_LEDGER


def test_the_tables_say_whether_a_target_is_met() -> None:
    shown = [
        Measured("pair", 1234.5, "events/s", "another", 5.5, 0.1, Target("ratio", "at least", 5)),
        Measured("wait", 60.0, "us", "another", 2.0, 0.1, Target("value", "at most", 50)),
        Measured("append_time: decide", 80.0, "us CPU", "one append", 0.25, 0.1),
    ]
    console = Console(width=160, record=True)
    console.print(tables(shown, {"cores": 2}))
    text = console.export_text()
    for words in ("1,234 events/s", "≥ 5: met", "≤ 50 us: not met", "decide", "25.0%", "cores 2"):
        assert words in text
