"""The bundled tables: what was read is what the files say, and a broken file is refused."""

import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from ledger.errors import FormatError, NotFoundError
from ledger.reference import Reference, advice, dangerous_goods, files, gb18218, ghs, regions, segregation
from ledger.reference.dangerous_goods import RowKey

GOODS_HEADER = ",".join(dangerous_goods.COLUMNS).encode() + b"\n"


def test_the_list_of_dangerous_goods_is_whole(bundled: Reference) -> None:
    goods = bundled.dangerous_goods
    assert len(goods.all) == 3259
    assert sum(bool(row.un) for row in goods) == 3003
    assert len({row.un for row in goods if row.un}) == 2369
    assert sum(row.forbidden for row in goods) == 256
    assert goods.effective == "2026-06-01"


def test_a_number_is_not_a_key(bundled: Reference) -> None:
    rows = bundled.dangerous_goods.rows("1005")
    assert rows == bundled.dangerous_goods.rows("UN1005")
    assert {(row.hazard_class, row.subsidiaries, row.domestic) for row in rows} == {
        ("2.3", ("8",), False),
        ("2.2", (), True),
    }
    assert bundled.dangerous_goods.rows("UN9999") == ()


def test_the_international_row_is_taken_where_a_domestic_one_bears_the_same_key(bundled: Reference) -> None:
    methanol = bundled.dangerous_goods.row(RowKey("UN1230", "Methanol", "3", "II"))
    assert methanol.labels == ("3", "6.1")
    assert not methanol.domestic


def test_an_unknown_row_is_named(bundled: Reference) -> None:
    with pytest.raises(NotFoundError) as caught:
        bundled.dangerous_goods.row(RowKey("UN1017", "Chlorine", "2.1", ""))
    assert caught.value.code == "unknown_un_row"


def test_every_label_of_the_list_is_a_class(bundled: Reference) -> None:
    known = {"2.1", "2.2", "2.3", "3", "4.1", "4.2", "4.3", "5.1", "5.2", "6.1", "6.2", "7", "8", "9"}
    odd = Counter(
        label for row in bundled.dangerous_goods for label in row.labels if label not in known and label[0] != "1"
    )
    assert set(odd) <= {"Empty", "None", "Comb liq"}


@pytest.mark.parametrize(
    "line",
    [
        b"UN1017,Chlorine,2.3",
        b"UN1017,Chlorine,2.3,,IV,2.3,,False,,,,,",
        b"UN1017,Chlorine,2.3,,,2.3,,no,,,,,",
        b"UN1017,,2.3,,,2.3,,False,,,,,",
        b"\xff,Chlorine,2.3,,,2.3,,False,,,,,",
    ],
)
def test_a_broken_row_of_the_list_is_refused(line: bytes) -> None:
    with pytest.raises(FormatError) as caught:
        dangerous_goods.parse(GOODS_HEADER + line, "2026-06-01")
    assert caught.value.code == "reference_not_of_form"


def test_another_header_is_refused() -> None:
    with pytest.raises(FormatError):
        dangerous_goods.parse(b"id,name\n", "2026-06-01")
    with pytest.raises(FormatError):
        dangerous_goods.parse(b"", "2026-06-01")


def test_inhalation_zones_come_from_the_special_provisions(bundled: Reference) -> None:
    zones = {un: bundled.dangerous_goods.rows(un)[0].inhalation_zone for un in ("UN1017", "UN1005", "UN1090")}
    assert zones == {"UN1017": "B", "UN1005": "D", "UN1090": ""}


def test_thresholds_are_whole_milligrams(bundled: Reference) -> None:
    major = bundled.gb18218
    assert major.by_cas("7782-50-5")[0].threshold_mg == 5 * 10**9
    assert major.by_cas("75-44-5")[0].threshold_mg == 3 * 10**8
    assert [row.no for row in major.by_cas("6484-52-2")] == [43, 44]
    assert major.by_cas("7732-18-5") == ()
    assert len(major.substances) == 85
    assert all(row.agreement for row in major.substances.values())


def test_a_threshold_that_is_no_row_is_named(bundled: Reference) -> None:
    for ask in (lambda: bundled.gb18218.substance(86), lambda: bundled.gb18218.category("W99")):
        with pytest.raises(NotFoundError) as caught:
            ask()
        assert caught.value.code == "unknown_threshold"


def test_categories_and_factors_are_exact(bundled: Reference) -> None:
    major = bundled.gb18218
    assert major.category("W2").threshold_mg == 10 * 10**9
    assert major.category("W2").beta == Fraction(3, 2)
    assert major.beta_toxic_gas["氯"] == 4
    assert [major.alpha(people) for people in (0, 1, 29, 30, 50, 99, 100, 5000)] == [
        Fraction(text) for text in ("1/2", "1", "1", "6/5", "3/2", "3/2", "2", "2")
    ]
    assert [major.level(Fraction(r)).name_zh for r in (0, 10, "99/2", 50, "199/2", 100, 10**6)] == [
        "四级",
        "三级",
        "三级",
        "二级",
        "二级",
        "一级",
        "一级",
    ]


