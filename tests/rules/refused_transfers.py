"""Statements about agreements that are refused: offers, call-offs, answers, settlements."""

from typing import Any

from ledger.errors import Problem
from tests.rules.refusals import GONE, case
from tests.support.dealing import Deal, Truck, agreed, deal, loaded, receive, short
from tests.support.rulebook import DAY, World, line

KEY = "/sections/parties/transfer"
LINES = "/sections/inputs/lines"


def offer(made: Deal, sections: dict[str, Any], actor: str | None = None, **more: object) -> tuple[Problem, ...]:
    """A refused offer."""
    return made.w.book.refuse("operation.transfer_offered", actor or made.w.maker, sections, **more)


def step(made: Deal, name: str, actor: str, previous: str | None = None, **more: object) -> tuple[Problem, ...]:
    """A refused step of the agreement."""
    refs = [("previous", previous or made.state.last)]
    return made.w.book.refuse(f"operation.{name}", actor, {"parties": made.parties, **more}, refs=refs)


# --- offers


@case("transfer_exists", KEY)
def offered_twice(w: World) -> tuple[Problem, ...]:
    made = agreed(w)
    return offer(made, made.of_product(1))


@case("party_missing", "/sections/parties/buyer")
def sale_without_buyer(w: World) -> tuple[Problem, ...]:
    made = Deal(w, {"seller": w.maker})
    return offer(made, made.of_product(1))


@case("party_missing", "/sections/parties/consignor")
def handover_without_consignor(w: World) -> tuple[Problem, ...]:
    made = Deal(w, {"consignee": w.user})
    return offer(made, made.of_product(1))


@case("party_missing", "/sections/parties/consignee")
def offer_to_nobody(w: World) -> tuple[Problem, ...]:
    made = Deal(w, {})
    return offer(made, made.of_product(1))


@case("unknown_organisation", "/sections/parties/buyer")
def offer_to_the_unknown(w: World) -> tuple[Problem, ...]:
    made = Deal(w, {"seller": w.maker, "buyer": w.book.ref("org")})
    return offer(made, made.of_product(1))


@case("sale_to_itself", "/sections/parties/buyer")
def sold_to_itself(w: World) -> tuple[Problem, ...]:
    made = Deal(w, {"seller": w.maker, "buyer": w.maker})
    return offer(made, made.of_product(1))


