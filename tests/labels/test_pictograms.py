"""Pictograms: all there, well-formed, and of the colours that carry the meaning."""

from importlib import resources
from xml.etree import ElementTree as ET

import pytest

from labels import pictograms
from ledger.errors import NotFoundError, catalogue
from ledger.reference import load

SVG = "{http://www.w3.org/2000/svg}"


def test_every_file_has_a_title_and_every_title_a_file() -> None:
    folder = resources.files("labels.pictograms")
    assert {file.name.removesuffix(".svg") for file in folder.iterdir() if file.name.endswith(".svg")} == set(
        pictograms.TITLES
    )


@pytest.mark.parametrize("name", sorted(pictograms.TITLES))
def test_a_drawing_is_plain_svg_that_says_what_it_is(name: str) -> None:
    root = ET.fromstring(pictograms.svg(name))
    assert root.attrib["viewBox"] == "0 0 200 200"
    assert root.attrib["role"] == "img"
    zh, en = pictograms.TITLES[name]
    assert root.findtext(f"{SVG}title") == f"{name} {zh} {en}"
    assert len(root.findtext(f"{SVG}desc") or "") > 30
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "g", "path", "circle", "ellipse"),
    }
    assert not any(key.startswith("on") or "href" in key for element in root.iter() for key in element.attrib)


@pytest.mark.parametrize("name", sorted(pictograms.GHS))
def test_ghs_drawings_are_black_on_white_in_red(name: str) -> None:
    root = ET.fromstring(pictograms.svg(name))
    assert root.find(f"{SVG}path") is not None
    frame = root.findall(f"{SVG}path")[0].attrib
    assert (frame["stroke"], frame["fill"]) == ("#d5001c", "#fff")
    colours = {element.attrib.get("fill") for element in list(root.iter())[1:]} - {None, "none"}
    assert colours == {"#000", "#fff"}


@pytest.mark.parametrize(
    ("name", "ground"),
    [("1", "#f58220"), ("2.1", "#e1251b"), ("2.2", "#00843d"), ("2.3", "#fff"), ("4.3", "#0067b1"), ("5.1", "#ffd100")],
)
def test_transport_drawings_have_the_ground_of_their_class(name: str, ground: str) -> None:
    assert ET.fromstring(pictograms.svg(name)).findall(f"{SVG}path")[0].attrib["fill"] == ground


def test_a_size_is_given_to_the_root_alone() -> None:
    root = ET.fromstring(pictograms.svg("8", size="16mm"))
    assert root.attrib["width"] == root.attrib["height"] == "16mm"
    assert "width" not in ET.fromstring(pictograms.svg("8")).attrib


@pytest.mark.parametrize("name", ["GHS10", "6.2", "", "../content", "2"])
def test_no_other_drawing(name: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        pictograms.svg(name)
    assert caught.value.code == "unknown_pictogram"


def test_labels_of_transport_are_drawn_in_their_order() -> None:
    assert pictograms.for_classes(("2.3", "5.1", "8")) == ("2.3", "5.1", "8")
    assert pictograms.for_classes(("1.1D", "6.1", "1.4S", "6.2")) == ("1", "6.1")


def test_whatever_a_product_needs_is_drawn() -> None:
    for product in load().products:
        assert set(product.pictograms) <= set(pictograms.GHS)
        assert pictograms.for_classes(product.good.labels) == product.good.labels


def test_every_problem_of_the_labels_has_its_texts() -> None:
    codes = {code for code, entry in catalogue.load().items() if entry.area == "labels"}
    assert codes == {
        "label_code_bytes",
        "label_code_not_of_form",
        "label_base_url",
        "label_text_not_alphanumeric",
        "label_size_unknown",
        "label_language_unknown",
        "label_text_does_not_fit",
        "label_resolution",
        "label_printer_resolution",
        "label_text_control",
        "drawing_not_of_form",
        "label_is_void",
        "label_not_here",
        "batch_without_labels",
        "too_many_labels",
        "unknown_pictogram",
    }
