"""The guide to transfers says what the shapes say: each of its examples is a statement, and each step has one."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ledger.core.events import RELATIONS
from ledger.rules.moving import AGREEMENT, OF_SHIPMENTS
from ledger.rules.statements import check_statement

GUIDE = (Path(__file__).parents[2] / "docs" / "transfers.md").read_text(encoding="utf-8")
EXAMPLES: list[dict[str, Any]] = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["type"])
def test_an_example_is_a_statement(example: dict[str, Any]) -> None:
    assert set(example) <= {"type", "mode", "refs", "sections"}
    check_statement(example["type"], example["mode"], frozenset(example["sections"]), example["sections"])
    assert {ref["rel"] for ref in example.get("refs", [])} <= RELATIONS


def test_every_step_is_told() -> None:
    told = {example["type"].partition(".")[2] for example in EXAMPLES}
    assert told >= AGREEMENT | {"sold", "returned", "received", "filed_with_authority"}
    named = set(re.findall(r"`transport\.([a-z_]+)`", GUIDE))
    assert named >= OF_SHIPMENTS - {"unloaded"}
