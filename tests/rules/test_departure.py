"""Before a loaded vehicle leaves: carrier, vehicle, driver, escort, and every field of the waybill."""

import pytest

from ledger.core.canonical import Json
from ledger.core.effects import Finding
from ledger.rules import Entry, State
from ledger.rules.departure import check_departure
from ledger.rules.draft import Draft
from ledger.rules.statements import type_of
from tests.rules.papers import PAPERS, Papered, codes, held, papered
from tests.rules.test_guards import reasons
from tests.support.rulebook import DAY, findings, organisation, reference

FIELDS = (
    "waybill",
    "origin",
    "destination",
    "departure_date",
    "driver",
    "escort",
    "dispatcher",
    "packages",
    "package_kind",
)


@pytest.fixture
def p() -> Papered:
    return papered()


def told(entry: Entry, chain: str) -> tuple[Finding, ...]:
    return entry.effects[chain].findings


def accepted(answer: object) -> Entry:
    assert isinstance(answer, Entry), answer
    return answer


def test_a_vehicle_with_all_its_papers_leaves(p: Papered) -> None:
    p.loaded()
    assert not findings(accepted(p.dispatch(p.waybill())))


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_that_the_waybill_lacks_is_named(p: Papered, name: str) -> None:
    p.loaded()
    assert codes(p.dispatch(p.without(name))) == [("waybill_incomplete", f"/sections/transport/{name}")]


def test_a_report_of_a_departure_without_a_waybill_is_recorded(p: Papered) -> None:
    p.loaded()
    assert reasons(accepted(p.dispatch({}, "report"))) == ["waybill_incomplete"]


def test_goods_in_bulk_name_the_tank(p: Papered) -> None:
    p.loaded()
    tank: Json = {"id": "T-1", "volume_l": "20000"}
    assert not findings(accepted(p.dispatch({**p.without("packages", "package_kind"), "tank": tank})))


def test_what_was_said_before_is_not_asked_for_again(p: Papered) -> None:
    p.loaded(**p.waybill())
    assert not findings(accepted(p.dispatch({})))


def test_another_customer_does_not_speak_of_the_trip(p: Papered) -> None:
    p.loaded(**p.waybill())
    batch = p.w.produce(10)
    stranger = {**p.w.use(batch, 1), **p.truck.trip(driver=p.w.book.ref("user"))}
    p.w.book.do("transport.loaded", p.w.maker, stranger, "report")
    assert p.truck.state.statement["driver"] == p.driver
    assert p.truck.state.statement["loader"] == p.w.maker


def test_the_loader_is_who_loads_or_whom_they_name(p: Papered) -> None:
    p.loaded()
    assert p.truck.state.statement["loader"] == p.plant
    stated = {**p.truck.trip(), **p.lines(p.w.produce(10, org=p.plant), 1), "parties": {"loader": p.w.user}}
    p.w.book.do("transport.loaded", p.plant, stated)
    assert p.truck.state.statement["loader"] == p.w.user


def test_a_carrier_without_phone_or_licence_leaves_gaps_in_the_waybill(p: Papered) -> None:
    bare = p.w.book.ref("org")
    p.w.book.do("governance.organisation_admitted", p.w.operator, {"organisation": organisation(bare)})
    p.truck.carrier = bare
    p.loaded()
    fields = {field for code, field in codes(p.dispatch(p.waybill())) if code == "waybill_incomplete"}
    assert fields == {
        f"/sections/transport/{name}"
        for name in (
            "vehicle_certificate",
            "driver_certificate",
            "escort_certificate",
            "carrier_licence",
            "carrier_phone",
        )
    }


def test_certificates_may_be_stated(p: Papered) -> None:
    p.loaded()
    other = p.w.book.ref("user")
    stated = codes(p.dispatch({**p.waybill(), "driver": other, "driver_certificate": "C-1"}))
    assert stated == [("driver_unlicensed", "/sections/transport/driver")]


@pytest.mark.parametrize(
    ("kind", "code", "field"),
    [
        ("road_transport", "carrier_unlicensed", ""),
        ("vehicle", "vehicle_unlicensed", "/vehicle"),
        ("driver", "driver_unlicensed", "/driver"),
        ("escort", "escort_unlicensed", "/escort"),
    ],
)
def test_a_suspended_licence_of_carrier_vehicle_or_crew_stops_the_departure(
    p: Papered, kind: str, code: str, field: str
) -> None:
    p.loaded()
    p.suspend(p.w.carrier, held(p.w, p.w.carrier, kind))
    assert codes(p.dispatch(p.waybill())) == [(code, "/sections/transport" + field)]


