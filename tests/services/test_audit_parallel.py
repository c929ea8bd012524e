"""Several processes, a later start and a sample: what they find, and what they say they did not look at."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.core.b64 import b64u
from ledger.core.canonical import encode
from ledger.errors import ConfigurationError, ConflictError, FormatError
from ledger.services import audit_range, audit_workers
from ledger.services.audit import audit, audit_evidence, audit_since
from ledger.services.audit_order import Order, carry_out
from ledger.services.audit_quick import Quick
from ledger.services.audit_sample import audit_sample, draw, missing, sample_size
from ledger.services.audit_since import Start
from ledger.services.audit_state import Audited, StateFile, audited, start_of
from ledger.services.audit_workers import Workers
from tests.services.tampering import BYTES, replaced, tamper
from tests.services.world import AUTH, ORIGIN, World, ref


class Here(Workers):
    """Judges as workers do, range by range, but in this process: what is monkeypatched counts here, too."""

    def __init__(self, world: World, size: int) -> None:
        self._world, self._range = world, size

    def __exit__(self, *_: object) -> None:
        pass

    def judge(self, origin: str, low: int, high: int) -> Iterator[Any]:
        with self._world.ledger.store.read() as unit:
            for start in range(low, high, self._range):
                end = min(start + self._range, high)
                yield start, end, audit_range.judge_range(unit, Quick(origin), origin, start, end)


def evidence(world: World, workers: Workers | None = None) -> dict[str, Any]:
    return audit_evidence(world.ledger.store, signer_state=world.state_path, workers=workers)


# --- several processes ------------------------------------------------------------------------------------------------


@pytest.fixture
def ranged(lived: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks and ranges so short that a small ledger has seams; the writer has ended and publishes nothing between."""
    assert lived.ledger.sequencer is not None
    lived.ledger.sequencer.close()
    monkeypatch.setattr(audit_range, "CHUNK", 1)
    monkeypatch.setattr("ledger.services.audit.CHUNK", 1)


def test_workers_find_nothing_in_a_sound_ledger(lived: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_workers, "RANGE", 4)
    with Workers(lived.ledger.store.engines.url, 2) as workers:
        assert evidence(lived, workers) == evidence(lived)


@pytest.mark.usefixtures("ranged")
@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(("statement", "values", "kind"), BYTES)
def test_what_is_found_does_not_depend_on_who_reads(
    lived: World, statement: str, values: tuple[object, ...], kind: str, size: int
) -> None:
    tamper(lived, statement, *values)
    alone = evidence(lived)
    assert kind in {one["kind"] for one in alone["findings"]}
    assert evidence(lived, Here(lived, size)) == alone


@pytest.mark.usefixtures("ranged")
@pytest.mark.parametrize("index", range(12))
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET recorded_at_ms = recorded_at_ms + 1 WHERE idx = ?",
        "DELETE FROM records WHERE idx = ?",
        "DELETE FROM events WHERE idx = ?",
        replaced("records", "body", '"index"', '"iNdex"'),
    ],
)
def test_a_forged_row_at_any_seam_is_found_alike(lived: World, statement: str, index: int) -> None:
    tamper(lived, statement, index)
    alone = evidence(lived)
    assert not alone["ok"]
    assert evidence(lived, Here(lived, 3)) == alone


@pytest.mark.usefixtures("ranged")
def test_records_that_changed_places_are_found_alike(lived: World) -> None:
    """Chains and time break exactly at the seam between two ranges."""
    with lived.ledger.store.engines.writer.begin() as connection:
        triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for table in ("records", "events", "disclosures", "links"):
            for old, new in ((6, -1), (7, 6), (-1, 7)):
                connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
                connection.exec_driver_sql(f"UPDATE {table} SET idx = ? WHERE idx = ?", (new, old))
        for _, text in triggers:
            connection.exec_driver_sql(text)
    alone = evidence(lived)
    assert "record_index_wrong" in {one["kind"] for one in alone["findings"]}
    assert evidence(lived, Here(lived, 3)) == alone


