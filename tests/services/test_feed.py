"""The feed: who is concerned by what, and a bell that no listener can use to stop the writer."""

import pytest

from ledger.services.feed import Feed
from tests.services.world import OPERATOR, PRODUCER, World


def test_a_listener_that_fails_does_not_stop_the_writer(plant: World, caplog: pytest.LogCaptureFixture) -> None:
    feed = Feed(plant.ledger.store, plant.ledger.log)
    rung: list[str] = []

    def fail() -> None:
        message = "its loop is closed"
        raise RuntimeError(message)

    feed.listen(fail)
    end = feed.listen(lambda: rung.append("rung"))
    plant.produce(1)
    assert rung == ["rung"]
    end()
    plant.produce(2)
    assert rung == ["rung"]
    assert plant.ledger.why_not_writing is None
    assert "could not be told" in caplog.text


def test_each_organisation_sees_its_own_in_the_order_of_the_log(plant: World) -> None:
    feed = Feed(plant.ledger.store, plant.ledger.log)
    plant.produce(1)
    plant.ledger.publish_heads()
    own = feed.after(PRODUCER, -1)
    assert [notice.index for notice in own] == sorted(notice.index for notice in own)
    assert own[-1].type == "production.batch_produced"
    assert own[-1].id
    theirs = [notice.type for notice in feed.after(OPERATOR, -1)]
    assert theirs[-1] == "governance.heads_published"
    assert "production.batch_produced" not in theirs
    assert feed.one(PRODUCER, 10_000) is None
