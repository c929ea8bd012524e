from typing import Any

import pytest
from hypothesis import given

from ledger.core.canonical import Json, decode, encode
from ledger.core.effects import BETWEEN, MAX_ITEMS, SINKS, SOURCES, Effects, Finding, Posting, Share
from ledger.errors import FormatError
from tests.core.refusals import refused
from tests.core.values import effects, mutated

UUID = "01987a00-0000-7000-8000-00000000000b"
BATCH, ORG = f"batch:{UUID}", f"org:{UUID}"
HOLDING: list[Json] = [BATCH, ORG, f"shipment:{UUID}", f"site:{UUID}/A-03", f"container:{UUID}", "free"]
SINK_WORDS = ("used", "transformed", "sampled", "lost", "stolen", "released", "disposed", "exported", "external_out")
NOTHING: dict[str, Json] = {"postings": [], "shares": [], "findings": []}


@given(effects)
def test_effects_come_back_sorted(made: Effects) -> None:
    content = made.content()
    read = Effects.parse(decode(encode(content)))
    assert read.content() == content
    assert {(posting.account, posting.mg) for posting in read.postings} == {(p.account, p.mg) for p in made.postings}
    assert read.balance_mg == made.balance_mg
    turned = Effects(made.postings[::-1], made.shares[::-1], made.findings[::-1])
    assert turned.content() == content


@given(mutated(effects.map(lambda made: encode(made.content()))))
def test_mutated_effects_are_refused_or_are_others(body: bytes) -> None:
    try:
        read = Effects.parse(decode(body))
    except FormatError:
        return
    assert encode(read.content()) == body


def test_no_effects() -> None:
    assert Effects().content() == NOTHING
    assert Effects.parse(NOTHING) == Effects()


def test_the_pools_are_those_of_the_design() -> None:
    assert {"produced", "opening", "imported", "external_in", "found", "unexplained"} == SOURCES
    assert set(SINK_WORDS) == SINKS
    assert {"difference", "variance"} == BETWEEN


def test_a_posting_to_each_kind_of_account_is_read() -> None:
    vehicle = [*HOLDING[:3], "vehicle:粤B12345", "-", "waste"]
    content: list[Json] = [
        {"account": "produced", "kg": "-3"},
        {"account": HOLDING, "kg": "1"},
        {"account": vehicle, "kg": "2"},
    ]
    read = Effects.parse(NOTHING | {"postings": content})
    assert read.postings == (
        Posting("produced", -3_000_000),
        Posting(tuple(str(part) for part in HOLDING), 1_000_000),
        Posting(tuple(str(part) for part in vehicle), 2_000_000),
    )
    assert read.balance_mg == 0


def _holding(place: int, part: Json) -> dict[str, Json]:
    return {"account": [*HOLDING[:place], part, *HOLDING[place + 1 :]], "kg": "1"}


BAD_POSTINGS: list[tuple[Any, str, str]] = [
    (1, "wrong_kind", ""),
    ({"account": "used"}, "name_missing", "/kg"),
    ({"account": "used", "kg": "1", "lb": "2"}, "unknown_name", "/lb"),
    ({"account": "stock", "kg": "1"}, "not_a_choice", "/account"),
    ({"account": None, "kg": "1"}, "wrong_kind", "/account"),
    ({"account": "used", "kg": 1}, "wrong_kind", "/kg"),
    ({"account": "used", "kg": "1.0"}, "kg_not_canonical", "/kg"),
    ({"account": "used", "kg": "0"}, "posting_zero", "/kg"),
    ({"account": "used", "kg": "1000000000000"}, "amount_too_large", "/kg"),
    ({"account": [], "kg": "1"}, "list_length", "/account"),
    ({"account": [*HOLDING, "x"], "kg": "1"}, "list_length", "/account"),
    (_holding(0, ORG), "ref_wrong_kind", "/account/0"),
    (_holding(0, 1), "wrong_kind", "/account/0"),
    (_holding(1, BATCH), "ref_wrong_kind", "/account/1"),
    (_holding(2, f"user:{UUID}"), "ref_wrong_kind", "/account/2"),
    (_holding(3, f"site:{UUID}"), "place_not_of_form", "/account/3"),
    (_holding(3, f"site:{UUID}/a b"), "place_not_of_form", "/account/3"),
    (_holding(3, "vehicle:"), "place_not_of_form", "/account/3"),
    (_holding(3, "vehicle:A|B"), "place_not_of_form", "/account/3"),
    (_holding(4, ""), "ref_not_of_form", "/account/4"),
    (_holding(4, BATCH), "ref_wrong_kind", "/account/4"),
    (_holding(5, "sold"), "not_a_choice", "/account/5"),
]


