"""Random lives of batches that are also traded: agreements never promise, move or settle more than there is."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import initialize, invariant, precondition, rule

from ledger.core.canonical import Json
from ledger.rules import Entry
from ledger.rules.transfer_state import TransferState
from tests.rules.model import TOLERANCE_PPM, Account, Bargain, Cell, Deltas, Tallies
from tests.rules.test_lives import MG_PER_G, VEHICLE, Lives, grams, modes, picks

SHIPPED = "shipment:"
parts = st.integers(0, 3)
gaps = st.just(0) | st.integers(-2_000, 2_000)


class Deals(Lives):
    """The maker and the user sell and send to each other, and produce, move, sell and send without an agreement."""

    # What does not bear on agreements is left to `Lives`, so that these lives go deep into theirs.
    end = count = change_status = repack = blend = order = None  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.bargains: list[Bargain] = []
        self.dealt: dict[str, tuple[Bargain, Tallies, dict[str, int]]] = {}

    def known(self, bargain: Bargain) -> TransferState:
        found = self.w.book.values[bargain.key]
        assert isinstance(found, TransferState)
        return found

    def parties(self, bargain: Bargain) -> dict[str, Json]:
        return {"transfer": bargain.key}

    def bargain(self, number: int) -> Bargain:
        return self.bargains[number % len(self.bargains)]

    def some(self, number: int, *custodians: str) -> Cell | None:
        found = [cell for cell in self.cells() if cell[2].startswith(custodians)]
        return found[number % len(found)] if found else None

    def agreement(self, verb: str, bargain: Bargain, actor: str, **more: Any) -> Entry:  # noqa: ANN401 - sections
        refs = [("previous", self.known(bargain).last)]
        sections = {"parties": self.parties(bargain), **more}
        return self.w.book.do(f"operation.{verb}", actor, sections, refs=refs)

    def amount(self, g: int, part: int, *most: int) -> int:
        """Grams: those drawn, or a part of the most that is there and agreed."""
        return max(min(most) // MG_PER_G // part, 1) if part else g

    # -- agreements

    @initialize(g=st.integers(1, 300_000))
    def begin(self, g: int) -> None:
        for who in (True, False):
            self.produce(300_000, 2, who)
            self.agree(g, "both", who)

    @rule(g=st.integers(1, 300_000), kind=st.sampled_from(["sale", "handover", "both"]), maker=st.booleans())
    def agree(self, g: int, kind: str, maker: bool) -> None:  # noqa: FBT001 - drawn
        giver, taker = (self.w.maker, self.w.user) if maker else (self.w.user, self.w.maker)
        made = Bargain(self.w.book.ref("transfer"), giver, taker, kind != "handover", kind != "sale", g * MG_PER_G)
        roles = {"seller": giver, "buyer": taker} if made.sale else {}
        roles |= {"consignor": giver, "consignee": taker} if made.handover else {}
        offer = {
            "parties": {**roles, **self.parties(made)},
            "product": {"product": self.w.products["liquid"]},
            "quantity": {"amount": str(g), "unit": "g"},
        }
        offered = self.w.book.do("operation.transfer_offered", giver, offer)
        self.agreement("transfer_agreed", made, taker)
        again = {"parties": self.parties(made)}
        refs = [("previous", offered.event.hash)]
        problems = self.w.book.refuse("operation.transfer_agreed", taker, again, refs=refs)
        assert [problem.code for problem in problems] == ["step_stale"]
        self.bargains.append(made)

    @precondition(lambda self: self.bargains)
    @rule(number=picks, giver=st.booleans())
    def cancel(self, number: int, giver: bool) -> None:  # noqa: FBT001 - drawn
        made = self.bargain(number)
        actor = made.giver if giver else made.taker
        left = max(made.sum("sold"), made.sum("loaded"))
        refs = [("previous", self.known(made).last)]
        if made.cancelled or made.complete() or left == made.most:
            code = "transfer_not_open" if made.cancelled or made.complete() else "nothing_to_cancel"
            stated = {"parties": self.parties(made)}
            problems = self.w.book.refuse("operation.transfer_cancelled", actor, stated, refs=refs)
            assert [problem.code for problem in problems] == [code]
            return
        self.agreement("transfer_cancelled", made, actor)
        made.cancelled, made.most = not left, left or made.most

    # -- steps

    def act(
        self, type: str, actor: str, made: Bargain, cell: Cell, stated: dict[str, Any], mode: str,
        against: set[str], deltas: Deltas, tallies: Tallies, gap: int = 0,
    ) -> None:  # fmt: skip
        """State a step of a transfer: it is refused as the model says, or its sums follow."""
        sections = {**stated, "parties": self.parties(made)}
        if made.beyond(tallies):
            self.stop(type, actor, sections, mode, "transfer_exceeded")
            return
        if made.cancelled:
            against = against | {"transfer_not_agreed"}
        if not self.say(type, actor, sections, mode, against, deltas):
            return
        made.add(tallies)
        made.differ(cell[0], gap)
        self.dealt[self.w.book.entries[-1].event.hash] = (made, tallies, {cell[0]: gap})

    @precondition(lambda self: self.bargains and self.cells())
    @rule(numbers=st.tuples(picks, picks), g=grams, part=parts, mode=modes)
    def sell_for(self, numbers: tuple[int, int], g: int, part: int, mode: str) -> None:
        made, cell = self.bargain(numbers[0]), self.pick_owned(numbers, part)
        g = self.amount(g, part, self.model.cells[cell], made.most - made.sum("sold"))
        stated = {"inputs": {"lines": [self.line(cell, g)]}}
        if not made.sale:
            self.stop("operation.sold", made.giver, {**stated, "parties": self.parties(made)}, mode, "not_a_sale")
            return
        target: Cell = (cell[0], made.taker, *cell[2:])
        self.change_owner("operation.sold", "sold", made, cell, target, g, mode, self.model.against_use(cell))

    @precondition(lambda self: any(made.sale for made in self.bargains) and self.cells())
    @rule(numbers=st.tuples(picks, picks), g=grams, part=parts, mode=modes)
    def give_back(self, numbers: tuple[int, int], g: int, part: int, mode: str) -> None:
        sales = [made for made in self.bargains if made.sale]
        made, cell = sales[numbers[0] % len(sales)], self.cells()[numbers[1] % len(self.cells())]
        sold = [cell for cell in self.cells() if cell[1] == made.taker and made.of("sold", cell[0])]
        if part and sold:
            cell = sold[numbers[1] % len(sold)]
        g = self.amount(g, part, self.model.cells[cell], made.of("sold", cell[0]) - made.of("given_back", cell[0]))
        target: Cell = (cell[0], made.giver, *cell[2:])
        self.change_owner("operation.returned", "given_back", made, cell, target, g, mode, set())

    def pick_owned(self, numbers: tuple[int, int], part: int) -> Cell:
        """Any cell, or one that the giver of the bargain owns."""
        giver = self.bargain(numbers[0]).giver
        found = [cell for cell in self.cells() if not part or cell[1] == giver] or self.cells()
        return found[numbers[1] % len(found)]

    def change_owner(
        self, type: str, name: str, made: Bargain, cell: Cell, target: Cell, g: int, mode: str, against: set[str]
    ) -> None:
        mg, actor = g * MG_PER_G, made.giver if name == "sold" else made.taker
        tallies = {name: {cell[0]: mg}}
        early = name == "given_back" and made.early(name, cell[0], tallies)
        found = {"step_too_early"} if early else set()
        found |= {"not_owner"} if cell[1] != actor else set()
        deltas: Deltas = {}
        if target != cell:
            found |= against | self.model.short(cell, mg)
            deltas = self.model.take(cell, target, mg)
        cancelled, made.cancelled = made.cancelled, made.cancelled and name == "sold"
        self.act(type, actor, made, cell, {"inputs": {"lines": [self.line(cell, g)]}}, mode, found, deltas, tallies)
        made.cancelled = cancelled

    @precondition(lambda self: any(made.handover for made in self.bargains) and self.cells("org:"))
    @rule(numbers=st.tuples(picks, picks), g=grams, part=parts, mode=modes, trip=st.integers(0, 1))
    def load_for(self, numbers: tuple[int, int], g: int, part: int, mode: str, trip: int) -> None:
        made = self.handover(numbers[0])
        cell = self.some(numbers[1], made.giver)
        if cell is None:
            return
        g = self.amount(g, part, self.model.cells[cell], made.most - made.sum("loaded"))
        ref, mg = self.trips[trip], g * MG_PER_G
        target: Cell = (cell[0], cell[1], ref, VEHICLE, cell[4], cell[5])
        stated = {"inputs": {"lines": [self.line(cell, g)]}, "transport": {"shipment": ref}}
        deltas, tallies = self.model.take(cell, target, mg), {"loaded": {cell[0]: mg}}
        against = self.model.short(cell, mg)
        self.act("transport.loaded", made.giver, made, cell, stated, mode, against, deltas, tallies)

    def handover(self, number: int) -> Bargain:
        found = [made for made in self.bargains if made.handover]
        return found[number % len(found)]

    @precondition(lambda self: any(made.handover for made in self.bargains) and self.cells())
    @rule(
        numbers=st.tuples(picks, picks),
        g=grams,
        part=parts,
        gap=gaps,
        mode=modes,
        back=st.sampled_from([False, False, True]),
    )
    def receive_for(self, numbers: tuple[int, int], g: int, part: int, gap: int, mode: str, back: bool) -> None:  # noqa: FBT001
        made = self.handover(numbers[0])
        actor, sender = (made.giver, made.taker) if back else (made.taker, made.giver)
        cell = self.carried(made, numbers[1]) if part else self.some(numbers[1], SHIPPED, sender)
        if cell is None:
            return
        g = self.amount(g, part, self.model.cells[cell], made.under_way(cell[0])) - gap
        if g < 0:
            return
        booked, mg = (g + gap) * MG_PER_G, g * MG_PER_G
        target: Cell = (cell[0], cell[1], actor, self.w.at(actor), cell[4], cell[5])
        line = {**self.line(cell, g), "booked": str(g + gap)}
        name = "returned" if back else "received"
        tallies: Tallies = {name: {cell[0]: booked}}
        if not back and not cell[2].startswith(SHIPPED):
            tallies["loaded"] = {cell[0]: booked}
        deltas, open_mg = self.taken(cell, target, booked, mg)
        against = self.model.short(cell, booked)
        against |= {"step_too_early"} if made.early(name, cell[0], tallies) else set()
        stated = {"inputs": {"lines": [line]}, "place": self.w.place(actor)}
        self.act("storage.received", actor, made, cell, stated, mode, against, deltas, tallies, open_mg)

    def carried(self, made: Bargain, number: int) -> Cell | None:
        """A cell aboard, of goods that are under way for a bargain."""
        found = [cell for cell in self.cells(SHIPPED) if made.under_way(cell[0]) > 0 and self.model.cells[cell]]
        return found[number % len(found)] if found else None

    def taken(self, cell: Cell, target: Cell, booked: int, mg: int) -> tuple[Deltas, int]:
        """The postings of a receipt, and what of it stays in the difference."""
        gap = booked - mg
        within = abs(gap) * 10**6 <= booked * TOLERANCE_PPM
        posted: dict[Account, int] = dict(self.model.take(cell, target, booked)[cell[0]])
        posted[target] = mg
        if gap:
            posted["variance" if within else "difference"] = gap
        return {cell[0]: posted}, 0 if within else gap

    @precondition(lambda self: any(made.handover for made in self.bargains) and self.cells(SHIPPED))
    @rule(numbers=st.tuples(picks, picks), g=grams, part=parts, mode=modes)
    def refuse_for(self, numbers: tuple[int, int], g: int, part: int, mode: str) -> None:
        made = self.handover(numbers[0])
        cell = self.carried(made, numbers[1]) or self.pick(numbers[1], SHIPPED)
        g = self.amount(g, part, self.model.cells[cell], made.under_way(cell[0]))
        mg = g * MG_PER_G
        tallies = {"refused": {cell[0]: mg}}
        stated = {
            "inputs": {"lines": [self.line(cell, g)]},
            "transport": {"shipment": cell[2]},
            "reason": {"text": "not as ordered", "kind": "other"},
        }
        against = {"holding_overdrawn"} if mg > self.model.cells.get(cell, 0) else set()
        against |= {"step_too_early"} if made.early("refused", cell[0], tallies) else set()
        self.act("transport.refused", made.taker, made, cell, stated, mode, against, {}, tallies)

    @precondition(lambda self: any(made.difference for made in self.bargains))
    @rule(number=picks, kind=st.sampled_from(["loss", "count_error", "measurement"]))
    def settle(self, number: int, kind: str) -> None:
        open_ones = [made for made in self.bargains if made.difference]
        made = open_ones[number % len(open_ones)]
        more = {"reason": {"text": "counted again", "kind": kind}}
        if kind == "loss" and any(mg < 0 for mg in made.difference.values()):
            sections, refs = {"parties": self.parties(made), **more}, [("previous", self.known(made).last)]
            problems = self.w.book.refuse("operation.difference_settled", made.taker, sections, refs=refs)
            assert [problem.code for problem in problems] == ["settlement_kind_wrong"]
            return
        assert not any(
            effects.postings
            for effects in self.agreement("difference_settled", made, made.taker, **more).effects.values()
        )
        entry = self.agreement("difference_settled", made, made.giver, **more)
        deltas: Deltas = {}
        for batch, mg in made.difference.items():
            pool = "variance" if kind == "measurement" else "lost" if mg > 0 else "found"
            deltas[batch] = {"difference": -mg, pool: mg}
        self.compare(entry, deltas)
        del self.stated[entry.event.hash]
        made.difference = {}

    # -- corrections

    def against_voiding(self, former: str) -> str | None:
        made, tallies, _ = self.dealt.get(former, (None, {}, {}))
        back = {name: {batch: -mg for batch, mg in item.items()} for name, item in tallies.items()}
        adds = any(mg > 0 for item in back.values() for mg in item.values())
        return "transfer_exceeded" if made is not None and adds and made.beyond(back) else None

    def voided(self, former: str, made: Entry) -> None:
        bargain, tallies, gaps = self.dealt.pop(former, (None, {}, {}))
        if bargain is None:
            return
        back = {name: {batch: -mg for batch, mg in item.items()} for name, item in tallies.items()}
        bargain.add(back)
        for batch, mg in gaps.items():
            bargain.differ(batch, -mg)
        self.dealt[made.event.hash] = (bargain, back, {batch: -mg for batch, mg in gaps.items()})

    # -- what always holds

    @invariant()
    def no_more_is_done_than_agreed(self) -> None:
        for made in self.bargains:
            known = self.known(made)
            assert known.most_mg == made.most
            for name in ("sold", "given_back", "loaded", "received", "refused", "returned"):
                assert dict(known.tally(name)) == {batch: mg for batch, mg in made.done.get(name, {}).items() if mg}
                assert 0 <= known.sum(name) <= known.most_mg
            assert known.received_mg + known.returned_mg <= known.most_mg
            status = "cancelled" if made.cancelled else "closed" if made.complete() else "agreed"
            assert known.status == status

    @invariant()
    def every_difference_is_somebodys(self) -> None:
        found: dict[str, int] = {}
        for made in self.bargains:
            assert dict(self.known(made).difference) == made.difference
            for batch, mg in made.difference.items():
                found[batch] = found.get(batch, 0) + mg
        for batch in self.model.lots:
            assert self.model.pools.get((batch, "difference"), 0) == found.get(batch, 0)


Deals.TestCase.settings = settings(max_examples=80, stateful_step_count=50)
TestDeals = Deals.TestCase
