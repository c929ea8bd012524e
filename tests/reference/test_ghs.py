"""What a label shows of a classification, GHS 1.4.10.5.3."""

import pytest

from ledger.errors import NotFoundError
from ledger.reference import Reference
from ledger.reference.ghs import LabelElements, label_elements


def elements(bundled: Reference, *codes: str) -> LabelElements:
    return label_elements(bundled.ghs.hazard(code) for code in codes)


def test_skull_leaves_no_exclamation_mark(bundled: Reference) -> None:
    assert elements(bundled, "H301", "H312").pictograms == ("GHS06",)
    assert elements(bundled, "H302").pictograms == ("GHS07",)


def test_corrosion_leaves_no_mark_for_irritation_but_for_the_lungs(bundled: Reference) -> None:
    assert elements(bundled, "H318", "H315").pictograms == ("GHS05",)
    assert elements(bundled, "H314", "H335").pictograms == ("GHS05", "GHS07")


def test_corrosion_of_metal_alone_leaves_the_mark_for_irritation(bundled: Reference) -> None:
    assert elements(bundled, "H290", "H315").pictograms == ("GHS05", "GHS07")


def test_respiratory_sensitiser_leaves_no_mark_for_skin(bundled: Reference) -> None:
    assert elements(bundled, "H334", "H317", "H319").pictograms == ("GHS08",)
    assert elements(bundled, "H334", "H302", "H317").pictograms == ("GHS07", "GHS08")
    assert elements(bundled, "H341", "H317").pictograms == ("GHS07", "GHS08")


def test_danger_leaves_no_warning(bundled: Reference) -> None:
    assert elements(bundled, "H226", "H319").signal_word == "Warning"
    assert elements(bundled, "H226", "H314").signal_word == "Danger"
    assert elements(bundled, "H412").signal_word == ""
    assert elements(bundled) == LabelElements((), "", ())


def test_a_statement_that_another_covers_is_not_shown(bundled: Reference) -> None:
    found = elements(bundled, "H314", "H318", "H400", "H410")
    assert [hazard.code for hazard in found.hazards] == ["H314", "H410"]


def test_the_category_must_be_named_where_it_matters(bundled: Reference) -> None:
    with pytest.raises(NotFoundError) as caught:
        bundled.ghs.hazard("H272")
    assert caught.value.code == "unknown_hazard_statement"
    assert bundled.ghs.hazard("H272", "Category 3").signal_word == "Warning"
    assert bundled.ghs.hazard("H250", "Category 1", "Pyrophoric solids").hazard_class == "Pyrophoric solids"
    with pytest.raises(NotFoundError):
        bundled.ghs.hazard("H272", "Category 9")


def test_an_unknown_precaution_is_named(bundled: Reference) -> None:
    with pytest.raises(NotFoundError) as caught:
        bundled.ghs.precaution("P999")
    assert caught.value.code == "unknown_precaution"


def test_deleted_statements_are_marked(bundled: Reference) -> None:
    assert bundled.ghs.hazard("H201").deleted
    assert bundled.ghs.hazard("H201").statement.startswith("Explosive")
    assert bundled.ghs.precaution("P310").deleted
