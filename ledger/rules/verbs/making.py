"""Verbs that bring batches into the ledger or make new ones: production, opening, import, blends and reactions."""

from collections.abc import Callable, Sequence

from ledger.core.quantity import kg
from ledger.rules.accounts import Holding
from ledger.rules.attribution import OWN, born
from ledger.rules.draft import Draft, Line, check_mass, stop
from ledger.rules.verbs.stock import check_custody, known_lines


def brought_in(source: str) -> Callable[[Draft], None]:
    """A verb that founds one new batch out of a source."""

    def verb(draft: Draft) -> None:
        lines = draft.lines("outputs", draft.place())
        batch = one_batch(lines, "outputs")
        check_new(draft, batch)
        check_product(draft)
        draft.births[batch] = {batch: OWN}
        for line in lines:
            draft.move(batch, source, line.holding, line.mg, line.field)
            check_vessel(draft, line)

    return verb


def received_without_order(draft: Draft) -> None:
    """Goods that nobody announced: a found drum of a known batch, or a new batch of unknown origin."""
    lines = draft.lines("outputs", draft.place())
    batch = one_batch(lines, "outputs")
    kind = draft.content("reason").get("kind", "found")
    if kind not in ("found", "external"):
        raise stop("not_a_choice", "/sections/reason/kind", choices="found, external")
    if draft.state.batch(batch) is None:
        check_product(draft)
        draft.births[batch] = {batch: OWN}
    for line in lines:
        draft.move(batch, "found" if kind == "found" else "external_in", line.holding, line.mg, line.field)
        check_vessel(draft, line)
    draft.note(batch, "unordered@1", {"kg": kg(sum(line.mg for line in lines))})


def one_batch(lines: Sequence[Line], section: str) -> str:
    """The one batch that all lines name."""
    batches = {line.holding.batch for line in lines}
    if len(batches) != 1:
        raise stop("one_batch_only", f"/sections/{section}/lines")
    return batches.pop()


def check_new(draft: Draft, batch: str) -> None:
    """A new batch has a new id; one that is stated again by a correction has its own."""
    if not draft.restating and draft.state.batch(batch) is not None:
        raise stop("batch_exists", "/sections/outputs/lines/0/batch", batch=batch)


def check_product(draft: Draft) -> None:
    """The product that a new batch is of is stated; that it is registered was checked with all references."""
    if "product" not in draft.event.contents:
        raise stop("section_missing", "/sections/product", type=draft.event.header.type, section="product")


def check_vessel(draft: Draft, line: Line) -> None:
    """A container is known, and after the moves drafted so far holds no other batch and no more than it takes."""
    if line.holding.container == "-":
        return
    vessel = draft.state.container(line.holding.container)
    if vessel is None:
        raise stop("unknown_container", line.field + "/container", container=line.holding.container)
    contents = dict(vessel.contents)
    for move in draft.moves:
        for account, mg in ((move.source, -move.mg), (move.target, move.mg)):
            if isinstance(account, Holding) and account.container == vessel.id:
                contents[move.batch] = contents.get(move.batch, 0) + mg
    if any(mg > 0 for batch, mg in contents.items() if batch != line.holding.batch):
        raise stop("container_not_empty", line.field + "/container", container=vessel.id)
    if vessel.capacity_mg is not None and contents.get(line.holding.batch, 0) > vessel.capacity_mg:
        draft.note(line.holding.batch, "capacity@1", {"container": vessel.id, "capacity_kg": kg(vessel.capacity_mg)})
    day = draft.event.header.occurred_at[:10]
    if vessel.inspection_due is not None and vessel.inspection_due < day:
        draft.note(line.holding.batch, "inspection_due@1", {"container": vessel.id, "due": vessel.inspection_due})


def _charge(draft: Draft) -> list[Line]:
    lines = known_lines(draft, place=draft.place())
    for line in lines:
        check_custody(draft, line)
        draft.move(line.holding.batch, line.holding, "transformed", line.mg, line.field)
    return lines


def _found(draft: Draft, lines: Sequence[Line], shares: dict[str, int]) -> None:
    for line in lines:
        draft.move(line.holding.batch, "produced", line.holding, line.mg, line.field)
        check_vessel(draft, line)
    draft.births[lines[0].holding.batch] = shares


def shares_of(draft: Draft, batch: str, parts: Sequence[Line]) -> dict[str, int]:
    """The shares of a new batch blended of these lines."""
    draft.state.require(line.holding.batch for line in parts)
    weighed = []
    for line in parts:
        known = draft.state.batch(line.holding.batch)
        assert known is not None
        weighed.append((line.mg, known.shares))
    return born(batch, weighed, draft.rules.parameter("attribution@1", "least_ppb"))


