"""What the edge asks about the flow of matter: where a batch is, where it came from and went. Rules as in ``ports``."""

from collections.abc import Iterator
from typing import Protocol

from api.views import FlowView, Key, Principal, TraceNode, TraceView
from api.views.flow import Sense
from api.views.tracing import Direction


class Tracing(Protocol):
    """The flow of batches, each for viewers with a relation. References are "batch:<uuid>"; NotFoundError otherwise."""

    def flow(self, viewer: Principal, ref: str, at_ms: int | None, sense: Sense) -> FlowView:
        """Return where every kilogram came from and is: now, or at an instant (epoch milliseconds) in a sense."""

    def trace(
        self, viewer: Principal, ref: str, direction: Direction, after: Key | None, limit: int
    ) -> tuple[TraceView, Key | None]:
        """Return one page of ancestors ("backward") or descendants ("forward"), and the key of the next page."""

    def every(self, viewer: Principal, ref: str, direction: Direction) -> Iterator[TraceNode]:
        """Yield the batch itself and every ancestor or descendant that the viewer may know of, by reference."""
