"""What the edge asks about recalls. The rules are those of ``ports``; a recall is called by the index of its order."""

from collections.abc import Sequence
from typing import Protocol

from api.views import Key, Page, Principal
from api.views.recalls import RecallLine, RecallPreview, RecallView


class Recalls(Protocol):
    """Recalls that reach the viewer's organisation, or are of lots that it may know of; NotFoundError otherwise."""

    def listing(self, viewer: Principal, after: Key | None, limit: int, *, open_only: bool) -> Page[RecallLine]:
        """Return recalls, newest first; ``open_only``: those that wait for the viewer's own acknowledgement."""

    def one(self, viewer: Principal, index: int) -> RecallView:
        """Return a recall with whom it reaches and who acknowledged."""

    def preview(self, viewer: Principal, lots: Sequence[str]) -> RecallPreview:
        """Return what a recall of these batches would reach.

        NotFoundError: one that the viewer may not know of; ForbiddenError `recall_not_yours`: not its to order.
        """

    def waiting(self, viewer: Principal) -> int:
        """Return how many recalls wait for the acknowledgement of the viewer's organisation."""

    def may_order(self, viewer: Principal, lot: str) -> bool:
        """Whether the viewer's role and organisation may order the recall of a batch: its producer, an authority."""
