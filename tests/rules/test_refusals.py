"""Every problem of the rules is raised, names its field, and leaves nothing behind."""

import json
from importlib import resources

import pytest

from tests.rules import (
    refused_authorities,
    refused_consignments,
    refused_governance,
    refused_identity,
    refused_making,
    refused_papers,
    refused_parties,
    refused_stock,
    refused_transfers,
)
from tests.rules.refusals import CASES, Case
from tests.support.rulebook import World

STATED = (
    refused_authorities,
    refused_consignments,
    refused_governance,
    refused_identity,
    refused_making,
    refused_papers,
    refused_parties,
    refused_stock,
    refused_transfers,
)
AREAS = ("authorities", "rules", "licences", "transfers")
"""Where the cases stand; importing them fills `CASES`."""


@pytest.mark.parametrize(("code", "field", "case"), CASES, ids=[case.__name__ for _, _, case in CASES])
def test_a_statement_is_refused(w: World, code: str, field: str | None, case: Case) -> None:
    assert (code, field) in [(problem.code, problem.field) for problem in case(w)]


def test_every_problem_of_the_rules_has_a_statement() -> None:
    folder = resources.files("ledger.errors").joinpath("problems")
    for area in AREAS:
        stated = json.loads(folder.joinpath(f"{area}.json").read_text("utf-8"))
        assert set(stated) <= {code for code, _, _ in CASES}
