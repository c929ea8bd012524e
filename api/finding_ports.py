"""What the edge asks about findings. The rules are those of ``ports``."""

from dataclasses import dataclass, field
from typing import Protocol

from api.views import Key, Page, Principal
from api.views.findings import FindingLine, FindingPage
from ledger.store.found import Wanted


@dataclass(frozen=True, slots=True)
class FindingSearch:
    """What is looked for; `days`: there for so many days or longer; `oldest`: in the order of time."""

    wanted: Wanted = field(default_factory=Wanted)
    days: int = 0
    oldest: bool = False


class FindingsPort(Protocol):
    """Findings of the viewer's world: an organisation's own, or what a regulator supervises."""

    def listing(self, viewer: Principal, search: FindingSearch, after: Key | None, limit: int) -> Page[FindingLine]:
        """Return findings, newest first unless asked otherwise."""

    def one(self, viewer: Principal, id: str) -> FindingPage:
        """Return one finding with its evidence. NotFoundError: it is not there, or not any more."""

    def names(self, viewer: Principal, search: FindingSearch) -> dict[str, str]:
        """Return what the references that a search names are called, in Chinese and English, by their field."""