def test_a_toxic_gas_of_table_3_stands_in_table_1(bundled: Reference) -> None:
    known = {
        name for row in bundled.gb18218.substances.values() for name in (row.name_zh.split("(")[0], *row.aliases_zh)
    }
    assert set(bundled.gb18218.beta_toxic_gas) - known == {"一氧化碳"}  # the row of coal gas holds it


@pytest.mark.parametrize("tonnes", ["0", "-1", "0.00000000001", "five", ""])
def test_a_threshold_that_is_no_mass_is_refused(tonnes: str) -> None:
    with pytest.raises(FormatError):
        gb18218.milligrams(tonnes)


@pytest.mark.parametrize("factors", [b"{", b"[]", b"{}", b'{"table3_beta_toxic_gas":{"x":"y"}}'])
def test_broken_factors_are_refused(factors: bytes) -> None:
    substances = files.read("gb18218_2018_table1.csv")
    categories = files.read("gb18218_2018_table2_table4.csv")
    with pytest.raises(FormatError):
        gb18218.parse(substances, categories, factors, "2019-03-01")


def test_regions_have_parents_by_prefix(bundled: Reference) -> None:
    place = bundled.regions
    assert place.name("320582") == "江苏省苏州市张家港市"
    assert [region.level for region in place.path("320582")] == ["province", "prefecture", "county"]
    assert place.name("110105") == "北京市朝阳区"
    assert place.parent("110000") is None
    assert place.region("320500").prefix == "3205"


def test_a_region_lies_within_a_prefix(bundled: Reference) -> None:
    place = bundled.regions
    assert place.within("320582", "32")
    assert place.within("320582", "3205")
    assert not place.within("320582", "3206")
    assert not place.within("320582", "3")
    assert not place.within("329999", "32")


def test_every_region_leads_to_a_province(bundled: Reference) -> None:
    tops = {bundled.regions.path(region.code)[0].level for region in bundled.regions}
    assert tops == {"province"}


def test_an_unknown_region_is_named(bundled: Reference) -> None:
    with pytest.raises(NotFoundError) as caught:
        bundled.regions.path("999999")
    assert caught.value.code == "unknown_region"


@pytest.mark.parametrize("body", [b"11,x\n", b"11000a,x\n", b"110000,\n", b"110000,x\n110000,y\n"])
def test_a_broken_region_is_refused(body: bytes) -> None:
    with pytest.raises(FormatError):
        regions.parse(b"code,name\n" + body, "2026-11-22")


def test_the_grid_is_symmetric(bundled: Reference) -> None:
    grid = bundled.segregation
    assert len(grid.cells) == 18 * 18
    assert all(grid.cell(one, other) == grid.cell(other, one) for one, other in grid.cells)


def test_two_goods_are_judged_by_class_and_subsidiary_hazard(bundled: Reference) -> None:
    def good(name: str) -> dangerous_goods.DangerousGood:
        return bundled.products.product(name).good

    grid = bundled.segregation
    assert segregation.columns(good("chlorine"), liquid=False) == ("2.3B", "5.1")
    assert grid.between(good("chlorine"), good("acetone"), liquids=(False, True)) == "O"
    assert grid.between(good("nitric-acid-68"), good("calcium-carbide"), liquids=(True, False)) == "O"
    assert grid.between(good("acetone"), good("toluene"), liquids=(True, True)) == ""
    assert grid.between(good("sodium-cyanide"), good("sulfuric-acid-98"), liquids=(False, True)) == ""


def test_subsidiary_hazards_do_not_part_one_substance_from_itself(bundled: Reference) -> None:
    chlorine = bundled.products.product("chlorine").good
    toxic = (row for row in bundled.dangerous_goods if row.hazard_class == "2.3" and row.inhalation_zone == "B")
    oxidizing = next(row for row in toxic if row.un != chlorine.un)
    grid = bundled.segregation
    assert grid.cell("2.3B", "5.1") == "O"
    assert grid.between(chlorine, chlorine, liquids=(False, False)) == ""
    assert grid.between(chlorine, replace(oxidizing, subsidiaries=("5.1",)), liquids=(False, False)) == "O"
    explosive = next(row for row in bundled.dangerous_goods if row.hazard_class == "1.1D")
    assert grid.between(explosive, explosive, liquids=(False, False)) == grid.cell("1.1-1.2", "1.1-1.2") != ""


