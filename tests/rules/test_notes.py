"""Verbs that move nothing: tests, labels, inspections, filings, incidents. Their chains and findings."""

import pytest

from tests.rules.test_transport import planned
from tests.support.rulebook import World, findings, line, lines


@pytest.mark.parametrize(("result", "noted"), [("pass", {}), ("fail", {"quality@1": {"result": "fail"}})])
def test_a_quality_test(w: World, result: str, noted: dict[str, object]) -> None:
    batch = w.produce()
    assay = {"result": result, "assay": [{"name": "purity", "value": "99.9", "unit": "%"}]}
    entry = w.book.do("production.quality_tested", w.maker, {"product": {"batches": [batch]}, "condition": assay})
    assert set(entry.effects) == {batch}
    assert findings(entry) == noted


def test_labels_are_bound_to_what_is_known(w: World) -> None:
    ref = w.book.ref("shipment")
    w.book.do("transport.shipment_planned", w.carrier, planned(w, ref))
    targets = [w.produce(), w.container(), w.at(w.maker, "B"), ref]
    items = [{"code": f"0123456789ABCDE{n}", "target": target} for n, target in enumerate(targets)]
    entry = w.book.do("production.label_issued", w.maker, {"containers": {"items": items}})
    assert set(entry.effects) == {target.partition("/")[0] for target in targets}
    voided = {"containers": {"items": [{"code": "0123456789ABCDE0"}]}}
    assert set(w.book.do("production.label_voided", w.maker, voided).effects) == {w.maker}


def test_an_inspection_names_stock_containers_and_place(w: World) -> None:
    drum, batch = w.container(), w.produce()
    stated = {
        "inputs": lines(line(batch, 1)),
        "containers": {"items": [{"container": drum}]},
        "place": w.place(w.maker),
    }
    entry = w.book.do("storage.inspected", w.maker, stated)
    assert set(entry.effects) == {batch, drum, w.sites[w.maker]}
    assert w.book.vessel(drum).inspection_due is None


def test_a_filing_is_on_the_chain_of_who_files(w: World) -> None:
    paper = {"documents": {"items": [{"kind": "record", "number": "1"}]}}
    assert set(w.book.do("operation.filed_with_authority", w.maker, paper).effects) == {w.maker}


def test_an_incident_is_on_every_chain_it_names(w: World) -> None:
    ref, batch = w.book.ref("shipment"), w.produce()
    w.book.do("transport.shipment_planned", w.carrier, planned(w, ref))
    stated = {
        "inputs": lines(line(batch, 1)), "place": w.place(w.maker), "transport": {"shipment": ref},
    }  # fmt: skip
    entry = w.book.do("transport.incident_reported", w.maker, stated)
    assert set(entry.effects) == {batch, w.sites[w.maker], ref}
    assert all([found.rule for found in effects.findings] == ["incident@1"] for effects in entry.effects.values())
    bare = w.book.do("use.incident_reported", w.maker, {"reason": {"text": "smoke"}})
    assert set(bare.effects) == {w.maker}


def test_a_finding_of_no_batch_stands_on_the_main_chain(w: World) -> None:
    batch = w.produce()
    entry = w.book.do("use.consumed", w.carrier, w.use(batch, 1, owner=w.maker, custodian=w.maker), "report")
    assert [found.rule for found in entry.effects[batch].findings] == ["would_have_been_refused@1"]
