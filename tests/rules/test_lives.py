"""Random lives of batches, held against a plain model: balances, refusals, attribution never differ."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ledger.core.canonical import Json
from ledger.rules import Entry, FormerEvent, State, evolve
from ledger.rules.accounts import holding_of_key
from ledger.rules.aggregates import BatchState
from ledger.rules.attribution import at_most
from tests.rules.model import Account, Cell, Deltas, Model
from tests.rules.test_transport import PLATE, planned
from tests.support.rulebook import Rulebook, World, licence, manifest, stored, world

MG_PER_G = 1000
VEHICLE = f"vehicle:{PLATE}"
grams = st.integers(1, 100_000)
picks = st.integers(0, 10**6)
modes = st.sampled_from(["act", "act", "report"])


class Lives(RuleBasedStateMachine):
    """A maker and a user with every licence, two tanks, two shipments; and the model."""

    def __init__(self) -> None:
        super().__init__()
        self.w: World = world(manifest(parameters={"attribution@1": {"least_ppb": 0}}))
        book = self.w.book
        for org in (self.w.maker, self.w.user):
            for kind in ("production", "operation", "storage", "use", "disposal"):
                book.do("governance.licence_registered", org, licence(book, org, kind))
        self.tanks = [self.w.container("tank") for _ in range(2)]
        self.trips = [book.ref("shipment") for _ in range(2)]
        for trip in self.trips:
            book.do("transport.shipment_planned", self.w.carrier, planned(self.w, trip))
        self.first = len(book.entries)
        self.model = Model()
        self.stated: dict[str, tuple[str, Deltas]] = {}

    # -- how a statement is made and compared

    def cells(self, custodian: str | None = None) -> list[Cell]:
        return sorted(
            cell for cell, _ in self.model.cells.items() if custodian is None or cell[2].startswith(custodian)
        )

    def pick(self, number: int, custodian: str = "org:") -> Cell:
        found = self.cells(custodian)
        return found[number % len(found)]

    def line(self, cell: Cell, g: int) -> dict[str, Json]:
        batch, owner, custodian, place, container, status = cell
        made: dict[str, Json] = {"batch": batch, "amount": str(g), "unit": "g", "owner": owner, "custodian": custodian}
        made |= {"place": place, "status": status}
        return made if container == "-" else {**made, "container": container}

    def say(
        self, type: str, actor: str, sections: dict[str, Any], mode: str, against: set[str], deltas: Deltas
    ) -> bool:
        """State an event: it is refused exactly for `against`, or posts exactly `deltas`."""
        made = self.w.book.put(self.w.book.event(type, actor, sections, mode))
        if not isinstance(made, Entry):
            assert {problem.code for problem in made} == against
            return False
        assert mode == "report" or not against
        self.compare(made, deltas)
        noted = {f.rule: f.data for effects in made.effects.values() for f in effects.findings}
        reasons = noted.get("would_have_been_refused@1", {}).get("reasons", [])
        assert isinstance(reasons, list)
        assert {item["problem"] for item in reasons if isinstance(item, dict)} == against
        return True

    def compare(self, made: Entry, deltas: Deltas) -> None:
        found = {
            batch: {tuple(p.account) if isinstance(p.account, tuple) else p.account: p.mg for p in effects.postings}
            for batch, effects in made.effects.items()
            if effects.postings
        }
        assert found == deltas
        self.model.apply(deltas)
        self.stated[made.event.hash] = (made.event.header.actor, deltas)

    def stop(self, type: str, actor: str, sections: dict[str, Any], mode: str, code: str) -> None:
        problems = self.w.book.refuse(type, actor, sections, mode)
        assert [problem.code for problem in problems] == [code]

    # -- what may happen

    @rule(g=grams, tank=st.integers(0, 3), who=st.booleans())
    def produce(self, g: int, tank: int, who: bool) -> None:  # noqa: FBT001 - drawn
        actor = self.w.maker if who else self.w.user
        batch, container = self.w.book.ref("batch"), "-" if tank > 1 else self.tanks[tank]
        cell: Cell = (batch, actor, actor, self.w.at(actor), container, "free")
        sections = {"product": {"product": self.w.products["liquid"]}, "outputs": {"lines": [self.line(cell, g)]}}
        if container != "-" and self.model.inside(container):
            self.stop("production.batch_produced", actor, sections, "report", "container_not_empty")
            return
        self.model.born(batch)
        mg = g * MG_PER_G
        self.say("production.batch_produced", actor, sections, "act", set(), {batch: {"produced": -mg, cell: mg}})

    def shift(
        self, type: str, cell: Cell, target: Account, g: int, mode: str, against: set[str], more: dict[str, Any]
    ) -> None:
        """A statement of one line that moves mass out of a cell; one onto itself moves nothing."""
        sections = {"inputs": {"lines": [self.line(cell, g)]}, **more}
        mg = g * MG_PER_G
        if cell == target:
            self.say(type, cell[2], sections, mode, set(), {})
            return
        deltas = self.model.take(cell, target, mg)
        self.say(type, cell[2], sections, mode, against | self.model.short(cell, mg), deltas)

    @precondition(lambda self: self.cells("org:"))
    @rule(number=picks, g=grams, mode=modes, pool=st.sampled_from(["used", "sampled", "exported", "released"]))
    def end(self, number: int, g: int, mode: str, pool: str) -> None:
        cell = self.pick(number)
        type, blocked = {
            "used": ("use.consumed", True),
            "sampled": ("storage.sampled", False),
            "exported": ("operation.exported", True),
            "released": ("use.released_to_environment", False),
        }[pool]
        self.shift(type, cell, pool, g, mode, self.model.against_use(cell) if blocked else set(), {})

    @precondition(lambda self: self.cells("org:"))
    @rule(number=picks, g=grams, mode=modes, to=st.sampled_from(["A", "B"]))
    def move(self, number: int, g: int, mode: str, to: str) -> None:
        cell = self.pick(number)
        there = self.w.at(cell[2], to)
        sections = {"place": {"site": self.w.sites[cell[2]], "location": to}}
        part = cell[4] != "-" and g * MG_PER_G < self.model.inside(cell[4]).get(cell[0], 0)
        if part and there != cell[3] and mode == "act":
            stated = {"inputs": {"lines": [self.line(cell, g)]}, **sections}
            self.stop("storage.moved", cell[2], stated, mode, "container_moves_whole")
            return
        self.shift("storage.moved", cell, (*cell[:3], there, *cell[4:]), g, mode, set(), sections)

    @precondition(lambda self: self.cells("org:"))
    @rule(number=picks, g=grams, mode=modes, quarantine=st.booleans())
    def change_status(self, number: int, g: int, mode: str, quarantine: bool) -> None:  # noqa: FBT001 - drawn
        cell = self.pick(number)
        before, after = ("free", "quarantine") if quarantine else ("quarantine", "free")
        type = "storage.quarantined" if quarantine else "storage.released"
        if cell[5] != before:
            self.stop(type, cell[2], {"inputs": {"lines": [self.line(cell, g)]}}, mode, "status_wrong")
            return
        self.shift(type, cell, (*cell[:5], after), g, mode, set(), {})

    @precondition(lambda self: self.cells("org:"))
    @rule(number=picks, g=st.integers(0, 100_000), near=st.none() | st.integers(-400, 400))
    def count(self, number: int, g: int, near: int | None) -> None:
        cell = self.pick(number)
        booked = self.model.cells[cell] // MG_PER_G
        counted = g if near is None else max(booked + booked * near // 100_000, 0)
        sections = {"inputs": {"lines": [self.line(cell, counted)]}}
        self.say("storage.counted", cell[2], sections, "act", set(), self.model.count(cell, counted * MG_PER_G))

    @precondition(lambda self: self.cells("org:"))
    @rule(number=picks, g=grams, mode=modes, tank=st.integers(0, 2))
    def repack(self, number: int, g: int, mode: str, tank: int) -> None:
        cell = self.pick(number)
        container = "-" if tank > 1 else self.tanks[tank]
        target: Cell = (*cell[:3], self.w.at(cell[2], "B"), container, "free")
        more = {"outputs": {"lines": [self.line(target, g)]}}
        if container != "-" and self.model.inside(container).keys() - {cell[0]}:
            stated = {"inputs": {"lines": [self.line(cell, g)]}, **more}
            self.stop("storage.repacked", cell[2], stated, mode, "container_not_empty")
            return
        self.shift("storage.repacked", cell, target, g, mode, self.model.against_use(cell), more)

    @precondition(lambda self: self.cells("org:"))
    @rule(number=picks, g=grams, to=st.booleans())
    def sell(self, number: int, g: int, to: bool) -> None:  # noqa: FBT001 - drawn
        cell = self.pick(number)
        buyer = self.w.maker if to else self.w.user
        against = self.model.against_use(cell)
        if cell[1] != cell[2]:
            against.add("not_owner")
        target: Cell = (cell[0], buyer, *cell[2:])
        if target == cell:
            against = against & {"not_owner"}
            sections = {"inputs": {"lines": [self.line(cell, g)]}, "parties": {"buyer": buyer}}
            self.say("operation.sold", cell[2], sections, "report", against, {})
            return
        self.shift("operation.sold", cell, target, g, "report", against, {"parties": {"buyer": buyer}})

    @precondition(lambda self: self.cells("org:"))
    @rule(numbers=st.lists(picks, min_size=2, max_size=3), amounts=st.tuples(grams, grams, grams), mode=modes)
    def blend(self, numbers: list[int], amounts: tuple[int, int, int], mode: str) -> None:
        actor = self.pick(numbers[0])[2]
        parts = {self.pick(number, actor): g for number, g in zip(numbers, amounts, strict=False)}
        batch = self.w.book.ref("batch")
        total = sum(parts.values())
        out: Cell = (batch, actor, actor, self.w.at(actor), "-", "free")
        deltas: Deltas = {batch: {"produced": -total * MG_PER_G, out: total * MG_PER_G}}
        against: set[str] = set()
        for cell, g in parts.items():
            against |= self.model.against_use(cell) | self.model.short(cell, g * MG_PER_G)
            posted = deltas.setdefault(cell[0], {})
            for account, mg in self.model.take(cell, "transformed", g * MG_PER_G)[cell[0]].items():
                posted[account] = posted.get(account, 0) + mg
        sections = {
            "product": {"product": self.w.products["liquid"]},
            "inputs": {"lines": [self.line(cell, g) for cell, g in parts.items()]},
            "outputs": {"lines": [self.line(out, total)]},
        }
        self.model.born(batch, parts)
        if not self.say("production.batch_blended", actor, sections, mode, against, deltas):
            del self.model.lots[batch]

    @precondition(lambda self: self.cells("org:"))
    @rule(number=picks, g=grams, mode=modes, trip=st.integers(0, 1))
    def load(self, number: int, g: int, mode: str, trip: int) -> None:
        cell, ref = self.pick(number), self.trips[trip]
        target: Cell = (cell[0], cell[1], ref, VEHICLE, cell[4], cell[5])
        self.shift("transport.loaded", cell, target, g, mode, set(), {"transport": {"shipment": ref}})

    @precondition(lambda self: self.cells("shipment:"))
    @rule(number=picks, g=grams, mode=modes)
    def unload_or_receive(self, number: int, g: int, mode: str) -> None:
        cell, user = self.pick(number, "shipment:"), self.w.user
        sections: dict[str, Any] = {"inputs": {"lines": [self.line(cell, g)]}, "place": self.w.place(user)}
        if cell[3] == VEHICLE:
            type, target = "transport.unloaded", (*cell[:3], self.w.at(user), *cell[4:])
            sections["transport"] = {"shipment": cell[2]}
        else:
            type, target = "storage.received", (*cell[:2], user, self.w.at(user), *cell[4:])
        mg = g * MG_PER_G
        self.say(type, user, sections, mode, self.model.short(cell, mg), self.model.take(cell, target, mg))

    @precondition(lambda self: self.model.lots)
    @rule(number=picks, how=st.sampled_from(["recall", "hold", "lift"]))
    def order(self, number: int, how: str) -> None:
        batch = sorted(self.model.lots)[number % len(self.model.lots)]
        named = {"product": {"batches": [batch]}}
        if how == "recall":
            self.w.book.do("governance.recall_ordered", self.w.authority, named)
            self.model.recalled.add(batch)
        elif how == "hold":
            self.w.book.do("governance.hold_placed", self.w.authority, named)
            self.model.held.add(batch)
        elif batch in self.model.held:
            self.w.book.do("governance.hold_released", self.w.authority, named)
            self.model.held.remove(batch)

    @precondition(lambda self: self.stated)
    @rule(number=picks, mode=modes)
    def void(self, number: int, mode: str) -> None:
        former = sorted(self.stated)[number % len(self.stated)]
        actor, posted = self.stated[former]
        voids = [("voids", former)]
        against = self.against_voiding(former)
        if against is not None:
            problems = self.w.book.refuse("use.event_corrected", actor, {}, mode, refs=voids)
            assert [problem.code for problem in problems] == [against]
            return
        del self.stated[former]
        made = self.w.book.do("use.event_corrected", actor, {}, mode, refs=voids)
        self.compare(made, self.model.undo(posted))
        self.voided(former, made)
        again = self.w.book.refuse("use.event_corrected", actor, {}, mode, refs=voids)
        assert [problem.code for problem in again] == ["already_voided"]

    def against_voiding(self, former: str) -> str | None:
        """What stands against taking an event back."""
        return None

    def voided(self, former: str, made: Entry) -> None:
        """An event was taken back by another."""

    # -- what always holds

    @invariant()
    def balances_agree(self) -> None:
        values = self.w.book.values
        cells = {tuple(holding_of_key(key)): mg for key, mg in values.items() if isinstance(mg, int) and mg}
        assert cells == {cell: mg for cell, mg in self.model.cells.items() if mg}
        for batch in self.model.lots:
            pools = {pool: mg for (name, pool), mg in self.model.pools.items() if name == batch and mg}
            assert self.w.book.batch(batch).totals == pools
            assert self.model.stock(batch) + sum(pools.values()) == 0

    @invariant()
    def attribution_is_the_least_upper_bound(self) -> None:
        for batch, lots in self.model.lots.items():
            known = self.w.book.batch(batch)
            assert known.shares.keys() == lots.keys()
            for lot, truth in lots.items():
                ppb = known.shares[lot]
                assert truth * 10**9 <= ppb <= truth * 10**9 + self.model.depth[batch]
                assert truth * known.on_hand <= at_most(known.on_hand, ppb)

    def teardown(self) -> None:
        """A rebuild from stored bytes is equal."""
        book = self.w.book
        again = Rulebook(book.manifest)
        for entry in book.entries:
            again.ledger_id = book.ledger_id
            again.values["event:" + entry.event.hash] = FormerEvent(entry)

            def fold(state: State, entry: Entry = entry) -> dict[str, Any]:
                return dict(evolve(state, stored(entry)))

            again.values.update(again.ask(fold))
        assert all(book.values[key] == value for key, value in again.values.items() if value)
        assert sum(isinstance(value, BatchState) for value in again.values.values()) == len(self.model.lots)


Lives.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestLives = Lives.TestCase
