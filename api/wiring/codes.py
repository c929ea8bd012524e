"""The port of printed codes: what a label leads to, for anybody, and more for who has a relation."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from api.views import FindingView, Goods, Matter, Principal, QrView
from api.views.pages import Fill, ObjectKind
from api.wiring.freshness import Freshness
from api.wiring.goods import goods_of, phone_of
from api.wiring.here import Told, content
from api.wiring.holds import alert, held_among, holds_on, placed_on
from api.wiring.known import CONTAINER_KINDS, Known
from api.wiring.life import finding, flows_of_holdings, moments
from api.wiring.matter import SHOWN, Only, Subject, holding, matter
from api.wiring.reading import Reading
from api.wiring.sight import Sight, batch_sight, place_sight
from api.wiring.steps import steps
from api.wiring.voided import voided_label
from labels.payload import parse_code
from ledger.core.scanned import Foreign, OwnCode, WaybillCode, read
from ledger.core.times import format_utc
from ledger.errors import FormatError, NotFoundError
from ledger.rules.aggregates import BatchState, ContainerState, ProductState, ShipmentState, SiteState
from ledger.services.policy import Presence
from ledger.store.rows import ROLL, HoldingRow
from ledger.store.scopes import EVERYTHING

MOST_HOLDINGS: Final = 1_000
MOST_READ: Final = 1_000


class LedgerCodes:
    """Codes over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading
        self._freshness = Freshness()

    def resolve(self, viewer: Principal, code: str, incident: Principal | None = None) -> QrView:
        """Return the view of a code; ``incident``: on whose authority quantities are told besides. NotFoundError."""
        try:
            plain = parse_code(code)
        except FormatError:
            raise NotFoundError("code_unknown", None, {"code": code[:60]}) from None
        with self._reading.known() as known:
            row = known.unit.queries.code(plain)
            if row is None:
                raise NotFoundError("code_unknown", None, {"code": plain})
            if row.kind == ROLL:
                raise NotFoundError("code_not_claimed", None, {"code": plain})
            view = self._view(known, viewer, plain, row.target, incident)
            return replace(view, voided=voided_label(known, row)).for_public()

    def find(self, text: str) -> str:
        """Return the code that leads to what was scanned or typed: one of ours, or of another system bound to a thing.

        FormatError: nothing that can be looked up; NotFoundError: bound to nothing here. No address is ever opened.
        """
        try:
            scanned = read(text)
        except FormatError as error:
            if error.code != "scan_not_of_form":
                raise
            raise NotFoundError("code_unknown", "/code", {"code": text[:60]}) from None
        if isinstance(scanned, OwnCode):
            return scanned.code
        if isinstance(scanned, WaybillCode):
            raise NotFoundError("code_of_another_system", "/code", {"given": text[:60]})
        with self._reading.known() as known:
            row = known.unit.queries.code(scanned.text)
            code = None if row is None else known.related.code_of(row.target)
        if code is None and isinstance(scanned, Foreign) and not scanned.host:
            raise NotFoundError("code_unknown", "/code", {"code": scanned.text[:60]})
        if code is None:
            raise NotFoundError("code_of_another_system", "/code", {"given": scanned.text[:80]})
        return code

    def _view(self, known: Known, viewer: Principal, code: str, target: str, incident: Principal | None) -> QrView:
        match target.partition(":")[0]:
            case "container":
                return self._container(known, viewer, code, known.must(target, ContainerState))
            case "batch":
                return self._batch(known, viewer, code, known.must(target, BatchState))
            case "shipment":
                return self._shipment(known, viewer, code, known.must(target, ShipmentState), incident)
            case _:
                return self._location(known, viewer, code, target, incident)

    # --- each kind -----------------------------------------------------------------------------------------------

    def _batch(self, known: Known, viewer: Principal, code: str, batch: BatchState) -> QrView:
        sight = batch_sight(known, viewer, batch.id)
        base = self._plain(known, code, "batch", batch.id, known.lot(batch.id), [batch.id])
        seen = sight.batch(batch.id)
        return replace(_with_batch(known, base, batch), matter=matter(sight, Subject(batch.id)) if seen else None)

    def _container(self, known: Known, viewer: Principal, code: str, state: ContainerState) -> QrView:
        present = max(state.contents, key=lambda name: state.contents[name], default=None)
        batch_ref = present or last_fill(known, state.id)
        batch = None if batch_ref is None else known.get(batch_ref, BatchState)
        chains = [state.id] if batch is None else [batch.id, state.id]
        base = replace(
            self._plain(known, code, "container", state.id, known.label(state.id), chains),
            container_kind=CONTAINER_KINDS.get(state.kind),
            fill=fill_of(state),
            alerts=_held_with(known, state.id),
        )
        if batch is None:
            return base
        shown = replace(_with_batch(known, base, batch), goods=() if state.clean else _goods(known, [batch]))
        sight = batch_sight(known, viewer, batch.id)
        if not (sight.owned([state.org]) or sight.batch(batch.id)):
            return shown
        held = holds_on(known, viewer, state)
        return replace(shown, matter=matter(sight, Subject(batch.id, _in_container(state.id))), holds=held)

    def _location(self, known: Known, viewer: Principal, code: str, place: str, incident: Principal | None) -> QrView:
        site_ref, _, location = place.partition("/")
        site = known.must(site_ref, SiteState)
        rows = known.related.stock(EVERYTHING, place=place, limit=MOST_HOLDINGS)
        sight = place_sight(known, viewer, site_ref)
        runs = Sight(known, viewer).owned([site.org])
        held = list(rows) if runs else [row for row in rows if batch_sight(known, viewer, row.batch).mine(row)]
        open_to = _told(known, incident, [site.org], held)
        found = content(known, rows, open_to, self._freshness.of_location(known, place), site)
        named = site.locations.get(location)
        label = named.name if named is not None and named.name else location
        base = self._plain(known, code, "location", place, label, [site_ref])
        return replace(
            base,
            goods=found.goods,
            advice=found.advice,
            phone=site.phone or _phone(known, rows),
            place_private=found.private,
            here=found.here,
            told=found.all_told,
            alerts=held_among(known, [site_ref]),
            matter=self._here(sight, site_ref, held, lambda cell: cell.place == place) if runs or held else None,
        ).for_public()

    def _shipment(
        self, known: Known, viewer: Principal, code: str, state: ShipmentState, incident: Principal | None
    ) -> QrView:
        rows = known.related.stock(EVERYTHING, custodian=state.id, limit=MOST_HOLDINGS)
        sight = Sight(known, viewer, _aboard(known, viewer, rows))
        named = [state.arranger], [state.carrier, state.consignor, state.consignee]
        runs = sight.owned(*named)
        held = [row for row in rows if batch_sight(known, viewer, row.batch).mine(row)]
        open_to = _told(known, incident, [org for side in named for org in side], list(rows) if runs else held)
        found = content(known, rows, open_to, self._freshness.of_shipment(known, state.id))
        base = self._plain(known, code, "shipment", state.id, state.vehicle, [state.id])
        return replace(
            base,
            goods=found.goods,
            advice=found.advice,
            phone=_phone(known, rows),
            place_private=found.private,
            here=found.here,
            told=found.all_told,
            matter=self._here(sight, state.id, held, lambda cell: cell.custodian == state.id) if runs or held else None,
        ).for_public()

    # --- parts ---------------------------------------------------------------------------------------------------

    def _plain(self, known: Known, code: str, kind: ObjectKind, ref: str, label: str, chains: list[str]) -> QrView:
        verdict = self._reading.verdicts.of(known, chains)
        return QrView(code=code, kind=kind, ref=ref, label=label, goods=(), verdict=verdict, phone=None)

    def _here(self, sight: Sight, chain: str, held: list[HoldingRow], touches: Only) -> Matter:
        """What is at a place or with a shipment now, as far as it is seen, and the life of its chain."""
        known = sight.known
        life = [
            step
            for step in steps(known, chain, most=MOST_READ)
            if (not step.holdings or any(touches(held) for held, _ in step.holdings)) and sight.concerned(step)
        ]
        came, went = flows_of_holdings(sight, life, touches)
        timeline = moments(sight, life[:SHOWN], touches)
        return Matter(
            as_of_index=known.unit.log.size() - 1,
            as_of=known.unit.log.last_recorded_at_ms() or 0,
            holdings=tuple(holding(known, row) for row in held),
            accounts=(),
            timeline=timeline,
            came_in=tuple(came),
            went_out=tuple(went),
            records=len(life),
            undisclosed=sum(moment.level == "record" for moment in timeline),
            earlier=len(life) > SHOWN,
        )


