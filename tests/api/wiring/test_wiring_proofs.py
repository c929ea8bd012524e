"""Proofs over HTTP: each verifies offline, shows what its holder may see, and counts what it may not."""

import re

import pytest

from api.figures import day_local, parse_offset
from ledger.core.proof import Index, Subject
from ledger.errors import NotFoundError
from ledger.services import proof_jobs
from ledger.services.audit import audit
from ledger.services.proofs import Progress
from ledger.verify import verify
from ledger.verify.report import Report
from tests.api.wiring.served import BASE, Served
from tests.api.wiring.test_wiring_deal_pages import Desk, fields
from tests.api.wiring.test_wiring_deals import Sale, bare, done
from tests.api.wiring.test_wiring_sight import admit, get

PERIOD = "from=2026-10-01&to=2026-12-31"


def facts(report: Report, code: str) -> dict[str, int | str]:
    return dict(next(part.facts for part in report.verdict if part.code == code))


def codes(report: Report) -> set[str]:
    return {part.code for part in report.verdict}


def judged(served: Served, path: str, who: str) -> Report:
    answer = served.get(path, who)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith('.proof"')
    assert int(answer.headers["content-length"]) == len(answer.content)
    return verify(answer.content, served.ledger.policy())


@pytest.fixture
def sale(served: Served) -> Sale:
    made = Sale(served)
    done(made.take("paint", "agree"))
    shipment = made.plan()
    done(made.trip("sea", shipment, "load", goods=[{"batch": made.batch, "amount": "1000"}]))
    served.ledger.publish_heads()
    return made


def test_a_transfer_is_proven_with_its_goods_and_its_trip(served: Served, sale: Sale) -> None:
    report = judged(served, f"{sale.address}/proof", "sea")
    assert report.genuine
    assert facts(report, "about_transfer")["chains"] == 3
    assert {"list_signed", "chains_complete"} <= codes(report)
    assert "chains_withheld" not in codes(report)


def test_a_buyer_to_whom_the_goods_are_still_unknown_is_told_that_they_are_withheld(served: Served, sale: Sale) -> None:
    assert served.get(f"/api/v1/batches/{bare(sale.batch)}", "paint").status_code == 404
    report = judged(served, f"{sale.address}/proof", "paint")
    assert facts(report, "about_transfer")["chains"] == 2
    assert facts(report, "chains_withheld") == {"withheld": 1}


def test_a_transfer_is_proven_to_nobody_else(served: Served, sale: Sale) -> None:
    assert served.get(f"{sale.address}/proof", "bay").status_code == 404


def test_who_runs_a_site_and_who_supervises_it_see_its_day(served: Served, sale: Sale) -> None:
    del sale
    site = bare(served.world.sites["sea"])
    today = day_of(served)
    for who in ("sea", "emergency"):
        report = judged(served, f"/api/v1/sites/{site}/proof?day={today}", who)
        assert report.genuine
        assert int(facts(report, "about_site")["records"]) > 1
    assert served.get(f"/api/v1/sites/{site}/proof?day={today}", "swift").status_code == 404


def day_of(served: Served) -> str:
    return day_local(served.clock.now_ms(), parse_offset("+08:00"))


def test_a_day_that_is_none_is_refused(served: Served) -> None:
    site = bare(served.world.sites["sea"])
    for given, status in (("2026-02-30", 422), ("yesterday", 422), ("2026-11-22T00:00", 422)):
        assert served.get(f"/api/v1/sites/{site}/proof?day={given}", "sea").status_code == status
    swapped = served.get("/api/v1/proof?region=33&from=2026-11-02&to=2026-11-01", "emergency")
    assert (swapped.status_code, swapped.json()["code"]) == (422, "period_not_of_form")


def test_a_region_is_proven_to_who_is_competent_there(served: Served, sale: Sale) -> None:
    del sale
    report = judged(served, f"/api/v1/proof?region=33&{PERIOD}", "emergency")
    assert report.genuine
    assert int(facts(report, "about_region")["chains"]) > 10
    assert "list_signed" in codes(report)


@pytest.mark.parametrize("region", ["33", "330206", "310116"])
def test_a_region_is_proven_to_no_firm(served: Served, region: str) -> None:
    assert served.get(f"/api/v1/proof?region={region}&{PERIOD}", "sea").status_code == 404


def test_a_region_is_proven_to_no_authority_of_another_one(served: Served) -> None:
    shanghai = admit(served, 31, "authority", authority="emergency", jurisdiction={"regions": ["31"]})
    for region, status in (("31", 200), ("310116", 200), ("33", 404), ("3702", 404)):
        assert get(served, shanghai, f"/api/v1/proof?region={region}&{PERIOD}").status_code == status, region
    park = admit(served, 32, "park", park="金山化工园区")
    assert get(served, park, f"/api/v1/proof?region=31&{PERIOD}").status_code == 404


def test_an_authority_that_is_bounded_by_classes_is_told_how_many_chains_it_is_not_shown(served: Served) -> None:
    bounds = {"regions": ["31"], "classes": ["highly_toxic"]}
    secret = admit(served, 33, "authority", authority="police", jurisdiction=bounds)
    served.produce("sea", "methanol", "44")
    content = get(served, secret, f"/api/v1/proof?region=31&{PERIOD}").content
    report = verify(content, served.ledger.policy())
    index = Index.parse(content.splitlines()[-1])
    assert facts(report, "about_region")["chains"] == len({part.chain for part in index.parts})
    assert facts(report, "chains_withheld") == {"withheld": index.withheld}
    assert index.withheld > 0
    assert int(facts(report, "not_disclosed")["hidden"]) > 0, "its sites hold goods of other classes, too"


