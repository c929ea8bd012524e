"""The port of labels: what the ledger says of a thing, as a label, for who has a relation to it."""

from collections.abc import Callable
from typing import Final

from api.codes import normal_code
from api.views import Goods, LabelLine, Principal
from api.wiring.codes import last_fill
from api.wiring.goods import goods_of, phone_of
from api.wiring.known import CONTAINER_KINDS, Known
from api.wiring.matter import batch_for
from api.wiring.reading import Reading
from api.wiring.sight import Sight, batch_sight, full, place_sight
from labels import pictograms, statements
from labels.content import Hazards, Identity, Label, Run, Sentence, Supplier
from labels.forms import Print, render
from labels.payload import qr_url
from ledger.core.quantity import kg
from ledger.core.times import format_utc
from ledger.errors import ConflictError, FormatError, NotFoundError
from ledger.rules.aggregates import BatchState, CodeState, ContainerState, OrgState, ShipmentState, SiteState
from ledger.rules.state import CODE
from ledger.store.rows import ROLL, CodeRow, HoldingRow

MOST_LABELS: Final = 1_000
"""In one answer over the web; the command line takes more."""
KINDS: Final = {
    "batch": ("批次", "batch"),
    "shipment": ("运输", "shipment"),
    "site": ("货位", "location"),
    ROLL: ("待启用", "not in use yet"),
}
LOOSE: Final = "-"


