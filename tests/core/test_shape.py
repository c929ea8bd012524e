import pytest

from ledger.core.canonical import Json
from ledger.core.shape import (
    ascending,
    closed_object,
    hash_at,
    int_at,
    list_at,
    object_at,
    one_of,
    spec_at,
    text_at,
)
from tests.core.refusals import refused


def test_a_closed_object_has_exactly_its_names() -> None:
    assert closed_object({"a": 1, "b": None}, ("a", "b")) == {"a": 1, "b": None}
    with refused("unknown_name", "/x/c"):
        closed_object({"a": 1, "b": 2, "c": 3}, ("a", "b"), "/x")
    with refused("name_missing", "/x/b"):
        closed_object({"a": 1}, ("a", "b"), "/x")
    with refused("wrong_kind", "/x"):
        closed_object([], ("a", "b"), "/x")


@pytest.mark.parametrize("value", [None, True, 1, "a", []])
def test_what_is_no_object_is_refused(value: Json) -> None:
    with refused("wrong_kind"):
        object_at(value)


@pytest.mark.parametrize("value", [None, True, 1, [], {}])
def test_what_is_no_text_is_refused(value: Json) -> None:
    with refused("wrong_kind", "/x"):
        text_at(value, "/x")
    with refused("wrong_kind", "/x"):
        hash_at(value, "/x")
    with refused("not_a_choice", "/x"):
        one_of(value, ("a", "b"), "/x")


@pytest.mark.parametrize("value", [None, True, "1", [], {}])
def test_what_is_no_number_is_refused(value: Json) -> None:
    with refused("wrong_kind", "/x"):
        int_at(value, 0, 9, "/x")


def test_numbers_and_lists_are_bounded() -> None:
    assert [int_at(value, 0, 9) for value in (0, 9)] == [0, 9]
    for value in (-1, 10):
        with refused("number_out_of_range", "/x"):
            int_at(value, 0, 9, "/x")
    assert list_at([1, 2], 2) == [1, 2]
    with refused("list_length", "/x"):
        list_at([1, 2, 3], 2, "/x")
    with refused("wrong_kind", "/x"):
        list_at({}, 2, "/x")


def test_choices_and_specs_are_closed() -> None:
    assert one_of("a", ("a", "b")) == "a"
    with refused("not_a_choice", "/mode"):
        one_of("c", ("a", "b"), "/mode")
    spec_at({"spec": "x@1"}, "x@1")
    with refused("spec_unknown", "/spec"):
        spec_at({"spec": "x@2"}, "x@1")


def test_sorted_means_ascending_and_unique() -> None:
    ascending([])
    ascending(["A", "a", "aa"])
    ascending([b"\x00", b"\xff"])
    with refused("duplicate_item", "/keys/1"):
        ascending(["a", "a"], "/keys")
    with refused("not_sorted", "/keys/2"):
        ascending(["a", "c", "b"], "/keys")