def blended(draft: Draft) -> None:
    """A blend: known batches become one new batch; no untracked mass, nothing gained, nothing lost."""
    inputs, outputs = _charge(draft), draft.lines("outputs", draft.place())
    batch = one_batch(outputs, "outputs")
    check_new(draft, batch)
    check_product(draft)
    _balance(sum(line.mg for line in inputs), sum(line.mg for line in outputs))
    if any(draft.content(side).get("untracked") for side in ("inputs", "outputs")):
        raise stop("untracked_not_allowed", "/sections/inputs/untracked")
    _found(draft, outputs, shares_of(draft, batch, inputs))


def transformed(draft: Draft) -> None:
    """A reaction: tracked and untracked inputs balance tracked and untracked outputs; ancestry, no shares."""
    inputs, outputs = _charge(draft), draft.lines("outputs", draft.place())
    batch = one_batch(outputs, "outputs")
    check_new(draft, batch)
    check_product(draft)
    charged, made = sum(line.mg for line in inputs), sum(line.mg for line in outputs)
    _balance(charged + _untracked(draft, "inputs"), made + _untracked(draft, "outputs"))
    _check_yield(draft, batch, charged, made)
    _found(draft, outputs, {batch: OWN})


def _untracked(draft: Draft, side: str) -> int:
    stated = draft.content(side).get("untracked", [])
    assert isinstance(stated, list)
    return sum(
        draft.mass(item, f"/sections/{side}/untracked/{place}")
        for place, item in enumerate(stated)
        if isinstance(item, dict)
    )


def _balance(into: int, out: int) -> None:
    check_mass(max(into, out), "/sections/inputs")
    if into != out:
        code = "transformation_unbalanced"
        raise stop(code, "/sections/outputs", in_kg=kg(into), out_kg=kg(out), gap_kg=kg(into - out))


def _check_yield(draft: Draft, batch: str, charged: int, made: int) -> None:
    product = draft.state.product(str(draft.content("product")["product"]))
    assert product is not None
    if product.yield_ppm is None:
        return
    ppm = made * 10**6 // charged
    if not product.yield_ppm[0] <= ppm <= product.yield_ppm[1]:
        draft.note(batch, "yield@1", {"ppm": ppm, "least_ppm": product.yield_ppm[0], "most_ppm": product.yield_ppm[1]})


def packed(draft: Draft) -> None:
    """Pack, repack or fill: the same batches into other containers, or, where the outputs name a new batch, a blend.

    Filling a vessel that is not empty blends heel and delivery: the outputs then name a new batch for both.
    """
    inputs, outputs = known_lines(draft, place=draft.place()), draft.lines("outputs", draft.place())
    into = {line.holding.batch for line in inputs}
    if not {line.holding.batch for line in outputs} <= into:
        _heel_blend(draft, inputs, outputs)
        return
    for batch in into:
        taken = sum(line.mg for line in inputs if line.holding.batch == batch)
        _balance(taken, sum(line.mg for line in outputs if line.holding.batch == batch))
    # Each batch passes through one pool-free transit: inputs are matched to outputs in the order stated.
    for line in (*inputs, *outputs):
        check_custody(draft, line)
    for batch in sorted(into):
        _pour(draft, [x for x in inputs if x.holding.batch == batch], [x for x in outputs if x.holding.batch == batch])
    for line in outputs:
        check_vessel(draft, line)


def _pour(draft: Draft, inputs: Sequence[Line], outputs: Sequence[Line]) -> None:
    waiting = [[line, line.mg] for line in inputs]
    for line in outputs:
        need = line.mg
        while need:
            source, left = waiting[0]
            assert isinstance(source, Line)
            assert isinstance(left, int)
            poured = min(need, left)
            if source.holding.owner != line.holding.owner:
                raise stop("owners_differ", line.field + "/owner")
            draft.move(line.holding.batch, source.holding, line.holding, poured, source.field)
            need -= poured
            waiting[0][1] = left - poured
            if left == poured:
                waiting.pop(0)


def _heel_blend(draft: Draft, inputs: Sequence[Line], outputs: Sequence[Line]) -> None:
    batch = one_batch(outputs, "outputs")
    check_new(draft, batch)
    if len({line.holding.owner for line in (*inputs, *outputs)}) != 1:
        raise stop("owners_differ", "/sections/outputs/lines/0/owner")
    _balance(sum(line.mg for line in inputs), sum(line.mg for line in outputs))
    for line in inputs:
        check_custody(draft, line)
        draft.move(line.holding.batch, line.holding, "transformed", line.mg, line.field)
    _found(draft, outputs, shares_of(draft, batch, inputs))
