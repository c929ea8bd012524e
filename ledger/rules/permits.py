"""Permits that goods of a list are bought under, and how much is left of them.

A purchase permit (剧毒) or lawful-use statement (易制爆) of the buyer is named in ``documents`` by kind and number. Its
mass is drawn down over all transfers. A paper that was registered twice is one paper: an attested registration counts
before self-declared ones, the smallest mass before larger ones, and what was drawn is drawn of all.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ledger.rules.aggregates import Aggregate, LicenceState, OrgState, ProductState
from ledger.rules.event import Content, Entry
from ledger.rules.goods import Goods, goods_agreed
from ledger.rules.licences import in_force, in_scope, plain_number
from ledger.rules.state import State
from ledger.rules.transfer_state import TransferState

PERMIT_OF: Final[Mapping[str, str]] = {"highly_toxic": "purchase_permit", "explosive_precursor": "lawful_use"}
"""Which permit goods of a list need."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Goods that no permit covers: ``why`` is missing, invalid or exhausted; ``left_mg`` is left of the one named."""

    kind: str
    product: str
    why: str
    number: str = ""
    left_mg: int = 0


@dataclass(slots=True)
class Draws:
    """Milligrams drawn by licence id, and the goods for which nothing could be drawn."""

    drawn: dict[str, int] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)


def kinds_for(product: ProductState) -> list[str]:
    """The kinds of permit that a product is bought under."""
    return sorted({PERMIT_OF[name] for name in product.lists if name in PERMIT_OF})


def draws_of(buyer: OrgState, documents: Content, goods: Goods, at_ms: int) -> Draws:
    """What a purchase draws from the buyer's permits that the documents name."""
    items: Any = documents.get("items", [])
    made = Draws()
    for product, mg in goods:
        for kind in kinds_for(product):
            named = {plain_number(item["number"]) for item in items if item["kind"] == kind}
            papers = [paper for number in sorted(named) if (paper := _paper(buyer, kind, number))]
            valid = [
                kept
                for paper in papers
                if (kept := [item for item in paper if in_force(item, at_ms) and in_scope(item, product)])
            ]
            if not valid:
                number = papers[0][0].number if papers else ""
                made.gaps.append(Gap(kind, product.name_zh, "invalid" if papers else "missing", number))
                continue
            _draw(buyer, made, valid, Gap(kind, product.name_zh, "exhausted", valid[0][0].number), mg)
    return made


def _paper(buyer: OrgState, kind: str, number: str) -> list[LicenceState]:
    """The registrations of one paper that count."""
    found = [item for item in buyer.licences if item.kind == kind and plain_number(item.number) == number]
    attested = [item for item in found if item.attested]
    return attested or found


def _draw(buyer: OrgState, made: Draws, papers: list[list[LicenceState]], gap: Gap, mg: int) -> None:
    most = 0
    for paper in papers:
        left = _left(buyer, made, paper)
        if left is None or left >= mg:
            made.drawn[paper[0].id] = made.drawn.get(paper[0].id, 0) + mg
            return
        most = max(most, left)
    made.gaps.append(replace(gap, left_mg=most))


def _left(buyer: OrgState, made: Draws, paper: list[LicenceState]) -> int | None:
    """What is left of a paper, or None when it names no mass."""
    limits = [item.max_mg for item in paper if item.max_mg is not None]
    if not limits:
        return None
    number, kind = plain_number(paper[0].number), paper[0].kind
    drawn = sum(
        item.drawn_mg + made.drawn.get(item.id, 0)
        for item in buyer.licences
        if item.kind == kind and plain_number(item.number) == number
    )
    return max(min(limits) - drawn, 0)


# --- what a record draws and gives back (part of ``evolve``)


def drawn(state: State, entry: Entry, changes: MutableMapping[str, Aggregate | int]) -> None:
    """Draw the buyer's permits when a transfer is agreed; give back what is cancelled of it."""
    if entry.event.verb not in ("transfer_offered", "transfer_agreed", "transfer_cancelled"):
        return
    key = str(entry.event.contents["parties"]["transfer"])
    known = changes[key]
    assert isinstance(known, TransferState)
    buyer = None if known.buyer is None else state.org(known.buyer)
    if buyer is None:
        return
    if entry.event.verb == "transfer_cancelled":
        permits = _kept(state, buyer, known)
    elif known.status == "agreed" and known.standing is None:
        documents = entry.event.contents.get("documents", {})
        permits = draws_of(buyer, documents, goods_agreed(state, known), entry.event.occurred_ms).drawn
    else:
        return
    shift = {paper: permits.get(paper, 0) - known.permits.get(paper, 0) for paper in {**known.permits, **permits}}
    changes[key] = replace(known, permits=permits)
    licences = tuple(replace(item, drawn_mg=item.drawn_mg + shift.get(item.id, 0)) for item in buyer.licences)
    changes[buyer.id] = replace(buyer, licences=licences)


def _kept(state: State, buyer: OrgState, known: TransferState) -> dict[str, int]:
    """What stays drawn for what is left of a transfer that was cut back."""
    needed: dict[str, int] = {}
    for product, mg in () if known.status == "cancelled" else goods_agreed(state, known):
        for kind in kinds_for(product):
            needed[kind] = needed.get(kind, 0) + mg
    kept: dict[str, int] = {}
    kinds = {item.id: item.kind for item in buyer.licences}
    for paper, mg in known.permits.items():
        stays = min(mg, needed.get(kinds[paper], 0))
        needed[kinds[paper]] = needed.get(kinds[paper], 0) - stays
        if stays:
            kept[paper] = stays
    return kept
