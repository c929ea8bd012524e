"""Wrapping of Chinese and Latin, and what a transport document says when it is read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.paper import Paper, columns, width, wrap
from labels.waybill import CODE_SIDE, GoodsLine, render
from ledger.core.waybill import particulars
from tests.labels.papers import CODE, GOODS, pixels, texts, waybill
from tests.labels.raster import read


@given(st.text(st.sampled_from("危险货物，。（）abc DEF-12 ·"), max_size=80), st.integers(8, 60))
def test_wrapped_lines_fit_and_lose_nothing(text: str, room: int) -> None:
    lines = wrap(text, 9.5, room)
    assert all(width(line, 9.5) <= room for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_line_does_not_begin_with_punctuation() -> None:
    lines = wrap("危险货物，" * 8, 10, 18)
    assert len(lines) > 3
    assert not [line for line in lines if line.startswith("，")]


def test_a_word_that_is_wider_than_the_room_is_broken() -> None:
    lines = wrap("shipment:0192f5a1-0c00-7000-8000-000000000001", 9.5, 20)
    assert "".join(lines) == "shipment:0192f5a1-0c00-7000-8000-000000000001"
    assert len(lines) > 2


def test_columns_share_the_room() -> None:
    assert columns(90, [1, 2]) == [30, 60]


def test_the_paper_depends_on_its_content_alone() -> None:
    assert render(waybill()) == render(waybill())


def test_chinese_and_english_are_read_back_from_the_file() -> None:
    (page,) = texts(render(waybill()))
    for text in (
        "危险货物道路运输运单",
        "YD000123-004",
        "海澜化工（演示）有限公司",
        "Caihong Coatings",
        "浙B60311",
        "UN 1093 ACRYLONITRILE, STABILIZED, 3 (6.1), I",
        "丙烯腈，稳定的 / Acrylonitrile, stabilized",
        "900.25 kg",
        "0532-83889090",
        "演示数据",
        "已签名",
        "待签",
    ):
        assert text in page, text


def test_the_description_keeps_its_fixed_order_on_one_line() -> None:
    (page,) = texts(render(waybill()))
    assert [line for line in page.split("\n") if line.startswith("UN ")] == [item.description for item in GOODS]


def test_the_code_is_read_from_the_printed_page() -> None:
    assert CODE in read(pixels(render(waybill()), dpi=200))
    assert CODE_SIDE >= 40


@pytest.mark.parametrize("dpi", [120, 150, 300])
def test_the_code_is_read_at_the_resolution_of_a_phone_or_a_copier(dpi: int) -> None:
    assert CODE in read(pixels(render(waybill()), dpi=dpi))


def test_a_long_list_of_goods_goes_on_over_pages_and_loses_none() -> None:
    many = tuple(GoodsLine(f"货物{n}", f"Goods {n}", f"UN {1000 + n} THING, 3, II", "1", "5") for n in range(60))
    pages = texts(render(waybill(goods=many)))
    assert len(pages) > 2
    said = "\n".join(pages)
    assert all(item.description in said for item in many)


def test_fields_that_are_not_known_show_a_dash() -> None:
    (page,) = texts(render(waybill(trailer="", tank="", crew=(), goods=(), demo=False)))
    assert "—" in page
    assert "演示数据" not in page


def test_the_signed_digest_covers_every_printed_field_but_later_signatures() -> None:
    plain = particulars(waybill().particulars())
    assert particulars(waybill(signatures=(), code="HTTPS://X/").particulars()) == plain
    for changed in ({"plate": "浙B60312"}, {"total_kg": "900.26"}, {"goods": GOODS[:1]}, {"crew": ()}):
        assert particulars(waybill(**changed).particulars()) != plain


def test_text_can_be_set_anywhere() -> None:
    paper = Paper("t", "a")
    assert paper.block(10, 10, "a\nb", 10, 50) > paper.block(10, 10, "a", 10, 50)
    paper.page()
    assert len(texts(paper.bytes())) == 2