def test_a_vehicle_licensed_for_other_classes_does_not_carry_these(p: Papered) -> None:
    p.truck.plate = "京A00001"
    p.license(p.w.carrier, "vehicle", subject=p.truck.plate, classes=["8"])
    p.loaded()
    assert codes(p.dispatch(p.waybill())) == [("vehicle_unlicensed", "/sections/transport/vehicle")]


def test_licences_of_the_crew_expire(p: Papered) -> None:
    p.loaded()
    p.w.book.now += 800 * DAY
    found = {code for code, _ in codes(p.dispatch(p.waybill()))}
    assert found == {"carrier_unlicensed", "vehicle_unlicensed", "driver_unlicensed", "escort_unlicensed"}
    reported = accepted(p.dispatch(p.waybill(), "report"))
    lapsed = [one for one in told(reported, p.truck.key) if one.rule == "licence_expired@1"]
    assert {one.data["kind"] for one in lapsed} == {"road_transport", "vehicle", "driver", "escort"}
    assert {one.data["valid_to"] for one in lapsed} == {"2028-12-31"}


def test_a_licence_that_never_was_did_not_expire(p: Papered) -> None:
    p.loaded()
    other = p.w.book.ref("user")
    reported = accepted(p.dispatch(p.waybill(driver=other), "report"))
    assert "driver_unlicensed" in reasons(reported)
    assert "licence_expired@1" not in findings(reported)


def test_each_leg_on_the_road_has_its_own_crew(p: Papered) -> None:
    p.loaded()
    legs: list[Json] = [
        {"mode": "rail", "carrier": p.w.user},
        {"mode": "road", "carrier": p.w.maker, "vehicle": "B1"},
        {"mode": "road", "carrier": p.w.carrier, "vehicle": p.truck.plate, "driver": p.driver, "escort": p.escort},
        {"mode": "road", "carrier": p.w.carrier},
    ]
    assert codes(p.dispatch({**p.waybill(), "legs": legs})) == [
        ("carrier_unlicensed", "/sections/transport/legs/1"),
        ("vehicle_unlicensed", "/sections/transport/legs/1/vehicle"),
    ]


def test_a_leg_of_an_unknown_carrier_is_not_licensed(p: Papered) -> None:
    p.loaded()
    legs: list[Json] = [{"mode": "road", "carrier": p.w.book.ref("org")}]
    event = p.w.book.event("transport.dispatched", p.plant, p.truck.trip(**{**p.waybill(), "legs": legs}))

    def objections(state: State) -> list[str]:
        draft = Draft(event, type_of(event.header.type), state, p.w.book.now, p.w.book.rules, reference())
        check_departure(draft)
        return [problem.code for _, problem in draft.objections]

    assert p.w.book.ask(objections) == ["carrier_unlicensed"]


def test_rail_needs_no_truck_but_a_waybill(p: Papered) -> None:
    p.loaded()
    rail: dict[str, Json] = {"mode": "rail", "origin": "甲", "destination": "乙", "departure_date": "2026-11-22"}
    assert codes(p.dispatch(rail)) == [("waybill_incomplete", "/sections/transport/waybill")]
    assert not findings(accepted(p.dispatch({**rail, "waybill": "R-1"})))


def test_goods_without_a_dangerous_goods_row_have_no_un_number(p: Papered) -> None:
    p.loaded()
    p.describe("liquid", un=[], **PAPERS)
    assert codes(p.dispatch(p.waybill())) == [("waybill_incomplete", "/sections/transport/un")]


def test_an_empty_vehicle_leaves_without_a_waybill(p: Papered) -> None:
    p.truck.plan(consignor=p.plant)
    assert not findings(accepted(p.dispatch({})))


def test_loading_after_an_empty_departure_does_not_get_round_the_waybill(p: Papered) -> None:
    p.truck.plan(consignor=p.plant)
    accepted(p.dispatch({}))
    batch = p.w.produce(10, org=p.plant)
    late = {**p.truck.trip(), **p.lines(batch, 1)}
    found = {code for code, _ in codes(p.w.book.put(p.w.book.event("transport.loaded", p.plant, late)))}
    assert found == {"waybill_incomplete"}
    p.w.book.do(
        "transport.loaded",
        p.plant,
        {**p.truck.trip(**p.waybill()), **p.lines(batch, 1), "parties": {"loader": p.plant}},
    )


def test_an_unknown_shipment_is_the_verbs_business(p: Papered) -> None:
    p.truck.key = p.w.book.ref("shipment")
    assert codes(p.dispatch({})) == [("unknown_shipment", "/sections/transport/shipment")]
