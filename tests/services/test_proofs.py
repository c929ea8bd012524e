"""Proofs as the service writes them: accepted by the offline verifier, complete for what was asked, and for no more."""

from contextlib import AbstractContextManager, nullcontext

import pytest

from ledger.core.proof import Index, Subject
from ledger.errors import NotFoundError
from ledger.rules.jurisdiction import Jurisdiction
from ledger.services import proofs
from ledger.services.audit import audit
from ledger.services.evidence import Show, Shown
from ledger.services.proofs import Order
from ledger.verify import verify_lines
from ledger.verify.report import Report
from tests.services.world import SITE, World, ref

DAY_MS = 86_400_000


def written(world: World, subject: Subject, *, withheld: int = 0, show: proofs.ShowOf = proofs.all_of) -> list[bytes]:
    service = world.ledger.proofs
    order = Order(subject, service.chains(subject), withheld)
    return [*service.write(world.ledger.origin, order, show=show, sign=world.ledger.sign_index)]


def facts(report: Report, code: str) -> dict[str, int | str]:
    return dict(next(part.facts for part in report.verdict if part.code == code))


def codes(report: Report) -> set[str]:
    return {part.code for part in report.verdict}


@pytest.fixture
def days(plant: World) -> tuple[World, list[int]]:
    """Three days at a site, heads published as each ends; when each began, and the fourth, which is still going on."""
    began = [plant.clock.now_ms() + 500]
    for n in range(3):
        for at in range(1, 4):
            plant.clock.set(plant.clock.now_ms() + 1_000)
            plant.produce(10 * n + at)
        plant.clock.set(plant.clock.now_ms() + DAY_MS)
        began.append(plant.clock.now_ms())
        plant.ledger.publish_heads()
    plant.lose(1, "5")
    return plant, began


def test_a_sites_day_is_its_records_and_the_one_before(days: tuple[World, list[int]]) -> None:
    world, began = days
    lines = written(world, Subject("site", SITE, began[1], began[2]))
    report = verify_lines(lines, world.ledger.policy())
    assert codes(report) >= {"genuine", "period_covered", "list_signed", "all_disclosed"}
    assert facts(report, "about_site") == {"chains": 1, "records": 4}
    assert audit(world.ledger.store, signer_state=world.state_path)["ok"]


def test_the_first_day_is_shown_from_the_first_record_on(days: tuple[World, list[int]]) -> None:
    world, began = days
    report = verify_lines(written(world, Subject("site", SITE, 0, began[1])))
    assert "period_covered" in codes(report)
    assert lines_of(report) == 4, "the registration of the site, and three batches"


def lines_of(report: Report) -> int:
    return int(facts(report, "about_site")["records"])


def test_a_day_without_records_is_proven_by_the_one_before(days: tuple[World, list[int]]) -> None:
    world, began = days
    quiet = Subject("site", SITE, began[1] - 20_000, began[1] - 10_000)
    report = verify_lines(written(world, quiet))
    assert "period_covered" in codes(report)
    assert lines_of(report) == 1


def test_the_present_day_is_shown_as_far_as_heads_reach(days: tuple[World, list[int]]) -> None:
    world, began = days
    report = verify_lines(written(world, Subject("site", SITE, began[2], began[3] + DAY_MS)))
    assert "period_open" in codes(report)
    assert lines_of(report) == 5, "the newest record is there, though no heads cover it yet"


def test_a_day_before_the_site_was_there_has_nothing(days: tuple[World, list[int]]) -> None:
    world, _ = days
    with pytest.raises(NotFoundError) as caught:
        written(world, Subject("site", SITE, 0, 1))
    assert caught.value.code == "nothing_recorded"


def test_what_was_never_recorded_is_unknown(plant: World) -> None:
    for subject in (Subject("site", ref("site", 99), 0, 1), Subject("transfer", ref("transfer", 99))):
        with pytest.raises(NotFoundError) as caught:
            plant.ledger.proofs.chains(subject)
        assert caught.value.code == "chain_unknown"


def test_a_region_is_its_sites_and_what_moved_there(days: tuple[World, list[int]]) -> None:
    world, began = days
    subject = Subject("region", "3205", began[1], began[2])
    chains = world.ledger.proofs.chains(subject)
    assert chains == (*sorted(ref("batch", n) for n in (11, 12, 13)), SITE)
    report = verify_lines(written(world, subject, withheld=1))
    assert codes(report) >= {"period_covered", "batches_add_up", "chains_withheld"}
    assert world.ledger.proofs.chains(Subject("region", "33", 0, began[3])) == ()
    nothing = Jurisdiction(regions=("3205",), classes=("explosive",))
    assert world.ledger.proofs.chains(subject, nothing) == (SITE,), "goods of other classes are no business of theirs"


def test_a_long_chain_is_cut_and_still_whole(days: tuple[World, list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    world, began = days
    monkeypatch.setattr(proofs, "MOST_RECORDS", 3)
    lines = written(world, Subject("site", SITE, 0, began[2]))
    assert len(lines) == 2 + 3
    report = verify_lines(lines, world.ledger.policy())
    assert report.genuine
    assert lines_of(report) == 7
    assert "period_covered" in codes(report)


def test_only_what_its_holder_may_see_is_shown(days: tuple[World, list[int]]) -> None:
    world, began = days

    def records_only(_chain: str) -> AbstractContextManager[Show | None]:
        return nullcontext(lambda _header: Shown("record"))

    lines = written(world, Subject("site", SITE, began[1], began[2]), show=records_only)
    report = verify_lines(lines)
    assert facts(report, "not_disclosed") == {"hidden": 4, "records": 4}
    assert b"LOT-" not in b"".join(lines)


def test_chains_that_its_holder_may_not_know_of_are_counted(days: tuple[World, list[int]]) -> None:
    world, began = days

    def batches_hidden(chain: str) -> AbstractContextManager[Show | None]:
        return nullcontext(None) if chain.startswith("batch:") else proofs.all_of(chain)

    report = verify_lines(written(world, Subject("region", "3205", began[1], began[2]), show=batches_hidden))
    assert facts(report, "chains_withheld") == {"withheld": 3}
    assert facts(report, "about_region")["chains"] == 1


def test_a_reader_of_the_ledger_signs_no_index(days: tuple[World, list[int]]) -> None:
    world, began = days
    service = world.ledger.proofs
    subject = Subject("site", SITE, began[1], began[2])
    lines = [*service.write(world.ledger.origin, Order(subject, service.chains(subject)))]
    assert Index.parse(lines[-1][:-1]).seal is None
    assert "list_not_signed" in codes(verify_lines(lines))


def test_how_far_it_is_is_told(days: tuple[World, list[int]]) -> None:
    world, began = days
    service, told = world.ledger.proofs, []
    subject = Subject("region", "3205", began[1], began[2])
    order = Order(subject, service.chains(subject))
    for _ in service.write(world.ledger.origin, order, progress=lambda done, total: told.append((done, total))):
        pass
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
