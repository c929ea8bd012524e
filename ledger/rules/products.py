"""Which product a new batch is of: the one stated, or that of what first went into it."""

from collections.abc import Mapping

from ledger.rules.event import Content
from ledger.rules.state import State


def product_of_new(state: State, contents: Mapping[str, Content]) -> str:
    """The product of a batch that these sections found, ``product:<uuid>``; empty when nothing says so."""
    stated = contents.get("product", {}).get("product")
    if stated is not None:
        return str(stated)
    lines = contents.get("inputs", {}).get("lines")
    if not isinstance(lines, list) or not isinstance(lines[0], dict):
        return ""
    known = state.batch(str(lines[0]["batch"]))
    return known.product if known else ""
