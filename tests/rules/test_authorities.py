"""Requests of authorities and sight for a limited time: what each event changes, and on which chains it stands."""

from ledger.core.times import format_utc
from ledger.rules.aggregates import GrantState, RequestState
from ledger.rules.deadlines import due
from tests.rules.refused_authorities import (
    REASON,
    about,
    asked,
    assigning,
    closing,
    correcting,
    granted,
    inspected,
    office,
    recalled,
    showing,
)
from tests.support.rulebook import DAY, World


def request(w: World, event: str) -> RequestState:
    found = w.book.values["request:" + event]
    assert isinstance(found, RequestState)
    return found


def grant(w: World, event: str) -> GrantState:
    found = w.book.values["grant:" + event]
    assert isinstance(found, GrantState)
    return found


def test_a_finding_goes_to_another_authority_which_answers(w: World) -> None:
    to, event = asked(w)
    known = request(w, event)
    assert (known.kind, known.by, known.to, known.rule) == ("finding_assigned", w.authority, to, "recall@1")
    assert (known.status, known.due) == ("open", None)
    entry = w.book.do("governance.request_answered", to, REASON, refs=about(event))
    assert set(entry.effects) == {w.authority, to}
    assert (request(w, event).status, request(w, event).answered) == ("answered", entry.index)
    w.book.do("governance.request_closed", w.authority, closing("reopened"), refs=about(event))
    assert request(w, event).status == "open"
    w.book.do("governance.request_answered", to, REASON, refs=about(event))
    last = w.book.do("governance.request_closed", w.authority, closing("accepted"), refs=about(event))
    assert (request(w, event).status, request(w, event).closed) == ("closed", last.index)


def test_what_authorities_pass_on_is_not_on_the_chains_of_firms(w: World) -> None:
    event, to = recalled(w), office(w)
    entry = w.book.do("governance.finding_assigned", w.authority, assigning(event, to))
    assert set(entry.effects) == {w.authority, to}


def test_a_correction_is_asked_of_who_stated_the_event(w: World) -> None:
    w.produce()
    event = w.book.entries[-1].event.hash
    made = w.book.do("governance.correction_requested", w.authority, correcting(event))
    known = request(w, made.event.hash)
    assert (known.to, known.event, known.section) == (w.maker, event, "outputs")
    assert set(made.effects) == {w.authority, w.maker}


def test_an_inspection_stands_on_the_chain_of_its_site(w: World) -> None:
    site = w.sites[w.maker]
    failed = w.book.do("governance.inspection_recorded", w.authority, inspected(site))
    passed = w.book.do("governance.inspection_recorded", w.authority, inspected(site, "pass"))
    assert set(failed.effects) == {site, w.maker, w.authority}
    assert (request(w, failed.event.hash).status, request(w, failed.event.hash).site) == ("open", site)
    assert request(w, passed.event.hash).status == "closed"


def test_what_is_not_answered_in_time_is_a_finding_until_it_is(w: World) -> None:
    until = w.book.now + 3 * DAY
    stated = inspected(w.sites[w.maker], time={"answer_by": format_utc(until)})
    event = w.book.do("governance.inspection_recorded", w.authority, stated).event.hash
    assert due(request(w, event), until, w.book.rules) == ()
    (late,) = due(request(w, event), until + 1, w.book.rules)
    assert (late.rule, late.org, late.since_ms) == ("request_overdue@1", w.maker, until)
    w.book.do("governance.request_answered", w.maker, REASON, refs=about(event))
    assert due(request(w, event), until + DAY, w.book.rules) == ()


def test_sight_names_what_is_shown_to_whom_until_when(w: World) -> None:
    to, batch, until = office(w), w.produce(), w.book.now + 30 * DAY
    stated = showing(w.book, to, of=w.maker, place={"site": w.sites[w.maker]}, product={"batches": [batch]})
    made = w.book.do("governance.sight_granted", w.authority, stated)
    known = grant(w, made.event.hash)
    assert known.things == tuple(sorted([batch, w.sites[w.maker], w.maker]))
    assert (known.by, known.to, known.until, known.withdrawn) == (w.authority, to, until, None)
    assert set(made.effects) == {w.authority, to}


def test_sight_is_taken_back_by_who_gave_it(w: World) -> None:
    to, event = granted(w)
    made = w.book.do("governance.sight_withdrawn", w.authority, REASON, refs=about(event))
    assert set(made.effects) == {w.authority, to}
    assert grant(w, event).withdrawn == made.index
