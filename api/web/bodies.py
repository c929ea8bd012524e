"""The bodies of steps made of forms: the same that a program posts to the step's route."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.requests import Request

from api.auth import services_of, viewer
from api.v1.common import reference
from api.web import forms
from api.web.forms import Form, differs, documents, goods
from ledger.core.canonical import Json
from ledger.core.identifiers import check_resident_id
from ledger.errors import FormatError

ABOARD: Final = ("driver", "escort")
RESIDENT_ID: Final = 18
"""Characters of a Chinese resident identity card's number; other cards and passports have other lengths."""
Body = dict[str, Any]
BodyMaker = Callable[[Form], Body]
TRANSPORT: Final = (
    "vehicle",
    "trailer",
    "waybill",
    "origin",
    "destination",
    "departure_date",
    "vehicle_certificate",
    "driver_certificate",
    "escort_certificate",
    "package_kind",
    "remark",
)


def _firm(request: Request, form: Form, name: str) -> str:
    """The organisation that a form chooses from the list, or names."""
    chosen = form.text(f"{name}_other") or form.wanted(name)
    return services_of(request).deals.firm(viewer(request), chosen).ref


def offer_body(request: Request, form: Form) -> Body:
    """Return the body of an offer. FormatError."""
    org = viewer(request).org
    assert org is not None
    other = _firm(request, form, "firm")
    kinds = form.wanted("kind").split("+")
    parties: dict[str, Json] = {}
    if "sale" in kinds:
        parties |= {"seller": org.ref, "buyer": other}
    if "handover" in kinds:
        parties |= {"consignor": org.ref, "consignee": other}
    sections: dict[str, Any] = {"parties": parties, **documents(form)}
    times = {name: at for name in ("answer_by", "planned_to") if (at := form.moment(name))}
    terms = form.some("order", "price", "purpose")
    if "price" in terms:
        terms["currency"] = form.text("currency", "CNY") or "CNY"
    if times:
        sections["time"] = times
    if terms:
        sections["commercial"] = terms
    return {"goods": _ticked(form), "sections": sections}


def plan_body(request: Request, form: Form) -> Body:
    """Return the body of a planned trip. FormatError."""
    transport: dict[str, Json] = {"mode": form.text("mode", "road") or "road", **_waybill(form)}
    form.wanted("vehicle")
    carrier = _firm(request, form, "carrier")
    personal = _crew(request, form, carrier, transport)
    if (dispatcher := viewer(request).user) and "dispatcher" not in transport:
        transport["dispatcher"] = dispatcher
    sections: dict[str, Any] = {"parties": {"carrier": carrier}, "transport": transport, "personal": personal}
    if at := form.moment("planned_to"):
        sections["time"] = {"planned_to": at}
    return {"sections": sections}


def _crew(request: Request, form: Form, carrier: str, transport: dict[str, Json]) -> dict[str, Json]:
    """Put who drives, escorts and dispatches into the section; return names of those who have no account.

    A person is chosen from the list, found by the certificate that the carrier registered, or called by name: then the
    trip speaks of somebody new, whose name stands in `personal` alone. FormatError.
    """
    deals, reader = services_of(request).deals, viewer(request)
    called: dict[str, Json] = {}
    for who in ABOARD:
        chosen, number, name = form.text(who), form.text(f"{who}_certificate"), form.text(f"{who}_name")
        if chosen:
            transport[who] = deals.crew(reader, carrier, who, chosen)
        elif name:
            transport[who] = f"user:{forms.new_id(request)}"
            called[who] = {"name": name}
        elif number:
            transport[who] = deals.crew(reader, carrier, who, number)
    if dispatcher := form.text("dispatcher"):
        transport["dispatcher"] = dispatcher
    return called


