"""Which product a new batch is of: the one stated, or that of what first went into it."""

from collections.abc import Mapping

from ledger.rules.event import Content
from ledger.rules.state import State


def product_of_new(state: State, contents: Mapping[str, Content]) -> str:
    """The product of a batch that these sections found, ``product:<uuid>``."""
    stated = contents.get("product", {}).get("product")
    if stated is not None:
        return str(stated)
    lines = contents["inputs"]["lines"]
    assert isinstance(lines, list)
    assert isinstance(lines[0], dict)
    known = state.batch(str(lines[0]["batch"]))
    assert known is not None
    return known.product
