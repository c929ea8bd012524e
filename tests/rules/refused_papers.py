"""Statements that are refused for a paper or a signature that is missing."""

from ledger.errors import Problem
from ledger.rules import rule_set
from tests.rules.papers import PAPERS, Papered, held, papered, permit
from tests.rules.refusals import case
from tests.support.rulebook import World, line, lines, manifest

TRANSPORT = "/sections/transport"
DOCUMENTS = "/sections/documents/items"


def refused(answer: object) -> tuple[Problem, ...]:
    """The problems of a refusal."""
    assert isinstance(answer, tuple)
    return answer


def leaving(p: Papered, kind: str) -> tuple[Problem, ...]:
    """A departure under a suspended licence of the carrier."""
    p.loaded()
    p.suspend(p.w.carrier, held(p.w, p.w.carrier, kind))
    return refused(p.dispatch(p.waybill()))


@case("carrier_unlicensed", TRANSPORT)
def carrier_unlicensed(w: World) -> tuple[Problem, ...]:
    return leaving(papered(), "road_transport")


@case("vehicle_unlicensed", TRANSPORT + "/vehicle")
def vehicle_unlicensed(w: World) -> tuple[Problem, ...]:
    return leaving(papered(), "vehicle")


@case("driver_unlicensed", TRANSPORT + "/driver")
def driver_unlicensed(w: World) -> tuple[Problem, ...]:
    return leaving(papered(), "driver")


@case("escort_unlicensed", TRANSPORT + "/escort")
def escort_unlicensed(w: World) -> tuple[Problem, ...]:
    return leaving(papered(), "escort")


@case("waybill_incomplete", TRANSPORT + "/origin")
def waybill_incomplete(w: World) -> tuple[Problem, ...]:
    p = papered()
    p.loaded()
    return refused(p.dispatch(p.without("origin")))


@case("two_people_needed", "/keys")
def two_people_needed(w: World) -> tuple[Problem, ...]:
    p = papered()
    batch = p.w.produce(10, "toxic", org=p.plant)
    stated = {"inputs": lines(line(batch, 1)), "place": p.w.place(p.plant, to_location="USE")}
    return p.w.book.refuse("use.issued_for_use", p.plant, stated, signers=["a1", "a2"])


@case("signatures_missing", "/keys")
def signatures_missing(w: World) -> tuple[Problem, ...]:
    p = papered()
    p.w.book.rules = rule_set(manifest(parameters={"signature@1": {"storage.sampled": 1}}))
    return p.w.book.refuse("storage.sampled", p.plant, p.lines(p.w.produce(10, org=p.plant), 1), signers=["pda"])


def offering(p: Papered, paper: str) -> tuple[Problem, ...]:
    """An offer of a product that lacks a paper."""
    p.describe("liquid", **{name: value for name, value in PAPERS.items() if name != paper})
    deal = p.deal()
    return p.w.book.refuse("operation.transfer_offered", deal.offerer, deal.of_product(10))


@case("sds_missing", "/sections")
def sds_missing(w: World) -> tuple[Problem, ...]:
    return offering(papered(), "sds")


@case("label_missing", "/sections")
def label_missing(w: World) -> tuple[Problem, ...]:
    return offering(papered(), "labels")


def buying(p: Papered, number: str = "P-1") -> tuple[Problem, ...]:
    """An agreement to buy 60 kg of highly toxic goods under a permit."""
    deal = p.deal()
    deal.offer(deal.of_product(60, "toxic"))
    stated = {"parties": deal.parties, **permit("purchase_permit", number)}
    return p.w.book.refuse("operation.transfer_agreed", p.w.user, stated, refs=[("previous", deal.state.last)])


@case("buyer_unlicensed", "/sections/parties")
def buyer_unlicensed(w: World) -> tuple[Problem, ...]:
    p = papered()
    p.suspend(p.w.user, held(p.w, p.w.user, "use"))
    return buying(p)


@case("permit_missing", DOCUMENTS)
def permit_missing(w: World) -> tuple[Problem, ...]:
    return buying(papered())


@case("permit_invalid", DOCUMENTS)
def permit_invalid(w: World) -> tuple[Problem, ...]:
    p = papered()
    p.license(p.w.user, "purchase_permit", number="P-1", valid_to="2026-01-31")
    return buying(p)


@case("permit_exhausted", DOCUMENTS)
def permit_exhausted(w: World) -> tuple[Problem, ...]:
    p = papered()
    p.license(p.w.user, "purchase_permit", number="P-1", most_kg="50")
    return buying(p)
