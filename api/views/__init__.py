"""What the pages show and the API answers: frozen values, one shape for people and for programs.

Masses are whole milligrams and instants epoch milliseconds in Python; on the wire a mass is
`{"amount": "12.5", "unit": "kg"}` and an instant RFC 3339 text. Nothing here is ever read back.
"""

from api.views.access import ANONYMOUS, LoginOffer, Principal, Session, UserRole
from api.views.common import Instant, Listing, Mass, Page, Party, PlaceName, Words
from api.views.deals import (
    Cargo,
    Filing,
    LegView,
    Settlement,
    ShipmentLine,
    ShipmentView,
    Standing,
    StepSignature,
    TransferGoods,
    TransferLine,
    TransferView,
)
from api.views.goods import Goods, Hazards, HazardStatement, hides_place
from api.views.matter import AccountSum, FindingView, Flow, Holding, Matter, Moment, Share
from api.views.notices import DeliveryView, Replayed, TryView, WebhookView
from api.views.pages import (
    BatchLine,
    BatchView,
    ContainerView,
    DeskEvent,
    DeskView,
    OrganisationView,
    ProductView,
    QrView,
    SiteView,
    StockLine,
    TraceEdge,
    TraceView,
    VoidedLabel,
)
from api.views.system import Health, LogState, Outcome, PublishedHeads, Readiness
from api.views.verdict import Fault, Inclusion, Verdict

__all__ = [
    "ANONYMOUS",
    "AccountSum",
    "BatchLine",
    "BatchView",
    "Cargo",
    "ContainerView",
    "DeliveryView",
    "DeskEvent",
    "DeskView",
    "Fault",
    "Filing",
    "FindingView",
    "Flow",
    "Goods",
    "HazardStatement",
    "Hazards",
    "Health",
    "Holding",
    "Inclusion",
    "Instant",
    "LegView",
    "Listing",
    "LogState",
    "LoginOffer",
    "Mass",
    "Matter",
    "Moment",
    "OrganisationView",
    "Outcome",
    "Page",
    "Party",
    "PlaceName",
    "Principal",
    "ProductView",
    "PublishedHeads",
    "QrView",
    "Readiness",
    "Replayed",
    "Session",
    "Settlement",
    "Share",
    "ShipmentLine",
    "ShipmentView",
    "SiteView",
    "Standing",
    "StepSignature",
    "StockLine",
    "TraceEdge",
    "TraceView",
    "TransferGoods",
    "TransferLine",
    "TransferView",
    "TryView",
    "UserRole",
    "Verdict",
    "VoidedLabel",
    "WebhookView",
    "Words",
    "hides_place",
]