def fill_of(state: ContainerState) -> Fill:
    """Return whether a container holds goods, is empty and uncleaned, or is clean."""
    if any(state.contents.values()):
        return "filled"
    return "clean" if state.clean else "uncleaned"


def _held_with(known: Known, container: str) -> tuple[FindingView, ...]:
    """The alerts of a container: it is on hold, or the site where it lies, which a stranger is not told the name of."""
    rows = known.unit.queries.stock(container=container, limit=MOST_HOLDINGS)
    found = held_among(known, [container, *(row.site for row in rows if row.site)])
    return tuple(replace(one, ref=container) for one in found)


def alerts_of(known: Known, batch: BatchState) -> tuple[FindingView, ...]:
    """Return what everybody who holds the label must know: recalled, on hold, expired."""
    born = known.unit.log.record(batch.born)
    at = 0 if born is None else born.recorded_at_ms
    found: list[FindingView] = []
    if batch.recalled is not None:
        ordered = known.unit.log.record(batch.recalled)
        moment = at if ordered is None else ordered.recorded_at_ms
        found.append(finding("recall@1", {}, batch.recalled, moment, batch.id))
    if batch.holds:
        placed = [index for index in placed_on(known, batch).values() if index is not None]
        found.append(alert(known, min(placed, default=batch.born), batch.id))
    if batch.expires_on is not None and batch.expires_on < format_utc(known.now_ms)[:10]:
        found.append(finding("expiry@1", {}, batch.born, at, batch.id))
    return tuple(found)


