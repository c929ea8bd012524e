"""Products as people and responders see them: names, class, label and advice, as registered and from the tables."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.views import Goods, Hazards, HazardStatement, Words
from api.views.goods import Regulated, Signal
from api.wiring.advice import advice_of
from api.wiring.known import Known
from labels import statements
from labels.content import Sentence
from ledger.core.times import format_utc
from ledger.reference import Reference
from ledger.rules.aggregates import ProductState

_LISTED: Final[Mapping[str, Regulated]] = {
    "highly_toxic": "highly_toxic",
    "explosive_precursor": "explosive_precursor",
    "drug_precursor_1": "drug_precursor",
    "drug_precursor_2": "drug_precursor",
    "drug_precursor_3": "drug_precursor",
}
_SIGNALS: Final[Mapping[str, Signal]] = {"Danger": "danger", "Warning": "warning"}
_NO_HAZARDS: Final = Hazards(None, None, None, (), None, (), None, ())


def goods_of(known: Known, product: str) -> Goods:
    """Return a product with its hazards; one that was not registered goes by its reference."""
    state = known.get(product, ProductState)
    if state is None:
        return Goods(product, Words(product, product), (), None, _NO_HAZARDS)
    stated: Mapping[str, Any] = state.statement
    cas = tuple(str(part["cas"]) for part in stated.get("components", ()) if "cas" in part)
    physical = next((name for name in ("gas", "liquid", "solid") if name == state.state), None)
    today = format_utc(known.now_ms)[:10]
    return Goods(
        product,
        known.product(product),
        cas,
        physical,
        _hazards(known.reference, state, stated, today),
    )


def phone_of(known: Known, product: str) -> str | None:
    """Return the emergency phone a product was registered with."""
    state = known.get(product, ProductState)
    phone = None if state is None else state.statement.get("emergency_phone")
    return None if phone is None else str(phone)


def row_in_force(known: Known, state: ProductState) -> Mapping[str, Any] | None:
    """Return under which UN number, class and packing group a product travels today; None: none is stated."""
    stated: Mapping[str, Any] = state.statement
    return _row(stated.get("un", ()), format_utc(known.now_ms)[:10])


def _row(rows: Sequence[Mapping[str, Any]], today: str) -> Mapping[str, Any] | None:
    """The row in force: the latest that has begun and not ended."""
    begun = [row for row in rows if str(row["from"]) <= today < str(row.get("until", "9999"))]
    return max(begun, key=lambda row: str(row["from"]), default=None)


def _hazards(reference: Reference, state: ProductState, stated: Mapping[str, Any], today: str) -> Hazards:
    row = _row(stated.get("un", ()), today)
    ghs: Mapping[str, Any] = stated.get("ghs", {})
    transport_class = None if row is None else str(row["class"])
    subsidiary = () if row is None else tuple(str(item) for item in row.get("subsidiary", ()))
    regulated = dict.fromkeys(_LISTED[name] for name in state.lists if name in _LISTED)
    if transport_class is not None and transport_class.startswith("1."):
        regulated["explosive"] = None
    return Hazards(
        un=None if row is None else f"UN{row['un']}",
        shipping_name=None if row is None else Words(str(row["name"]), str(row["name"])),
        transport_class=transport_class,
        subsidiary=subsidiary,
        packing_group=None if row is None else row.get("packing_group"),
        pictograms=tuple(ghs.get("pictograms", ())),
        signal=_SIGNALS.get(str(ghs.get("signal", ""))),
        statements=tuple(_statement(reference, str(code)) for code in ghs.get("statements", ())),
        precautions=tuple(_said(statements.precaution(str(code))) for code in ghs.get("precautions", ())),
        advice=None
        if row is None
        else advice_of(reference, [str(row["un"])], (str(row["class"]), *subsidiary), [state.state]),
        regulated=tuple(regulated),
    )


def _statement(reference: Reference, code: str) -> HazardStatement:
    return _said(statements.hazard(reference.ghs, code))


def _said(sentence: Sentence) -> HazardStatement:
    """One that nobody has words for goes by its code."""
    english = sentence.en or sentence.code
    return HazardStatement(sentence.code, Words(sentence.zh or english, english))
