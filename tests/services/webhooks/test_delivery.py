"""Deliveries: what concerns an organisation reaches it, once or again, in the face of failures."""

import base64
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.errors import ConfigurationError, ConflictError, FormatError, NotFoundError
from ledger.services.audit import audit
from ledger.services.entropy import SeededEntropy
from ledger.services.feed import Feed
from ledger.services.webhooks.delivery import WAITS_MS, Delivery
from ledger.services.webhooks.message import sign
from ledger.services.webhooks.sending import Outcome, Sender
from ledger.services.webhooks.subscriptions import MOST, Made, Subscriptions, master_key
from tests.services.webhooks.receiver import Receiver, receiving
from tests.services.world import OPERATOR, PRODUCER, World


class Hooks:
    """Webhooks of the small world, delivered turn by turn."""

    def __init__(self, world: World) -> None:
        self.world = world
        ledger = world.ledger
        self.of = Subscriptions(ledger.store, ledger.clock, SeededEntropy(b"hooks"), bytes(32), private=True)
        self.delivery = Delivery(self.of, Feed(ledger.store, ledger.log), ledger.clock, Sender(private=True))

    def add(self, receiver: Receiver, *types: str, org: str = PRODUCER) -> Made:
        return self.of.add(org, receiver.url, types)

    def wait(self, ms: int) -> None:
        self.world.clock.set(self.world.clock.now_ms() + ms)


@pytest.fixture
def hooks(plant: World) -> Iterator[Hooks]:
    made = Hooks(plant)
    yield made
    made.delivery.close()
    assert audit(plant.ledger.store, reference=plant.reference)["findings"] == []


def test_what_concerns_an_organisation_reaches_it_signed(hooks: Hooks) -> None:
    hooks.world.produce(1)
    with receiving() as receiver:
        made = hooks.add(receiver)
        answer = hooks.world.produce(2)
        assert hooks.delivery.turn() == 1
        assert hooks.delivery.turn() == 0
        _, headers, body = receiver.got[0]
    told = json.loads(body)
    assert told["type"] == "production.batch_produced"
    assert told["data"]["index"] == answer.index
    assert told["data"]["subjects"] == [
        "batch:0190a000-0000-7000-8000-000000000002",
        "site:0190a000-0000-7000-8000-000000000001",
    ]
    assert headers["webhook-id"] == f"{made.row.id}.{answer.index}"
    secret = base64.b64decode(made.secret.removeprefix("whsec_"))
    at_s = int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] == sign(secret, headers["webhook-id"], at_s, body)


def test_types_and_stages_choose_what_is_told(hooks: Hooks) -> None:
    with receiving() as some, receiving() as others:
        hooks.add(some, "storage")
        hooks.add(others, "storage.sampled", "production.batch_produced")
        hooks.world.produce(1)
        hooks.world.lose(1, "5")
        hooks.delivery.turn()
        assert [json.loads(body)["type"] for _, _, body in some.got] == ["storage.sampled"]
        assert {json.loads(body)["type"] for _, _, body in others.got} == {
            "storage.sampled",
            "production.batch_produced",
        }


def test_nobody_is_told_of_what_concerns_others(hooks: Hooks) -> None:
    with receiving() as receiver:
        hooks.add(receiver, org=OPERATOR)
        hooks.world.produce(1)
        assert hooks.delivery.turn() == 0
        hooks.world.ledger.publish_heads()
        hooks.delivery.turn()
        assert [json.loads(body)["type"] for _, _, body in receiver.got] == ["governance.heads_published"]


def test_a_failure_is_tried_again_after_longer_and_longer_waits_and_then_given_up(hooks: Hooks) -> None:
    with receiving(500) as receiver:
        made = hooks.add(receiver)
        hooks.world.produce(1)
        assert hooks.delivery.turn() == 1
        for wait in WAITS_MS:
            hooks.wait(wait - 1)
            assert hooks.delivery.turn() == 0
            hooks.wait(1)
            assert hooks.delivery.turn() == 1
        (row,) = hooks.of.deliveries(PRODUCER, made.row.id)
        assert (row.attempts, row.due_at_ms, row.outcome) == (len(WAITS_MS) + 1, None, "HTTP 500")
        assert len({headers["webhook-id"] for _, headers, _ in receiver.got}) == 1
        assert hooks.of.replay(PRODUCER, made.row.id, row.idx - 1) == 1
        receiver.statuses[:] = [200]
        assert hooks.delivery.turn() == 1
        (row,) = hooks.of.deliveries(PRODUCER, made.row.id)
        assert (row.attempts, row.due_at_ms, row.outcome) == (1, None, "HTTP 200")