def test_explosives_and_zone_a_poisons_have_columns_of_their_own(bundled: Reference) -> None:
    goods = bundled.dangerous_goods
    explosive = next(row for row in goods if row.hazard_class == "1.1D")
    article = next(row for row in goods if row.hazard_class == "1.4S")
    poison = next(row for row in goods if row.hazard_class == "6.1" and row.inhalation_zone == "A")
    assert segregation.columns(explosive, liquid=False)[0] == "1.1-1.2"
    assert segregation.columns(article, liquid=False) == ("1.4",)
    assert segregation.columns(poison, liquid=True)[0] == "6.1I-A"
    assert "6.1I-A" not in segregation.columns(poison, liquid=False)
    assert bundled.segregation.between(explosive, poison, liquids=(False, True)) == "X"


def test_a_broken_grid_is_refused() -> None:
    whole = files.read("segregation_177_848.csv")
    with pytest.raises(FormatError):
        segregation.parse(whole.replace(b"X", b"Y", 1), "2026-08-07")
    with pytest.raises(FormatError):
        segregation.parse(b"\n".join(whole.splitlines()[:-1]), "2026-08-07")


def test_advice_covers_every_class_in_both_languages(bundled: Reference) -> None:
    cards = bundled.advice.cards
    assert set(cards) == {
        *("1", "2.1", "2.2", "2.3", "3", "4.1", "4.2", "4.3", "5.1", "5.2", "6.1", "7", "8", "9"),
    }
    for product in bundled.products:
        found = bundled.advice.for_good(product.good)
        assert found[0].name == product.good.hazard_class
        assert len(found) == 1 + len(product.good.subsidiaries)
    explosive = next(row for row in bundled.dangerous_goods if row.hazard_class == "1.1D")
    assert bundled.advice.for_good(explosive)[0] is cards["1"]


def test_advice_is_told_by_substance_where_there_is_any(bundled: Reference) -> None:
    found = bundled.advice
    chlorine = found.of_substance("UN1017")
    assert chlorine is not None
    assert chlorine.title.en == "Chlorine"
    assert found.of_substance("1017") is chlorine
    assert found.of_substance("UN3082") is None
    assert all(bundled.dangerous_goods.rows(un) for un in found.substances)


def test_how_far_to_keep_away_follows_from_class_and_state(bundled: Reference) -> None:
    cards = bundled.advice.cards
    assert all(card.clear is not None for card in cards.values())
    clear = cards["5.1"].clear
    assert clear is not None
    assert [clear.spill_m(state) for state in ("solid", "liquid", "gas", None)] == [25, 50, 50, 50]
    assert clear.fire_m == 800


def test_every_line_of_advice_is_short_imperative_and_has_a_source(bundled: Reference) -> None:
    found = bundled.advice
    for card in (found.everywhere, *found.cards.values(), *found.substances.values()):
        for line in (*card.danger, *card.do, *card.dont):
            assert len(line.text.zh) <= 40, line
            assert len(line.text.en) <= 110, line
            assert line.text.zh[-1] == "。", line
            assert line.text.en[-1] == ".", line
            assert line.source.zh, line
        assert all("不" in line.text.zh for line in card.dont), card.name


def test_advice_without_a_language_or_a_source_is_refused() -> None:
    whole = json.loads(files.read("responder_advice.json"))
    without = {**whole, "everywhere": {**whole["everywhere"], "do": [{"zh": "", "en": "x", "source": "own"}]}}
    unsourced = {**whole, "sources": {}}
    empty = {**whole, "everywhere": {**whole["everywhere"], "do": []}}
    near = {**whole["everywhere"], "clear": {**whole["classes"]["1"]["clear"], "fire_m": 0}}
    broken_ones: list[object] = [[], {}, without, unsourced, empty, {**whole, "everywhere": near}]
    for broken in broken_ones:
        with pytest.raises(FormatError):
            advice.parse(json.dumps(broken).encode(), "2026-11-24")


@pytest.mark.parametrize("chinese", [b"[]", b'{"statements": []}', b'{"statements": {"H999": "x"}}', b"\xff"])
def test_broken_chinese_statements_are_refused(chinese: bytes) -> None:
    with pytest.raises(FormatError):
        ghs.parse(files.read("ghs_h_statements.csv"), files.read("ghs_p_statements.csv"), chinese, "2023-07-27")


def test_a_broken_hazard_statement_is_refused() -> None:
    header = ",".join(ghs.H_COLUMNS).encode()
    for line in (b"H220,x,,,,GHS02,Alarm,", b"X220,x,,,,GHS02,Danger,"):
        with pytest.raises(FormatError):
            ghs.parse(header + b"\n" + line, b"code,statement\n", b'{"statements": {}}', "2023-07-27")
