"""The public log, evidence, stock in the past, and the server's own condition, over HTTP."""

from typing import Any

from ledger.core.b64 import b64u
from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.merkle import leaf_hash, root
from ledger.core.note import Verifier
from ledger.core.tiles import parse_bundle
from ledger.core.times import format_utc
from ledger.demo.world import CAST
from ledger.verify import verify
from tests.api.wiring.served import ORIGIN, PLAN, Served


def _checkpoint(served: Served) -> Checkpoint:
    note = served.client.get("/log/checkpoint").content
    key = Verifier.parse(served.client.get("/log/key").text.strip())
    return open_checkpoint(note, ORIGIN, [key])[0]


def test_the_entries_that_are_served_hash_to_the_signed_root(victim: Served) -> None:
    point = _checkpoint(victim)
    leaves: list[bytes] = []
    for n in range((point.size + 255) // 256):
        width = min(256, point.size - 256 * n)
        path = f"/log/tile/entries/{n:03d}" + ("" if width == 256 else f".p/{width}")
        answer = victim.client.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        leaves.extend(parse_bundle(answer.content, width))
    assert root(leaves) == point.root
    tile = victim.client.get("/log/tile/0/000").content
    assert tile == b"".join(leaf_hash(leaf) for leaf in leaves[:256])


def test_a_tile_beyond_the_log_is_not_found(served: Served) -> None:
    assert served.client.get("/log/tile/0/x900/000").status_code == 404
    assert served.client.get("/log/tile/entries/999").status_code == 404


def _others_are_in(served: Served, line: dict[str, Any]) -> bool:
    """Whether the trader is not shown the whole of a batch's evidence."""
    return b'"header":null' in served.get(f"/api/v1/batches/{line['ref'].partition(':')[2]}/evidence", "trade").content


def test_evidence_verifies_offline_for_producer_trader_and_authority(served: Served) -> None:
    line = next(
        line for line in served.ok("/api/v1/batches?limit=200", "trade")["items"] if _others_are_in(served, line)
    )
    for who, everything in (("trade", False), ("emergency", True)):
        answer = served.get(f"/api/v1/batches/{line['ref'].partition(':')[2]}/evidence", who)
        assert answer.status_code == 200
        report = verify(answer.content, served.ledger.policy())
        assert report.genuine
        assert (b'"header":null' in answer.content) != everything


def test_stock_in_the_past_is_what_had_happened_by_then(served: Served) -> None:
    batch = served.produce("sea", "methanol", "90")
    before = format_utc(served.clock.now_ms())
    served.clock.set(served.clock.now_ms() + 60_000)
    served.post("sea", served.consume("sea", batch, "30"))
    address = f"/api/v1/batches/{batch.partition(':')[2]}/stock"
    then = served.ok(f"{address}?as_of={before.replace('+', '%2B')}", "sea")
    never = served.ok(f"{address}?as_of={format_utc(PLAN.start_ms).replace('+', '%2B')}", "sea")
    assert [line["holding"]["mass"]["amount"] for line in then] == ["90"]
    assert [line["holding"]["mass"]["amount"] for line in served.ok(address, "sea")] == ["60"]
    assert never == []


def test_a_blend_is_traced_both_ways_with_its_kilograms(served: Served) -> None:
    first, second = served.produce("sea", "methanol", "60"), served.produce("sea", "methanol", "40")
    blend = served.new("batch")
    inputs = [{"batch": first, "amount": "30", "unit": "kg"}, {"batch": second, "amount": "10", "unit": "kg"}]
    sections = {
        "product": {"product": served.world.products["sea", "methanol"], "lot": "MIX-1"},
        "place": served.place("sea", "T-01"),
        "inputs": {"lines": inputs},
        "outputs": {"lines": [{"batch": blend, "amount": "40", "unit": "kg"}]},
    }
    served.state("sea", "production.batch_blended", sections)
    back = served.ok(f"/api/v1/batches/{blend.partition(':')[2]}/trace?direction=backward", "sea")
    assert {(edge["source"], edge["mass"]["amount"]) for edge in back["edges"]} == {(first, "30"), (second, "10")}
    on = served.ok(f"/api/v1/batches/{first.partition(':')[2]}/trace?direction=forward", "sea")
    assert [line["ref"] for line in on["nodes"]] == [blend]
    matter = served.ok(f"/api/v1/batches/{blend.partition(':')[2]}", "sea")["matter"]
    assert {(row["batch"], row["mass"]["amount"]) for row in matter["came_in"]} == {(first, "30"), (second, "10")}
    assert {(row["batch"], row["mass"]["amount"]) for row in matter["shares"]} == {(first, "30"), (second, "10")}
    went = served.ok(f"/api/v1/batches/{first.partition(':')[2]}", "sea")["matter"]["went_out"]
    assert [(row["batch"], row["mass"]["amount"]) for row in went] == [(blend, "30")]


def test_the_server_is_ready_and_says_why_when_it_is_not(victim: Served) -> None:
    assert victim.client.get("/readyz").json()["ready"]
    assert victim.ledger.sequencer is not None
    victim.ledger.sequencer.close()
    answer = victim.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reads"]
    assert not answer.json()["writes"]
    assert [check["name"] for check in answer.json()["checks"] if not check["ok"]] == ["writer"]
    refused = victim.post("sea", victim.consume("sea", victim.new("batch"), "1"))
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0


def test_the_state_of_the_log_counts_what_there_is(served: Served) -> None:
    state = served.client.app.state.services.log.state()  # type: ignore[attr-defined]
    assert state.origin == ORIGIN
    assert state.demo
    assert state.role == "writer"
    with served.ledger.store.read() as unit:
        assert state.organisations == len(unit.projections.states_of("org:"))
    assert state.organisations > len(CAST)
    assert state.batches >= 3
    assert len(state.root) == len(b64u(bytes(32)))


def test_metrics_speak_the_text_format(served: Served) -> None:
    body = served.client.app.state.services.status.metrics()  # type: ignore[attr-defined]
    values = dict(line.rsplit(" ", 1) for line in body.splitlines() if not line.startswith("#"))
    assert values["hazledger_up_writes"] == "1"
    assert int(values["hazledger_log_size"]) >= 300