class LedgerLabels:
    """Labels over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading

    def named(self, viewer: Principal, code: str) -> LabelLine:
        """Return what a code that the viewer may print stands for. NotFoundError, ConflictError (voided)."""
        with self._reading.known() as known:
            row = printable(known, viewer, code)
            return LabelLine(row.code, caption_of(known, row.target))

    def listing(self, viewer: Principal, batch: str) -> tuple[LabelLine, ...]:
        """Return the codes of the containers with matter of a batch. NotFoundError, FormatError (too many)."""
        with self._reading.known() as known:
            return tuple(LabelLine(row.code, caption_of(known, row.target)) for row in _of_batch(known, viewer, batch))

    def one(self, viewer: Principal, code: str, how: Print, base_url: str) -> bytes:
        """Return the label of a code. NotFoundError, ConflictError (voided), FormatError."""
        demo = self._reading.ledger.recorded().demo
        with self._reading.known() as known:
            label = label_of(known, printable(known, viewer, code), base_url, demo=demo)
        return render([label], how)

    def of_batch(self, viewer: Principal, batch: str, how: Print, base_url: str) -> bytes:
        """Return the labels of all containers with matter of a batch that the viewer may see. NotFoundError."""
        demo = self._reading.ledger.recorded().demo
        with self._reading.known() as known:
            labels = [label_of(known, row, base_url, demo=demo) for row in _of_batch(known, viewer, batch)]
        return render(labels, how)


def printable(known: Known, viewer: Principal, code: str) -> CodeRow:
    """Return a code that the viewer may print. NotFoundError, ConflictError.

    A code that was never issued and one of a stranger are told in the same words.
    """
    plain = normal_code(code)
    row = None if plain is None else known.unit.queries.code(plain)
    if row is None or not _may_print(known, viewer, row):
        raise NotFoundError("label_not_here")
    return code_row(known, row.code)


def _may_print(known: Known, viewer: Principal, row: CodeRow) -> bool:
    if row.kind != ROLL:
        return related(known, viewer, row.target)
    issued = known.must(CODE + row.code, CodeState)
    return Sight(known, viewer).owned([issued.org])


def _of_batch(known: Known, viewer: Principal, batch: str) -> list[CodeRow]:
    state, sight = batch_for(known, viewer, batch)
    rows = codes_of_batch(known, batch, lambda row: sight.row(state, row))
    if not rows:
        raise NotFoundError("batch_without_labels", None, {"batch": known.lot(batch)})
    if len(rows) > MOST_LABELS:
        raise FormatError("too_many_labels", params={"most": MOST_LABELS})
    return rows


def code_row(known: Known, code: str) -> CodeRow:
    """Return what a printed code stands for. NotFoundError: nothing; ConflictError `label_is_void`."""
    plain = normal_code(code)
    if plain is None:
        raise NotFoundError("code_unknown", None, {"code": code[:60]})
    row = known.unit.queries.code(plain)
    if row is None:
        raise NotFoundError("code_unknown", None, {"code": plain})
    if row.voided_idx is not None:
        raise ConflictError("label_is_void", None, {"code": plain})
    return row


def codes_of_batch(known: Known, batch: str, seen: Callable[[HoldingRow], bool]) -> list[CodeRow]:
    """Return the newest code in force of each container that has matter of a batch, by what is painted on it.

    Where none has one, the code of the batch itself, as for goods in bulk.
    """
    rows = known.unit.queries.stock(batch=batch, limit=100_000)
    vessels = dict.fromkeys(row.container for row in rows if row.container != LOOSE and seen(row))
    known.load(vessels)
    found = (_in_force(known, vessel) for vessel in sorted(vessels, key=lambda ref: (known.label(ref), ref)))
    codes = [row for row in found if row is not None]
    own = None if codes else _in_force(known, batch)
    return codes if own is None else [own]


def _in_force(known: Known, target: str) -> CodeRow | None:
    rows = [row for row in known.unit.queries.codes_of(target) if row.voided_idx is None]
    return max(rows, key=lambda row: row.idx, default=None)


def related(known: Known, viewer: Principal, target: str) -> bool:
    """Whether a viewer may print the label of a thing: it owns or has it, or has to do with the matter in it."""
    match target.partition(":")[0]:
        case "batch":
            return full(batch_sight(known, viewer, target).batch(target))
        case "container":
            vessel = known.must(target, ContainerState)
            held = any(full(batch_sight(known, viewer, batch).batch(batch)) for batch in vessel.contents)
            return held or Sight(known, viewer).owned([vessel.org])
        case "shipment":
            trip = known.must(target, ShipmentState)
            return Sight(known, viewer).owned([trip.arranger], trip.parties)
        case _:
            site = known.must(target.partition("/")[0], SiteState)
            return place_sight(known, viewer, site.id).owned([site.org])


# --- content ---------------------------------------------------------------------------------------------------------


def label_of(known: Known, row: CodeRow, base_url: str, *, demo: bool) -> Label:
    """Return the label of a code as the ledger knows its thing now."""
    url = qr_url(base_url, row.code)
    kind, _, _ = row.target.partition(":")
    match kind:
        case "":
            return Label("container", row.code, url, "", *KINDS[ROLL], run=Run(demo=demo))
        case "container":
            return _container(known, row, url, demo=demo)
        case "batch":
            run = run_of(known, known.must(row.target, BatchState), demo=demo)
            return Label("batch", row.code, url, caption_of(known, row.target), *KINDS[kind], run=run)
        case "shipment":
            return Label("shipment", row.code, url, caption_of(known, row.target), *KINDS[kind], run=Run(demo=demo))
        case _:
            return Label("location", row.code, url, caption_of(known, row.target), *KINDS[kind], run=Run(demo=demo))


def caption_of(known: Known, target: str) -> str:
    """Return what people call a thing that bears a label: number painted on it, lot, waybill, place."""
    match target.partition(":")[0]:
        case "":
            return ""
        case "container":
            return known.label(target)
        case "batch":
            return known.lot(target)
        case "shipment":
            trip = known.must(target, ShipmentState)
            return trip.waybill or trip.vehicle
        case _:
            ref, _, location = target.partition("/")
            named = known.must(ref, SiteState).locations.get(location)
            return named.name if named is not None and named.name else location


def _container(known: Known, row: CodeRow, url: str, *, demo: bool) -> Label:
    """Its present fill; one that is empty and not cleaned keeps the hazards of what was in it last."""
    vessel = known.must(row.target, ContainerState)
    kind = CONTAINER_KINDS.get(vessel.kind)
    words = ("", "") if kind is None else (kind.zh, kind.en)
    present = max(vessel.contents, key=lambda name: vessel.contents[name], default=None)
    held = present or (None if vessel.clean else last_fill(known, vessel.id))
    batch = None if held is None else known.get(held, BatchState)
    run = Run(demo=demo) if batch is None else run_of(known, batch, demo=demo)
    net = "" if present is None else kg(vessel.contents[present])
    return Label("container", row.code, url, caption_of(known, vessel.id), *words, net_kg=net, run=run)


def run_of(known: Known, batch: BatchState, *, demo: bool) -> Run:
    """Return what all labels of a batch share."""
    goods = goods_of(known, batch.product)
    firm = None if batch.producer is None else known.get(batch.producer, OrgState)
    phone = phone_of(known, batch.product)
    return Run(
        identity=_identity(goods),
        hazards=_hazards(goods),
        supplier=None if firm is None else Supplier(firm.name_zh, firm.name_en, firm.address, firm.phone),
        emergency_phone=phone or ("" if firm is None else firm.phone),
        lot=known.lot(batch.id),
        produced_on=format_utc(batch.born_at)[:10] if batch.source == "produced" else "",
        expires_on=batch.expires_on or "",
        retest_on=batch.retest_on or "",
        demo=demo,
    )


def _identity(goods: Goods) -> Identity:
    given = goods.hazards
    classes = () if given.transport_class is None else (given.transport_class, *given.subsidiary)
    return Identity(
        name_zh=goods.name.zh,
        name_en=goods.name.en,
        un=given.un or "",
        shipping_name="" if given.shipping_name is None else given.shipping_name.en,
        hazard_class=given.transport_class or "",
        subsidiaries=given.subsidiary,
        packing_group=given.packing_group or "",
        transport=pictograms.for_classes(classes),
    )


def _hazards(goods: Goods) -> Hazards:
    given = goods.hazards
    shown = tuple(Sentence(one.code, one.text.zh, one.text.en) for one in given.statements)
    return Hazards(
        pictograms=tuple(name for name in given.pictograms if name in pictograms.GHS),
        signal_word="Danger" if given.signal == "danger" else "Warning" if given.signal == "warning" else "",
        hazards=statements.in_order(shown),
        precautions=tuple(Sentence(one.code, one.text.zh, one.text.en) for one in given.precautions),
    )
