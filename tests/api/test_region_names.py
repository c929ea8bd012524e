"""Regions on English pages: every province and prefecture has a name, counties keep theirs, marked as Chinese."""

import pytest

from api.region_names import english, of_code, of_region
from api.web.render import environment
from ledger.reference import Reference, load


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load()


def test_every_province_and_prefecture_has_an_english_name_and_nothing_else_has(reference: Reference) -> None:
    above = {region.code for region in reference.regions if region.level != "county"}
    assert english().keys() == above
    assert all(name.isascii() or "ü" in name for name in english().values())


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("310000", "上海市", "Shanghai"),
        ("320582", "江苏省苏州市张家港市", "张家港市, Suzhou, Jiangsu"),
        ("610100", "陕西省西安市", "Xi'an, Shaanxi"),
        ("150600", "内蒙古自治区鄂尔多斯市", "Ordos, Inner Mongolia"),
        ("211300", "辽宁省朝阳市", "Chaoyang, Liaoning"),
        ("999999", "999999", "999999"),
    ],
)
def test_a_region_is_called_by_its_path(reference: Reference, code: str, zh: str, en: str) -> None:
    words = of_code(reference.regions, code)
    assert (words.zh, words.en) == (zh, en)


def test_a_county_alone_stays_chinese(reference: Reference) -> None:
    assert of_region(reference.regions.region("320582")).en == "张家港市"


def test_what_stays_chinese_is_marked_and_escaped() -> None:
    template = environment("en").from_string("{{ text|chinese(lang) }}")
    marked = template.render(text="张家港市, <Suzhou>", lang="en")
    assert marked == '<span lang="zh-CN">张家港市</span>, &lt;Suzhou&gt;'
    assert template.render(text="张家港市", lang="zh") == "张家港市"
