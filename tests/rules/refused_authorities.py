"""What authorities ask, answer and grant, where it is refused."""

from collections.abc import Mapping
from typing import Any

from ledger.core.canonical import Json
from ledger.core.times import format_utc
from ledger.errors import Problem
from tests.rules.refusals import GONE, case
from tests.support.rulebook import DAY, Rulebook, World, organisation

REASON: Mapping[str, Any] = {"reason": {"text": "as inspected"}}


def office(w: World, *roles: str, **more: Json) -> str:
    """Another organisation, admitted with these roles."""
    ref = w.book.ref("org")
    stated = organisation(ref, *(roles or ("authority",)), **{"authority": "police", **more})
    w.book.do("governance.organisation_admitted", w.operator, {"organisation": stated})
    return ref


def recalled(w: World) -> str:
    """The event of a recall, which carries a finding on its batch."""
    sections = {"product": {"batches": [w.produce()]}, **REASON}
    return w.book.do("governance.recall_ordered", w.authority, sections).event.hash


def assigning(event: str, to: str, rule: str = "recall@1", **more: object) -> dict[str, Any]:
    """The sections of an assignment."""
    return {"finding": {"event": event, "rule": rule}, "parties": {"to": to}, **REASON, **more}


def asked(w: World) -> tuple[str, str]:
    """A finding assigned to another authority: who, and the event that asks."""
    to = office(w)
    return to, w.book.do("governance.finding_assigned", w.authority, assigning(recalled(w), to)).event.hash


def correcting(event: str, section: str = "outputs") -> dict[str, Any]:
    """The sections of a request for a correction."""
    return {"finding": {"event": event, "section": section}, **REASON}


def inspected(site: str, result: str = "fail", **more: object) -> dict[str, Any]:
    """The sections of an inspection."""
    return {"place": {"site": site}, "condition": {"result": result}, **REASON, **more}


def showing(book: Rulebook, to: str, days: int = 30, *, of: str | None = None, **more: object) -> dict[str, Any]:
    """The sections of a grant."""
    parties = {"to": to} if of is None else {"to": to, "from": of}
    return {"parties": parties, "time": {"planned_to": format_utc(book.now + days * DAY)}, **REASON, **more}


def closing(kind: str) -> dict[str, Any]:
    """The sections with which a request is closed or opened anew."""
    return {"reason": {"text": "seen", "kind": kind}}


def about(event: str) -> list[tuple[str, str]]:
    """The reference to what asked or granted."""
    return [("counterpart", event)]


