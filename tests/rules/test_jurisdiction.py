"""What an authority is competent for: regions, parks, classes."""

import pytest

from ledger.rules.jurisdiction import EVERYWHERE, Jurisdiction, competent, jurisdiction_of, within_region


@pytest.mark.parametrize(
    ("region", "code", "within"),
    [
        ("33", "330206", True),
        ("330000", "330206", True),
        ("3302", "330206", True),
        ("330200", "330206", True),
        ("330206", "330206", True),
        ("330206", "330211", False),
        ("31", "330206", False),
        ("10", "100000", True),
    ],
)
def test_a_region_contains_the_codes_below_it(region: str, code: str, *, within: bool) -> None:
    assert within_region(region, code) is within


@pytest.mark.parametrize(
    ("stated", "region", "park", "classes", "expected"),
    [
        ({}, "330206", "", (), True),
        ({"regions": ["33"]}, "330206", "", ("3",), True),
        ({"regions": ["33"]}, "310116", "", (), False),
        ({"parks": ["P"]}, "310116", "P", (), True),
        ({"parks": ["P"]}, "310116", "", (), False),
        ({"parks": ["P"], "regions": ["33"]}, "330206", "Q", (), True),
        ({"classes": ["6"]}, "330206", "", ("3", "6.1"), True),
        ({"classes": ["6.1"]}, "330206", "", ("3",), False),
        ({"classes": ["6.1"]}, "330206", "", (), True),
        ({"regions": ["31"], "classes": ["3"]}, "330206", "", ("3",), False),
    ],
)
def test_competence_is_place_and_class(
    stated: dict[str, list[str]], region: str, park: str, classes: tuple[str, ...], *, expected: bool
) -> None:
    assert competent(jurisdiction_of(stated), region, park, classes) is expected


def test_nothing_stated_is_everywhere() -> None:
    assert jurisdiction_of({}) == EVERYWHERE == Jurisdiction()
