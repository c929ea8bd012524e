"""Photographed papers over the real application: uploaded, stated, shown, refused, erased, and hidden from others."""

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from httpx2 import Response

from ledger.core.b64 import b64u
from ledger.core.times import format_utc
from ledger.services import papers
from ledger.services.audit import audit
from ledger.verify import verify
from tests.api.wiring.served import BASE, Served
from tests.api.wiring.test_wiring_deal_pages import Desk, fields
from tests.api.wiring.test_wiring_deals import done
from tests.api.wiring.test_wiring_waybills import Trip
from tests.support.photos import ALL, jpeg, pdf, png


@pytest.fixture
def trip(served: Served) -> Trip:
    return Trip(served)


def upload(served: Served, who: str, content: bytes, media_type: str = "image/jpeg") -> Response:
    headers = {**served.headers(who), "content-type": media_type, "accept-language": "en"}
    return served.client.post("/api/v1/papers", content=content, headers=headers)


def paper(hashed: str) -> dict[str, Any]:
    return {"documents": {"items": [{"kind": "paper_signature", "number": "YD1", "hash": hashed}]}}


def local(served: Served) -> str:
    """The next minute, as a field of date and time has it in the zone of the pages."""
    return f"{datetime.fromtimestamp(served.clock.now_ms() / 1_000 + 60, timezone(timedelta(hours=8))):%Y-%m-%dT%H:%M}"


def on_paper(trip: Trip, who: str, step: str, hashed: str, **more: Any) -> Response:  # noqa: ANN401 - JSON
    sections = {**paper(hashed), **more.pop("sections", {})}
    return trip.sale.trip(who, trip.shipment, step, mode="report", sections=sections, **more)


def stated(served: Served, trip: Trip, who: str = "sea") -> dict[str, Any]:
    """The first paper in the life of a shipment."""
    found: dict[str, Any] = next(m["papers"][0] for m in served.ok(trip.shipment, who)["timeline"] if m["papers"])
    return found


@pytest.mark.parametrize("kind", sorted(ALL))
def test_a_photograph_is_kept_by_what_it_is_and_shown_to_the_parties(served: Served, trip: Trip, kind: str) -> None:
    content = ALL[kind] if kind != "application/pdf" else pdf(trip.shipment.encode())
    made = upload(served, "sea", content, "text/html")
    assert (made.status_code, made.json()["media_type"]) == (201, kind)
    assert made.json()["hash"] == papers.hash_of(content)
    done(on_paper(trip, "sea", "accept", made.json()["hash"]))
    view = served.ok(trip.shipment, "sea")
    signed = {one["role"]: (one["backing"], one["party"]["ref"]) for one in view["signatures"]}
    assert signed["carrier"] == ("paper", served.world.orgs["swift"])
    moment = next(m for m in view["timeline"] if m["papers"])
    assert [finding["rule"] for finding in moment["findings"]] == ["unsigned_counterpart@1"]
    for who in ("sea", "swift", "paint"):
        shown = served.get(f"/api/v1/papers/{stated(served, trip, who)['id']}", who)
        assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, content, kind)
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'; sandbox" in shown.headers["content-security-policy"]
        assert shown.headers["cache-control"] == "private, no-store"
        place = "attachment" if kind == "application/pdf" else "inline"
        assert shown.headers["content-disposition"].startswith(f'{place}; filename="paper-')
    report = verify(served.get(f"{trip.shipment}/evidence", "swift").content)
    assert [step.name for step in report.steps][:3] == ["form", "sections", "events"]


def test_a_paper_is_hidden_from_who_may_not_see_the_step(served: Served, trip: Trip) -> None:
    hashed = upload(served, "sea", jpeg(note=b"hidden")).json()["hash"]
    done(on_paper(trip, "sea", "accept", hashed))
    name = stated(served, trip)["id"]
    index, _, _ = name.partition(".")
    for path in (
        name,
        f"{index}.{'A' * 43}",
        f"{int(index) - 1}.{hashed}",
        hashed,
        f"x.{hashed}",
        "1" * 400 + f".{hashed}",
    ):
        assert served.get(f"/api/v1/papers/{path}", "bay").status_code == 404, path
    assert served.client.get(f"/api/v1/papers/{name}").status_code == 401
    other = served.get(f"/api/v1/papers/{int(index) - 1}.{hashed}", "sea")
    assert (other.status_code, other.json()["code"]) == (404, "page_not_found")