# --- since ------------------------------------------------------------------------------------------------------------


def place(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "audit-state.json", tmp_path / "audit.key")


def grown(world: World, tmp_path: Path) -> tuple[Audited, StateFile]:
    """Audit a ledger, then let it grow; what was noted, and where."""
    state = place(tmp_path)
    first = carry_out(world.ledger.store, Order("evidence"), now_ms=0, signer_state=world.state_path, state=state)
    assert (first["ok"], first["kept"]) == (True, True)
    bodies = [world.produce_body(n) for n in range(50, 60)]
    world.ledger.append_many([world.ledger.state(body, AUTH) for body in bodies])
    world.ledger.publish_heads()
    return Audited.parse(state.path.read_bytes()), state


def since(world: World, start: Start) -> dict[str, Any]:
    return audit_since(world.ledger.store, start, signer_state=world.state_path)


def test_only_what_is_new_is_read(lived: World, tmp_path: Path) -> None:
    noted, state = grown(lived, tmp_path)
    found = carry_out(lived.ledger.store, Order("since"), now_ms=0, signer_state=lived.state_path, state=state)
    size = lived.ledger.log.state().size
    assert (found["ok"], found["since"], found["records"]) == (True, noted.size, size - noted.size)
    assert found["not_read"] == ["older_records", "decisions"]
    assert Audited.parse(state.path.read_bytes()).size == size
    again = carry_out(lived.ledger.store, Order("since"), now_ms=0, signer_state=lived.state_path, state=state)
    assert (again["ok"], again["records"]) == (True, 0)


def test_an_old_forgery_is_left_to_the_full_audit(lived: World, tmp_path: Path) -> None:
    """Honestly: what is not read again is not found, and the report says that it was not read."""
    noted, _ = grown(lived, tmp_path)
    tamper(lived, replaced("disclosures", "body", "LOT-1", "LOT-9", "idx = ? AND name = 'product'"), 5)
    found = since(lived, noted.start)
    assert found["ok"] is True
    assert "older_records" in found["not_read"]
    assert "section_digest_wrong" in {one["kind"] for one in audit(lived.ledger.store)["findings"]}  # type: ignore[union-attr, index, call-overload]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (replaced("disclosures", "body", "LOT-5", "LOT-9", "idx = {} AND name = 'product'"), "section_digest_wrong"),
        (replaced("records", "auth", "user", "ruse", "idx = {}"), "auth_digest_wrong"),
        ("UPDATE records SET recorded_at_ms = 0 WHERE idx = {}", "recorded_time_wrong"),
        ("UPDATE chain_heads SET hash = zeroblob(32) WHERE idx = {} AND chain LIKE 'batch:%'", "chain_head_wrong"),
    ],
)
def test_what_is_new_and_forged_is_found(lived: World, tmp_path: Path, statement: str, kind: str) -> None:
    noted, _ = grown(lived, tmp_path)
    tamper(lived, statement.format(noted.size + 3))
    assert kind in {one["kind"] for one in since(lived, noted.start)["findings"]}


def test_a_log_that_was_rewritten_does_not_extend_what_was_audited(lived: World, tmp_path: Path) -> None:
    noted, _ = grown(lived, tmp_path)
    tamper(lived, "UPDATE records SET hash = zeroblob(32) WHERE idx = ?", noted.size - 2)
    assert "log_not_extended" in {one["kind"] for one in since(lived, noted.start)["findings"]}


def test_a_head_that_was_changed_since_is_found(lived: World, tmp_path: Path) -> None:
    noted, _ = grown(lived, tmp_path)
    tamper(lived, "UPDATE chain_heads SET hash = zeroblob(32) WHERE chain = ?", ref("batch", 1))
    assert "heads_not_as_audited" in {one["kind"] for one in since(lived, noted.start)["findings"]}