@pytest.mark.parametrize(("posting", "code", "at"), BAD_POSTINGS, ids=lambda item: repr(item)[:60])
def test_a_bad_posting_is_refused_where_it_is_wrong(posting: Json, code: str, at: str) -> None:
    with refused(code, f"/postings/0{at}"):
        Effects.parse(NOTHING | {"postings": [posting]})


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"postings": {}}, "wrong_kind", "/postings"),
        ({"more": []}, "unknown_name", "/more"),
        ({"shares": [{"batch": BATCH, "ppb": 1}] * (MAX_ITEMS + 1)}, "list_length", "/shares"),
        ({"shares": [{"batch": ORG, "ppb": 1}]}, "ref_wrong_kind", "/shares/0/batch"),
        ({"shares": [{"batch": BATCH, "ppb": 10**9 + 1}]}, "number_out_of_range", "/shares/0/ppb"),
        ({"shares": [{"batch": BATCH, "ppb": -1}]}, "number_out_of_range", "/shares/0/ppb"),
        ({"shares": [{"batch": BATCH}]}, "name_missing", "/shares/0/ppb"),
        ({"findings": [{"rule": "late_report", "data": {}}]}, "rule_not_of_form", "/findings/0/rule"),
        ({"findings": [{"rule": "late_report@01", "data": {}}]}, "rule_not_of_form", "/findings/0/rule"),
        ({"findings": [{"rule": "late_report@1", "data": []}]}, "wrong_kind", "/findings/0/data"),
        ({"findings": [{"rule": "late_report@1"}]}, "name_missing", "/findings/0/data"),
    ],
    ids=lambda item: repr(item)[:60],
)
def test_bad_effects_are_refused(change: dict[str, Json], code: str, field: str) -> None:
    with refused(code, field):
        Effects.parse(NOTHING | change)


def test_another_order_is_refused() -> None:
    used: Json = {"account": "used", "kg": "1"}
    lost: Json = {"account": "lost", "kg": "1"}
    Effects.parse(NOTHING | {"postings": [lost, used]})
    with refused("not_sorted", "/postings/1"):
        Effects.parse(NOTHING | {"postings": [used, lost]})
    with refused("duplicate_item", "/postings/1"):
        Effects.parse(NOTHING | {"postings": [used, used]})


def test_a_holding_stands_before_or_after_a_pool_as_its_bytes_do() -> None:
    # '"' (0x22) sorts before '[' (0x5B).
    made = Effects((Posting(tuple(str(part) for part in HOLDING), 1), Posting("produced", -1)))
    assert Effects.parse(made.content()).postings[0].account == "produced"


def test_one_posting_per_account_and_one_share_per_lot() -> None:
    twice: list[Json] = [{"account": "used", "kg": "1"}, {"account": "used", "kg": "2"}]
    with refused("duplicate_account", "/postings"):
        Effects.parse(NOTHING | {"postings": twice})
    lots: list[Json] = [{"batch": BATCH, "ppb": 1}, {"batch": BATCH, "ppb": 2}]
    with refused("duplicate_share", "/shares"):
        Effects.parse(NOTHING | {"shares": lots})


def test_the_folded_share_is_read() -> None:
    read = Effects.parse(NOTHING | {"shares": [{"batch": "-", "ppb": 5}]})
    assert read.shares == (Share("-", 5),)


def test_findings_of_one_rule_may_be_several() -> None:
    made = Effects(findings=(Finding("loss@1", {"n": 2}), Finding("loss@1", {"n": 1})))
    assert [finding.data for finding in Effects.parse(made.content()).findings] == [{"n": 1}, {"n": 2}]