def test_what_is_no_photograph_or_too_large_is_refused(served: Served) -> None:
    page = upload(served, "sea", b"<html>signed</html>")
    assert (page.status_code, page.json()["code"]) == (415, "paper_not_of_type")
    wide = upload(served, "sea", png(60_000, 60_000))
    assert (wide.status_code, wide.json()["code"]) == (422, "paper_too_many_pixels")
    large = upload(served, "sea", jpeg() + bytes(papers.MOST_BYTES))
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    assert upload(served, "sea", bytes(10_000_000)).status_code == 413


def test_an_event_states_only_photographs_that_its_organisation_uploaded(served: Served, trip: Trip) -> None:
    hashed = upload(served, "paint", jpeg(note=b"of another firm")).json()["hash"]
    answer = on_paper(trip, "sea", "accept", hashed)
    assert (answer.status_code, answer.json()["code"]) == (422, "paper_not_here")
    assert answer.json()["field"] == "/sections/documents/items/0/hash"
    assert served.ok(trip.shipment, "sea")["signatures"][-1]["role"] == "consignor"
    own = upload(served, "sea", jpeg(note=b"no personal")).json()["hash"]
    event = served.event("sea", "transport.carrier_accepted", {"transport": {"shipment": "x"}} | paper(own))
    event["sections"]["transport"] = {"shipment": served.ok(trip.shipment, "sea")["ref"]}
    refused = served.post("sea", event | {"mode": "report"})
    assert (refused.status_code, refused.json()["code"]) == (422, "paper_not_erasable")
    event["sections"]["personal"] = {"papers": [own]}
    assert served.post("sea", event | {"mode": "report"}).status_code == 201


