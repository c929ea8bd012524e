"""What the edge asks about sites and what is where. The rules are those of ``ports``."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from api.deal_ports import DealSearch
from api.exports import Table
from api.views import Principal
from api.views.find import FindView
from api.views.overview import OverviewView
from api.views.site import SitePage


@dataclass(frozen=True, slots=True)
class Where:
    """What part of the viewer's world is looked at; what is empty bounds nothing.

    `region`: a prefix of GB/T 2260 of two, four or six digits; `park`: its name; `product`: "product:<uuid>", with
    all that others registered under the same name and UN number.
    """

    region: str = ""
    park: str = ""
    product: str = ""


class Exports(Protocol):
    """Lists of the viewer's world as tables to be written to files."""

    def table(self, viewer: Principal, name: str, search: DealSearch) -> AbstractContextManager[Table]:
        """Enter with a list of one state of the ledger. NotFoundError: no such list; FormatError: not filtered so."""


class Overviews(Protocol):
    """What is where in the viewer's world: its own stock, or what it supervises."""

    def find(self, viewer: Principal, text: str) -> FindView:
        """Return things that bear a text, a few of each kind, the best first."""

    def overview(self, viewer: Principal, where: Where) -> OverviewView:
        """Return sums of a part of it. NotFoundError: no such region or product."""

    def site(self, viewer: Principal, ref: str) -> SitePage:
        """Return a site with what the viewer sees there. NotFoundError: none that it may know of."""
