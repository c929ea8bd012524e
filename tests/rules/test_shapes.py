"""Bad input, field by field; and every shape as JSON Schema."""

from typing import Any

import pytest

from ledger.core.canonical import Json
from ledger.errors import FormatError
from ledger.rules.statements import TYPES, check_statement, json_schema, type_of
from ledger.rules.statements.sections import SECTIONS
from ledger.rules.statements.shapes import Amount, ListOf, Obj, Shape, Whole
from tests.support.rulebook import World, line, lines, product

SHEET: dict[str, Json] = {"version": "1", "date": "2026-02-20", "language": "zh", "hash": "A" * 43}
BATCH = "batch:01a2008d-7400-7000-8000-000000000028"


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("-1", "amount_negative"),
        ("-0", "amount_negative"),
        ("0", "amount_zero"),
        ("0.00", "amount_zero"),
        ("NaN", "amount_not_decimal"),
        ("1e400", "amount_not_decimal"),
        ("Infinity", "amount_not_decimal"),
        ("+1", "amount_not_decimal"),
        ("01", "amount_not_decimal"),
        ("1.", "amount_not_decimal"),
        (".5", "amount_not_decimal"),
        ("1,5", "amount_not_decimal"),
        ("", "amount_not_decimal"),
        ("١", "amount_not_decimal"),
        ("9" * 30, "amount_too_long"),
        ("0." + "1" * 24, "amount_too_long"),
        (1, "amount_not_text"),
        (None, "amount_not_text"),
        ([], "amount_not_text"),
    ],
)
@pytest.mark.parametrize("mode", ["act", "report"])
def test_a_bad_amount(w: World, amount: Json, code: str, mode: str) -> None:
    stated = lines({**line(w.produce(), 1), "amount": amount})
    problems = w.book.refuse("use.consumed", w.maker, {"inputs": stated, "place": w.place(w.maker)}, mode)
    assert [(p.code, p.field) for p in problems] == [(code, "/sections/inputs/lines/0/amount")]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"unit": "lbs"}, "not_a_choice", "/unit"),
        ({"unit": "L"}, "volume_without_density", "/amount"),
        ({"colour": "red"}, "unknown_name", "/colour"),
        ({"batch": BATCH.upper()}, "ref_not_of_form", "/batch"),
        ({"batch": "site:" + BATCH.partition(":")[2]}, "ref_wrong_kind", "/batch"),
        ({"batch": 7}, "wrong_kind", "/batch"),
        ({"place": "site:here"}, "text_not_of_form", "/place"),
        ({"place": 7}, "wrong_kind", "/place"),
        ({"measurement": []}, "wrong_kind", "/measurement"),
        ({"measurement": {"kind": "net", "pieces": True}}, "wrong_kind", "/measurement/pieces"),
        ({"measurement": {"kind": "net", "pieces": "1"}}, "wrong_kind", "/measurement/pieces"),
        ({"measurement": {"kind": "net", "pieces": 0}}, "number_out_of_range", "/measurement/pieces"),
        ({"measurement": {"kind": "net", "device": "e\u0301"}}, "text_not_nfc", "/measurement/device"),
        ({"measurement": {"kind": "net", "device": "a\u202eb"}}, "text_bidi", "/measurement/device"),
    ],
)
def test_a_bad_line(w: World, change: dict[str, Json], code: str, field: str) -> None:
    stated = {"inputs": lines({**line(w.produce(), 1), **change}), "place": w.place(w.maker)}
    problems = w.book.refuse("use.consumed", w.maker, stated)
    assert [(p.code, p.field) for p in problems] == [(code, "/sections/inputs/lines/0" + field)]


@pytest.mark.parametrize(
    ("stated", "code", "field"),
    [
        ({"lines": []}, "list_length", "/lines"),
        ({"lines": {}}, "wrong_kind", "/lines"),
        ({"lines": [[]]}, "wrong_kind", "/lines/0"),
        ({}, "name_missing", "/lines"),
        ({"lines": [{"batch": BATCH, "unit": "kg"}]}, "name_missing", "/lines/0/amount"),
    ],
)
def test_a_bad_section(w: World, stated: dict[str, Json], code: str, field: str) -> None:
    problems = w.book.refuse("use.consumed", w.maker, {"inputs": stated})
    assert [(p.code, p.field) for p in problems] == [(code, "/sections/inputs" + field)]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"components": [{"name": {"zh": "x"}, "cas": "67-56-2"}]}, "check_digit_wrong", "/components/0/cas"),
        ({"components": [{"name": {"zh": "x"}, "cas": 67}]}, "wrong_kind", "/components/0/cas"),
        ({"names": {"en": "x"}}, "name_missing", "/names/zh"),
        ({"sds": [{**SHEET, "date": "2026-02-30"}]}, "time_out_of_range", "/sds/0/date"),
        ({"sds": [{**SHEET, "hash": "A" * 42 + "B"}]}, "base64_not_canonical", "/sds/0/hash"),
    ],
)
def test_a_bad_product(w: World, change: dict[str, Json], code: str, field: str) -> None:
    stated = {"product": {**product(w.book.ref("product")), **change}}
    problems = w.book.refuse("governance.product_registered", w.maker, stated)
    assert [p.field for p in problems] == ["/sections/product" + field]
    assert [p.code for p in problems] == [code]


def test_a_time_of_another_form_and_a_flag_that_is_none(w: World) -> None:
    stated = {**w.use(w.produce(), 1), "time": {"planned_from": "2026-11-22T08:00:00Z"}}
    assert [p.code for p in w.book.refuse("use.consumed", w.maker, stated)] == ["time_not_of_form"]
    opening: dict[str, Any] = {
        "product": {"product": w.products["liquid"], "estimate": "yes"},
        "outputs": lines(line(w.book.ref("batch"), 1)),
        "place": w.place(w.maker),
    }
    problems = w.book.refuse("storage.opening_declared", w.maker, opening)
    assert [(p.code, p.field) for p in problems] == [("wrong_kind", "/sections/product/estimate")]


def test_a_section_without_members_is_an_object() -> None:
    check_statement("use.consumed", "act", frozenset(), {"inputs": {"lines": [line(BATCH, 1)]}, "personal": {"a": 1}})
    with pytest.raises(FormatError, match="wrong_kind"):
        SECTIONS["personal"].check([], "/personal")


def test_signed_amounts_where_they_are_meant() -> None:
    Amount(signed=True, zero=True).check("-40.5", "")
    with pytest.raises(FormatError, match="amount_negative"):
        Amount(signed=True, zero=True).check("-0", "")
    assert Amount(signed=True).schema()["pattern"] == r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"


@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_type_has_a_schema_of_its_sections(name: str) -> None:
    kind = type_of(name)
    schema = json_schema(kind)
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == kind.sections
    assert schema["required"] == list(kind.required)
    assert name == f"{kind.stage}.{kind.verb}"
    assert all(item["type"] == "object" for item in properties.values())


def test_schemas_say_what_shapes_check() -> None:
    shape: Shape = Obj({"n": Whole(1, 3)}, {"list": ListOf(Amount(), 0, 2)})
    assert shape.schema() == {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "minimum": 1, "maximum": 3},
            "list": {
                "type": "array",
                "items": {"type": "string", "pattern": r"^(0|[1-9][0-9]*)(\.[0-9]+)?$"},
                "minItems": 0,
                "maxItems": 2,
            },
        },
        "additionalProperties": False,
        "required": ["n"],
    }
