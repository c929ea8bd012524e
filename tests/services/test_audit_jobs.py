"""Audits on demand: one at a time, followed, interrupted, kept; in a process of their own; and the scrub."""

import threading
from collections.abc import Callable, Iterator

import pytest

from ledger.core.audit_report import find_report, open_report
from ledger.core.canonical import Json, digest_text, encode
from ledger.errors import ConflictError, FormatError, HazledgerError, NotFoundError, UnavailableError
from ledger.services import audit_process
from ledger.services.audit_jobs import Asked, Audit, AuditJobs
from ledger.services.audit_order import Order, carry_out
from ledger.services.audit_process import Places
from ledger.services.audit_report import report_of
from ledger.services.scrub import SCRUB, Scrub
from tests.services.tampering import replaced, tamper
from tests.services.world import AUTH, OPERATOR, World

ME = Asked(OPERATOR, "user:me")
LONG_S = 60


class Held:
    """An audit that stands until it is let go."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.began, self.go = threading.Event(), threading.Event()

    def __call__(
        self, order: Order, now_ms: int, told: Callable[[int, int], None], stop: Callable[[], bool]
    ) -> dict[str, Json]:
        told(3, 12)
        self.began.set()
        while not self.go.wait(0.01):
            if stop():
                raise UnavailableError("audit_worker_lost")
        return carry_out(self.world.ledger.store, order, now_ms=now_ms)


@pytest.fixture
def held(lived: World) -> Iterator[tuple[Held, AuditJobs]]:
    runner = Held(lived)
    jobs = AuditJobs(lived.ledger.store, lived.clock, runner)
    yield runner, jobs
    runner.go.set()
    jobs.close()


def ended(jobs: AuditJobs, ref: str) -> Audit:
    thread = jobs._thread
    assert thread is not None
    thread.join(LONG_S)
    return jobs.one(ref)


def test_one_audit_runs_at_a_time_and_tells_how_far_it_is(held: tuple[Held, AuditJobs], lived: World) -> None:
    runner, jobs = held
    first = jobs.start(ME, "evidence")
    assert runner.began.wait(LONG_S)
    under_way = jobs.one(first)
    assert (under_way.state, under_way.done, under_way.total, under_way.user) == ("running", 3, 12, "user:me")
    with pytest.raises(ConflictError, match="audit_under_way"):
        jobs.start(ME, "full")
    body = lived.produce_body(77)
    assert lived.ledger.append(lived.ledger.state(body, AUTH)).index > 0  # appends go on meanwhile
    runner.go.set()
    done = ended(jobs, first)
    assert (done.state, done.result["depth"], done.result["count"]) == ("clean", "evidence", 0)
    assert [one.id for one in jobs.latest()] == [first]


def test_what_is_wrong_is_kept(lived: World) -> None:
    tamper(lived, "UPDATE records SET auth = NULL WHERE idx = ?", 5)
    jobs = AuditJobs(lived.ledger.store, lived.clock, Held(lived), wait=True)
    jobs._runner.go.set()  # type: ignore[union-attr]
    found = jobs.one(jobs.start(ME, "evidence"))
    assert found.state == "found"
    assert [one["kind"] for one in found.result["findings"]] == ["erased_unannounced"]


def test_a_server_that_ends_leaves_no_audit_running(held: tuple[Held, AuditJobs], lived: World) -> None:
    runner, jobs = held
    ref = jobs.start(ME, "evidence")
    assert runner.began.wait(LONG_S)
    jobs.close()
    assert jobs.one(ref).state == "interrupted"
    again = AuditJobs(lived.ledger.store, lived.clock, runner)
    runner.go.set()
    assert ended(again, again.start(ME, "evidence")).state == "clean"


def test_a_server_that_was_killed_is_told_of_by_the_next(held: tuple[Held, AuditJobs], lived: World) -> None:
    runner, jobs = held
    ref = jobs.start(ME, "full")
    assert runner.began.wait(LONG_S)
    following = AuditJobs(lived.ledger.store, lived.clock, runner)
    following.take_over()
    assert following.one(ref).state == "interrupted"


def test_what_cannot_be_asked_for(lived: World) -> None:
    jobs = AuditJobs(lived.ledger.store, lived.clock, Held(lived))
    for kind, sample, error in (("quick", "", NotFoundError), ("sample", "many", FormatError)):
        with pytest.raises(error):
            jobs.start(ME, kind, sample)
    with pytest.raises(NotFoundError, match="audit_unknown"):
        jobs.one("0190a000-0000-7000-8000-000000000000")
    with pytest.raises(UnavailableError, match="audit_elsewhere"):
        AuditJobs(lived.ledger.store, lived.clock, None).start(ME, "full")


def test_an_audit_that_cannot_be_done_says_why(lived: World) -> None:
    jobs = AuditJobs(lived.ledger.store, lived.clock, Held(lived), wait=True)
    jobs._runner.go.set()  # type: ignore[union-attr]
    failed = jobs.one(jobs.start(ME, "since"))  # nothing was audited before
    assert (failed.state, failed.result["error"]["code"]) == ("failed", "audit_no_last")


def test_an_audit_in_a_process_of_its_own(lived: World) -> None:
    places = Places(lived.ledger.store.engines.url, lived.state_path)
    told: list[tuple[int, int]] = []
    found = audit_process.run(places, Order("full"), 0, lambda *how_far: told.append(how_far), lambda: False)
    assert (found["ok"], found["depth"], told[0][1]) == (True, "full", found["log_size"])
    with pytest.raises(HazledgerError, match="audit_no_last"):
        audit_process.run(places, Order("since"), 0, lambda *_: None, lambda: False)
    with pytest.raises(UnavailableError, match="audit_worker_lost"):
        audit_process.run(places, Order("full"), 0, lambda *_: None, lambda: True)


# --- the report -------------------------------------------------------------------------------------------------------


def test_a_report_is_signed_by_the_logs_key_and_checks_in_its_pdf(lived: World) -> None:
    from labels.audit_report import render

    tamper(lived, "UPDATE search SET zh = 'x' WHERE id = (SELECT min(id) FROM search WHERE ?)", 1)
    report = report_of(carry_out(lived.ledger.store, Order("full"), now_ms=0, reference=lived.reference))
    envelope = lived.ledger.sign_report(report)
    pdf = render(report, envelope, digest_text("hazledger/audit-report@1", encode(report)), "+08:00")
    assert find_report(pdf) == envelope
    signed = open_report(envelope, [lived.ledger.verifier])
    assert signed.report == report
    assert report["findings"]["by_kind"] == {"projection_differs": 1}  # type: ignore[index, call-overload]
    assert report["sum_kg"] == "0"
    assert (report["log_size"], report["replayed"]) == (lived.ledger.log.state().size, True)


# --- the scrub --------------------------------------------------------------------------------------------------------


def rounds(scrub: Scrub, most: int = 50) -> int:
    """Scrub until a round is over; how many steps it took."""
    for step in range(1, most):
        if not scrub.step():
            return step
    raise AssertionError(most)


def test_the_scrub_goes_round_and_finds_nothing(lived: World) -> None:
    scrub = Scrub(lived.ledger.store, lived.clock, 5)
    size = lived.ledger.log.state().size
    assert rounds(scrub) == -(-size // 5)
    assert (scrub.read_total, scrub.found_total, scrub.rounds_total) == (size, 0, 1)
    jobs = AuditJobs(lived.ledger.store, lived.clock, None)
    [told] = jobs.latest()
    assert (told.kind, told.state, told.done, told.org) == (SCRUB, "clean", size, "")


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (replaced("disclosures", "body", "LOT-1", "LOT-9", "idx = ? AND name = 'product'"), "section_digest_wrong"),
        ("UPDATE records SET (body, hash) = (SELECT body, hash FROM records WHERE idx = 4) WHERE idx = ?",
         "record_not_in_log"),
        ("UPDATE links SET effects = zeroblob(9) WHERE idx = ? AND chain LIKE 'batch:%'", "bytes_not_of_form"),
    ],
)  # fmt: skip
def test_a_forged_row_is_found_and_named(lived: World, statement: str, kind: str) -> None:
    tamper(lived, statement, 5)
    scrub = Scrub(lived.ledger.store, lived.clock, 4)
    rounds(scrub)
    [told] = AuditJobs(lived.ledger.store, lived.clock, None).latest()
    assert told.state == "found"
    assert (kind, 5) in {(one["kind"], one["where"].get("index")) for one in told.result["findings"]}
    assert scrub.found_total == told.result["count"]


def test_the_scrub_goes_on_where_it_was(lived: World) -> None:
    tamper(lived, "UPDATE records SET auth = NULL WHERE idx = ?", 2)  # announced or not is the full audit's to say
    first = Scrub(lived.ledger.store, lived.clock, 4)
    assert first.step()
    first.close()
    second = Scrub(lived.ledger.store, lived.clock, 4)
    assert second.step()
    assert (second.position, second.read_total) == (8, 4)
    rounds(second)
    [told] = AuditJobs(lived.ledger.store, lived.clock, None).latest()
    assert told.done == lived.ledger.log.state().size


def test_a_thread_scrubs_until_it_is_stopped(lived: World) -> None:
    scrub = Scrub(lived.ledger.store, lived.clock, 1_000)
    scrub.start()
    for _ in range(6_000):
        if scrub.rounds_total:
            break
        threading.Event().wait(0.01)
    scrub.close()
    assert scrub.rounds_total == 1
