"""What every test of bad input asks: the right code, at the right field, with a full text for people."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ledger.errors import FormatError, catalogue

_UNFILLED = re.compile(r"\{[a-z_]+\}")


def refusal(read: Callable[..., object], *args: object) -> FormatError | None:
    """Return the FormatError that a reader raises, or None if it takes what it is given."""
    try:
        read(*args)
    except FormatError as error:
        return error
    return None


@contextmanager
def refused(code: str, field: str | None = None) -> Iterator[None]:
    """Expect a FormatError of this code and field whose catalogue texts lack no parameter."""
    with pytest.raises(FormatError) as caught:
        yield
    assert (caught.value.code, caught.value.field) == (code, field)
    for lang in ("zh", "en"):
        words = catalogue.render(caught.value.problem, lang)
        for text in (words["title"], words["detail"], words["remedy"]):
            assert not _UNFILLED.search(text), text
