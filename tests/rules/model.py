"""A plain model of batches: amounts in a dictionary, shares as fractions; nothing of how the rules are built."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

Cell = tuple[str, str, str, str, str, str]
Account = str | Cell
Deltas = dict[str, dict[Account, int]]
TOLERANCE_PPM = 3000


@dataclass
class Model:
    """`cells` and `pools` in milligrams; `lots` says which part of a batch truly came from which lot."""

    cells: dict[Cell, int] = field(default_factory=dict)
    pools: dict[tuple[str, str], int] = field(default_factory=dict)
    lots: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    depth: dict[str, int] = field(default_factory=dict)
    recalled: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)

    def stock(self, batch: str) -> int:
        return sum(mg for cell, mg in self.cells.items() if cell[0] == batch)

    def inside(self, container: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for cell, mg in self.cells.items():
            if cell[4] == container and mg:
                found[cell[0]] = found.get(cell[0], 0) + mg
        return found

    def against_use(self, cell: Cell) -> set[str]:
        """What speaks against using, packing or selling out of a cell, but for the amount."""
        found = set()
        if any(lot in self.recalled for lot in self.lots[cell[0]]):
            found.add("batch_recalled")
        if cell[0] in self.held:
            found.add("batch_on_hold")
        if cell[5] == "quarantine":
            found.add("status_wrong")
        return found

    def short(self, cell: Cell, mg: int) -> set[str]:
        """What speaks against taking so much."""
        if mg <= self.cells.get(cell, 0):
            return set()
        return {"holding_overdrawn" if self.stock(cell[0]) else "batch_consumed"}

    def take(self, cell: Cell, target: Account, mg: int) -> Deltas:
        """The postings of a move out of a cell; what is not there comes from `unexplained`."""
        drawn = min(mg, self.cells.get(cell, 0))
        posted: dict[Account, int] = {target: mg}
        for account, amount in ((cell, -drawn), ("unexplained", drawn - mg)):
            posted[account] = posted.get(account, 0) + amount
        return {cell[0]: {account: amount for account, amount in posted.items() if amount}}

    def count(self, cell: Cell, actual: int) -> Deltas:
        """The postings of a count."""
        booked = self.cells.get(cell, 0)
        gap = booked - actual
        if not gap:
            return {}
        within = abs(gap) * 10**6 <= booked * TOLERANCE_PPM
        return {cell[0]: {cell: -gap, "variance" if within else "lost" if gap > 0 else "found": gap}}

    def undo(self, former: Deltas) -> Deltas:
        """The postings that void others: what is no longer in a cell comes from `unexplained`."""
        undone: Deltas = {}
        for batch, posted in former.items():
            back: dict[Account, int] = {}
            for account, mg in posted.items():
                taken = min(mg, self.cells.get(account, 0)) if isinstance(account, tuple) and mg > 0 else mg
                back[account] = back.get(account, 0) - taken
                back["unexplained"] = back.get("unexplained", 0) - (mg - taken)
            undone[batch] = {account: mg for account, mg in back.items() if mg}
        return {batch: posted for batch, posted in undone.items() if posted}

    def apply(self, deltas: Deltas) -> None:
        """Post."""
        for batch, posted in deltas.items():
            for account, mg in posted.items():
                if isinstance(account, tuple):
                    self.cells[account] = self.cells.get(account, 0) + mg
                else:
                    self.pools[batch, account] = self.pools.get((batch, account), 0) + mg

    def born(self, batch: str, parts: Mapping[Cell, int] | None = None) -> None:
        """A new batch, made of nothing or of these milligrams of others."""
        self.lots[batch] = {batch: Fraction(1)}
        self.depth[batch] = 0
        total = sum((parts or {}).values())
        for cell, mg in (parts or {}).items():
            self.depth[batch] = max(self.depth[batch], self.depth[cell[0]] + 1)
            for lot, share in self.lots[cell[0]].items():
                self.lots[batch][lot] = self.lots[batch].get(lot, Fraction(0)) + share * mg / total


Tallies = dict[str, dict[str, int]]


@dataclass
class Bargain:
    """What two parties agreed about, in milligrams: the most, and what was done of it by batch."""

    key: str
    giver: str
    taker: str
    sale: bool
    handover: bool
    most: int
    cancelled: bool = False
    done: Tallies = field(default_factory=dict)
    difference: dict[str, int] = field(default_factory=dict)

    def of(self, name: str, batch: str) -> int:
        return self.done.get(name, {}).get(batch, 0)

    def sum(self, *names: str) -> int:
        return sum(sum(self.done.get(name, {}).values()) for name in names)

    def under_way(self, batch: str) -> int:
        return self.of("loaded", batch) - self.of("received", batch) - self.of("returned", batch)

    def add(self, tallies: Tallies, sign: int = 1) -> None:
        for name, item in tallies.items():
            for batch, mg in item.items():
                self.done.setdefault(name, {})[batch] = self.of(name, batch) + sign * mg

    def differ(self, batch: str, mg: int) -> None:
        self.difference[batch] = self.difference.get(batch, 0) + mg
        self.difference = {name: left for name, left in self.difference.items() if left}

    def beyond(self, tallies: Tallies) -> bool:
        """Whether more would be done than is agreed."""
        self.add(tallies)
        names = [("received", "returned") if name in ("received", "returned") else (name,) for name in tallies]
        found = any(self.sum(*each) > self.most for each in names)
        self.add(tallies, -1)
        return found

    def early(self, name: str, batch: str, tallies: Tallies) -> bool:
        """Whether a step takes more of a batch than the step before it brought."""
        self.add(tallies)
        if name == "given_back":
            short = self.of("given_back", batch) > self.of("sold", batch)
        elif name == "refused":
            short = max(self.of("refused", batch) - self.of("returned", batch), 0) > self.under_way(batch)
        else:
            short = self.under_way(batch) < 0
        self.add(tallies, -1)
        return short

    def complete(self) -> bool:
        """Whether nothing is left to do."""
        back = self.sum("returned") if self.handover else self.sum("given_back")
        handed = not self.handover or self.sum("received", "returned") >= self.most
        owned = not self.sale or self.sum("sold") - self.sum("given_back") == self.most - back
        return handed and owned and not self.difference
