"""The catalogue of products: every row resolves in the tables that it names."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from ledger.core.identifiers import check_cas
from ledger.errors import FormatError, NotFoundError
from ledger.reference import Reference, files, products
from ledger.reference.products import LISTS, Product

REQUIRED = {
    *("chlorine", "ammonia", "methanol", "acrylonitrile", "sodium-cyanide", "nitric-acid-68", "calcium-carbide", "lpg"),
    *("sulfuric-acid-98", "hydrogen-peroxide-50", "acetone", "toluene", "ethylene-oxide", "benzene", "hydrogen"),
    *("hydrochloric-acid-31", "sodium-hydroxide-32", "oxygen", "phenol-molten", "formaldehyde-37", "propylene"),
    *("styrene", "ethyl-acetate", "isopropanol", "sodium-hypochlorite-10", "phosphorus-white", "potassium-chlorate"),
    *("ammonium-nitrate", "acetic-acid", "acetylene"),
}
NAMES = [item["id"] for item in json.loads(files.read("products.json"))["products"]]


@pytest.fixture(params=NAMES)
def product(request: pytest.FixtureRequest, bundled: Reference) -> Product:
    return bundled.products.product(request.param)


def test_the_catalogue_holds_what_it_must(bundled: Reference) -> None:
    assert set(bundled.products.by_id) >= REQUIRED
    assert len(bundled.products) >= 30


def test_its_row_stands_in_the_list_and_holds_internationally(product: Product, bundled: Reference) -> None:
    assert product.good in bundled.dangerous_goods.rows(product.good.un)
    assert not product.good.domestic
    assert not product.good.forbidden
    assert product.good.un.startswith("UN")


def test_its_components_have_valid_cas_numbers_and_ranges(product: Product) -> None:
    least = most = Decimal(0)
    for component in product.components:
        check_cas(component.cas)
        assert re.fullmatch(r"(0|[1-9]\d*)(\.\d+)?", component.least_percent)
        assert Decimal(component.least_percent) < Decimal(component.most_percent) <= 100
        least += Decimal(component.least_percent)
        most += Decimal(component.most_percent)
    assert least <= 100 <= most


def test_its_statements_are_in_force_and_have_chinese_texts(product: Product) -> None:
    assert product.hazards
    for hazard in product.hazards:
        assert not hazard.deleted
        assert re.search(r"[\u4e00-\u9fff]", hazard.statement_zh), hazard.code
    assert product.signal_word in ("Warning", "Danger")
    assert product.pictograms


def test_its_precautions_belong_to_its_hazards(product: Product) -> None:
    offered = {code for hazard in product.hazards for code in hazard.p_codes}
    singles = {part for code in offered for part in code.split("+")}
    for precaution in product.precautions:
        assert not precaution.deleted
        assert precaution.code in offered | singles, precaution.code


def test_its_transport_class_agrees_with_its_hazards(product: Product) -> None:
    needs = {
        "2.1": {"GHS02", "GHS04"},
        "2.2": {"GHS04"},
        "2.3": {"GHS04", "GHS06"},
        "3": {"GHS02"},
        "4.1": {"GHS02"},
        "4.2": {"GHS02"},
        "4.3": {"GHS02"},
        "5.1": {"GHS03"},
        "6.1": {"GHS06"},
        "8": {"GHS05"},
    }
    assert needs[product.good.hazard_class] <= set(product.pictograms)


def test_it_is_named_in_both_languages(product: Product) -> None:
    for name in (product.names, *(component.name for component in product.components)):
        assert re.search(r"[\u4e00-\u9fff]", name.zh)
        assert name.en.isascii()
        assert name.en
    assert all(re.search(r"[\u4e00-\u9fff]", alias) for alias in product.aliases_zh)


def test_catalogue_numbers_are_not_given_twice_but_for_oxygen(bundled: Reference) -> None:
    seen: dict[int, set[str]] = {}
    for product in bundled.products:
        if product.catalogue_no is not None:
            seen.setdefault(product.catalogue_no, set()).add(product.components[0].cas)
    assert all(len(cas) == 1 for cas in seen.values())


def test_the_regulated_lists_are_as_known(bundled: Reference) -> None:
    def named(name: str) -> set[str]:
        return {product.id for product in bundled.products if name in product.lists}

    assert named("highly_toxic") == {"chlorine", "sodium-cyanide"}
    assert named("explosive_precursor") == {
        *("nitric-acid-68", "hydrogen-peroxide-50", "potassium-chlorate", "ammonium-nitrate", "sulfur"),
    }
    assert named("drug_precursor_3") == {"sulfuric-acid-98", "hydrochloric-acid-31", "acetone", "toluene"}
    assert bundled.products.product("sodium-cyanide").controlled
    assert not bundled.products.product("acetone").controlled
    assert all(set(product.lists) <= set(LISTS) for product in bundled.products)


def test_thresholds_are_linked(bundled: Reference) -> None:
    def of(name: str) -> int | None:
        return bundled.products.product(name).threshold_mg

    assert of("chlorine") == 5 * 10**9
    assert of("ammonium-nitrate") == 50 * 10**9
    assert of("isopropanol") == 1000 * 10**9  # by category W5.3
    assert of("hydrochloric-acid-31") is None  # table 1 names hydrogen chloride without water
    assert of("formaldehyde-37") is None  # table 1 names it above 90 %


def test_a_liquid_is_told_from_a_gas(bundled: Reference) -> None:
    liquid = {
        name: bundled.products.product(name).liquid for name in ("acetone", "phenol-molten", "chlorine", "sulfur")
    }
    assert liquid == {"acetone": True, "phenol-molten": True, "chlorine": False, "sulfur": False}


def test_the_note_says_whose_work_it_is(bundled: Reference) -> None:
    assert "Our own compilation" in bundled.products.source_note.en
    assert "自行汇编" in bundled.products.source_note.zh


def test_an_unknown_product_is_named(bundled: Reference) -> None:
    with pytest.raises(NotFoundError) as caught:
        bundled.products.product("phlogiston")
    assert caught.value.code == "unknown_catalogue_product"


def _with(bundled: Reference, **changes: Any) -> None:  # noqa: ANN401
    content = json.loads(files.read("products.json"))
    content["products"] = [{**content["products"][0], **changes}]
    data = json.dumps(content).encode()
    products.parse(data, bundled.dangerous_goods, bundled.ghs, bundled.gb18218, "2026-11-23")


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "plasma"},
        {"form": "frozen"},
        {"lists": ["tasty"]},
        {"components": None},
        {"gb18218": {"no": 1}},
        {"names": {"zh": "氯"}},
    ],
)
def test_a_product_of_another_form_is_refused(bundled: Reference, changes: dict[str, Any]) -> None:
    _with(bundled)
    with pytest.raises(FormatError) as caught:
        _with(bundled, **changes)
    assert caught.value.code == "reference_not_of_form"


@pytest.mark.parametrize(
    "changes",
    [{"ghs": ["H999"]}, {"precautions": ["P999"]}, {"gb18218": {"no": 86}}, {"gb18218": {"category": "W99"}}],
)
def test_a_product_that_names_what_no_table_has_is_refused(bundled: Reference, changes: dict[str, Any]) -> None:
    with pytest.raises(NotFoundError):
        _with(bundled, **changes)


def test_a_threshold_row_without_cas_needs_none_of_the_product(bundled: Reference) -> None:
    _with(bundled, gb18218={"no": 45})


def test_a_product_twice_is_refused(bundled: Reference) -> None:
    content = json.loads(files.read("products.json"))
    content["products"] = content["products"][:1] * 2
    with pytest.raises(FormatError):
        products.parse(
            json.dumps(content).encode(), bundled.dangerous_goods, bundled.ghs, bundled.gb18218, "2026-11-23"
        )
