"""GS1 company prefixes of an organisation, and the codes that it bound under them."""

from dataclasses import dataclass

from api.views.common import Words


@dataclass(frozen=True, slots=True)
class Gs1Line:
    """A GS1 identity (``gtin``, ``lot``, ``serial`` or "") and what it leads to: ``code`` of its page, or None."""

    gtin: str
    lot: str
    serial: str
    label: Words
    code: str | None


@dataclass(frozen=True, slots=True)
class Gs1View:
    """``names``, ``uscc``, ``region``: as registered, to be stated with a change. ``more``: not all are shown."""

    names: dict[str, str]
    uscc: str
    region: str
    prefixes: tuple[str, ...]
    codes: tuple[Gs1Line, ...]
    more: bool
