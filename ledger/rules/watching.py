"""What time alone may turn into a finding: where to look, so that nobody has to look everywhere.

A *watch* names a place in the state and the moment that a term is counted from. It carries no parameter: the terms are
those of the rules in force when somebody reads. ``span`` says from which moment on a watch is a finding; the findings
of transfers, shipments, organisations and batches are those of ``ledger.rules.deadlines``, and a test compares the two.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ledger.rules.accounts import Holding
from ledger.rules.aggregates import Aggregate, BatchState, OrgState, ProductState, RequestState, ShipmentState
from ledger.rules.deadlines import Due, awaited_mg, expires_ms, followed, on_its_way
from ledger.rules.licences import DAY
from ledger.rules.manifest import RuleSet
from ledger.rules.transfer_state import TransferState

STATIC: Final = "static@1"
GAP: Final = "counter_gap@1"
EXPIRING: Final = "licence_expiring@1"
ENDED: Final = "licence_ended@1"
FILING: Final = "filing@1"
WATCHED: Final = (
    "answer_overdue@1",
    "expired_stock@1",
    FILING,
    ENDED,
    EXPIRING,
    "overdue@1",
    "request_overdue@1",
    STATIC,
)
"""The rules whose findings begin with watches."""
JOIN: Final = "+"


class Watch(NamedTuple):
    """One place to look at: the rule, the chain, the part of it, who is to act ("" for whoever holds it).

    ``kinds``: names of parameters of the rule, joined by "+", of which the shortest term counts; ``anchor_ms``: what
    the term is counted from, epoch milliseconds; ``site``: where it is, "" for nowhere in particular.
    """

    chain: str
    rule: str
    part: str
    org: str
    kinds: str
    anchor_ms: int
    site: str = ""


def watches(key: str, state: Aggregate) -> tuple[Watch, ...]:
    """The watches of an aggregate; they take the place of those it had."""
    match state:
        case TransferState():
            return tuple(_of_transfer(state))
        case ShipmentState():
            return tuple(_of_shipment(state))
        case OrgState():
            return tuple(_of_org(state))
        case RequestState():
            if state.status != "open" or state.due is None:
                return ()
            return (Watch(key, "request_overdue@1", "", state.to, "", state.due),)
        case BatchState():
            until = expires_ms(state)
            if until is None or state.on_hand <= 0:
                return ()
            return (Watch(key, "expired_stock@1", "", state.producer or "", "", until - 1),)
        case _:
            return ()


def has_watches(state: Aggregate) -> bool:
    """Whether an aggregate is of a kind that has watches at times."""
    return isinstance(state, TransferState | ShipmentState | OrgState | BatchState | RequestState)


def _of_transfer(transfer: TransferState) -> Iterator[Watch]:
    if transfer.status == "offered" and transfer.answer_by is not None:
        yield Watch(transfer.id, "answer_overdue@1", "", str(transfer.answerer), "", transfer.answer_by)
    if transfer.planned_to is not None and awaited_mg(transfer):
        yield Watch(transfer.id, "overdue@1", "", str(transfer.consignor), "", transfer.planned_to)
    for org, filing in sorted(transfer.filings.items()):
        if filing.filed is None:
            yield Watch(transfer.id, FILING, org, org, JOIN.join(sorted(filing.lists)), filing.sold_at)


def _of_shipment(shipment: ShipmentState) -> Iterator[Watch]:
    if shipment.planned_to is not None and on_its_way(shipment):
        yield Watch(shipment.id, "overdue@1", "", shipment.carrier, "", shipment.planned_to)


def _of_org(org: OrgState) -> Iterator[Watch]:
    for licence in org.licences:
        if not followed(org, licence):
            until = licence.valid_to + DAY - 1
            yield Watch(org.id, EXPIRING, licence.id, org.id, "", until)
            yield Watch(org.id, ENDED, licence.id, org.id, "", until)


def resting(holding: Holding, product: ProductState | None, recorded_at_ms: int) -> Watch | None:
    """The watch of stock at a site since matter was last put there or taken away; None for what is on a vehicle."""
    if holding.site is None:
        return None
    part = "|".join(holding[1:])
    return Watch(holding.batch, STATIC, part, holding.custodian, kinds_of(product), recorded_at_ms, holding.site)


def kinds_of(product: ProductState | None) -> str:
    """The names under which a rule may state a term for a product: its lists, and its classes as ``class_6_1``."""
    if product is None:
        return ""
    classes = {"class_" + name.replace(".", "_") for name in product.classes}
    return JOIN.join(sorted({*product.lists, *classes}))


class Span(NamedTuple):
    """A watch is a finding from ``anchor_ms + after_ms`` on (that moment excluded), until ``anchor_ms + ends_ms``."""

    after_ms: int
    ends_ms: int | None = None


def span(rule: str, kinds: str, rules: RuleSet) -> Span:
    """When watches of a rule and these kinds are findings, by the parameters of a rule set."""
    names = kinds.split(JOIN) if kinds else []
    if rule == FILING:
        return Span(min((rules.parameter(rule, name) for name in names), default=0) * DAY)
    if rule == STATIC:
        return Span(static_days(names, rules) * DAY)
    if rule == EXPIRING:
        return Span(-rules.parameter(rule, "days") * DAY, 0)
    return Span(0)


def static_days(names: Iterable[str], rules: RuleSet) -> int:
    """How many days stock of these kinds may lie untouched: the shortest term of its lists, classes and divisions."""
    wanted = {part for name in names for part in (name, name[: len("class_6")] if name.startswith("class_") else name)}
    stated = [days for name in sorted(wanted) if (days := rules.parameter(STATIC, name))]
    return min(stated, default=rules.parameter(STATIC, "days"))


def part_of(found: Due) -> str:
    """The part of its chain that a finding of ``deadlines`` is about, as its watch calls it."""
    if found.rule in (EXPIRING, ENDED):
        return str(found.data["licence"])
    return found.org if found.rule == FILING else ""
