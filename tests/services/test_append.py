"""The append path: order, idempotency, refusals, restarts, failures."""

import pytest

from ledger.core.checkpoint import open_checkpoint
from ledger.errors import ConflictError, FormatError, RefusedError, UnavailableError
from ledger.services.answers import Appended
from tests.services.world import AUTH, ORIGIN, PRODUCER, PRODUCT, SITE, World, ref


def test_genesis_is_leaf_0_and_signed(world: World) -> None:
    state = world.ledger.log.state()
    assert state.size == 1
    checkpoint, _ = open_checkpoint(state.note, ORIGIN, [world.ledger.verifier])
    assert (checkpoint.size, checkpoint.root) == (1, state.root)
    assert world.ledger.recorded().demo


def test_statements_are_recorded_in_order(plant: World) -> None:
    first, second = plant.produce(1), plant.produce(2)
    assert (first.index, second.index) == (5, 6)
    assert plant.ledger.log.state().size == 7
    with plant.ledger.store.read() as unit:
        assert unit.queries.batch_mass(ref("batch", 1)) == {"produced": -100_000_000, "holding": 100_000_000}


def test_a_statement_says_what_it_names(plant: World) -> None:
    body = plant.produce_body(1, personal={"driver": "batch:not-one"})
    found = plant.ledger.state(body, AUTH).named()
    assert found == {PRODUCER, ref("batch", 1), SITE, PRODUCT}


def test_the_same_statement_again_gets_the_same_answer(plant: World) -> None:
    body = plant.produce_body(1)
    first = plant.ledger.append(plant.ledger.state(body, AUTH))
    again = plant.ledger.append(plant.ledger.state(body, AUTH))
    assert again.repeated
    assert (again.index, again.record, again.findings) == (first.index, first.record, first.findings)


def test_another_statement_under_the_id_is_a_conflict(plant: World) -> None:
    body = plant.produce_body(1)
    plant.ledger.append(plant.ledger.state(body, AUTH))
    other = {**body, "sections": {**body["sections"], "reason": {"text": "otherwise"}}}
    with pytest.raises(ConflictError) as error:
        plant.ledger.append(plant.ledger.state(other, AUTH))
    assert error.value.code == "id_used_otherwise"


def test_repetition_inside_one_bulk(plant: World) -> None:
    body = plant.produce_body(1)
    other = {**body, "mode": "report"}
    results = plant.ledger.append_many([plant.ledger.state(item, AUTH) for item in (body, body, other)])
    assert isinstance(results[0], Appended)
    assert isinstance(results[1], Appended)
    assert (results[0].index, results[1].index, results[1].repeated) == (5, 5, True)
    assert isinstance(results[2], ConflictError)


def test_bulk_keeps_order_and_a_refused_one_stops_no_other(plant: World) -> None:
    bodies = [plant.produce_body(n) for n in (1, 2, 2, 3)]
    results = plant.ledger.append_many([plant.ledger.state(body, AUTH) for body in bodies])
    assert [type(result).__name__ for result in results] == ["Appended", "Appended", "RefusedError", "Appended"]
    assert [result.index for result in results if isinstance(result, Appended)] == [5, 6, 7]


def test_refused_acts_are_kept_with_their_reasons(plant: World) -> None:
    plant.produce(1)
    with pytest.raises(RefusedError) as refused:
        plant.lose(1, "101")
    assert refused.value.problems[0].code == "holding_overdrawn"
    with plant.ledger.store.read() as unit:
        kept = unit.operations.refusals(actor=PRODUCER)
    assert [row.type for row in kept] == ["storage.sampled"]
    assert b"holding_overdrawn" in kept[0].problems


def test_a_report_is_recorded_with_findings(plant: World) -> None:
    plant.produce(1)
    answer = plant.lose(1, "101", mode="report")
    assert "would_have_been_refused@1" in {rule for _, rule, _ in answer.findings}
    with plant.ledger.store.read() as unit:
        rows = unit.queries.findings(batch=ref("batch", 1))
        mass = unit.queries.batch_mass(ref("batch", 1))
    assert "unexplained@1" in {row.rule for row in rows}
    assert sum(mass.values()) == 0


def test_recorded_time_never_runs_backwards(plant: World) -> None:
    first = plant.produce(1)
    plant.clock.set(plant.clock.now_ms() - 5_000)
    assert plant.produce(2).recorded_at_ms == first.recorded_at_ms


def test_a_reopened_ledger_goes_on_where_it_stopped(plant: World) -> None:
    plant.produce(1)
    plant.ledger.close()
    plant.open()
    assert plant.produce(2).index == 6
    answer = plant.lose(1, "40")
    assert answer.index == 7


def test_statements_of_the_server_are_not_taken_from_others(plant: World) -> None:
    heads = {"n": 5, "chains": 1, "root": "A" * 43}
    with pytest.raises(FormatError) as error:
        plant.statement("governance.heads_published", PRODUCER, heads=heads)
    assert error.value.code == "server_only"


def test_blends_make_edges(plant: World) -> None:
    plant.produce(1)
    plant.produce(2)
    plant.blend(3, 1, 2)
    with plant.ledger.store.read() as unit:
        assert unit.queries.ancestors(ref("batch", 3)) == [ref("batch", 1), ref("batch", 2)]
        assert unit.queries.descendants(ref("batch", 1)) == [ref("batch", 3)]


def test_search_rows_follow_master_data(plant: World) -> None:
    plant.produce(1)
    with plant.ledger.store.read() as unit:
        product = unit.queries.things("product", text="methanol")
        batches = unit.queries.things("batch", text="LOT-1")
        sites = unit.queries.things("site", region="3205")
    assert product[0].un == "UN1230"
    assert product[0].cas == "67-56-1"
    assert [row.id for row in batches] == [ref("batch", 1)]
    assert [row.id for row in sites] == [SITE]


def test_published_heads_name_their_own_index(plant: World) -> None:
    plant.produce(1)
    answer = plant.ledger.publish_heads()
    assert answer.index == 6
    assert plant.ledger.recorded().heads == 6


def test_a_closed_ledger_takes_no_statements(plant: World) -> None:
    submission = plant.ledger.state(plant.produce_body(1), AUTH)
    plant.ledger.close()
    with pytest.raises(UnavailableError) as error:
        plant.ledger.append(submission)
    assert error.value.code == "writing_stopped"


def test_more_statements_than_a_tile_holds(plant: World) -> None:
    bodies = [plant.produce_body(n) for n in range(1, 601)]
    results = plant.ledger.append_many([plant.ledger.state(body, AUTH) for body in bodies])
    assert all(isinstance(result, Appended) for result in results)
    state = plant.ledger.log.state()
    assert state.size == 605
    with plant.ledger.store.read() as unit:
        assert unit.log.tile(0, 1) is not None
        assert plant.ledger.log.root(unit, 605) == state.root


def test_a_waiter_that_goes_away_does_not_take_its_statement_along(plant: World) -> None:
    answer = plant.ledger.submit(plant.ledger.state(plant.produce_body(1), AUTH))
    assert not answer.cancel()
    assert answer.result().index == 5
    assert plant.produce(2).index == 6
