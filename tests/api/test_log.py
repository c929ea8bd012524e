"""The log and what operators ask, as bytes and headers."""

import dataclasses

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.views import Health, Readiness, Words
from tests.api import world
from tests.api.fakes import Fakes, settings


def test_the_checkpoint_is_fresh_text(client: TestClient) -> None:
    answer = client.get("/log/checkpoint")
    assert answer.content == world.INCLUSION.checkpoint.encode()
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=1"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["0/000.p/5", "entries/000.p/5"])
def test_tiles_are_kept_for_ever(client: TestClient, path: str) -> None:
    answer = client.get(f"/log/tile/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "0/001", "0/000", "64/000", "00/000", "0/0", "0/1000", "0/x01/000", "0/000.p/0", "0/000.p/256", "0/000.p/05",
        "0/000.p/5/",
        "entries/x000/000.P/5", "0/000%0a", "..%2f..%2fetc", "-1/000", "0/٠٠٠", "",
    ],
)  # fmt: skip
def test_what_is_no_tile_is_not_there(client: TestClient, path: str) -> None:
    answer = client.get(f"/log/tile/{path}")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_the_verifier_key(client: TestClient) -> None:
    assert client.get("/log/key").text == "trace.example.cn/log+9d6f0b2c+AbCd\n"


def test_head_is_get_without_the_body(client: TestClient) -> None:
    for path in ("/log/checkpoint", "/log/tile/0/000.p/5", "/", "/healthz"):
        full, head = client.get(path), client.head(path)
        assert head.status_code == full.status_code == 200
        assert head.content == b""
        assert head.headers["content-length"] == str(len(full.content))


def test_alive_and_ready(client: TestClient, fakes: Fakes) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").json()["ready"] is True
    why = Words("磁盘已满", "The disk is full")
    fakes.status.state = Readiness(reads=True, writes=False, checks=(Health("disk", ok=False, detail=why),))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "reads": True,
        "writes": False,
        "checks": [{"name": "disk", "ok": False, "detail": {"zh": "磁盘已满", "en": "The disk is full"}}],
    }
    assert client.get("/healthz").status_code == 200


def test_metrics_are_for_this_machine(fakes: Fakes) -> None:
    app = create_app(fakes.services(), settings())
    assert TestClient(app, client=("192.0.2.7", 5000)).get("/metrics").status_code == 404
    here = TestClient(app, client=("127.0.0.1", 5000)).get("/metrics")
    assert here.text.startswith("# TYPE hazledger_log_size gauge")
    assert here.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    opened = create_app(fakes.services(), dataclasses.replace(settings(), metrics_open=True))
    assert TestClient(opened, client=("192.0.2.7", 5000)).get("/metrics").status_code == 200
