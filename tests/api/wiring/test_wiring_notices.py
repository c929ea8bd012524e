"""Webhooks and the stream over the real application: own things alone, and nothing is missed."""

import asyncio
import json
from collections.abc import Sequence

from api.v1.stream import events
from api.wiring.notices import LedgerNotices
from ledger.services.feed import Feed
from tests.api.wiring.served import Served

URL = "https://erp.example.cn/hooks"


def made(served: Served, who: str = "sea", **more: object) -> dict[str, object]:
    answer = served.client.post("/api/v1/webhooks", json={"url": URL, **more}, headers=served.headers(who))
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_a_webhook_is_made_and_its_secret_shown_once(served: Served) -> None:
    hook = made(served, types=["transport"], label="ERP")
    assert str(hook["secret"]).startswith("whsec_")
    shown = served.ok(f"/api/v1/webhooks/{hook['id']}", "sea")
    assert (shown["secret"], shown["types"], shown["label"], shown["enabled"]) == (None, ["transport"], "ERP", True)
    assert hook["id"] in [line["id"] for line in served.ok("/api/v1/webhooks", "sea")]


def test_every_way_to_a_foreign_webhook_is_404(served: Served) -> None:
    hook = made(served)
    for path in ("", "/deliveries"):
        assert served.get(f"/api/v1/webhooks/{hook['id']}{path}", "bay").status_code == 404
    for path in ("pause", "resume", "rotate", "remove"):
        answer = served.client.post(f"/api/v1/webhooks/{hook['id']}/{path}", headers=served.headers("bay"))
        assert answer.status_code == 404, path
    again = served.client.post(
        f"/api/v1/webhooks/{hook['id']}/replay", json={"after": 0}, headers=served.headers("bay")
    )
    assert again.status_code == 404
    assert hook["id"] not in [line["id"] for line in served.ok("/api/v1/webhooks", "bay")]


def test_a_webhook_is_paused_rotated_replayed_and_removed(served: Served) -> None:
    hook = made(served)
    headers, address = served.headers("sea"), f"/api/v1/webhooks/{hook['id']}"
    assert served.client.post(f"{address}/pause", headers=headers).json()["enabled"] is False
    assert served.client.post(f"{address}/resume", headers=headers).json()["enabled"] is True
    assert served.client.post(f"{address}/rotate", headers=headers).json()["secret"] != hook["secret"]
    queued = served.client.post(f"{address}/replay", json={"after": 0}, headers=headers).json()["queued"]
    assert queued > 10
    page = served.ok(f"{address}/deliveries?limit=2", "sea")
    assert [line["state"] for line in page["items"]] == ["waiting", "waiting"]
    rest = served.ok(f"{address}/deliveries?limit=200&cursor={page['next']}", "sea")
    assert len(rest["items"]) == min(queued - 2, 200)
    assert served.client.post(f"{address}/test", headers=headers).status_code == 503
    assert served.client.post(f"{address}/remove", headers=headers).status_code == 204
    assert served.get(address, "sea").status_code == 404


def test_bad_webhooks_are_refused_with_the_field(served: Served) -> None:
    for body, code, field in (
        ({"url": "http://erp.example.cn"}, "webhook_url_invalid", "/url"),
        ({"url": "https://127.0.0.1@evil.example"}, "webhook_url_invalid", "/url"),
        ({"url": URL, "types": ["storage.levitated"]}, "unknown_event_type", "/types/0"),
        ({"url": URL, "colour": "red"}, "unknown_name", "/colour"),
        ({}, "name_missing", "/url"),
    ):
        answer = served.client.post("/api/v1/webhooks", json=body, headers=served.headers("sea"))
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)


def gather(served: Served, who: str, after: int, count: int) -> list[dict[str, object]]:
    """Read so many events of the stream."""
    principal = served.client.app.state.services.access.by_key(served.headers(who)["authorization"].partition(" ")[2])  # type: ignore[attr-defined]

    async def run() -> list[bytes]:
        parts: list[bytes] = []
        source = events(
            LedgerNotices(Feed(served.ledger.store, served.ledger.log)), principal, after, lambda: True, 0.05
        )
        async for part in source:
            parts.append(part)
            if sum(one.startswith(b"id:") for one in parts) >= count or parts[-1].startswith(b": "):
                break
        await source.aclose()  # type: ignore[attr-defined]
        return parts

    parts: Sequence[bytes] = asyncio.run(run())
    assert parts[0] == b"retry: 3000\n\n"
    return [
        {"id": int(part.split(b"\n")[0][4:]), **json.loads(part.split(b"data: ")[1])}
        for part in parts
        if part.startswith(b"id:")
    ]


def test_a_stream_goes_on_where_it_was_and_tells_what_concerns_the_organisation(served: Served) -> None:
    before = served.ledger.log.state().size - 1
    batch = served.produce("sea", "methanol", "31")
    served.produce("bay", "methanol", "32")
    code = served.label("sea", batch)
    found = gather(served, "sea", before, 2)
    assert [item["type"] for item in found] == ["production.batch_produced", "production.label_issued"]
    assert found[0]["data"]["subjects"][0] == batch  # type: ignore[index]
    assert code
    assert gather(served, "sea", int(str(found[0]["id"])), 1)[0]["type"] == "production.label_issued"
    assert gather(served, "sea", int(str(found[1]["id"])), 1) == []


def test_a_stream_ends_when_the_credential_does(served: Served) -> None:
    async def run() -> list[bytes]:
        notices = LedgerNotices(Feed(served.ledger.store, served.ledger.log))
        return [part async for part in events(notices, viewer, 10**6, lambda: False)]

    viewer = served.client.app.state.services.access.by_key(served.headers("sea")["authorization"].partition(" ")[2])  # type: ignore[attr-defined]
    assert asyncio.run(run()) == [b"retry: 3000\n\n"]


def test_a_stream_takes_a_whole_number_alone(served: Served) -> None:
    headers = {**served.headers("sea"), "last-event-id": "seven"}
    answer = served.client.get("/api/v1/stream", headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (422, "/last-event-id")
    assert served.client.get("/api/v1/stream", headers={"accept": "text/event-stream"}).status_code == 401
