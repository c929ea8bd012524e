"""The flow of a batch adds up to the milligram at every moment; a trace shows what its reader may know, and no more."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from api.views import FlowView, Party, Principal, Words
from api.wiring.reading import Reading
from api.wiring.tracing import LedgerTracing
from ledger.core.times import format_recorded, format_utc
from ledger.demo.build import Plan
from ledger.rules.accounts import Holding
from ledger.services.trace import stock_as_known, stock_at
from ledger.store.tables import account_totals, search
from tests.api.wiring.served import BASE, PLAN, Served, serve
from tests.api.wiring.test_wiring_sight import admit, get

MG = 1_000_000


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The lives of the sample world, which no other test adds to, with all that a batch can become."""
    made = serve(tmp_path_factory.mktemp("told"), Plan(events=1_400, seed=11, until_ms=PLAN.until_ms))
    yield made
    made.ledger.close()


def batches(served: Served) -> list[tuple[str, str]]:
    with served.ledger.store.read() as unit:
        rows = unit.connection.execute(select(search.c.id, search.c.org).where(search.c.kind == "batch"))
        return [(str(ref), str(org)) for ref, org in rows if org]


def principal(org: str) -> Principal:
    return Principal("session", Party(org, Words(org, org)), ("producer",), user="user:x", user_roles=("viewer",))


def port(served: Served) -> LedgerTracing:
    return LedgerTracing(Reading(served.ledger))


def sides(view: FlowView) -> tuple[int, int]:
    return sum(band.mass for band in view.came), sum(band.mass for band in view.went)


def by_account(view: FlowView) -> dict[str, int]:
    found: dict[str, int] = {}
    for sign, bands in ((-1, view.came), (1, view.went)):
        for band in bands:
            name = "holding" if band.account == "holdings" else band.account
            found[name] = found.get(name, 0) + sign * band.mass
    return {name: mg for name, mg in found.items() if mg}


def test_the_flow_of_every_batch_is_the_accounts_of_the_ledger_to_the_milligram(told: Served) -> None:
    looked = 0
    for ref, org in batches(told):
        view = port(told).flow(principal(org), ref, None, "was")
        with told.ledger.store.read() as unit:
            accounts = {name: mg for name, mg in unit.queries.batch_mass(ref).items() if mg}
        assert by_account(view) == accounts, ref
        assert sides(view) == (view.total, view.total)
        assert view.whole
        assert all(band.mass > 0 for band in (*view.came, *view.went))
        looked += 1
    assert looked > 20


def test_at_every_moment_both_sides_add_up_in_both_senses_and_say_what_the_ledger_says(told: Served) -> None:
    for ref, org in batches(told)[::12]:
        for sense in ("was", "known"):
            view = port(told).flow(principal(org), ref, None, sense)
            while view.earlier is not None:
                at = view.earlier
                view = port(told).flow(principal(org), ref, at, sense)
                assert view.later is not None
                assert view.later > at
                assert sides(view) == (view.total, view.total), (ref, sense, at)
                with told.ledger.store.read() as unit:
                    asked = stock_as_known if sense == "known" else stock_at
                    known = asked(unit, ref, at)
                held = sum(mg for account, mg in known.items() if isinstance(account, Holding))
                pools = {str(account): mg for account, mg in known.items() if isinstance(account, str)}
                shown = by_account(view)
                assert shown.pop("holding", 0) == held
                assert shown == pools


def test_every_reader_sees_a_part_that_adds_up(told: Served) -> None:
    partial = 0
    for ref, _ in batches(told)[::4]:
        for name in told.world.orgs:
            answer = told.get(f"/api/v1/batches/{ref.partition(':')[2]}/flow", name)
            if answer.status_code != 200:
                continue
            view = answer.json()
            came, went = (sum(_mg(band["mass"]) for band in view[side]) for side in ("came", "went"))
            assert came == went == _mg(view["total"]), (ref, name)
            partial += not view["whole"]
    assert partial > 10


def _mg(mass: dict[str, str]) -> int:
    whole, _, part = mass["amount"].partition(".")
    return int(whole) * MG + int(part.ljust(6, "0")[:6])


def blend(served: Served, inputs: list[tuple[str, str]], kilograms: str, lot: str, verb: str = "batch_blended") -> str:
    made = served.new("batch")
    sections = {
        "product": {"product": served.world.products["sea", "methanol"], "lot": lot},
        "place": served.place("sea", "T-01"),
        "inputs": {"lines": [{"batch": batch, "amount": amount, "unit": "kg"} for batch, amount in inputs]},
        "outputs": {"lines": [{"batch": made, "amount": kilograms, "unit": "kg"}]},
    }
    served.state("sea", f"production.{verb}", sections)
    return made