def test_what_others_did_at_a_shared_site_is_a_hash(served: Served) -> None:
    """A depositor proves the warehouse's day without learning who else stores what there."""
    with served.ledger.store.read() as unit:
        rows = unit.queries.stock(limit=500)
    guests = {
        (who, row.site)
        for who, org in served.world.orgs.items()
        for row in rows
        if row.owner == org and row.site and row.site != served.world.sites.get(who)
    }
    for who, site in sorted(guests)[:3]:
        answer = served.get(f"/api/v1/sites/{bare(site)}/proof?day=2026-11-20", who)
        assert answer.status_code == 200, answer.text
        own = served.world.orgs[who].encode()
        for line in answer.content.splitlines()[1:-1]:
            actors = set(re.findall(rb'"actor":"(org:[0-9a-f-]+)","id":"[^"]+","keys":\[[^]]*\],"mode', line))
            stated = {actor for actor in actors if b'"type":"governance.' not in line}
            assert stated <= {own}


def test_reads_of_a_regulator_are_recorded(served: Served, sale: Sale) -> None:
    del sale
    served.get(f"/api/v1/proof?region=33&{PERIOD}", "emergency")
    assert audit(served.ledger.store)["ok"]


def test_a_proof_is_asked_for_by_form_and_fetched(served: Served) -> None:
    desk = Desk(served, "emergency")
    given = fields(desk.see("/purpose")) | {"kind": "Incident", "purpose": "2026-118", "next": "/proofs"}
    headers = {"origin": BASE, "accept": "text/html"}
    assert desk.browser.post("/purpose", data=given, headers=headers).status_code == 303
    assert "A region in a period" in desk.see("/proofs")
    filled = {"kind": "region", "region": "33", "from": "2026-10-01", "to": "2026-11-30"}
    asked = desk.send("/proofs", filled)
    assert asked.status_code == 303, asked.text
    address = asked.headers["location"]
    port = served.client.app.state.services.proofs  # type: ignore[attr-defined]
    port._jobs._kept[address.rpartition("/")[2]].ended.wait(60)
    assert "The proof is ready" in desk.see(address)
    answer = desk.browser.get(f"{address}/file")
    assert verify(answer.content, served.ledger.policy()).genuine
    assert "Region 33" in desk.see("/proofs")
    other = Desk(served, "sea")
    other.see(address, 404)
    assert other.browser.get(f"{address}/file").status_code == 404


def test_a_firm_is_offered_its_sites_and_no_region(served: Served) -> None:
    desk = Desk(served, "sea")
    text = desk.see("/proofs")
    assert "A site in a day" in text
    assert "A region in a period" not in text
    bad = desk.send("/proofs", {"kind": "region", "region": "33", "from": "2026-11-01", "to": "2026-11-02"})
    assert bad.status_code == 404
    none = desk.send("/proofs", {"kind": "site", "site": served.world.sites["sea"], "day": ""})
    assert none.status_code == 422


def test_a_proof_that_fails_says_why_and_too_many_are_refused(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(served, "sea")
    asked = desk.send("/proofs", {"kind": "site", "site": served.world.sites["sea"], "day": "2001-01-01"})
    assert asked.status_code == 303
    assert "Nothing to prove" in desk.see(asked.headers["location"])
    monkeypatch.setattr(proof_jobs, "MOST_UNDER_WAY", 0)
    busy = desk.send("/proofs", {"kind": "site", "site": served.world.sites["sea"], "day": "2026-11-20"})
    assert busy.status_code == 503


def test_old_proofs_make_room_for_new_ones(served: Served) -> None:
    jobs = proof_jobs.Jobs(served.clock)
    subject = Subject("site", served.world.sites["sea"], 0, 1)

    def writing(_progress: Progress) -> list[bytes]:
        return [b"x"]

    made = []
    for _ in range(proof_jobs.MOST_OF_ONE + 1):
        made.append(jobs.open("org:a", subject, "", lambda progress: iter(writing(progress))))
        assert jobs.job("org:a", made[-1], 10).phase == "done"
    kept = [job.id for job in jobs.of("org:a")]
    assert kept == made[:0:-1]
    assert jobs.file("org:a", kept[0]).read_bytes() == b"x"
    assert jobs.of("org:b") == ()
    served.clock.set(served.clock.now_ms() + proof_jobs.LIFE_MS)
    assert jobs.of("org:a") == ()


def test_a_mishap_is_told_by_its_number_alone(served: Served) -> None:
    jobs = proof_jobs.Jobs(served.clock)

    def breaking(_progress: Progress) -> list[bytes]:
        raise RuntimeError

    made = jobs.open("org:a", Subject("site", served.world.sites["sea"], 0, 1), "", lambda p: iter(breaking(p)))
    job = jobs.job("org:a", made, 10)
    assert job.error is not None
    assert (job.phase, job.error.code) == ("failed", "internal_error")
    with pytest.raises(NotFoundError) as caught:
        jobs.file("org:a", made)
    assert caught.value.code == "proof_gone"
