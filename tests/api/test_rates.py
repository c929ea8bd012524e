"""How often one client may ask: by credential, by address, and failures; memory is bounded, nobody sleeps."""

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api import rates
from api.app import create_app
from api.rates import Buckets, address_of
from api.settings import ApiSettings
from ledger.services.clock import SetClock
from tests.api.fakes import KEY, TOKEN, USER_KEY, Fakes, settings
from tests.api.world import DRUM_CODE, NOW

Limited = Callable[..., TestClient]
ADDRESS = "198.51.100.7"
EVENT = b'{"id":"1"}'


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def limited(clock: SetClock) -> Limited:
    """Clients of one application, each from an address of its own."""
    services = dataclasses.replace(Fakes().services(), clock=clock)
    made: dict[ApiSettings, object] = {}

    def client(address: str = ADDRESS, **limits: int) -> TestClient:
        asked = dataclasses.replace(settings(), **limits)  # type: ignore[arg-type]
        app = made.setdefault(asked, create_app(services, asked))
        headers = {"accept-language": "en", "accept": "application/json"}
        return TestClient(app, client=(address, 1), follow_redirects=False, headers=headers)  # type: ignore[arg-type]

    return client


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def test_a_credential_is_limited_and_told_when_to_come_again(limited: Limited, clock: SetClock) -> None:
    client = limited(rate_credential=3, rate_address=10)
    first = client.get("/api/v1/me", headers=bearer(KEY))
    assert first.headers["ratelimit-policy"] == '"address";q=10;w=60', "not yet known to be good"
    seen = [client.get("/api/v1/me", headers=bearer(KEY)) for _ in range(4)]
    assert [answer.status_code for answer in seen] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit"] for answer in seen[:3]] == [
        '"credential";r=2;t=20',
        '"credential";r=1;t=40',
        '"credential";r=0;t=60',
    ]
    refused = seen[3]
    assert refused.json()["code"] == "too_many_requests"
    assert refused.headers["content-type"] == "application/problem+json"
    assert (refused.headers["retry-after"], refused.headers["ratelimit"]) == ("20", '"credential";r=0;t=60')
    assert client.get("/api/v1/me", headers=bearer(USER_KEY)).status_code == 200, "another one has its own"
    clock.set(NOW + 19_999)
    assert client.get("/api/v1/me", headers=bearer(KEY)).status_code == 429
    clock.set(NOW + 20_000)
    assert client.get("/api/v1/me", headers=bearer(KEY)).status_code == 200


def test_an_address_without_credentials_is_limited(limited: Limited) -> None:
    limits = {"rate_address": 2, "rate_public": 5}
    client = limited(**limits)
    assert [client.get("/problems").status_code for _ in range(3)] == [200, 200, 429]
    assert limited("198.51.100.8", **limits).get("/problems").status_code == 200
    codes = [client.get(f"/Q/{DRUM_CODE}").status_code for _ in range(4)]
    assert codes == [200] * 4, "codes have a bucket of their own"
    assert client.get("/log/checkpoint").status_code == 200
    assert client.get("/log/checkpoint").status_code == 429


def test_a_page_is_told_as_a_page(limited: Limited) -> None:
    client = limited(rate_address=1)
    client.get("/problems")
    refused = client.get("/problems", headers={"accept": "text/html"})
    assert refused.status_code == 429
    assert "Too many requests" in refused.text
    assert refused.headers["retry-after"] == "60"


def test_monitoring_is_never_limited(limited: Limited) -> None:
    client = limited(rate_address=1, rate_public=1)
    for _ in range(3):
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200


def test_made_up_credentials_do_not_escape_the_limit_of_the_address(limited: Limited) -> None:
    client = limited(rate_address=3, rate_credential=100)
    answers = [client.get("/log/key", headers=bearer(f"made-up-{n}")).status_code for n in range(5)]
    assert answers == [200] * 5, "the log asks for no credential"
    seen = [client.get("/api/v1/me", headers=bearer(f"made-up-{n}")).status_code for n in range(5)]
    assert seen == [401, 401, 401, 429, 429]


