"""Heads on demand, and what the operator is told when the disk is nearly full."""

from ledger.errors import UnavailableError
from tests.api.wiring.served import Served


def publish(victim: Served, who: str | None = "warehouse") -> tuple[int, dict[str, object], dict[str, str]]:
    headers = {} if who is None else victim.headers(who)
    answer = victim.client.post("/api/v1/heads", headers=headers)
    return answer.status_code, answer.json(), dict(answer.headers)


def some_org(victim: Served) -> str:
    return next(iter(victim.world.orgs))


def something_new(victim: Served) -> str:
    producer, product = next(iter(victim.world.products))
    return victim.produce(producer, product, "5")


def test_heads_are_published_on_demand_at_most_so_often(victim: Served) -> None:
    who = some_org(victim)
    assert publish(victim, None)[0] == 401
    something_new(victim)
    first = publish(victim, who)
    assert (first[0], first[1]["recorded"]) == (200, True)
    again = publish(victim, who)
    assert (again[0], again[1]["n"], again[1]["recorded"]) == (200, first[1]["n"], False), "nothing new to cover"
    victim.clock.set(victim.clock.now_ms() + 1_000)
    batch = something_new(victim)
    status, body, headers = publish(victim, who)
    assert (status, body["code"], headers["retry-after"]) == (429, "heads_too_soon", "9")
    victim.clock.set(victim.clock.now_ms() + 8_999)
    assert publish(victim, who)[0] == 429
    victim.clock.set(victim.clock.now_ms() + 1)
    status, body, _ = publish(victim, who)
    assert (status, body["recorded"]) == (200, True)
    verdict = victim.ledger.verdict(batch)
    assert (verdict.intact, verdict.complete_n, verdict.newer) == (True, body["n"], 0)


def test_too_little_room_is_told_to_clients_and_to_monitoring(victim: Served) -> None:
    class Full:
        def lack(self) -> UnavailableError:
            params: dict[str, str | int] = {"folder": "/srv", "free_mib": 5, "least_mib": 512}
            return UnavailableError("disk_low", params=params, retry_after_s=30)

    something_new(victim)
    writing = victim.ledger.sequencer
    assert writing is not None
    writing._room = Full()  # type: ignore[assignment]
    status, body, headers = publish(victim, some_org(victim))
    assert (status, body["code"], headers["retry-after"]) == (503, "disk_low", "30")
    ready = victim.client.get("/readyz")
    assert ready.status_code == 503
    checks = {check["name"]: check for check in ready.json()["checks"]}
    assert (checks["disk"]["ok"], checks["writer"]["ok"], checks["store"]["ok"]) == (False, False, True)
    assert "512 MiB" in checks["disk"]["detail"]["en"]
    assert "512 MiB" in checks["disk"]["detail"]["zh"]
    writing._room = None
    assert victim.client.get("/readyz").status_code == 200