def test_a_kept_checkpoint_and_a_bare_size_say_what_they_do_not_compare(lived: World, tmp_path: Path) -> None:
    note = lived.ledger.log.state().note
    noted, _ = grown(lived, tmp_path)
    by_note = since(lived, start_of(note, ORIGIN))
    assert (by_note["ok"], by_note["not_read"]) == (True, ["older_records", "older_heads", "decisions"])
    by_size = since(lived, Start(noted.size))
    assert by_size["not_read"] == ["older_records", "older_state", "older_heads", "decisions"]
    assert since(lived, Start(3))["ok"] is True
    assert since(lived, Start(noted.size, bytes(32)))["ok"] is False


@pytest.mark.parametrize("start", [0, 10_000])
def test_there_must_be_something_to_go_on_from(lived: World, start: int) -> None:
    with pytest.raises(ConflictError, match="audit_start_beyond_log"):
        since(lived, Start(start))


def test_without_an_audit_before_there_is_no_last(lived: World, tmp_path: Path) -> None:
    with pytest.raises(ConflictError, match="audit_no_last"):
        carry_out(lived.ledger.store, Order("since"), now_ms=0, state=place(tmp_path))


def forged(world: World, state: StateFile) -> None:
    """A record that nobody audited is changed, and the audit is to begin behind it."""
    size = world.ledger.log.state().size
    tamper(world, replaced("disclosures", "body", "LOT-5", "LOT-9", "idx = ? AND name = 'product'"), size - 3)
    with world.ledger.store.read() as unit:
        made = audited(unit, ORIGIN, size, world.ledger.log.root(unit, size), "full", "2026-11-22T00:00:00+00:00")
    state.path.write_bytes(encode({**made.body(), "seal": b64u(made.seal(bytes(32)))}))


def audit_last(world: World, state: StateFile) -> dict[str, Any]:
    return carry_out(world.ledger.store, Order("since"), now_ms=0, signer_state=world.state_path, state=state)


def test_a_state_that_was_forged_to_skip_records_is_not_gone_on_from(lived: World, tmp_path: Path) -> None:
    _, state = grown(lived, tmp_path)
    honest = state.path.read_bytes()
    forged(lived, state)
    # What the attacker would gain: whoever trusts the file itself reads nothing of what was changed.
    assert since(lived, start_of(state.path.read_bytes(), ORIGIN))["ok"] is True
    with pytest.raises(ConfigurationError, match="audit_state_not_sealed"):
        audit_last(lived, state)
    state.path.write_bytes(honest)
    assert {one["kind"] for one in audit_last(lived, state)["findings"]} == {"section_digest_wrong"}
    assert state.path.read_bytes() == honest, "an unclean audit is not noted"


@pytest.mark.parametrize("name", ["origin", "size", "root", "chains", "heads", "depth", "at", "seal", "spec"])
def test_no_member_of_a_state_can_be_changed(lived: World, tmp_path: Path, name: str) -> None:
    _, state = grown(lived, tmp_path)
    content = json.loads(state.path.read_bytes())
    content[name] = content[name] + 1 if isinstance(content[name], int) else content[name][:-2] + "AA"
    state.path.write_bytes(encode(content))
    with pytest.raises(ConfigurationError, match=r"audit_state_(not_sealed|unreadable)"):
        audit_last(lived, state)


