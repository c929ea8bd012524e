"""The port of transport documents: a paper filled from what the ledger says of a shipment, and its code checked."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timezone
from typing import Any, Final

from api.figures import instant_local, kg_figure
from api.views import Cargo, CrewMember, Danger, Principal, StepSignature, WaybillView
from api.views.deals import ShipmentStep
from api.wiring.cargo import cargo_of
from api.wiring.crew import certificate, crew_of, licence
from api.wiring.deals import shipment_for
from api.wiring.known import Known
from api.wiring.reading import Reading
from api.wiring.signing import signatures_of
from api.wiring.steps import steps
from labels.waybill import Crew, Firm, GoodsLine, Signature, WaybillPaper, render
from ledger.core.waybill import MINUTE_MS, Waybill, particulars
from ledger.errors import NotFoundError, VerificationError
from ledger.rules.aggregates import OrgState, ShipmentState

PERMITS: Final = ("production", "operation", "storage", "use", "road_transport")
PEOPLE: Final = {"driver": ("驾驶员", "driver"), "escort": ("押运员", "escort"), "dispatcher": ("调度人", "dispatcher")}
MODES: Final = {"road": "道路 / road", "rail": "铁路 / rail", "ship": "水路 / ship", "pipeline": "管道 / pipeline"}


class LedgerWaybills:
    """Transport documents over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading

    def paper(self, viewer: Principal, ref: str, base_url: str, zone: timezone) -> bytes:
        """Return the document as PDF. NotFoundError, UnavailableError."""
        ledger = self._reading.ledger
        with self._reading.known() as known:
            state, sight = shipment_for(known, viewer, ref)
            minute = known.now_ms // MINUTE_MS
            index = _newest(known, ref)
            paper = paper_of(known, state, index, demo=ledger.recorded().demo)
            life = tuple(steps(known, ref))
            signed, crew = signatures_of(known, life), crew_of(state, sight, life)
        code = ledger.sign_waybill(Waybill(ref, index, minute, particulars(paper.particulars())))
        return render(
            _with(
                _named(paper, crew),
                f"{base_url}/W/{code}".upper(),
                instant_local(minute * MINUTE_MS, zone),
                signed,
                zone,
            )
        )

    def check(self, viewer: Principal, code: str) -> WaybillView:
        """Return what a code says and what the ledger says now. FormatError."""
        ledger = self._reading.ledger
        try:
            said = ledger.open_waybill(code)
        except VerificationError:
            return WaybillView(valid=False, code=code)
        with self._reading.known() as known:
            state = known.must(said.shipment, ShipmentState)
            now = paper_of(known, state, said.index, demo=ledger.recorded().demo)
            related = True
            crew: tuple[CrewMember, ...] = ()
            try:
                _, sight = shipment_for(known, viewer, said.shipment)
                crew = crew_of(state, sight, steps(known, said.shipment))
            except NotFoundError:
                related = False
            cargo = cargo_of(known, state)
        dangers = dict.fromkeys(Danger(item.un, item.transport_class, item.subsidiary, item.phone) for item in cargo)
        step: Any = state.step
        named: ShipmentStep = step
        return WaybillView(
            valid=True,
            code=code,
            issued=said.issued_min * MINUTE_MS,
            index=said.index,
            same=particulars(now.particulars()) == said.particulars,
            number=state.waybill,
            vehicle=state.vehicle,
            step=named,
            dangers=tuple(dangers),
            shipment=said.shipment if related else None,
            crew=crew,
        )


