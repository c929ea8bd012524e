"""A rule book tried on history: what it would have found, refused and no longer found; nothing is written."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ledger.cli import hazledger
from ledger.errors import FormatError
from ledger.rules.licences import DAY
from ledger.rules.manifest import rule_set
from ledger.rules.standard import standard_manifest
from ledger.services.audit import audit
from ledger.services.rule_books import RuleBooks
from ledger.services.trial import Trial, try_rules
from tests.services.world import AUTH, LICENCE, OPERATOR, PRODUCER, REGULATOR, USCC, World, organisation, ref


def candidate(**changed: dict[str, Any] | None) -> dict[str, Any]:
    """The standard book with some rules changed by name, or left out."""
    book = standard_manifest()
    rules = book["rules"]
    assert isinstance(rules, list)
    kept = []
    for stated in rules:
        assert isinstance(stated, dict)
        change = changed.get(str(stated["rule"]).partition("@")[0], {})
        if change is not None:
            kept.append({**stated, **change})
    return {**book, "rules": kept}


def tried(world: World, manifest: dict[str, Any], since: int = 0) -> Trial:
    with world.ledger.store.read() as unit:
        in_force = RuleBooks(world.reference).rules(world.ledger.recorded().rules, unit)
    return try_rules(world.ledger.store, manifest, in_force, world.reference, since=since)


def test_the_rules_in_force_differ_from_themselves_in_nothing(lived: World) -> None:
    size = lived.ledger.log.state().size
    made = tried(lived, candidate())
    assert made.records == size - 1
    assert made.content() == {
        "since": 0,
        "records": size - 1,
        "found": {},
        "not_found": {},
        "refused": {},
        "due": {},
        "not_due": {},
    }


def test_a_rule_that_is_left_out_no_longer_finds_and_a_stricter_one_refuses(lived: World) -> None:
    before = lived.ledger.log.state()
    made = tried(lived, candidate(quality=None, signature={"level": "refuse", "parameters": {}}))
    assert {rule: one.count for rule, one in made.not_found.items()} == {"quality@1": 1}
    (example,) = made.not_found["quality@1"].examples
    assert example["record"] == before.size - 1
    later = tried(lived, candidate(quality=None), since=before.size)
    assert (later.records, later.not_found) == (0, {})
    assert lived.ledger.log.state() == before
    assert audit(lived.ledger.store, reference=lived.reference)["ok"]


def test_an_act_that_a_candidate_refuses_is_told_by_its_rule_and_folded_as_it_stands(plant: World) -> None:
    body = plant.produce_body(1)
    plant.clock.set(plant.clock.now_ms() + 5_000)
    index = plant.ledger.append(plant.ledger.state(body, AUTH)).index
    plant.lose(1, "1")
    made = tried(plant, candidate(occurred_skew={"parameters": {"seconds": 1}}))
    example = {"record": index, "type": "production.batch_produced", "problem": "act_too_late"}
    assert {rule: one.content() for rule, one in made.refused.items()} == {"-": {"count": 1, "examples": [example]}}
    assert (made.found, made.not_found) == ({}, {})


def test_a_refusal_is_told_by_the_rule_that_makes_it(plant: World) -> None:
    book = plant.body("governance.rules_published", OPERATOR, rule={"rules": candidate(licence={"level": "warn"})})
    plant.ledger.append(plant.ledger.state(book, AUTH, own=True))
    licence = {"licence": LICENCE, "organisation": PRODUCER}
    authority = organisation(REGULATOR, "监管", USCC[0], "authority")
    plant.append("governance.organisation_admitted", OPERATOR, organisation=authority)
    plant.append("governance.licence_suspended", REGULATOR, licence=licence, reason={"text": "查处"})
    index = plant.produce(1).index
    made = tried(plant, candidate())
    assert {rule: [one["record"] for one in told.examples] for rule, told in made.refused.items()} == {
        "licence@1": [index]
    }


def test_what_time_makes_now_is_told_by_both_books(plant: World) -> None:
    plant.produce(1)
    plant.clock.set(plant.clock.now_ms() + 2 * DAY)
    plant.append("production.quality_tested", product={"batches": [ref("batch", 1)]}, condition={"result": "pass"})
    made = tried(plant, candidate(static={"parameters": {"days": 1}}))
    assert {rule: one.count for rule, one in made.due.items()} == {"static@1": 1}
    assert made.not_due == {}


def test_what_is_no_rule_book_is_refused(plant: World) -> None:
    with pytest.raises(FormatError, match="manifest_not_of_form"):
        tried(plant, {"spec": "x"})
    with pytest.raises(FormatError, match="unknown_rule"):
        tried(plant, candidate(quality={"rule": "nothing@1"}))


def test_the_command_prints_the_difference(lived: World, tmp_path: Path) -> None:
    file = tmp_path / "book.json"
    file.write_text(json.dumps(candidate(quality=None)), encoding="utf-8")
    url = lived.url
    answer = CliRunner().invoke(hazledger, ["rules", "try", str(file), "--database", url])
    assert answer.exit_code == 0, answer.output
    assert "would not have found: 1 quality@1" in answer.output
    assert "what was recorded stays the truth" in answer.output
    told = json.loads(CliRunner().invoke(hazledger, ["rules", "try", str(file), "--database", url, "--json"]).output)
    assert told["not_found"]["quality@1"]["count"] == 1
    assert rule_set(candidate(quality=None)).level("quality@1", "", 2**50) is None
