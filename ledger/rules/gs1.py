"""Who assigns a GTIN: the organisation that registered its company prefix (GS1 General Specifications 1.4).

The longest registered prefix counts. In a GTIN of 14 digits it begins after the first, which says how goods are packed;
shorter GTINs are filled with zeros on the left.
"""

from typing import Final

from ledger.rules.draft import Draft, stop
from ledger.rules.state import GS1, State

LEAST_PREFIX, MOST_PREFIX = 4, 12
PATH: Final = "/01/"
GTIN_DIGITS: Final = 14


def gtin_of(alias: str) -> str | None:
    """The GTIN of a code of another system in its one spelling, or None."""
    return alias.removeprefix(PATH)[:GTIN_DIGITS] if alias.startswith(PATH) else None


def assigner(state: State, gtin: str) -> str | None:
    """The organisation that registered the company prefix of a GTIN, or None."""
    prefixes = [gtin[1 : 1 + length] for length in range(MOST_PREFIX, LEAST_PREFIX - 1, -1)]
    state.require(GS1 + prefix for prefix in prefixes)
    return next((known.org for prefix in prefixes if (known := state.prefix(prefix)) is not None), None)


def check_prefixes(draft: Draft) -> None:
    """Stop where an organisation registers a company prefix that is another's, or lies within another's."""
    organisation = draft.content("organisation")
    stated, org = organisation.get("gs1_prefixes", []), str(organisation["organisation"])
    assert isinstance(stated, list)
    for place, item in enumerate(stated):
        digits = str(item)
        heads = [digits[:length] for length in range(LEAST_PREFIX, len(digits) + 1)]
        draft.state.require(GS1 + head for head in heads)
        for head in heads:
            known = draft.state.prefix(head)
            if known is not None and known.org != org:
                raise stop("gs1_prefix_taken", f"/sections/organisation/gs1_prefixes/{place}", prefix=head)