def planned(served: Served, batch: str, kilograms: str) -> str:
    """Goods on the road from sea to paint."""
    shipment = served.new("shipment")
    parties = {"consignor": "sea", "consignee": "paint", "carrier": "swift"}
    line = {"batch": batch, "amount": kilograms, "unit": "kg"}
    sections = {
        "transport": {"shipment": shipment, "vehicle": "沪A00003", "mode": "road"},
        "parties": {name: served.world.orgs[who] for name, who in parties.items()},
        "inputs": {"lines": [line]},
    }
    served.state("sea", "transport.shipment_planned", sections)
    loaded = {
        "transport": {"shipment": shipment, "vehicle": "沪A00003", "mode": "road"},
        "inputs": {"lines": [line]},
        "place": served.place("sea", "T-01"),
    }
    event = served.event("sea", "transport.loaded", loaded) | {"mode": "report"}
    answer = served.post("sea", event)
    assert answer.status_code == 201, answer.text
    return shipment


def trace(served: Served, batch: str, who: str, direction: str = "forward") -> dict:  # type: ignore[type-arg]
    found: dict = served.ok(f"/api/v1/batches/{bare(batch)}/trace?direction={direction}", who)  # type: ignore[type-arg]
    return found


def bare(ref: str) -> str:
    return ref.partition(":")[2]


def test_at_most_so_much_of_a_lot_is_in_each_container_and_on_the_road(served: Served) -> None:
    lot, other = served.produce("sea", "methanol", "600"), served.produce("sea", "methanol", "400")
    mixed = blend(served, [(lot, "300"), (other, "100")], "400", "T-MIX")
    again = blend(served, [(mixed, "100"), (other, "100")], "200", "T-MIX-2")
    shipment = planned(served, again, "40")
    found = trace(served, lot, "sea")
    nodes = {node["ref"]: node for node in found["nodes"]}
    assert set(nodes) == {mixed, again}
    assert (found["found"], found["undisclosed"], found["next"]) == (2, 0, None)
    assert (nodes[mixed]["ppb"], nodes[mixed]["most"]["amount"]) == (750_000_000, "225")
    assert (nodes[again]["ppb"], nodes[again]["most"]["amount"]) == (375_000_000, "75")
    road = next(one for one in nodes[again]["holdings"] if one["holding"]["shipment"])
    assert (road["holding"]["mass"]["amount"], road["most"]["amount"]) == ("40", "15")
    assert (road["holding"]["shipment"], road["holding"]["place"]["name"]["zh"]) == (shipment, "沪A00003")
    assert road["carrier"]["ref"] == served.world.orgs["swift"]
    back = {node["ref"]: node for node in trace(served, again, "sea", "backward")["nodes"]}
    assert set(back) == {lot, other, mixed}
    assert back[lot]["most"]["amount"] == "75", "of what is left of the traced batch"
    assert {(e["source"], e["target"]) for e in found["edges"]} == {(lot, mixed), (mixed, again)}


def test_after_a_reaction_only_the_ancestry_and_what_was_charged_are_stated(served: Served) -> None:
    lot, other = served.produce("sea", "methanol", "100"), served.produce("sea", "methanol", "100")
    mixed = blend(served, [(lot, "50"), (other, "50")], "100", "T-R0")
    reacted = blend(served, [(mixed, "60")], "60", "T-R1", "batch_transformed")
    beyond = blend(served, [(reacted, "10"), (other, "10")], "20", "T-R2")
    nodes = {node["ref"]: node for node in trace(served, lot, "sea")["nodes"]}
    assert (nodes[reacted]["ppb"], nodes[reacted]["most"], nodes[reacted]["charged"]["amount"]) == (None, None, "30")
    assert (nodes[beyond]["ppb"], nodes[beyond]["charged"]) == (None, None)
    back = {node["ref"]: node for node in trace(served, reacted, "sea", "backward")["nodes"]}
    assert (back[lot]["ppb"], back[lot]["charged"]["amount"]) == (None, "30")
    page = served.browser("sea").get(f"/batches/{bare(lot)}/trace?lang=en").text
    assert "at most 30 kg were charged" in page
    assert "only the ancestry is known" in page


def test_what_is_in_other_hands_is_counted_and_not_shown(served: Served) -> None:
    """Who bought a drum of a lot and sees the lot does not see what others made of the rest."""
    lot = served.produce("sea", "methanol", "500")
    planned(served, lot, "100")
    made = blend(served, [(lot, "50")], "50", "T-SECRET")
    found = trace(served, lot, "swift")
    assert (found["found"], found["undisclosed"], found["nodes"], found["edges"]) == (1, 1, [], [])
    assert "T-SECRET" not in served.get(f"/api/v1/batches/{bare(lot)}/trace", "swift").text
    assert "T-SECRET" not in served.get(f"/api/v1/batches/{bare(lot)}/trace.csv", "swift").text
    page = served.browser("swift").get(f"/batches/{bare(lot)}/trace?lang=en").text
    assert "T-SECRET" not in page
    assert "not disclosed to you" in page
    flow = served.get(f"/api/v1/batches/{bare(lot)}/flow", "swift")
    assert bare(made) not in flow.text
    assert [band["mass"]["amount"] for band in flow.json()["came"]] == ["100"], "its own part: what it carries"


