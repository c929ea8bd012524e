"""When an acknowledgement is overdue: by the rule in force when the recall reached somebody, and a time."""

from typing import Any

import pytest

from ledger.rules.manifest import rule_set
from ledger.rules.recalls import HOUR_MS, RULE, Reached, acknowledge_by, overdue
from ledger.rules.standard import standard_manifest

AT = 1_790_000_000_000
OPEN = Reached(7, "batch:a", "org:a", AT)


def rules(**changed: Any) -> Any:  # noqa: ANN401 - a manifest's rule
    manifest: Any = standard_manifest()
    for rule in manifest["rules"]:
        if rule["rule"] == RULE:
            rule.update(changed)
    return rule_set(manifest)


def test_it_is_overdue_once_the_hours_are_over_and_never_when_acknowledged() -> None:
    until = AT + 24 * HOUR_MS
    assert acknowledge_by(OPEN, rules()) == until
    assert overdue(OPEN, until, rules()) is None
    due = overdue(OPEN, until + 1, rules())
    assert due is not None
    assert (due.rule, due.org, due.chain, due.since_ms, due.data["recall"]) == (RULE, "org:a", "batch:a", until, 7)
    assert overdue(Reached(7, "batch:a", "org:a", AT, acknowledged=True), until + 1, rules()) is None


def test_the_hours_are_the_manifests() -> None:
    assert acknowledge_by(OPEN, rules(parameters={"hours": 2})) == AT + 2 * HOUR_MS


@pytest.mark.parametrize("changed", [{"from": "2099-01-01"}])
def test_a_rule_that_is_not_in_force_finds_nothing(changed: dict[str, str]) -> None:
    assert acknowledge_by(OPEN, rules(**changed)) is None
    assert overdue(OPEN, AT * 2, rules(**changed)) is None