@case("not_for_this_actor", "/actor")
def assigned_by_a_firm(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.finding_assigned", w.maker, assigning(recalled(w), w.authority))


@case("not_another_authority", "/sections/parties/to")
def assigned_to_a_firm(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.finding_assigned", w.authority, assigning(recalled(w), w.maker))


@case("not_another_authority", "/sections/parties/to")
def assigned_to_itself(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.finding_assigned", w.authority, assigning(recalled(w), w.authority))


@case("unknown_organisation", "/sections/parties/to")
def assigned_to_nobody(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.finding_assigned", w.authority, assigning(recalled(w), w.book.ref("org")))


@case("no_such_finding", "/sections/finding/rule")
def assigned_without_a_finding(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.finding_assigned", w.authority, assigning(recalled(w), office(w), "loss@1"))


@case("unknown_event", "/sections/finding/event")
def assigned_of_no_event(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.finding_assigned", w.authority, assigning(GONE, office(w)))


@case("answer_before_request", "/sections/time/answer_by")
def due_before_it_is_asked(w: World) -> tuple[Problem, ...]:
    late = {"answer_by": format_utc(w.book.now - DAY)}
    return w.book.refuse("governance.finding_assigned", w.authority, assigning(recalled(w), office(w), time=late))


@case("not_for_this_actor", "/actor")
def correction_requested_by_a_firm(w: World) -> tuple[Problem, ...]:
    w.produce()
    return w.book.refuse("governance.correction_requested", w.user, correcting(w.book.entries[-1].event.hash))


@case("not_for_this_actor", "/actor")
def correction_requested_of_oneself(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.correction_requested", w.authority, correcting(recalled(w), "product"))


@case("section_not_stated", "/sections/finding/section")
def correction_of_what_was_not_stated(w: World) -> tuple[Problem, ...]:
    w.produce()
    stated = correcting(w.book.entries[-1].event.hash, "transport")
    return w.book.refuse("governance.correction_requested", w.authority, stated)


@case("unknown_site", "/sections/place/site")
def inspection_of_no_site(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.inspection_recorded", w.authority, inspected(w.book.ref("site")))


@case("outside_jurisdiction", "/actor")
def inspection_outside_the_jurisdiction(w: World) -> tuple[Problem, ...]:
    far = office(w, jurisdiction={"regions": ["44"]})
    return w.book.refuse("governance.inspection_recorded", far, inspected(w.sites[w.maker]))


@case("unknown_request", "/refs/0/hash")
def answer_to_nothing(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.request_answered", w.maker, REASON, refs=about(GONE))


@case("reference_missing", "/refs")
def answer_that_names_nothing(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.request_answered", w.maker, REASON)


@case("not_for_this_actor", "/actor")
def answer_by_who_was_not_asked(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.request_answered", w.maker, REASON, refs=about(asked(w)[1]))


@case("request_not_open", "/refs/0/hash")
def answer_given_twice(w: World) -> tuple[Problem, ...]:
    to, event = asked(w)
    w.book.do("governance.request_answered", to, REASON, refs=about(event))
    return w.book.refuse("governance.request_answered", to, REASON, refs=about(event))


@case("not_for_this_actor", "/actor")
def closed_by_who_was_asked(w: World) -> tuple[Problem, ...]:
    to, event = asked(w)
    return w.book.refuse("governance.request_closed", to, closing("accepted"), refs=about(event))


@case("request_not_open", "/refs/0/hash")
def opened_anew_before_it_was_answered(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.request_closed", w.authority, closing("reopened"), refs=about(asked(w)[1]))


@case("request_not_open", "/refs/0/hash")
def closed_twice(w: World) -> tuple[Problem, ...]:
    refs = about(asked(w)[1])
    w.book.do("governance.request_closed", w.authority, closing("accepted"), refs=refs)
    return w.book.refuse("governance.request_closed", w.authority, closing("accepted"), refs=refs)


# --- sight ------------------------------------------------------------------------------------------------------------


@case("not_for_this_actor", "/actor")
def sight_by_a_firm(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.sight_granted", w.maker, showing(w.book, w.authority, of=w.maker))


@case("not_another_authority", "/sections/parties/to")
def sight_for_a_firm(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.sight_granted", w.authority, showing(w.book, w.user, of=w.maker))


@case("unknown_organisation", "/sections/parties/to")
def sight_for_nobody(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.sight_granted", w.authority, showing(w.book, w.book.ref("org"), of=w.maker))


@case("nothing_named", "/sections")
def sight_of_nothing(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.sight_granted", w.authority, showing(w.book, office(w)))


@case("grant_over_already", "/sections/time/planned_to")
def sight_that_is_over(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.sight_granted", w.authority, showing(w.book, office(w), -1, of=w.maker))


@case("grant_too_long", "/sections/time/planned_to")
def sight_for_too_long(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.sight_granted", w.authority, showing(w.book, office(w), 91, of=w.maker))


@case("unknown_batch", "/sections/product/batches")
def sight_of_no_batch(w: World) -> tuple[Problem, ...]:
    stated = showing(w.book, office(w), product={"batches": [w.book.ref("batch")]})
    return w.book.refuse("governance.sight_granted", w.authority, stated)


@case("unknown_site", "/sections/place/site")
def sight_of_no_site(w: World) -> tuple[Problem, ...]:
    stated = showing(w.book, office(w), place={"site": w.book.ref("site")})
    return w.book.refuse("governance.sight_granted", w.authority, stated)


@case("unknown_organisation", "/sections/parties/from")
def sight_of_no_organisation(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.sight_granted", w.authority, showing(w.book, office(w), of=w.book.ref("org")))


@case("outside_jurisdiction", "/actor")
def sight_of_what_is_not_the_givers(w: World) -> tuple[Problem, ...]:
    far = office(w, jurisdiction={"regions": ["44"]})
    return w.book.refuse("governance.sight_granted", far, showing(w.book, w.authority, of=w.maker))


@case("unknown_grant", "/refs/0/hash")
def withdrawn_without_a_grant(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.sight_withdrawn", w.authority, REASON, refs=about(GONE))


def granted(w: World) -> tuple[str, str]:
    """Sight of the maker for another authority: who, and the event that grants."""
    to = office(w)
    return to, w.book.do("governance.sight_granted", w.authority, showing(w.book, to, of=w.maker)).event.hash


@case("not_for_this_actor", "/actor")
def withdrawn_by_who_got_it(w: World) -> tuple[Problem, ...]:
    to, event = granted(w)
    return w.book.refuse("governance.sight_withdrawn", to, REASON, refs=about(event))


@case("grant_withdrawn_before", "/refs/0/hash")
def withdrawn_twice(w: World) -> tuple[Problem, ...]:
    refs = about(granted(w)[1])
    w.book.do("governance.sight_withdrawn", w.authority, REASON, refs=refs)
    return w.book.refuse("governance.sight_withdrawn", w.authority, REASON, refs=refs)
