"""What the edge asks about transfers, shipments and their papers. The rules are those of ``ports``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timezone
from typing import Literal, Protocol

from api.views import (
    CrewChoices,
    Key,
    LinkView,
    Page,
    PaperView,
    Party,
    Principal,
    ShipmentLine,
    ShipmentView,
    StepLink,
    StepLinkLine,
    TransferLine,
    TransferView,
    Verdict,
    WaybillView,
)
from ledger.core.canonical import Json

Box = Literal["in", "out", "all"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where goods are looked for: in the viewer's hands, or aboard a shipment; `transfer` names whose they are."""

    shipment: str | None = None
    transfer: str | None = None


@dataclass(frozen=True, slots=True)
class DealSearch:
    """What a list of transfers or shipments is searched for; what is empty bounds nothing.

    ``text``: part of a product's name, UN or CAS number, of a lot, a party or a number plate. ``region``: GB/T 2260
    prefix; ``park``; ``product_class``: transport class or list: goods that are, were or are about to be there, of it.
    """

    statuses: Sequence[str] = ()
    text: str = ""
    region: str = ""
    park: str = ""
    product_class: str = ""


class Deals(Protocol):
    """Transfers and shipments to which the viewer's organisation is party, or that it supervises. NotFoundError."""

    def transfers(
        self, viewer: Principal, box: Box, search: DealSearch, after: Key | None, limit: int
    ) -> Page[TransferLine]:
        """Return transfers, newest change first: offered or handed to the viewer ("in"), by it ("out"), or all."""

    def transfer(self, viewer: Principal, ref: str) -> TransferView:
        """Return a transfer with its goods, who signed, and the newest 50 moments of its life."""

    def shipments(self, viewer: Principal, search: DealSearch, after: Key | None, limit: int) -> Page[ShipmentLine]:
        """Return shipments, newest change first."""

    def parks(self, viewer: Principal) -> tuple[str, ...]:
        """Return at most 200 parks by which lists can be searched, by name."""

    def shipment(self, viewer: Principal, ref: str) -> ShipmentView:
        """Return a shipment with what it carries, who signed, and the newest 50 moments of its life."""

    def verdict(self, viewer: Principal, ref: str) -> Verdict:
        """Return what the offline verifier says of the chain of a transfer or shipment."""

    def firm(self, viewer: Principal, text: str) -> Party:
        """Return the one organisation with this credit code, name or reference. FormatError: none, or several."""

    def firms(self, viewer: Principal) -> tuple[Party, ...]:
        """Return at most 200 organisations that the viewer dealt with, by name."""

    def crews(self, viewer: Principal, carriers: Sequence[str]) -> CrewChoices:
        """Return whom these carriers registered to drive and escort, own people too, and the own dispatchers."""

    def crew(self, viewer: Principal, carrier: str, kind: str, number: str) -> str:
        """Return the person ("user:<uuid>") whose certificate (driver, escort) a carrier registered. FormatError."""

    def lines(self, viewer: Principal, items: Sequence[Mapping[str, Json]], source: Source) -> list[dict[str, Json]]:
        """Return lines of matter for goods named by code, container or batch, as they lie now. FormatError."""

    def evidence(self, viewer: Principal, ref: str) -> bytes:
        """Return the evidence (hazledger/evidence@1) of a transfer or shipment, as much as the viewer may see."""


class Waybills(Protocol):
    """Transport documents of shipments."""

    def paper(self, viewer: Principal, ref: str, base_url: str, zone: timezone) -> bytes:
        """Return the document of a shipment as PDF. NotFoundError; UnavailableError: another process has the key."""

    def check(self, viewer: Principal, code: str) -> WaybillView:
        """Return what a code says and what the ledger says now; anybody may ask. FormatError: no waybill code."""


class Papers(Protocol):
    """Photographs of papers that were signed by hand."""

    def add(self, viewer: Principal, content: bytes) -> PaperView:
        """Keep a photograph for an event to state. FormatError, ConflictError: erased; UnavailableError: too many."""

    def one(self, viewer: Principal, paper: str) -> tuple[PaperView, bytes]:
        """Return a photograph that an event states, for who sees what the event says. NotFoundError."""

    def docks(self, viewer: Principal, shipment: str) -> tuple[str, ...]:
        """Return where the consignee of a shipment takes goods in, as "site:<uuid>/<location>". NotFoundError."""


class StepLinks(Protocol):
    """One-time links for who has no account: a driver, a counterparty."""

    def issue(self, viewer: Principal, shipment: str, side: Literal["carrier", "consignee"]) -> StepLink:
        """Make a link for a side of a shipment; its arranger and consignor may. NotFoundError, ForbiddenError."""

    def listing(self, viewer: Principal, shipment: str) -> tuple[StepLinkLine, ...]:
        """Return the links that the viewer's organisation issued for a shipment, newest first. NotFoundError."""

    def revoke(self, viewer: Principal, link: str) -> StepLinkLine:
        """End a link of the viewer's organisation, by its id. NotFoundError."""

    def open(self, token: str) -> LinkView:
        """Return what a link leads to. NotFoundError, which tells nothing: unknown, expired, locked."""

    def enter(self, token: str, pin: str, step: str) -> Principal:
        """Return the party for which a step may be taken. NotFoundError; ForbiddenError: wrong PIN; FormatError."""

    def finish(self, token: str, step: str, event: str) -> None:
        """Remember that a step was taken."""

    def receipt(self, token: str, step: str) -> bytes:
        """Return the receipt of a step taken with the link. NotFoundError."""

    def paper(self, token: str, base_url: str, zone: timezone) -> bytes:
        """Return the transport document of the shipment as PDF. NotFoundError, UnavailableError."""
