"""The page of GS1: prefixes registered by an administrator, GTINs bound to labels, and what is refused."""

from ledger.services.identity.ports import Ports, Site
from tests.api.wiring.floor import Floor
from tests.api.wiring.served import BASE, Served
from tests.api.wiring.test_wiring_identity import admin, person

GTIN = "09506000134352"
PAGE = "/labels/gs1"


def test_an_administrator_registers_prefixes_and_a_bound_gtin_is_scanned_like_the_label(served: Served) -> None:
    floor = Floor(served)
    floor.deliver(1)
    [drum] = floor.drums
    visitors = {
        "prefixes": admin(served, Ports(served.ledger, Site(BASE))),
        "codes": person(served, Ports(served.ledger, Site(BASE)), "operator"),
    }

    def send(path: str, **fields: str) -> str:
        visitor = visitors[path]
        answer = visitor.post(f"{PAGE}/{path}", csrf=visitor.csrf(PAGE), id=served.id(), **fields)
        return answer.headers.get("location") or f"{answer.status_code} {answer.text}"

    early = send("codes", code=drum, gtin=GTIN, lot="A/1")
    assert early.startswith("422")
    assert "Nobody registered the prefix" in early
    assert 'value="A/1"' in early, "what was filled in is kept"
    assert send("prefixes", prefixes="95060001 952").startswith("422"), "a prefix has at least four digits"
    assert send("prefixes", prefixes="95060001 95060002").endswith("done=prefixes")
    assert send("codes", code=drum, gtin="09506000134353", lot="1").startswith("422"), "the check digit is wrong"
    assert send("codes", code="7Q2M9XKD4TBW0HZ3", gtin=GTIN, lot="1").startswith("404")
    assert send("codes", code=drum, gtin=GTIN.lstrip("0"), lot="A/1", serial="7").endswith("done=bound")
    shown = visitors["codes"].get(PAGE).text
    for text in (GTIN, "A/1", f'href="/Q/{drum}"', ">95060002<"):
        assert text in shown
    taken = floor.taken({**floor.body("receive", "A-01", drum), "item": f"(01){GTIN}(10)A/1(21)7"})
    assert (taken["outcome"], taken["item"]["ref"]) == ("ok", floor.vessels[0])
    organisation = served.ok(f"/api/v1/organisations/{served.world.orgs['sea'][4:]}", "sea")
    assert organisation["name"]["en"] == "Hailan Chemicals (demo)"


def test_another_firms_prefix_and_label_are_refused(served: Served) -> None:
    served.prefix("paint", "6901234")
    visitor = admin(served, Ports(served.ledger, Site(BASE)))
    foreign = served.label("paint", f"{served.world.sites['paint']}/A-02")
    taken = visitor.post(f"{PAGE}/prefixes", csrf=visitor.csrf(PAGE), id=served.id(), prefixes="69012345")
    assert taken.status_code == 422
    assert "6901234" in taken.text
    worker = person(served, Ports(served.ledger, Site(BASE)), "operator")
    fields = {"csrf": worker.csrf(PAGE), "id": served.id()}
    other = worker.post(f"{PAGE}/codes", **fields, code=foreign, gtin=GTIN, lot="1")
    assert other.status_code == 404
    forbidden = worker.post(f"{PAGE}/prefixes", **fields, prefixes="6901234")
    assert forbidden.status_code == 403