def test_guessing_is_stopped_and_those_known_to_be_good_go_on(limited: Limited, clock: SetClock) -> None:
    limits = {"rate_failures": 2, "rate_address": 100, "rate_credential": 100}
    client = limited(**limits)
    assert client.get("/api/v1/me", headers=bearer(KEY)).status_code == 200
    assert [client.get("/api/v1/me", headers=bearer(f"guess-{n}")).status_code for n in range(4)] == [
        401,
        401,
        429,
        429,
    ]
    refused = client.get("/api/v1/me", headers=bearer(USER_KEY))
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_failures")
    assert refused.headers["retry-after"] == "30"
    assert client.get("/api/v1/me", headers=bearer(KEY)).status_code == 200
    assert client.get("/problems").status_code == 200, "who shows no credential is not guessing"
    assert limited("198.51.100.8", **limits).get("/api/v1/me", headers=bearer(USER_KEY)).status_code == 200
    clock.set(NOW + 30_000)
    assert client.get("/api/v1/me", headers=bearer(USER_KEY)).status_code == 200


def test_guessing_links_is_stopped(limited: Limited) -> None:
    client = limited(rate_failures=2)
    assert [client.get(f"/login/guess-{n}").status_code for n in range(3)] == [404, 404, 429]
    assert client.get(f"/login/{TOKEN}").status_code == 429


def test_a_session_is_a_credential_and_a_stale_cookie_is_none(limited: Limited) -> None:
    client = limited(rate_credential=2, rate_address=100)
    assert client.post(f"/login/{TOKEN}", headers={"origin": settings().base_url}).status_code == 303
    assert [client.get("/desk").status_code for _ in range(4)] == [200, 200, 200, 429]
    client.cookies.clear()
    client.cookies.set("hazledger", "stale")
    assert client.get("/problems").headers["ratelimit"].startswith('"address";')
    assert client.get("/problems", headers={"cookie": "\x01=;;;"}).status_code == 200


def test_a_key_that_stops_being_good_loses_its_bucket(limited: Limited) -> None:
    fakes = Fakes()
    app = create_app(fakes.services(), dataclasses.replace(settings(), rate_credential=100, rate_address=3))
    client = TestClient(app, client=(ADDRESS, 1))
    assert client.get("/api/v1/me", headers=bearer(KEY)).status_code == 200
    del fakes.access.keys[KEY]
    assert [client.get("/api/v1/me", headers=bearer(KEY)).status_code for _ in range(4)] == [401, 401, 401, 429]


def test_without_limits_nothing_is_counted(limited: Limited) -> None:
    client = limited()
    answers = [client.get("/api/v1/me", headers=bearer("wrong")) for _ in range(50)]
    assert {answer.status_code for answer in answers} == {401}
    assert "ratelimit" not in answers[0].headers


def test_memory_is_bounded(limited: Limited, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_CLIENTS", 10)
    buckets = Buckets("address", 5)
    for n in range(1_000):
        buckets.take(n.to_bytes(4, "big"), NOW)
    assert len(buckets) == 10


@given(st.lists(st.integers(0, 5_000), max_size=200), st.integers(1, 50))
def test_no_window_lets_through_more_than_quota_and_refill(steps: list[int], quota: int) -> None:
    buckets, now, passed = Buckets("x", quota), NOW, []
    for step in steps:
        now += step
        taken = buckets.take(b"k", now)
        assert 0 <= taken.left <= quota
        assert taken.ok == (taken.wait_s == 0)
        if taken.ok:
            passed.append(now)
    for start in passed:
        inside = [at for at in passed if start <= at < start + 60_000]
        assert len(inside) <= 2 * quota
    if passed:
        assert len(passed) <= quota + (passed[-1] - passed[0]) * quota // 60_000 + 1


@pytest.mark.parametrize(
    ("host", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_one_subscriber_counts_as_one(host: str, same: str) -> None:
    assert address_of({"client": (host, 1)}) == address_of({"client": (same, 2)})


def test_addresses_that_are_none_count_too() -> None:
    assert address_of({"client": None}) == b""
    assert address_of({"client": ("testclient", 1)}) == b"testclient"
    assert address_of({"client": ("2001:db8:1:3::1", 1)}) != address_of({"client": ("2001:db8:1:2::1", 1)})
