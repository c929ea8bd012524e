"""What the edge asks about statements that wait for signatures. The rules are those of ``ports``."""

from collections.abc import Sequence
from typing import Protocol

from api.views import DraftLine, DraftView, Outcome, Principal


class Drafts(Protocol):
    """Statements of the viewer's organisation that wait to be signed. NotFoundError: none that the viewer may state."""

    def keep(self, viewer: Principal, body: bytes, signers: int = 1, onward: str = "") -> DraftView:
        """Keep a simple statement until it is signed, by so many people or as many as the rules are known to ask.

        FormatError, ForbiddenError: it could not be stated, either; ConflictError: too many wait.
        """

    def listing(self, viewer: Principal) -> Sequence[DraftLine]:
        """Return what waits, what waits for the viewer first, then the newest."""

    def waiting_for(self, viewer: Principal) -> int:
        """Return how many drafts wait for a second signature that the viewer could give."""

    def one(self, viewer: Principal, draft: str) -> DraftView:
        """Return a draft, also one that was recorded."""

    async def sign(self, viewer: Principal, draft: str, body: bytes) -> Outcome | None:
        """Take the viewer's signatures; state the event once it is whole, and return its receipt; None: it waits on.

        FormatError, ForbiddenError, ConflictError, RefusedError.
        """

    async def state(self, viewer: Principal, draft: str) -> Outcome:
        """State a draft without signatures, by the ledger's word. RefusedError: the rules ask for signatures."""

    def withdraw(self, viewer: Principal, draft: str) -> None:
        """Forget a draft that waits. ConflictError: it was recorded."""
