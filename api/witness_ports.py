"""The port of witnesses: who cosigned the log, and checkpoints that organisations pin."""

from typing import Protocol

from api.views import PinView, Principal, WitnessesView


class Witnesses(Protocol):
    """What witnesses cosigned, and what organisations pinned."""

    def view(self) -> WitnessesView:
        """Return how the witnesses stand; anybody may ask. NotFoundError before anything is published."""

    def pin(self, viewer: Principal, checkpoint: str | None) -> PinView:
        """Pin a checkpoint for the viewer's organisation; None: the one shown now. The same again is one pin.

        FormatError, VerificationError: not a checkpoint that this log signed. ConflictError: too many.
        """

    def pins(self, viewer: Principal) -> tuple[PinView, ...]:
        """Return the newest 100 pins of the viewer's organisation, each held against the log as it is now."""