def test_a_receiver_that_is_gone_is_left_alone(hooks: Hooks) -> None:
    with receiving(410) as receiver:
        made = hooks.add(receiver)
        hooks.world.produce(1)
        hooks.delivery.turn()
        hooks.world.produce(2)
        assert hooks.delivery.turn() == 0
        assert hooks.of.one(PRODUCER, made.row.id).disabled_at_ms is not None


def test_a_pause_loses_nothing(hooks: Hooks) -> None:
    with receiving() as receiver:
        made = hooks.add(receiver)
        hooks.of.enable(PRODUCER, made.row.id, enabled=False)
        hooks.world.produce(1)
        assert hooks.delivery.turn() == 0
        hooks.of.enable(PRODUCER, made.row.id, enabled=True)
        assert hooks.delivery.turn() == 1
        assert len(receiver.got) == 1


def test_a_crash_between_commit_and_delivery_loses_nothing(hooks: Hooks) -> None:
    with receiving() as receiver:
        hooks.add(receiver)
        hooks.world.produce(1)
        hooks.world.ledger.close()
        hooks.world.open()
        again = Hooks(hooks.world)
        assert again.delivery.turn() == 1
        assert len(receiver.got) == 1


def test_the_thread_tells_without_being_asked(hooks: Hooks) -> None:
    with receiving() as receiver:
        hooks.add(receiver)
        told = threading.Event()
        seen: list[int] = []

        def send(url: str, headers: dict[str, str], body: bytes) -> Outcome:
            outcome = Sender(private=True)(url, headers, body)
            seen.append(json.loads(body)["data"]["index"])
            told.set()
            return outcome

        threaded = Delivery(hooks.of, Feed(hooks.world.ledger.store, hooks.world.ledger.log), hooks.world.clock, send)
        threaded.start()
        try:
            answer = hooks.world.produce(1)
            assert told.wait(30)
        finally:
            threaded.close()
            threaded.close()
        assert seen == [answer.index]


def test_a_test_message_says_that_it_is_one(hooks: Hooks) -> None:
    with receiving() as receiver:
        made = hooks.add(receiver)
        assert hooks.delivery.test(PRODUCER, made.row.id) == Outcome(ok=True, word="HTTP 204")
        assert json.loads(receiver.got[0][2])["type"] == "webhook.test"
        with pytest.raises(NotFoundError):
            hooks.delivery.test(OPERATOR, made.row.id)
    assert hooks.delivery.send_one(made.row, 10_000) == Outcome(ok=False, word="record unknown", gone=True)


def test_a_new_secret_replaces_the_former_one(hooks: Hooks) -> None:
    with receiving() as receiver:
        made = hooks.add(receiver)
        rotated = hooks.of.rotate(PRODUCER, made.row.id)
        assert rotated.secret != made.secret
        assert hooks.of.secret(rotated.row) != hooks.of.secret(made.row)


def test_another_organisations_webhook_does_not_exist(hooks: Hooks) -> None:
    with receiving() as receiver:
        made = hooks.add(receiver)
    name = made.row.id
    for ask in (
        lambda: hooks.of.one(OPERATOR, name),
        lambda: hooks.of.deliveries(OPERATOR, name),
        lambda: hooks.of.enable(OPERATOR, name, enabled=False),
        lambda: hooks.of.rotate(OPERATOR, name),
        lambda: hooks.of.remove(OPERATOR, name),
        lambda: hooks.of.replay(OPERATOR, name, 0),
    ):
        with pytest.raises(NotFoundError):
            ask()
    hooks.of.remove(PRODUCER, name)
    assert hooks.of.listed(PRODUCER) == []


def test_webhooks_are_bounded_and_their_types_known(hooks: Hooks) -> None:
    with receiving() as receiver:
        for types, field in (
            (["storage.levitated"], "/types/0"),
            (["storage", "x" * 90], "/types/1"),
            (["a"] * 41, "/types"),
        ):
            with pytest.raises(FormatError) as error:
                hooks.of.add(PRODUCER, receiver.url, types)
            assert error.value.field == field
        for _ in range(MOST):
            hooks.of.add(PRODUCER, receiver.url, label="ERP")
        with pytest.raises(ConflictError):
            hooks.of.add(PRODUCER, receiver.url)


def test_the_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "webhook.key"
    made = master_key(path, SeededEntropy(b"key"))
    assert master_key(path, SeededEntropy(b"other")) == made
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"short")
    with pytest.raises(ConfigurationError):
        master_key(path, SeededEntropy(b"key"))
