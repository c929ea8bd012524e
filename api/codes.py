"""Printed codes: what people scan and type, brought to the one form that is looked up."""

from labels.payload import parse_code
from ledger.errors import FormatError


def normal_code(text: str) -> str | None:
    """Return a code in its one spelling, None if the text is none.

    Takes all that `labels.payload.parse_code` takes, and groups set apart by blanks or hyphens, as printed
    under a symbol.
    """
    given = text if "/" in text else text.replace(" ", "").replace("-", "")
    try:
        return parse_code(given)
    except FormatError:
        return None