def test_a_state_without_its_key_is_not_gone_on_from(lived: World, tmp_path: Path) -> None:
    noted, state = grown(lived, tmp_path)
    former = {name: value for name, value in noted.body().items() if name != "spec"}
    state.path.write_bytes(encode({**former, "spec": "hazledger/audit-state@1"}))
    assert start_of(state.path.read_bytes(), ORIGIN) == noted.start, "who names it vouches for it"
    with pytest.raises(ConfigurationError, match="audit_state_not_sealed"):
        audit_last(lived, state)
    state.keep(noted)
    assert audit_last(lived, state)["ok"] is True
    state.key.rename(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="audit_state_not_sealed"):
        audit_last(lived, state)
    assert not state.key.exists(), "a key that is missing is made by an audit that read all, not by one that trusts"
    shown = StateFile(state.path, tmp_path / "elsewhere")
    shown.key.chmod(0o644)
    with pytest.raises(ConfigurationError, match="log_key_not_private"):
        audit_last(lived, shown)


def test_an_unclean_audit_is_not_gone_on_from(lived: World, tmp_path: Path) -> None:
    tamper(lived, "UPDATE records SET auth = NULL WHERE idx = ?", 5)
    found = carry_out(lived.ledger.store, Order("full"), now_ms=0, state=place(tmp_path))
    assert (found["ok"], found["kept"]) == (False, False)
    assert not place(tmp_path).path.exists()


# --- a sample ---------------------------------------------------------------------------------------------------------


def test_a_sample_of_everything_is_an_audit(lived: World) -> None:
    found = audit_sample(lived.ledger.store, "100%", "s", signer_state=lived.state_path)
    size = lived.ledger.log.state().size
    assert (found["ok"], found["records"], found["not_read"]) == (True, size, ["decisions"])
    assert found["sample"]["missed"][0] == {"bad": 1, "chance": "0.000000"}  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    ("statement", "values", "kind"),
    [
        *[row for row in BYTES if row[2] not in {"chain_head_wrong", "manifest_wrong", "erased_unannounced"}],
        ("UPDATE chain_heads SET idx = idx - 1 WHERE chain = ?", (ref("batch", 1),), "chain_head_wrong"),
        ("UPDATE records SET hash = zeroblob(32) WHERE idx = ?", (5,), "record_hash_wrong"),
    ],
)
def test_a_sample_that_holds_it_finds_it(lived: World, statement: str, values: tuple[object, ...], kind: str) -> None:
    tamper(lived, statement, *values)
    found = audit_sample(lived.ledger.store, "100%", "s", signer_state=lived.state_path)
    assert kind in {one["kind"] for one in found["findings"]}  # type: ignore[union-attr, index, call-overload]


def test_a_rewritten_record_is_not_in_the_signed_log(lived: World) -> None:
    """Bytes and hash agree, but the log's key never signed them."""
    tamper(
        lived,
        "UPDATE records SET (body, hash) = (SELECT body, hash FROM records WHERE idx = 4) WHERE idx = ?",
        5,
    )
    found = audit_sample(lived.ledger.store, "100%", "s")
    assert "record_not_in_log" in {one["kind"] for one in found["findings"]}  # type: ignore[union-attr, index, call-overload]


def test_a_sample_is_drawn_again_by_its_seed() -> None:
    drawn = draw("seed", 50, 1_000)
    assert drawn == draw("seed", 50, 1_000) == sorted({*drawn})
    assert drawn != draw("another", 50, 1_000)
    assert draw("seed", 10, 10) == [*range(10)]


def test_the_chance_to_miss_is_that_of_drawing_without_putting_back() -> None:
    assert missing(10, 3, 1) == pytest.approx(0.7)
    assert missing(10, 3, 2) == pytest.approx(7 * 6 / (10 * 9))
    assert missing(10, 9, 2) == 0
    assert missing(1_000_000, 3_000, 1_000) == pytest.approx(0.997**1_000, rel=0.01)


def test_a_size_is_a_number_or_a_percentage() -> None:
    assert [sample_size(text, 1_000) for text in ("7", "2000", "2.5%", "0.01%", "100%")] == [7, 1_000, 25, 1, 1_000]
    for text in ("0", "-1", "0%", "101%", "5 %", "x", ""):
        with pytest.raises(FormatError, match="sample_not_of_form"):
            sample_size(text, 1_000)
