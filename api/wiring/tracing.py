"""The port of the flow of matter."""

from collections.abc import Iterator

from api.views import FlowView, Key, Principal, TraceNode, TraceView
from api.views.flow import Sense
from api.views.tracing import Direction
from api.wiring.flow import flow
from api.wiring.reading import Reading
from api.wiring.trace import every, trace


class LedgerTracing:
    """Flow and trace over the ledger's records and projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading

    def flow(self, viewer: Principal, ref: str, at_ms: int | None, sense: Sense) -> FlowView:
        """Return where every kilogram came from and is. NotFoundError."""
        with self._reading.known() as known:
            return flow(known, viewer, ref, at_ms, sense)

    def trace(
        self, viewer: Principal, ref: str, direction: Direction, after: Key | None, limit: int
    ) -> tuple[TraceView, Key | None]:
        """Return one page of ancestors or descendants. NotFoundError."""
        with self._reading.known() as known:
            return trace(known, viewer, ref, direction, after, limit)

    def every(self, viewer: Principal, ref: str, direction: Direction) -> Iterator[TraceNode]:
        """Yield every ancestor or descendant. NotFoundError, when the first is asked for."""
        with self._reading.known() as known:
            yield from every(known, viewer, ref, direction)