@case("not_party_to_transfer", "/actor")
def offered_by_a_stranger(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    return offer(made, made.of_product(1), w.carrier)


@case("not_party_to_transfer", "/actor")
def offered_by_the_buyer(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    return offer(made, made.of_product(1), w.user)


@case("goods_not_of_form", "/sections")
def offer_of_nothing(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    return offer(made, {"parties": {**made.roles, **made.parties}})


@case("goods_not_of_form", "/sections")
def offer_of_a_product_without_mass(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    sections = made.of_product(1)
    del sections["quantity"]
    return offer(made, sections)


@case("goods_not_of_form", "/sections")
def offer_of_batches_and_a_product(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    return offer(made, {**made.of_product(1), **made.goods(line(w.produce(), 1))})


@case("goods_not_of_form", "/sections")
def standing_agreement_with_a_quantity(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    return offer(made, {**made.of_product(1), **made.standing(5)})


@case("goods_not_of_form", "/sections/commercial/standing")
def standing_agreement_about_chosen_batches(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    terms = made.standing(5)["commercial"]
    return offer(made, {**made.goods(line(w.produce(), 1)), "commercial": terms})


@case("goods_not_of_form", "/sections/commercial/standing")
def standing_agreement_that_ends_before_it_begins(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    return offer(made, made.standing(5, "2026-12-31", "2026-12-30"))


@case("unknown_batch", LINES)
def offer_of_an_unknown_batch(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    return offer(made, made.goods(line(w.book.ref("batch"), 1)))


@case("amount_too_large", "/sections")
def offer_of_more_than_can_be_written(w: World) -> tuple[Problem, ...]:
    made, batch = deal(w), w.produce()
    return offer(made, made.goods(line(batch, "999999999999"), line(batch, "999999999999")))


@case("transfer_expired", "/sections/time/answer_by")
def offer_to_be_answered_before_it_was_made(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    return offer(made, made.of_product(1, time={"answer_by": "2026-11-21T00:00:00+00:00"}))


# --- call-offs


def standing(w: World, **more: str) -> Deal:
    """A standing agreement about 100 kg."""
    made = deal(w)
    return made.agreed(made.standing(100, **more))


def call(frame: Deal, sections: dict[str, Any], actor: str | None = None) -> tuple[Problem, ...]:
    """A refused call-off."""
    return offer(frame, sections, actor, refs=[("order", frame.state.last)])


@case("no_standing_agreement", "/refs/0/hash")
def call_off_of_an_unknown_event(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    return offer(made, made.of_product(1), refs=[("order", GONE)])


@case("no_standing_agreement", "/refs/0/hash")
def call_off_of_something_else(w: World) -> tuple[Problem, ...]:
    w.produce()
    made = deal(w)
    return offer(made, made.of_product(1), refs=[("order", w.book.entries[-1].event.hash)])


@case("no_standing_agreement", "/refs/1/hash")
def call_off_of_two(w: World) -> tuple[Problem, ...]:
    frame, made = standing(w), deal(w)
    return offer(made, made.of_product(1), refs=[("order", frame.state.last), ("order", frame.state.last)])


@case("no_standing_agreement", "/refs/0/hash")
def call_off_of_a_transfer(w: World) -> tuple[Problem, ...]:
    return call(agreed(w), deal(w).of_product(1))


@case("no_standing_agreement", "/refs/0/hash")
def call_off_by_a_stranger(w: World) -> tuple[Problem, ...]:
    return call(standing(w), deal(w).of_product(1), w.carrier)


@case("transfer_not_agreed", "/refs")
def call_off_before_it_is_agreed(w: World) -> tuple[Problem, ...]:
    frame = deal(w)
    frame.offer(frame.standing(100))
    return call(frame, deal(w).of_product(1))


@case("standing_differs", "/sections/parties")
def call_off_for_others(w: World) -> tuple[Problem, ...]:
    return call(standing(w), deal(w, sale=False).of_product(1))


@case("goods_not_of_form", "/sections/commercial/standing")
def call_off_that_stands_itself(w: World) -> tuple[Problem, ...]:
    return call(standing(w), deal(w).standing(1))


@case("standing_differs", "/sections/product")
def call_off_of_another_product(w: World) -> tuple[Problem, ...]:
    return call(standing(w), deal(w).of_product(1, "solid"))


@case("standing_differs", LINES)
def call_off_of_batches_of_another_product(w: World) -> tuple[Problem, ...]:
    return call(standing(w), deal(w).goods(line(w.produce(product="solid"), 1)))


@case("standing_not_in_force", "/occurred_at")
def call_off_after_its_end(w: World) -> tuple[Problem, ...]:
    return call(standing(w, end="2026-11-20"), deal(w).of_product(1))


@case("standing_not_in_force", "/occurred_at")
def call_off_before_its_beginning(w: World) -> tuple[Problem, ...]:
    return call(standing(w, start="2026-12-01"), deal(w).of_product(1))


@case("transfer_exceeded", "/sections")
def call_off_of_more_than_is_left(w: World) -> tuple[Problem, ...]:
    frame = standing(w)
    made = deal(w)
    made.refs = [("order", frame.state.last)]
    made.offer(made.of_product(60))
    return call(frame, deal(w).of_product(41))


@case("call_off_missing", KEY)
def sold_under_a_standing_agreement(w: World) -> tuple[Problem, ...]:
    frame = standing(w)
    return w.book.refuse("operation.sold", w.maker, {**w.use(w.produce(), 1), "parties": frame.parties})


# --- answers


@case("unknown_transfer", KEY)
def unknown_transfer_agreed(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    return step(made, "transfer_agreed", w.user, GONE)


@case("unknown_transfer", KEY)
def agreed_by_a_stranger(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    made.offer(made.of_product(1))
    return step(made, "transfer_agreed", w.carrier)


@case("not_for_this_actor", "/actor")
def agreed_by_who_offered(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    made.offer(made.of_product(1))
    return step(made, "transfer_agreed", w.maker)


@case("step_stale", "/refs/0/hash")
def agreed_by_two_clerks_at_once(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    offered = made.offer(made.of_product(1))
    made.answer()
    return step(made, "transfer_agreed", w.user, offered.event.hash)


@case("transfer_not_open", KEY)
def agreed_again_with_another_id(w: World) -> tuple[Problem, ...]:
    return step(agreed(w), "transfer_agreed", w.user)


@case("transfer_not_open", KEY)
def declined_after_it_was_cancelled(w: World) -> tuple[Problem, ...]:
    made = agreed(w)
    made.answer("cancelled", w.maker)
    return step(made, "transfer_declined", w.user)


@case("reference_missing", "/refs")
def agreed_without_naming_the_step_before(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    made.offer(made.of_product(1))
    return w.book.refuse("operation.transfer_agreed", w.user, {"parties": made.parties})


@case("transfer_expired", "/occurred_at")
def agreed_too_late(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    made.offer(made.of_product(1, time={"answer_by": "2026-11-23T00:00:00+00:00"}))
    w.book.now += 2 * DAY
    return step(made, "transfer_agreed", w.user)


@case("transfer_not_open", KEY)
def cancelled_after_it_was_declined(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    made.offer(made.of_product(1))
    made.answer("declined")
    return step(made, "transfer_cancelled", w.maker)


@case("nothing_to_cancel", KEY)
def cancelled_when_all_is_loaded(w: World) -> tuple[Problem, ...]:
    made, _, _ = loaded(w)
    return step(made, "transfer_cancelled", w.maker)


@case("not_correctable", "/refs/0/hash")
def agreement_voided(w: World) -> tuple[Problem, ...]:
    made = agreed(w)
    return w.book.refuse("operation.event_corrected", w.user, {}, refs=[("voids", made.state.last)])


# --- settlements


@case("nothing_to_settle", KEY)
def settled_without_a_difference(w: World) -> tuple[Problem, ...]:
    made = agreed(w)
    return w.book.refuse("operation.difference_settled", w.user, *made.settling())


@case("step_stale", "/refs/0/hash")
def settled_on_what_was_said_before(w: World) -> tuple[Problem, ...]:
    made, _ = short(w)
    asked = made.settling()
    made.settle(w.maker, "count_error")
    return w.book.refuse("operation.difference_settled", w.user, *asked)


@case("settlement_differs", "/sections/reason/kind")
def settled_otherwise_than_proposed(w: World) -> tuple[Problem, ...]:
    made, _ = short(w)
    made.settle(w.maker, "loss")
    return w.book.refuse("operation.difference_settled", w.user, *made.settling("count_error", accept=True))


@case("settlement_differs", "/sections/reason/kind")
def own_proposal_accepted(w: World) -> tuple[Problem, ...]:
    made, _ = short(w)
    made.settle(w.maker, "loss")
    return w.book.refuse("operation.difference_settled", w.maker, *made.settling("loss", accept=True))


@case("settlement_too_large", "/sections/quantity/amount")
def settled_more_than_is_open(w: World) -> tuple[Problem, ...]:
    made, _ = short(w)
    return w.book.refuse("operation.difference_settled", w.user, *made.settling(kg=10.5))


@case("settlement_in_part", "/sections/quantity")
def settled_in_part_of_two_batches(w: World) -> tuple[Problem, ...]:
    made, truck, batch = loaded(w, 50)
    other = w.produce(50)
    truck.load(made, [line(other, 50)], w.maker)
    taken = [truck.aboard(name, 45, w.maker, booked="50") for name in (batch, other)]
    receive(made, w, w.user, *taken)
    return w.book.refuse("operation.difference_settled", w.user, *made.settling(kg=1))


@case("settlement_kind_wrong", "/sections/reason/kind")
def surplus_settled_as_a_loss(w: World) -> tuple[Problem, ...]:
    made, truck, batch = loaded(w, 100)
    receive(made, w, w.user, truck.aboard(batch, 110, w.maker, booked="100"))
    return w.book.refuse("operation.difference_settled", w.user, *made.settling("loss"))


@case("settlement_kind_wrong", "/sections/reason/kind")
def poison_settled_as_a_matter_of_measurement(w: World) -> tuple[Problem, ...]:
    made, truck, batch = deal(w), Truck(w, w.carrier).plan(), w.produce(10, "toxic")
    made.agreed(made.of_product(10, "toxic"))
    truck.load(made, [line(batch, 10)], w.maker)
    receive(made, w, w.user, truck.aboard(batch, "9.999", w.maker, booked="10"))
    return w.book.refuse("operation.difference_settled", w.user, *made.settling("measurement"))
