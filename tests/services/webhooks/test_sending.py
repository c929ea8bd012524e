"""One request: to the checked address, without redirects, and every failure a word."""

import socket
import ssl
from collections.abc import Sequence

import pytest

from ledger.services.webhooks.sending import Outcome, Sender
from tests.services.webhooks.receiver import receiving

HEADERS = {"content-type": "application/json", "webhook-id": "a.1"}


def test_a_message_arrives_whole() -> None:
    with receiving() as receiver:
        assert Sender(private=True)(receiver.url, HEADERS, b'{"a":1}') == Outcome(ok=True, word="HTTP 204")
        path, headers, body = receiver.got[0]
    assert (path, body) == ("/hook", b'{"a":1}')
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert headers["webhook-id"] == "a.1"
    assert headers["user-agent"] == "hazledger-webhook/1"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome(ok=True, word="HTTP 200")),
        (302, Outcome(ok=False, word="HTTP 302")),
        (410, Outcome(ok=False, word="HTTP 410", gone=True)),
        (500, Outcome(ok=False, word="HTTP 500")),
    ],
)
def test_only_2xx_is_a_delivery_and_no_redirect_is_followed(status: int, outcome: Outcome) -> None:
    with receiving(status) as receiver:
        assert Sender(private=True)(receiver.url, HEADERS, b"{}") == outcome
        assert [path for path, _, _ in receiver.got] == ["/hook"]


def test_a_name_that_leads_inside_is_never_called() -> None:
    with receiving() as receiver:

        def rebinding(_host: str, _port: int) -> Sequence[str]:
            return ["127.0.0.1"]

        outcome = Sender(resolver=rebinding)(f"https://erp.example.cn:{receiver.port}/", HEADERS, b"{}")
        assert outcome == Outcome(ok=False, word="webhook_address_forbidden")
        assert receiver.got == []
    assert Sender()("http://erp.example.cn/", HEADERS, b"{}").word == "webhook_url_invalid"


def test_nobody_there_is_a_word_and_no_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        outcome = Sender(private=True)(f"http://127.0.0.1:{port}/", HEADERS, b"{}")
    assert not outcome.ok
    assert outcome.word.startswith("ConnectionRefusedError")


def test_plain_http_behind_a_secure_address_is_a_word_and_no_error() -> None:
    with receiving() as receiver:
        outcome = Sender(private=True)(f"https://127.0.0.1:{receiver.port}/", HEADERS, b"{}")
    assert not outcome.ok
    assert outcome.word.startswith(("tls:", "ConnectionResetError"))
    assert ssl.create_default_context().check_hostname
