"""Filings of sales and purchases: what a transfer's own chain says, in portions from one filing to the next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from api.views import Principal
from api.views.compliance import FiledGoods, FilingLine, FilingStatus, Trader
from api.wiring.deals import transfer_for
from api.wiring.goods import goods_of
from api.wiring.known import Known
from api.wiring.sight import Sight
from api.wiring.steps import Step, steps
from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.times import parse_stated
from ledger.rules.aggregates import BatchState, OrgState, ProductState, TransferState, VoidedState
from ledger.rules.consignment import lines_of
from ledger.rules.deadlines import file_by
from ledger.rules.draft import mass_of
from ledger.rules.manifest import RuleSet
from ledger.rules.moving import FILED_LISTS
from ledger.rules.transfer_state import FilingState

SOLD: Final = "operation.sold"
FILED: Final = "operation.filed_with_authority"
OFFERED: Final = "operation.transfer_offered"
AGREED: Final = "operation.transfer_agreed"
MOST_STEPS: Final = 2_000


@dataclass
class _Portion:
    """Sales that one filing covers: milligrams by batch, the first sale's time, and the step that filed them."""

    masses: dict[str, int] = field(default_factory=dict)
    sold_at: int | None = None
    filed: Step | None = None
    sales: list[Step] = field(default_factory=list)


def filings_of(known: Known, viewer: Principal, ref: str, rules: RuleSet, org: str) -> list[FilingLine]:
    """Return what an organisation has to file of one transfer, or filed, the newest first. NotFoundError.

    ``org``: the viewer's own, or one that it supervises; of that it sees what the policy shows.
    """
    state, sight = transfer_for(known, viewer, ref)
    own = state.filings.get(org)
    if own is None:
        return []
    life = [step for step in reversed(list(steps(known, ref, most=MOST_STEPS))) if sight.level(step) == "sections"]
    portions = _portions(known, life, org)
    if len(portions) == 1:  # the state knows what corrections have made of it
        portions[0].masses = dict(state.tally("sold"))
        portions[0].sold_at = own.sold_at
    terms = _terms(sight, life)
    made = (_line(sight, state, portion, rules, terms, org) for portion in reversed(portions))
    return [line for line in made if line is not None]


def may_be(filing: FilingState, status: FilingStatus | None, rules: RuleSet, now_ms: int) -> bool:
    """Whether a line of this condition can be among those of a sale or purchase, by its state alone.

    Only what was sold since the last filing is open, and corrections of what was sold make its term no shorter.
    """
    if status in {None, "filed"}:
        return True
    return filing.filed is None and (status == "due" or file_by(filing, rules) < now_ms)


def _portions(known: Known, life: Iterable[Step], org: str) -> list[_Portion]:
    found = [_Portion()]
    for step in life:
        if step.header.type == SOLD and not _voided(known, step):
            last = found[-1]
            last.sales.append(step)
            at = parse_stated(step.header.occurred_at)
            last.sold_at = at if last.sold_at is None else min(last.sold_at, at)
            for place, item in lines_of(known.section(step.row.idx, "inputs")):
                batch = str(item["batch"])
                last.masses[batch] = last.masses.get(batch, 0) + mass_of(item, place)
        elif step.header.type == FILED and step.header.actor == org and found[-1].sold_at is not None:
            found[-1].filed = step
            found.append(_Portion())
    return [portion for portion in found if portion.sold_at is not None]


def _voided(known: Known, step: Step) -> bool:
    return known.get("voided:" + b64u(step.row.event_hash), VoidedState) is not None


@dataclass(frozen=True, slots=True)
class _Terms:
    """What was said beside the goods, as far as the viewer may see it."""

    purpose: str | None = None
    agent: str | None = None


def _terms(sight: Sight, life: Sequence[Step]) -> _Terms:
    found = _Terms()
    for step in life:
        if step.header.type == OFFERED and sight.section(step, "commercial"):
            found = replace(found, purpose=_text(sight.known.section(step.row.idx, "commercial"), "purpose"))
        if step.header.type == AGREED:
            found = replace(found, agent=_text(sight.known.section(step.row.idx, "agent"), "user"))
    return found


def _handler(sight: Sight, sales: Sequence[Step], terms: _Terms) -> tuple[str | None, str | None]:
    """Name and number of who acted for the buyer: as the sale states them, else the user who agreed."""
    for step in reversed(sales):
        if not sight.section(step, "personal"):
            continue
        stated = sight.known.section(step.row.idx, "personal").get("handler")
        if isinstance(stated, dict):
            return _text(stated, "name"), _text(stated, "id_number")
    return _called(sight, terms.agent), None


def _called(sight: Sight, user: str | None) -> str | None:
    """What an organisation calls its own user who agreed; of another's user the reference alone is known."""
    row = None if user is None else sight.known.unit.people.user(user)
    return user if row is None or row.org != sight.org else row.name


def _line(
    sight: Sight, state: TransferState, portion: _Portion, rules: RuleSet, terms: _Terms, org: str
) -> FilingLine | None:
    known = sight.known
    found = (_goods(known, batch, mg) for batch, mg in sorted(portion.masses.items()))
    goods = tuple(item for item in found if item is not None)
    lists = tuple(sorted({name for item in goods for name in item.lists}))
    if not lists or portion.sold_at is None:
        return None
    side: Literal["sale", "purchase"] = "sale" if org == state.seller else "purchase"
    due = file_by(FilingState(side, lists, portion.sold_at), rules)
    handler, handler_id = _handler(sight, portion.sales, terms)
    line = FilingLine(
        transfer=state.id,
        by=known.party(org),
        side=side,
        seller=_trader(known, state.seller),
        buyer=_trader(known, state.buyer),
        goods=goods,
        mass=sum(item.mass for item in goods),
        lists=lists,
        purpose=terms.purpose,
        handler=handler,
        handler_id=handler_id,
        sold_at=portion.sold_at,
        due=due,
        overdue=portion.filed is None and due < known.now_ms,
    )
    return line if portion.filed is None else _filed(known, line, portion.filed)


def _filed(known: Known, line: FilingLine, step: Step) -> FilingLine:
    papers = known.section(step.row.idx, "documents").get("items", [])
    first = papers[0] if isinstance(papers, list) and papers and isinstance(papers[0], dict) else {}
    reason = known.section(step.row.idx, "reason")
    return replace(
        line,
        filed=step.row.idx,
        filed_at=parse_stated(step.header.occurred_at),
        number=_text(first, "number"),
        authority=_text(reason, "text") if reason.get("kind") == "authority" else None,
    )


def _goods(known: Known, batch: str, mg: int) -> FiledGoods | None:
    """Goods of a batch, None for those that nobody has to file."""
    state = known.get(batch, BatchState)
    product = None if state is None else known.get(state.product, ProductState)
    if state is None or product is None or mg <= 0:
        return None
    lists = tuple(sorted(set(product.lists) & FILED_LISTS))
    if not lists:
        return None
    told = goods_of(known, product.id)
    return FiledGoods(batch, known.lot(batch), told.name, told.cas, told.hazards.un, lists, mg)


def _trader(known: Known, org: str | None) -> Trader:
    ref = org or ""
    state = known.get(ref, OrgState)
    party = known.party(ref)
    return Trader(party, "", "") if state is None else Trader(party, state.uscc, state.address)


def _text(content: Mapping[str, Json], name: str) -> str | None:
    found = content.get(name)
    return found if isinstance(found, str) else None
