"""What the pages of an organisation's keys ask of the services below them. The rules are those of ``ports``."""

from typing import Protocol

from api.views import KeyRequest, KeysView, KeyView, Outcome, Principal


class Keys(Protocol):
    """Public keys of the viewer's organisation. Private keys are never sent here. NotFoundError: it has no such one."""

    def listing(self, viewer: Principal) -> KeysView:
        """Return every key, newest first, and the requests that wait."""

    def own(self, viewer: Principal) -> tuple[str, ...]:
        """Return the ids of the viewer's own keys that count, newest registration first; none for a program."""

    def key(self, viewer: Principal, key: str) -> KeyView:
        """Return one key by its id."""

    def ask(self, viewer: Principal, key: str, proof: str) -> str:
        """Keep the viewer's new key until somebody endorses it; return the request's id. FormatError, ConflictError."""

    def request(self, viewer: Principal, request: str) -> KeyRequest:
        """Return a request that waits."""

    async def endorse(self, viewer: Principal, request: str, statement: bytes) -> Outcome:
        """Register the key that a request is about, by an event that the viewer's own key signed.

        FormatError, ForbiddenError (one's own request, no administrator), RefusedError.
        """

    def withdraw(self, viewer: Principal, request: str) -> None:
        """Take one's own request back, or turn another's down. ForbiddenError."""

    async def rotate(self, viewer: Principal, statement: bytes) -> Outcome:
        """Put a new key of the viewer in the place of its old one, by an event that both signed. FormatError."""

    async def revoke(self, viewer: Principal, key: str, id: str, since: str | None) -> Outcome:
        """Revoke a key from the next record on; ``since``: the stated time at which it was compromised."""
