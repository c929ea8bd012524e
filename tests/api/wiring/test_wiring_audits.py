"""Audits by page and by program: who may ask, what is shown to whom, and the signed report."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import ApiSettings
from api.wiring import wire
from ledger.core.audit_report import find_report, open_report
from ledger.core.canonical import Json
from ledger.services.audit_jobs import AuditJobs
from ledger.services.audit_order import Order, carry_out
from ledger.services.scrub import Scrub
from tests.api.wiring.served import BASE, Served, serve
from tests.services.tampering import replaced

ENGLISH = {"accept-language": "en", "origin": BASE}


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = serve(tmp_path_factory.mktemp("audited"))

    def at_once(order: Order, now_ms: int, _told: object, _stop: object) -> dict[str, Json]:
        return carry_out(made.ledger.store, order, now_ms=now_ms, reference=made.ledger.reference)

    jobs = AuditJobs(made.ledger.store, made.ledger.clock, at_once, wait=True)
    scrub = Scrub(made.ledger.store, made.ledger.clock, 7)
    app = create_app(wire(made.ledger, audits=jobs, scrub=scrub), ApiSettings(BASE, "0", demo=True))
    made.client = TestClient(app, base_url=BASE)
    scrub.step()
    yield made
    made.ledger.close()


def begin(served: Served, browser: TestClient, **fields: str) -> str:
    """Press the button, a second after whatever was before; the address of the audit."""
    served.clock.set(served.clock.now_ms() + 1_000)
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/audit", headers=ENGLISH).text)
    assert csrf is not None
    answer = browser.post("/audit", data={"csrf": csrf[1], **fields}, headers=ENGLISH)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_regulator_audits_by_page_and_takes_the_signed_report(audited: Served) -> None:
    browser = audited.browser("emergency")
    address = begin(audited, browser, kind="full", sample="")
    page = browser.get(address, headers=ENGLISH).text
    assert "Nothing is wrong in what was read" in page
    assert "所读内容未发现问题" in browser.get(address, headers={"accept-language": "zh"}).text
    report = browser.get(f"{address}/report.pdf")
    assert report.headers["content-type"] == "application/pdf"
    envelope = find_report(report.content)
    assert envelope is not None
    signed = open_report(envelope, [audited.ledger.verifier])
    size = audited.ledger.log.state().size
    assert (signed.report["ok"], signed.report["log_size"], signed.report["sum_kg"]) == (True, size, "0")
    listed = browser.get("/audit", headers=ENGLISH).text
    assert address in listed
    assert "7 / " in listed  # where the scrub is


def test_a_sample_says_how_sure_it_is(audited: Served) -> None:
    browser = audited.browser("emergency")
    page = browser.get(begin(audited, browser, kind="sample", sample="10%"), headers=ENGLISH).text
    assert "How sure a sample is" in page
    assert "Records outside the sample were not read" in page


def test_a_wrong_size_is_said_beside_the_form(audited: Served) -> None:
    browser = audited.browser("emergency")
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/audit", headers=ENGLISH).text)
    assert csrf is not None
    answer = browser.post("/audit", data={"csrf": csrf[1], "kind": "sample", "sample": "lots"}, headers=ENGLISH)
    assert answer.status_code == 422
    assert "400 or 2.5%" in answer.text
    assert 'value="lots"' in answer.text


def test_programs_audit_too(audited: Served) -> None:
    headers = audited.headers("emergency") | {"hazledger-purpose": "inspection"}
    audited.clock.set(audited.clock.now_ms() + 1_000)
    made = audited.client.post("/api/v1/audits", json={"kind": "evidence"}, headers=headers)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["line"]["state"], told["findings"], told["not_read"]) == ("clean", [], ["decisions"])
    one = audited.client.get(f"/api/v1/audits/{told['line']['id']}", headers=headers).json()
    assert one == told
    listed = audited.client.get("/api/v1/audits?limit=1", headers=headers).json()
    assert listed["items"][0]["id"] == told["line"]["id"]
    older = audited.client.get(f"/api/v1/audits?cursor={listed['next']}", headers=headers).json()
    assert told["line"]["id"] not in {item["id"] for item in older["items"]}
    report = audited.client.get(f"/api/v1/audits/{told['line']['id']}/report", headers=headers)
    assert report.content.startswith(b"%PDF-")


def test_a_firm_neither_asks_nor_sees(audited: Served) -> None:
    assert audited.get("/api/v1/audits", "sea").status_code == 403
    answer = audited.client.post("/api/v1/audits", json={"kind": "full"}, headers=audited.headers("sea"))
    assert (answer.status_code, answer.json()["code"]) == (403, "action_not_allowed")
    assert "/audit" not in audited.browser("sea").get("/desk", headers=ENGLISH).text


def test_findings_are_named_and_linked_and_details_stay_with_the_operator(audited: Served) -> None:
    """Last, for the ledger is forged: a holding's key would tell a regulator whose it is, wherever it lies."""
    with audited.ledger.store.engines.writer.begin() as connection:
        triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        idx, chain = connection.exec_driver_sql(
            "SELECT idx, chain FROM links WHERE chain LIKE 'batch:%' ORDER BY idx LIMIT 1"
        ).one()
        connection.exec_driver_sql(replaced("links", "link", '"seq"', '"sEq"', "idx = ? AND chain = ?"), (idx, chain))
        connection.exec_driver_sql("UPDATE holdings SET mg = mg + 1 WHERE mg = (SELECT max(mg) FROM holdings)")
        for _, text in triggers:
            connection.exec_driver_sql(text)
    browser = audited.browser("emergency")
    page = browser.get(begin(audited, browser, kind="full", sample=""), headers=ENGLISH).text
    assert "Bytes are not of their form" in page
    assert f"record {idx:,}" in page
    assert "text_unknown" not in page
    shown = audited.client.get("/api/v1/audits?limit=1", headers=audited.headers("emergency")).json()["items"][0]
    one = audited.client.get(f"/api/v1/audits/{shown['id']}", headers=audited.headers("emergency")).json()
    assert (shown["state"], {found["detail"] for found in one["findings"]}) == ("found", {""})
    assert not any("org:" in found["where"] for found in one["findings"])
