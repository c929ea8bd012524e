"""Reports in words."""

import re
from pathlib import Path

import pytest

import ledger.verify
from ledger.core.proof import KINDS
from ledger.errors import VerificationError
from ledger.verify import verify
from ledger.verify.report import STANDINGS
from ledger.verify.report_text import STEPS, VERDICTS, failure, render
from tests.support.bundle_vectors import documents, policy_of
from tests.support.ledger_bytes import record_only, small_ledger

SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for path in Path(ledger.verify.__file__).parent.glob("*.py")
    if path.name != "report_text.py"
)


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_document_can_be_told(lang: str) -> None:
    for name, data in documents().items():
        if name.startswith(("evidence", "receipt")):
            lines = render(verify(data), lang)
            assert all(line and "{" not in line for line in lines)


def test_the_verdict_says_what_matters() -> None:
    ledger = small_ledger(demo=True)
    text = "\n".join(render(verify(ledger.evidence(show=record_only).encode()), "en"))
    assert "Consistent, log key not pinned" in text
    assert "Genuine" not in text
    assert "DEMO" in text
    assert "Complete as of log size 4, time 2026-11-22T00:04:00.000Z: 2 records." in text
    assert "3 of 3 records not (fully) disclosed to you." in text
    assert "trust policy: not shown" in text


def test_accounts_are_told_in_kilograms() -> None:
    ledger = small_ledger()
    lines = render(verify(ledger.evidence().encode(), ledger.policy()), "zh")
    assert "  produced: -1000 kg" in lines
    assert any(line.endswith("A-03 - free: 700 kg") for line in lines)
    assert any("真实" in line for line in lines)


def test_the_quorum_is_told() -> None:
    data = documents()["evidence-full.json"]
    text = "\n".join(render(verify(data, policy_of(small_ledger())), "en"))
    assert "quorum" in text


@pytest.mark.parametrize(("lang", "word"), [("en", "FAILED at the step: continuity"), ("zh", "未通过：步骤“链的连续")])
def test_a_failure_names_the_step_and_the_place(lang: str, word: str) -> None:
    with pytest.raises(VerificationError) as caught:
        verify(small_ledger().evidence(leave_out=[3]).encode())
    lines = failure(caught.value, lang)
    assert lines[0].startswith(word)
    assert "/entries/4/link" in lines[-1]
    assert len(lines) == 3


def test_a_failure_of_the_whole_file_has_no_place() -> None:
    with pytest.raises(VerificationError) as caught:
        verify(b"")
    assert len(failure(caught.value, "en")) == 2


def test_every_step_and_part_has_words() -> None:
    steps = set(re.findall(r'(?:step|done)\(\s*"([a-z_]+)"', SOURCES))
    assert steps == set(STEPS)
    standings = {f"by_{standing}" for standing in STANDINGS}
    subjects = {f"about_{kind}" for kind in KINDS}
    assert {code for code in VERDICTS if f'"{code}"' in SOURCES} | standings | subjects == set(VERDICTS)
