"""Licences and permits: which of them is in force, for what, for whom, and how much of it is left.

Judged at the time an event states, with what earlier records knew of the licence. A suspension is of the paper: it
holds for every licence of the same kind and number that the organisation registered.
"""

import unicodedata
from collections.abc import Iterable

from ledger.rules.aggregates import LicenceState, ProductState

DAY = 86_400_000


def plain_number(number: str) -> str:
    """A number without what is only writing: spaces, dashes, width, case."""
    text = unicodedata.normalize("NFKC", number).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def same_number(one: str, other: str) -> bool:
    """Whether two numbers name the same paper."""
    return plain_number(one) == plain_number(other)


def same_paper(one: LicenceState, other: LicenceState) -> bool:
    """Whether two licences of an organisation are one paper, registered twice or renewed."""
    return one.kind == other.kind and same_number(one.number, other.number)


def in_force(licence: LicenceState, at_ms: int) -> bool:
    """Whether a licence is valid at a time, its last day included, and not suspended then."""
    if not licence.valid_from <= at_ms < licence.valid_to + DAY:
        return False
    return not any(since <= at_ms and (until is None or at_ms < until) for since, until in licence.suspensions)


def in_scope(licence: LicenceState, product: ProductState | None) -> bool:
    """Whether its products or classes name the product; one that names none is for every product."""
    if not (licence.products or licence.classes):
        return True
    return product is not None and (product.id in licence.products or bool(set(product.classes) & set(licence.classes)))


def covers(licence: LicenceState, kinds: Iterable[str], product: ProductState | None, mg: int, at_ms: int) -> bool:
    """Whether a licence of one of these kinds is in force at a time and its scope covers product and mass."""
    named = licence.kind in kinds and in_force(licence, at_ms)
    return named and not licence.most_mg_exceeded(mg) and in_scope(licence, product)
