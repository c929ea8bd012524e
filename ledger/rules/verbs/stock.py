"""Verbs that move stock without making a new batch: place, status, owner, custodian, use and end of life."""

from collections.abc import Callable

from ledger.core.quantity import kg
from ledger.errors import Problem
from ledger.rules.accounts import Account, Holding
from ledger.rules.aggregates import ShipmentState
from ledger.rules.chains import of_holding
from ledger.rules.consignment import SHIPPED
from ledger.rules.draft import Draft, Line, stop
from ledger.rules.succession import acts_for, acts_for_any
from ledger.rules.tolerance import absorb


def known_lines(draft: Draft, section: str = "inputs", place: str | None = None) -> list[Line]:
    """The lines of a section, of batches that the ledger knows, held by the actor or by a shipment it may touch."""
    lines = draft.lines(section, place)
    draft.state.require(key for line in lines for key in (line.holding.batch, line.holding.vessel) if key is not None)
    for line in lines:
        if line.holding.vessel is not None and draft.state.container(line.holding.vessel) is None:
            raise stop("unknown_container", line.field + "/container", container=line.holding.vessel)
        if draft.state.batch(line.holding.batch) is None:
            raise stop("unknown_batch", line.field + "/batch", batch=line.holding.batch)
        draft.chains.add(line.holding.batch)
    return lines


def check_custody(draft: Draft, line: Line) -> None:
    """Only who holds the goods moves them: the actor, for itself or as a successor, or a party of their shipment."""
    custodian = line.holding.custodian
    if acts_for(draft.state, draft.actor, custodian):
        return
    if custodian.startswith(SHIPPED):
        shipment = draft.state.shipment(custodian)
        if shipment is not None and (draft.actor in shipment.parties or _of_consignment(draft, shipment)):
            return
    draft.object(
        "custody@1", Problem("not_custodian", line.field + "/custodian", {"custodian": custodian}), line.holding.batch
    )


def _of_consignment(draft: Draft, shipment: ShipmentState) -> bool:
    """Whether goods of a consignment come off the shipment, and the actor is who sends or receives that."""
    known = draft.transfer
    if known is None or draft.event.verb not in ("received", "unloaded", "exported"):
        return False
    return known.id in shipment.transfers and acts_for_any(draft.state, draft.actor, (known.consignor, known.consignee))


def _each(draft: Draft, target: Callable[[Line], Account], place: str | None = None) -> list[Line]:
    lines = known_lines(draft, place=place)
    for line in lines:
        check_custody(draft, line)
        draft.move(line.holding.batch, line.holding, target(line), line.mg, line.field)
    return lines


def to_pool(pool: str) -> Callable[[Draft], None]:
    """A verb that ends mass in a sink."""

    def verb(draft: Draft) -> None:
        _each(draft, lambda _line: pool, draft.place())

    return verb


def to_status(status: str, *, required: str | None = None) -> Callable[[Draft], None]:
    """A verb that changes the status of holdings; ``required`` is the status they must have before."""

    def verb(draft: Draft) -> None:
        def target(line: Line) -> Account:
            if required is not None and line.holding.status != required:
                raise stop("status_wrong", line.field + "/status", required=required)
            return line.holding._replace(status=status)

        _each(draft, target, draft.place())

    return verb


def to_place(draft: Draft) -> None:
    """Move goods to the stated place (moved, issued for use, returned to stock)."""
    here = draft.place()
    assert here is not None
    site, _, location = here.partition("/")
    there = f"{site}/{draft.content('place').get('to_location', location)}"
    for line in _each(draft, lambda line: line.holding._replace(place=there), here):
        _follow_container(draft, line, there)


def _follow_container(draft: Draft, line: Line, there: str) -> None:
    if line.holding.container == "-":
        return
    container = draft.state.container(line.holding.container)
    assert container is not None
    if line.mg < container.contents.get(line.holding.batch, 0) and line.holding.place != there and not draft.report:
        raise stop(
            "container_moves_whole", line.field + "/amount", content_kg=kg(container.contents[line.holding.batch])
        )


def loss_or_theft(draft: Draft) -> None:
    """Loss or theft, as the reason's kind says; what is gone is not asked for again."""
    kind = draft.content("reason").get("kind", "loss")
    if kind not in ("loss", "theft"):
        raise stop("not_a_choice", "/sections/reason/kind", choices="loss, theft")
    for line in _each(draft, lambda _line: "stolen" if kind == "theft" else "lost", draft.place()):
        draft.note(line.holding.batch, "loss@1", {"kind": str(kind), "kg": kg(line.mg)})


def released_to_environment(draft: Draft) -> None:
    """A spill or vent: mass that went where nobody holds it."""
    for line in _each(draft, lambda _line: "released", draft.place()):
        draft.note(line.holding.batch, "release@1", {"kg": kg(line.mg)})


def counted(draft: Draft) -> None:
    """A count says what a holding has; what differs from the books is variance, else lost or found."""
    lines = known_lines(draft, place=draft.place())
    draft.state.require(line.holding.key for line in lines)
    seen: set[Holding] = set()
    for line in lines:
        check_custody(draft, line)
        if line.holding in seen:
            raise stop("line_repeated", line.field)
        seen.add(line.holding)
        booked = draft.state.balance(line.holding)
        if booked:
            draft.chains.update(of_holding(line.holding))
        absorb(draft, line.holding, booked, line.mg, line.field)