def _with_batch(known: Known, base: QrView, batch: BatchState) -> QrView:
    return replace(
        base,
        goods=_goods(known, [batch]),
        phone=phone_of(known, batch.product),
        supplier=None if batch.producer is None else known.party(batch.producer),
        batch=batch.id,
        batch_number=known.lot(batch.id),
        expires=batch.expires_on,
        retest=batch.retest_on,
        alerts=(*alerts_of(known, batch), *base.alerts),
    )


def last_fill(known: Known, container: str) -> str | None:
    """The batch that was in a container last: the one its newest movement of matter names."""
    for step in steps(known, container, most=MOST_READ):
        for chain in known.related.chains_of(step.row.idx):
            if chain.startswith("batch:") and known.there(chain) and _held(known, chain, container, step.row.idx):
                return chain
    return None


def _held(known: Known, batch: str, container: str, idx: int) -> bool:
    return any(
        step.row.idx == idx and any(held.container == container for held, _ in step.holdings)
        for step in steps(known, batch, most=MOST_READ)
    )


def _told(known: Known, incident: Principal | None, runs: Iterable[str | None], seen: list[HoldingRow]) -> Told:
    """Of which holdings it is told how much they are: of those the viewer sees, and those an incident code opens."""
    cells = {row[:6] for row in seen}
    if incident is None:
        return lambda row: row[:6] in cells
    keeps = Sight(known, incident).owned(runs)
    return lambda row: row[:6] in cells or keeps or batch_sight(known, incident, row.batch).mine(row)


def _in_container(ref: str) -> Only:
    return lambda held: held.container == ref


def _aboard(known: Known, viewer: Principal, rows: Iterable[HoldingRow]) -> tuple[Presence, ...]:
    """Where what is with a shipment is, was or is about to be."""
    found: dict[Presence, None] = {}
    for batch in dict.fromkeys(row.batch for row in rows):
        found.update(dict.fromkeys(batch_sight(known, viewer, batch).presences))
    return tuple(found)


def _batches(known: Known, rows: Iterable[HoldingRow]) -> list[BatchState]:
    refs = list(dict.fromkeys(row.batch for row in rows))
    known.load(refs)
    found = (known.get(ref, BatchState) for ref in refs)
    return [state for state in found if state is not None]


def _goods(known: Known, batches: Iterable[BatchState]) -> tuple[Goods, ...]:
    products = dict.fromkeys(batch.product for batch in batches)
    return tuple(goods_of(known, product) for product in products if known.get(product, ProductState) is not None)


def _phone(known: Known, rows: Iterable[HoldingRow]) -> str | None:
    phones = (phone_of(known, batch.product) for batch in _batches(known, rows))
    return next((phone for phone in phones if phone), None)
