"""Where things stand on a label: all of it on the paper, nothing over another, hazards whole, text large enough."""

from dataclasses import replace
from itertools import combinations

import pytest

from labels import statements
from labels.content import Hazards, Sentence, Supplier
from labels.drawing import Box, Drawing, Item, Picture, Symbol, Text
from labels.layout import SIZES, grouped, lay_out
from labels.pen import SMALLEST
from labels.words import Lang
from ledger.errors import FormatError
from tests.labels.samples import label, place, reference, run

BOTH: tuple[Lang, ...] = ("zh", "en")
LANGS: list[tuple[Lang, ...]] = [("zh", "en"), ("en", "zh"), ("zh",), ("en",)]
TOO_MUCH = {("ethylene-oxide", "100x70")}
"""Twelve hazard statements in two languages do not fit on the small label."""
PRODUCTS = [product.id for product in reference().products]


def rectangle(item: Item) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what is inked: of a symbol without its quiet zone, of letters without the blank."""
    match item:
        case Text():
            points = item.size * 25.4 / 72
            return item.x, item.y + 0.12 * points, item.x + item.wide, item.y + 1.02 * points
        case Picture():
            return item.x, item.y, item.x + item.side, item.y + item.side
        case Symbol():
            quiet = item.side * 4 / 45
            return item.x + quiet, item.y + quiet, item.x + item.side - quiet, item.y + item.side - quiet
        case Box():
            return item.x, item.y, item.x + item.wide, item.y + item.high


def overlaps(drawing: Drawing) -> list[tuple[Item, Item]]:
    found = []
    marks = [item for item in drawing.all if not (isinstance(item, Box) and not item.filled)]
    for one, two in combinations(marks, 2):
        a, b = rectangle(one), rectangle(two)
        if min(a[2], b[2]) - max(a[0], b[0]) > 0.05 and min(a[3], b[3]) - max(a[1], b[1]) > 0.05:
            found.append((one, two))
    return found


def said(drawing: Drawing) -> str:
    return "".join("".join(drawing.lines).split())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("langs", LANGS)
@pytest.mark.parametrize("product", PRODUCTS)
def test_every_label_is_whole(product: str, langs: tuple[Lang, ...], size: str) -> None:
    made = label(product)
    if (product, size) in TOO_MUCH and len(langs) > 1:
        with pytest.raises(FormatError):
            lay_out(made, size, langs)
        return
    drawing = lay_out(made, size, langs)
    assert overlaps(drawing) == []
    for item in drawing.all:
        left, top, right, bottom = rectangle(item)
        assert min(left, top) >= 1.5
        assert right <= drawing.wide - 1.5
        assert bottom <= drawing.high - 1.5
    text = said(drawing)
    assert made.run.hazards is not None
    for sentence in made.run.hazards.hazards:
        for lang in langs:
            assert "".join((sentence.zh if lang == "zh" else sentence.en).split()) in text
    assert made.run.identity is not None
    for value in ("0532-83889090", "200.5kg", "DR00007-1", "CL-20261101-07", "2028-10-31", made.run.identity.un[2:]):
        assert value in text
    assert [item.name for item in drawing.all if isinstance(item, Picture)] == [
        *(made.run.identity.transport if size == "100x70" else ()),
        *made.run.hazards.pictograms,
        *(made.run.identity.transport if size == "100x150" else ()),
    ]
    assert [item.text for item in drawing.all if isinstance(item, Symbol)] == [made.url]
    assert min(item.size for item in drawing.all if isinstance(item, Text)) >= 0.9 * SMALLEST


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_large_label_says_the_gravest_precautions_in_both_languages(product: str) -> None:
    text = said(lay_out(label(product), "100x150"))
    given = run(product).hazards
    assert given is not None
    for sentence in statements.by_weight(given.precautions)[:4]:
        assert "".join(sentence.zh.split()) in text, sentence.code
        assert "".join(sentence.en.split()) in text, sentence.code


def test_what_is_left_out_is_what_matters_least_and_the_label_says_where_to_read_on() -> None:
    large, small = lay_out(label("nitric-acid-68"), "100x150", ("zh",)), lay_out(label("nitric-acid-68"), "100x70")
    assert "存放处须加锁" in said(large)
    assert "存放处须加锁" not in said(small)
    for drawing in (large, small):
        assert "请参阅化学品安全技术说明书" in said(drawing)


def test_labels_of_a_run_share_their_ground() -> None:
    one, two = lay_out(label(number=1), "100x150"), lay_out(label(number=2), "100x150")
    assert one.ground is two.ground
    assert one.items != two.items
    assert len(one.ground) > 3 * len(one.items) / 2


def test_long_names_and_numbers_shrink_and_are_never_cut() -> None:
    name = "三氯异氰尿酸和过氧化二异丙苯的混合物" * 3
    lot, serial = "LOT-" + "X9" * 18, "SERIAL-" + "W8" * 16
    given = run(
        "acetone", supplier=Supplier("很长的公司名称" * 10, "A very long name of a firm " * 5, "地址" * 60, "1" * 30)
    )
    assert given.identity is not None
    long = given.__class__(
        **{
            **{field: getattr(given, field) for field in given.__slots__},
            "identity": given.identity.__class__(
                name, name[:40], "UN1993", "Flammable liquids, n.o.s. " * 4, "3", (), "I", ("3",)
            ),
            "lot": lot,
        }
    )
    drawing = lay_out(label("acetone", caption=serial, run=long), "100x150")
    text = said(drawing)
    assert name in text
    assert lot in text
    assert serial in text
    assert overlaps(drawing) == []


def test_hazards_that_do_not_fit_are_refused_not_cut() -> None:
    many = tuple(Sentence(f"H{n}", "非常长的危险性说明" * 4, "a very long hazard statement " * 3) for n in range(40))
    crowded = run("chlorine", hazards=Hazards(("GHS06",), "Danger", many, ()))
    with pytest.raises(FormatError) as caught:
        lay_out(label(run=crowded), "100x70")
    assert caught.value.code == "label_text_does_not_fit"
    assert caught.value.params["size"] == "100x70"


def test_too_many_fields_are_refused() -> None:
    with pytest.raises(FormatError) as caught:
        lay_out(label(caption="W" * 400), "100x70")
    assert caught.value.code == "label_text_does_not_fit"


def test_a_place_has_a_large_symbol_and_its_name() -> None:
    for size in SIZES:
        drawing = lay_out(place(), size)
        assert overlaps(drawing) == []
        assert "B-04" in drawing.lines
        (symbol,) = (item for item in drawing.all if isinstance(item, Symbol))
        assert symbol.side > 0.35 * drawing.high
        assert drawing.title == "货位 / location B-04"


@pytest.mark.parametrize("number", ["YD090003007", "JINHAI-2026-0000123"])
def test_a_number_is_written_on_one_line(number: str) -> None:
    for size in SIZES:
        drawing = lay_out(replace(place(), caption=f"运单 {number}"), size)
        assert any(number in line for line in drawing.lines)
        assert overlaps(drawing) == []


def test_goods_without_hazards_or_number_have_a_label() -> None:
    plain = run("nitrogen", hazards=None, supplier=None, emergency_phone="", produced_on="", expires_on="", demo=True)
    drawing = lay_out(label(run=plain, net_kg=""), "100x150")
    assert "氮" in said(drawing)
    assert "危险" not in said(drawing)


@pytest.mark.parametrize(
    ("size", "langs", "code"),
    [
        ("90x90", BOTH, "label_size_unknown"),
        ("", BOTH, "label_size_unknown"),
        ("100x150", (), "label_language_unknown"),
        ("100x150", ("zh", "zh"), "label_language_unknown"),
        ("100x150", ("fr",), "label_language_unknown"),
    ],
)
def test_another_size_or_language_is_refused(size: str, langs: tuple[Lang, ...], code: str) -> None:
    with pytest.raises(FormatError) as caught:
        lay_out(label(), size, langs)
    assert caught.value.code == code


def test_a_code_is_shown_in_groups() -> None:
    assert grouped("7ZKQ3M0A1BCDEFGH") == "7ZKQ 3M0A 1BCD EFGH"