def paper_of(known: Known, state: ShipmentState, index: int, *, demo: bool) -> WaybillPaper:
    """Return the paper without its code, time, signatures and names of people: what the code commits to.

    People stand in it by the last digits of their reference: a code says the same whoever had it printed.
    """
    said = state.statement
    cargo = cargo_of(known, state)
    carrier = _firm(known, state.carrier, ("road_transport",))
    loader = said.get("loader")
    tank: Any = said.get("tank") or {}
    return WaybillPaper(
        number=state.waybill or "—",
        shipment=state.id,
        code="",
        issued="",
        consignor=_firm(known, state.consignor, PERMITS),
        consignee=_firm(known, state.consignee, PERMITS),
        carrier=carrier,
        loader=None if loader is None else _firm(known, str(loader), PERMITS),
        origin=_text(said, "origin"),
        destination=_text(said, "destination"),
        departure=_text(said, "departure_date"),
        mode=MODES.get(_text(said, "mode"), _text(said, "mode")),
        plate=state.vehicle,
        trailer=_text(said, "trailer"),
        vehicle_certificate=_text(said, "vehicle_certificate")
        or licence(known, state.carrier, "vehicle", state.vehicle),
        tank=f"{tank['id']}  {tank['volume_l']} L" if tank else "",
        crew=tuple(
            Crew("driver" if who == "driver" else "escort", *_person(known, state, who))
            for who in ("driver", "escort")
            if who in said
        ),
        goods=tuple(_line(item, said) for item in cargo),
        total_kg=kg_figure(sum(item.mass for item in cargo)),
        emergency_phone=" · ".join(dict.fromkeys(item.phone for item in cargo if item.phone)),
        dispatcher=_text(said, "dispatcher").rpartition("-")[2],
        remark=_text(said, "remark"),
        signatures=(),
        record=str(index),
        demo=demo,
    )


def _named(paper: WaybillPaper, crew: tuple[CrewMember, ...]) -> WaybillPaper:
    """The paper with people as its reader may know them: by name, or by what they are of which firm."""
    aboard = (Crew(one.role, _called(one), one.certificate) for one in crew if one.role != "dispatcher")
    dispatchers = (_called(one) for one in crew if one.role == "dispatcher")
    return replace(paper, crew=tuple(aboard), dispatcher=next(dispatchers, ""))


def _called(one: CrewMember) -> str:
    zh, en = PEOPLE[one.role]
    return one.name or f"{one.firm.name.zh}的{zh}\n{en} of {one.firm.name.en}"


def _with(
    paper: WaybillPaper, code: str, issued: str, signed: tuple[StepSignature, ...], zone: timezone
) -> WaybillPaper:
    found = (Signature(one.role, one.party.name.zh, instant_local(one.at, zone), one.backing) for one in signed)
    return replace(paper, code=code, issued=issued, signatures=tuple(found))


def _newest(known: Known, ref: str) -> int:
    head = known.unit.chains.history_back(ref, limit=1)
    return head[0].idx


def _text(said: Mapping[str, object], name: str) -> str:
    return str(said.get(name, ""))


def _firm(known: Known, ref: str | None, kinds: tuple[str, ...]) -> Firm:
    state = None if ref is None else known.get(ref, OrgState)
    if state is None:
        return Firm("—", "")
    licence = next((one.number for kind in kinds for one in state.licences if one.kind == kind), "")
    return Firm(state.name_zh, state.name_en, state.uscc, state.phone, licence, state.address)


def _person(known: Known, state: ShipmentState, who: str) -> tuple[str, str]:
    """The last digits of the reference, and the certificate."""
    subject = _text(state.statement, who)
    return subject.rpartition("-")[2], certificate(known, state, state.carrier, who, subject)


def _line(item: Cargo, said: Mapping[str, object]) -> GoodsLine:
    kinds = Counter(piece.kind for piece in item.pieces if piece.kind is not None)
    packages = "、".join(f"{count} × {kind.zh} / {kind.en}" for kind, count in kinds.items())
    if not packages and "packages" in said:
        packages = f"{said['packages']} × {_text(said, 'package_kind')}".strip()
    serials = tuple(piece.container_label for piece in item.pieces if piece.container_label)
    return GoodsLine(
        item.product.zh, item.product.en, item.description, packages, kg_figure(item.mass), item.batch_number, serials
    )
