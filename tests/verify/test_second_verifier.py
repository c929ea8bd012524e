"""Two verifiers that share no code agree on the golden documents, and on what was changed in them."""

import ast
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bundle_vectors import FOLDER
from tests.verify import second_verifier

NAMES = sorted(path.name for path in FOLDER.glob("*-*.json"))


def judge_of(name: str) -> Callable[[bytes], object]:
    kind = name.partition("-")[0]
    judge: Callable[[bytes], object] = getattr(second_verifier, f"verify_{kind}")
    return judge


def accepts(name: str, data: bytes) -> bool:
    try:
        judge_of(name)(data)
    except (second_verifier.BrokenError, ValueError, LookupError, TypeError, AttributeError):
        return False
    return True


def test_the_second_verifier_shares_no_code() -> None:
    tree = ast.parse(Path(second_verifier.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not any(str(name).startswith(("ledger", "tests", "api", "labels")) for name in imported)


@pytest.mark.parametrize("name", NAMES)
def test_it_accepts_the_golden_documents(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    expected = json.loads((FOLDER / "expected.json").read_bytes())[name]
    if name.startswith("evidence"):
        balances = second_verifier.verify_evidence(data)
        stated = {tuple(key) if isinstance(key, list) else key: mg for key, mg in expected["accounts"]}
        assert balances == stated or not expected["steps"]["kilograms"]
    else:
        judge_of(name)(data)


@pytest.mark.parametrize(
    "name", ["evidence-full.json", "receipt-signed.json", "misbehaviour-fork.json", "misbehaviour-leaf.json"]
)
def test_it_refuses_a_changed_byte(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    survivors = []
    for position in range(0, len(data), 23):
        changed = bytearray(data)
        changed[position] ^= 1
        if accepts(name, bytes(changed)):
            survivors.append(position)
    assert survivors == []
