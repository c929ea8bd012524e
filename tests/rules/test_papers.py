"""Which documents of an event are papers signed by hand, and which of those were photographed."""

import pytest

from ledger.core.canonical import Json
from ledger.rules.papers import photographs


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ([], []),
        ([{"kind": "invoice", "number": "1", "hash": "a"}], []),
        ([{"kind": "paper_signature", "number": "1"}], []),
        ([{"kind": "invoice", "number": "1"}, {"kind": "paper_signature", "number": "1", "hash": "b"}], [(1, "b")]),
        (["paper_signature"], []),
        ({"kind": "paper_signature"}, []),
    ],
)
def test_photographs_are_papers_with_a_hash(items: Json, found: list[tuple[int, str]]) -> None:
    assert list(photographs({"items": items})) == found
    assert list(photographs({})) == []