def test_sent_again_it_is_the_same_and_an_act_is_no_way_round_the_counterpart(served: Served, trip: Trip) -> None:
    content = jpeg(note=b"twice")
    hashed = upload(served, "sea", content).json()["hash"]
    assert upload(served, "sea", content).json()["hash"] == hashed
    act = trip.sale.trip("sea", trip.shipment, "accept", sections=paper(hashed))
    assert (act.status_code, act.json()["code"]) == (403, "counterpart_missing")
    body = {"id": served.id(), "occurred_at": format_utc(served.clock.now_ms())}
    first, again = (on_paper(trip, "sea", "accept", hashed, **body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content


def test_papers_that_no_event_states_are_few_and_forgotten_after_a_day(served: Served, trip: Trip) -> None:
    with served.ledger.store.write() as unit:
        unit.papers.forget(before_ms=2**53)
    hashes = [upload(served, "bay", jpeg(note=b"%d" % n)).json()["hash"] for n in range(papers.MOST_WAITING)]
    full = upload(served, "bay", jpeg(note=b"one more"))
    assert (full.status_code, full.json()["code"]) == (429, "too_many_papers")
    assert "retry-after" in full.headers
    kept = upload(served, "sea", jpeg(note=b"stated")).json()["hash"]
    done(on_paper(trip, "sea", "accept", kept))
    before = served.clock.now_ms()
    served.clock.set(before + papers.KEEP_MS + 1)
    try:
        assert upload(served, "bay", jpeg(note=b"one more"), "image/jpeg").status_code in (201, 401)
        papers.add(served.ledger.store, served.clock, served.world.orgs["bay"], jpeg(note=b"one more"))
        with served.ledger.store.read() as unit:
            assert [unit.papers.one(served.world.orgs["bay"], hashed) for hashed in hashes] == [None] * len(hashes)
            assert unit.papers.one(served.world.orgs["sea"], kept) is not None
    finally:
        served.clock.set(before)


def test_erased_with_what_is_personal_the_proof_goes_on(served: Served, trip: Trip) -> None:
    content = jpeg(note=b"to be erased")
    hashed = upload(served, "sea", content).json()["hash"]
    body = {"id": served.id()}
    receipt = done(on_paper(trip, "sea", "accept", hashed, **body))
    name, event = stated(served, trip)["id"], served.ledger.store
    with event.read() as unit:
        row = unit.events.find(served.world.orgs["sea"], body["id"])
    assert row is not None
    reason = {"reason": {"text": "Art. 47 PIPL: the driver asked for it", "kind": "personal"}}
    erasing = served.event("sea", "governance.section_erased", reason) | {
        "refs": [{"rel": "erases", "hash": b64u(row.hash)}]
    }
    headers = {"authorization": f"Bearer {served.token(served.world.orgs['sea'], 'admin')}"}
    assert served.client.post("/api/v1/events", json=erasing, headers=headers).status_code == 201
    assert served.get(f"/api/v1/papers/{name}", "sea").status_code == 404
    assert stated(served, trip)["erased"] is True
    again = upload(served, "sea", content)
    assert (again.status_code, again.json()["code"]) == (409, "paper_erased")
    assert verify(served.get(f"{trip.shipment}/evidence", "sea").content).records
    assert receipt.json()["header"]["sections"]["documents"]
    found = audit(served.ledger.store)
    assert found["ok"], found["findings"]
    assert on_paper(trip, "sea", "accept", hashed, **body).status_code in (200, 409)


class PaperForm:
    """The form of a step signed on paper, in front of a browser without JavaScript."""

    def __init__(self, served: Served, trip: Trip, who: str, step: str) -> None:
        self.desk, self.page = Desk(served, who), trip.shipment.removeprefix("/api/v1")
        self.path = f"{self.page}/paper?step={step}"
        self.filled = fields(self.desk.see(self.path))

    def send(self, photo: bytes | None, **more: str) -> Response:
        headers = {"origin": BASE, "accept-language": "en", "accept": "text/html"}
        files = None if photo is None else {"photo": ("../../x.exe", photo, "application/x-msdownload")}
        fields_only = {name: (None, text) for name, text in (self.filled | more).items() if name != "photo"}
        sent: Any = {**fields_only, **(files or {})}
        return self.desk.browser.post(self.path, files=sent, headers=headers)


def test_the_whole_trip_can_be_reported_from_paper_by_form(served: Served, trip: Trip) -> None:
    assert "Signed on paper" in Desk(served, "sea").see(trip.shipment.removeprefix("/api/v1"))
    for n, step in enumerate(("accept", "deliver", "receive")):
        form = PaperForm(served, trip, "sea", step)
        more = {"at": local(served), "number": f"YD-{n}"}
        if step == "receive":
            more |= {"place": f"{served.world.sites['paint']}/DOCK", "kg0": "990", "reason": "Ten were missing"}
        answer = form.send(jpeg(note=b"form %d" % n), **more)
        assert answer.status_code == 303, answer.text
        assert form.send(jpeg(note=b"form %d" % n), **more).status_code == 303, "pressed twice"
    page = Desk(served, "swift").see(trip.shipment.removeprefix("/api/v1"))
    assert page.count("unsigned counterpart") >= 2
    assert "Photograph of the signed paper" in page
    signed = {one["role"]: one["backing"] for one in trip.sale.view()["signatures"]}
    assert (signed["carrier"], signed["consignee"]) == ("paper", "paper")
    view = trip.sale.view()
    assert view["goods"][0]["difference"] == {"amount": "10", "unit": "kg"}
    assert "unsigned_counterpart@1" in {one["rule"] for one in view["findings"]}
    assert "Photograph of the signed paper" in Desk(served, "paint").see(trip.sale.address.removeprefix("/api/v1"))
    assert len([m for m in served.ok(trip.shipment, "sea")["timeline"] if m["papers"]]) == 3


def test_a_refused_form_keeps_what_was_typed_and_the_photograph(served: Served, trip: Trip) -> None:
    form = PaperForm(served, trip, "sea", "deliver")
    early = form.send(jpeg(note=b"kept"), at="2027-01-01T00:00", number="YD-9")
    assert early.status_code == 422
    again = fields(early.text)
    assert (again["at"], again["number"], again["id"]) == ("2027-01-01T00:00", "YD-9", form.filled["id"])
    assert again["hash"] == papers.hash_of(jpeg(note=b"kept"))
    assert "The photograph is here already" in early.text
    form.filled = again
    assert form.send(None, at=local(served)).status_code == 303
    missing = PaperForm(served, trip, "sea", "accept")
    assert missing.send(None, at=local(served)).status_code == 422
    wrong = missing.send(b"<script>alert(1)</script>", at=local(served), number="YD-7")
    assert wrong.status_code == 415
    assert "YD-7" in wrong.text
    assert missing.send(jpeg(), csrf="wrong", at=local(served)).status_code == 403


def test_nobody_reports_their_own_step_from_paper(served: Served, trip: Trip) -> None:
    page = trip.shipment.removeprefix("/api/v1")
    swift = Desk(served, "swift")
    for step in ("accept", "deliver", "load", "nothing", ""):
        assert swift.browser.get(f"{page}/paper?step={step}").status_code == 404, step
    assert "Receive" in swift.see(f"{page}/paper?step=receive")
    assert Desk(served, "bay").browser.get(f"{page}/paper?step=accept").status_code == 404


def open_papers(served: Served, trip: Trip) -> list[str]:
    """The parties whose signature is still missing on the chain of the trip."""
    chain = f"shipment:{trip.shipment.rpartition('/')[2]}"
    with served.ledger.store.read() as unit:
        rows = unit.queries.findings(chain=chain, rule="unsigned_counterpart@1", unresolved=True)
    return [json.loads(row.data)["party"] for row in rows]


def test_who_signed_on_paper_confirms_it_by_one_press_and_nobody_else_can(served: Served, trip: Trip) -> None:
    form = PaperForm(served, trip, "sea", "accept")
    assert form.send(jpeg(note=b"to confirm"), at=local(served), number="YD-7").status_code == 303
    path = trip.shipment.removeprefix("/api/v1")
    assert open_papers(served, trip) == [served.world.orgs["swift"]]
    sea, swift = Desk(served, "sea"), Desk(served, "swift")
    assert "confirm-paper" not in sea.see(path)
    page = swift.see(path)
    assert "Reported from paper under your name" in page
    (event,) = re.findall(r'name="event" value="([^"]+)"', page)
    refused = sea.send(f"{path}/confirm-paper", {"id": served.id(), "event": event})
    assert refused.status_code == 403
    sent = {"id": served.id(), "event": event}
    for _ in range(2):
        answer = swift.send(f"{path}/confirm-paper", sent)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?done=1&event={sent['id']}")
    assert open_papers(served, trip) == []
    assert "confirm-paper" not in swift.see(path)
    signed = {one["role"]: one["backing"] for one in served.ok(trip.shipment, "sea")["signatures"]}
    assert signed["carrier"] == "attested"
    found = audit(served.ledger.store, reference=served.ledger.reference)
    assert (found["ok"], found["findings"]) == (True, [])


def test_the_same_step_by_the_party_itself_closes_it_too(served: Served, trip: Trip) -> None:
    form = PaperForm(served, trip, "sea", "accept")
    assert form.send(jpeg(note=b"to accept"), at=local(served), number="YD-8").status_code == 303
    assert open_papers(served, trip) == [served.world.orgs["swift"]]
    done(trip.sale.trip("swift", trip.shipment, "accept"))
    assert open_papers(served, trip) == []
    found = audit(served.ledger.store, reference=served.ledger.reference)
    assert (found["ok"], found["findings"]) == (True, [])