def _waybill(form: Form) -> dict[str, Json]:
    """Return what a form says of the waybill and of how the goods are packed. FormatError."""
    said: dict[str, Json] = {**form.some(*TRANSPORT)}
    if packages := form.text("packages"):
        if not packages.isascii() or not packages.isdigit():
            raise FormatError("form_not_of_form", "/packages", {"name": "packages"})
        said["packages"] = int(packages[:9])
    if tank := form.text("tank"):
        said["tank"] = {"id": tank, "volume_l": form.wanted("volume_l")}
    return said


def dispatch_body(request: Request, form: Form, carrier: str) -> Body:
    """Return the body of a dispatch: nothing, or what the waybill lacked until now. FormatError."""
    transport = {name: value for name, value in _waybill(form).items() if name != "vehicle"}
    personal = _crew(request, form, carrier, transport)
    return {"sections": {"transport": transport, "personal": personal, **_reason(form)}}


def _ticked(form: Form, *, counted: bool = False) -> list[Json]:
    found = goods(form, counted=counted)
    if not found:
        raise FormatError("form_not_of_form", "/goods", {"name": "goods"})
    return found


def _reason(form: Form, kind: str | None = None, *, needed: bool = False) -> Body:
    text = form.wanted("reason") if needed else form.text("reason")
    if not text:
        return {}
    return {"reason": {"text": text, **({} if kind is None else {"kind": kind})}}


def _agree(form: Form) -> Body:
    return {"sections": documents(form)}


def _with_reason(form: Form) -> Body:
    return {"sections": _reason(form)}


def _goods(form: Form) -> Body:
    return {"goods": _ticked(form), "sections": {**documents(form), **place_of_form(form)}}


def _sell(form: Form) -> Body:
    """A sale, with who acts for the buyer: the record of Art. 41, State Council Order 591. FormatError."""
    made = _goods(form)
    name, number = form.text("handler"), form.text("handler_id").upper()
    if form.text("listed") == "1":
        name, number = form.wanted("handler"), form.wanted("handler_id").upper()
    if len(number) == RESIDENT_ID:
        check_resident_id(number, "/handler_id")
    handler = {key: value for key, value in (("name", name), ("id_number", number)) if value}
    if handler:
        made["sections"]["personal"] = {"handler": handler}
    return made


def _settle(form: Form) -> Body:
    return {"sections": _reason(form, form.wanted("outcome"), needed=True)}


def _file(form: Form) -> Body:
    items = [{"kind": form.wanted("paper0"), "number": form.wanted("number0")}]
    return {"sections": {"documents": {"items": items}}}


def _receive(form: Form) -> Body:
    found = _ticked(form, counted=True)
    place = place_of_form(form)
    if not place:
        raise FormatError("form_not_of_form", "/place", {"name": "place"})
    return {"goods": found, "sections": {**place, **_reason(form, needed=differs(found))}}


def _refuse(form: Form) -> Body:
    return {"goods": _ticked(form), "sections": _reason(form, form.wanted("why"), needed=True)}


def _hand_over(form: Form) -> Body:
    onward = reference("shipment", form.wanted("to_shipment"))
    return {"goods": _ticked(form), "sections": {"transport": {"to_shipment": onward}}}


def place_of_form(form: Form) -> Body:
    """The section of a place chosen as "site:<uuid>/<location>"."""
    site, _, location = form.text("place").partition("/")
    return {"place": {"site": site, "location": location}} if site and location else {}


TRANSFER_BODIES: Final[Mapping[str, BodyMaker]] = {
    "agree": _agree,
    "decline": _with_reason,
    "cancel": _with_reason,
    "sell": _sell,
    "give-back": _goods,
    "settle": _settle,
    "file": _file,
}
TRIP_BODIES: Final[Mapping[str, BodyMaker]] = {
    "load": _goods,
    "dispatch": _with_reason,
    "accept": _with_reason,
    "depart": _with_reason,
    "arrive": _with_reason,
    "unload": _goods,
    "deliver": _with_reason,
    "hand-over": _hand_over,
    "receive": _receive,
    "refuse": _refuse,
}
