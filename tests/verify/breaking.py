"""Short ways to say which code and step a verification breaks with."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ledger.core.bundle import Entry, Evidence, Policy, Receipt
from ledger.errors import VerificationError
from ledger.errors.catalogue import load
from ledger.verify import Report, verify


def breaks(bundle: Evidence | Receipt | bytes, step: str, code: str, policy: Policy | None = None) -> VerificationError:
    """Demand that a bundle breaks at a step with a problem of the catalogue; return the error."""
    data = bundle if isinstance(bundle, bytes) else bundle.encode()
    with pytest.raises(VerificationError) as caught:
        verify(data, policy)
    assert (caught.value.step, caught.value.code) == (step, code), caught.value
    assert code in load()
    assert "{" not in str(caught.value), "a parameter of the text is missing"
    return caught.value


def holds(bundle: Evidence | Receipt, policy: Policy | None = None) -> Report:
    """Verify what must hold."""
    return verify(bundle.encode(), policy)


def changed(evidence: Evidence, index: int, change: Callable[[Entry], Entry]) -> Evidence:
    """Return the evidence with the entry of a log index changed."""
    return replace(
        evidence,
        entries=tuple(change(entry) if entry.record.index == index else entry for entry in evidence.entries),
    )


def codes(report: Report) -> list[str]:
    """Return the codes of a verdict."""
    return [part.code for part in report.verdict]