def test_a_supervisor_sees_full_ancestry_and_downstream_what_is_in_its_region(served: Served) -> None:
    yantai = admit(served, 61, "authority", authority="emergency", jurisdiction={"regions": ["37"]})
    lot = served.produce("sea", "methanol", "300")
    mixed = blend(served, [(lot, "100")], "100", "T-W1")
    sent = blend(served, [(mixed, "50")], "50", "T-W2")
    aside = blend(served, [(lot, "100")], "100", "T-W3")
    planned(served, sent, "10")
    up = get(served, yantai, f"/api/v1/batches/{bare(sent)}/trace?direction=backward").json()
    assert {node["ref"] for node in up["nodes"]} == {lot, mixed}
    assert up["undisclosed"] == 0
    down = get(served, yantai, f"/api/v1/batches/{bare(lot)}/trace").json()
    assert {node["ref"] for node in down["nodes"]} == {mixed, sent}, "and what these were made of, but not the rest"
    assert down["undisclosed"] == 1
    assert aside not in str(down)


def test_pages_of_a_trace_go_on_where_they_ended_and_the_file_has_all(served: Served) -> None:
    lot = served.produce("sea", "methanol", "500")
    made = sorted(blend(served, [(lot, "10")], "10", f"T-P{n}") for n in range(5))
    at, seen = f"/api/v1/batches/{bare(lot)}/trace?limit=2", []
    cursor: str | None = ""
    while cursor is not None:
        page = served.ok(at + (f"&cursor={cursor}" if cursor else ""), "sea")
        seen += [node["ref"] for node in page["nodes"]]
        cursor = page["next"]
    assert seen == made
    answer = served.get(f"/api/v1/batches/{bare(lot)}/trace.csv", "sea")
    rows = [*csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))]
    assert [row[0] for row in rows[1:]] == [lot, *made]
    assert rows[1][14] == "450"
    assert f"trace-forward-{bare(lot)}.csv" in answer.headers["content-disposition"]


def test_a_time_with_a_zone_or_as_a_browsers_field_has_it(served: Served) -> None:
    batch = served.produce("sea", "methanol", "90")
    before = served.clock.now_ms()
    served.clock.set(before + 3_600_000)
    served.post("sea", served.consume("sea", batch, "30"))
    served.clock.set(served.clock.now_ms() + 60_000)
    then = served.ok(f"/api/v1/batches/{bare(batch)}/flow?at={format_utc(before).replace('+', '%2B')}", "sea")
    assert [(band["account"], band["mass"]["amount"]) for band in then["went"]] == [("holdings", "90")]
    browser = served.browser("sea")

    local = format_utc(before + 8 * 3_600_000)[:16]
    page = browser.get(f"/batches/{bare(batch)}/flow?at={local}&sense=was&lang=en").text
    assert "by all that is known now" in page
    assert f'value="{local}"' in page
    assert 'id="went-1"' not in page, "nothing was used up then"
    known = browser.get(f"/batches/{bare(batch)}/flow?at={format_recorded(before)}&sense=known&lang=en").text
    assert "As it was known on" in known
    assert browser.get(f"/batches/{bare(batch)}/flow?at=2026-13-01T00:00").status_code == 422


def test_the_drawing_and_the_table_say_the_same(served: Served) -> None:
    batch = served.produce("sea", "methanol", "90")
    served.post("sea", served.consume("sea", batch, "30"))
    page = served.browser("sea").get(f"/batches/{bare(batch)}/flow?lang=en").text
    for figure in ("90 kg", "60 kg", "30 kg"):
        assert page.count(f">{figure}</text>") >= 2, "in the form for a desk and in that for a phone"
    assert page.count('href="#went-0"') == 2
    assert 'id="went-0"' in page
    assert "<script" not in page.split("<main")[1]


def test_totals_stand_in_the_account_table_too(told: Served) -> None:
    """The accounts that the flow is compared with are not empty themselves."""
    with told.ledger.store.read() as unit:
        accounts = {str(row[0]) for row in unit.connection.execute(select(account_totals.c.account).distinct())}
    assert {"produced", "used", "transformed", "lost"} <= accounts


def test_the_page_needs_a_login(served: Served) -> None:
    batch = served.produce("sea", "methanol", "1")
    for path in ("flow", "trace"):
        assert served.client.get(f"{BASE}/batches/{bare(batch)}/{path}", follow_redirects=False).status_code in {
            303,
            401,
        }
    assert Path(served.path).exists()
