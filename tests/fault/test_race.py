"""Many threads after the same matter: what is there is given out once, and to the last milligram."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from ledger.core.quantity import milligrams
from ledger.errors import HazledgerError, RefusedError
from ledger.services.answers import Appended, Result
from ledger.services.audit import audit
from ledger.services.intake import Submission
from tests.services.world import AUTH, PRODUCER, SITE, World, ref

THREADS = 32
STOCK_KG = 100
OUT_OF_STOCK = {"holding_overdrawn", "batch_consumed"}
ACCEPTED = {"7": 14, "10": 10, "100": 1, "101": 0, "33.333333": 3}
"""Of 32 draws of so many kilograms each from 100, so many can be met."""


def draw(world: World, kg: str, batch: int = 1) -> Submission:
    line = {"batch": ref("batch", batch), "amount": kg, "unit": "kg"}
    place = {"site": SITE, "location": "tank-1"}
    return world.statement("storage.sampled", PRODUCER, inputs={"lines": [line]}, place=place)


def race(world: World, hands: Sequence[Sequence[Submission]]) -> list[list[Result]]:
    """Let one thread per hand append its statements one after another; all begin together."""
    start = threading.Barrier(len(hands))

    def run(hand: Sequence[Submission]) -> list[Result]:
        start.wait()
        return [attempt(world, submission) for submission in hand]

    with ThreadPoolExecutor(len(hands)) as threads:
        return list(threads.map(run, hands))


def attempt(world: World, submission: Submission) -> Result:
    try:
        return world.ledger.append(submission)
    except HazledgerError as error:
        return error


def refusals(results: Sequence[Result]) -> list[str]:
    """The problem codes of all that was not recorded; only refusals are expected there."""
    codes = []
    for result in results:
        if not isinstance(result, Appended):
            assert isinstance(result, RefusedError), result
            codes.append(result.problems[0].code)
    return codes


def mass(world: World, batch: int = 1) -> dict[str, int]:
    with world.ledger.store.read() as unit:
        found = unit.queries.batch_mass(ref("batch", batch))
    assert sum(found.values()) == 0
    assert found.get("holding", 0) >= 0
    return dict(found)


def assert_sound(world: World) -> None:
    assert world.ledger.why_not_writing is None
    report = audit(world.ledger.store, reference=world.reference, signer_state=world.state_path)
    assert report["ok"], report["findings"]


def test_just_as_many_draws_are_accepted_as_there_is_matter_for(plant: World) -> None:
    for batch, (kg, accepted) in enumerate(ACCEPTED.items(), start=1):
        plant.produce(batch, str(STOCK_KG))
        results = [hand[0] for hand in race(plant, [[draw(plant, kg, batch)] for _ in range(THREADS)])]

        codes = refusals(results)
        assert len(codes) == THREADS - accepted
        left = milligrams(str(STOCK_KG), "kg") - accepted * milligrams(kg, "kg")
        assert set(codes) == {"batch_consumed" if left == 0 else "holding_overdrawn"}
        assert mass(plant, batch).get("holding", 0) == left
    assert_sound(plant)


def test_unequal_draws_leave_less_than_any_refused_one_asked_for(plant: World) -> None:
    plant.produce(1, str(STOCK_KG))
    amounts = [[str(1 + (7 * hand + 3 * turn) % 19) for turn in range(4)] for hand in range(THREADS)]
    results = race(plant, [[draw(plant, kg) for kg in hand] for hand in amounts])

    flat = [
        (int(kg), result)
        for hand, answers in zip(amounts, results, strict=True)
        for kg, result in zip(hand, answers, strict=True)
    ]
    drawn = sum(kg for kg, result in flat if isinstance(result, Appended))
    left = STOCK_KG - drawn
    assert left >= 0
    assert set(refusals([result for _, result in flat])) <= OUT_OF_STOCK
    assert all(kg > left for kg, result in flat if not isinstance(result, Appended))
    assert mass(plant).get("holding", 0) == left * milligrams("1", "kg")
    assert_sound(plant)


def test_the_same_statement_from_every_thread_is_recorded_once(plant: World) -> None:
    plant.produce(1, str(STOCK_KG))
    body = plant.body(
        "storage.sampled",
        inputs={"lines": [{"batch": ref("batch", 1), "amount": "30", "unit": "kg"}]},
        place={"site": SITE, "location": "tank-1"},
    )
    # Salts are drawn anew for each, as when a client repeats itself over the simple form.
    results = [hand[0] for hand in race(plant, [[plant.ledger.state(body, AUTH)] for _ in range(THREADS)])]

    answers = [result for result in results if isinstance(result, Appended)]
    assert len(answers) == THREADS
    assert len({(answer.index, answer.event, answer.record) for answer in answers}) == 1
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * (THREADS - 1)
    assert mass(plant)["holding"] == milligrams("70", "kg")
    assert_sound(plant)
