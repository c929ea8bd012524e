"""The port of events: raw JSON in, receipts out. The appending itself never runs on the event loop."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Final

from api.views import Outcome, Principal
from api.wiring.known import hidden
from ledger.core.canonical import Json, parse
from ledger.core.shape import object_at
from ledger.errors import ForbiddenError, HazledgerError, NotFoundError
from ledger.services.access import OPERATOR_ONLY
from ledger.services.answers import Appended
from ledger.services.intake import MAX_BYTES, Auth, Submission
from ledger.services.ledger import Ledger

ENVELOPE: Final = 64 * 1024
"""Bytes that salts, signatures and white space may add to the largest event."""


class LedgerIntake:
    """Events into the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Append to this ledger."""
        self._ledger = ledger

    async def submit(self, viewer: Principal, body: bytes) -> Outcome:
        """Append one event and wait for its receipt."""
        submission, answer = await asyncio.to_thread(self._submit, viewer, body)
        appended = await asyncio.wrap_future(answer)
        return await asyncio.to_thread(self._outcome, submission, appended)

    async def submit_many(self, viewer: Principal, bodies: Sequence[bytes]) -> Sequence[Outcome | HazledgerError]:
        """Append events in their order; one result a body, in the same order."""
        return await asyncio.to_thread(self._submit_many, viewer, bodies)

    def receipt(self, viewer: Principal, event_id: str) -> bytes:
        """Return the receipt of the viewer's own event. NotFoundError."""
        try:
            return self._ledger.receipt(_own(viewer), event_id)
        except NotFoundError:
            raise hidden(event_id) from None

    def _submit(self, viewer: Principal, body: bytes) -> "tuple[Submission, Future[Appended]]":
        submission = self._read(viewer, body)
        return submission, self._ledger.submit(submission)

    def _submit_many(self, viewer: Principal, bodies: Sequence[bytes]) -> Sequence[Outcome | HazledgerError]:
        read = [self._try_read(viewer, body) for body in bodies]
        submissions = [item for item in read if isinstance(item, Submission)]
        answers = iter(self._ledger.append_many(submissions))
        results: list[Outcome | HazledgerError] = []
        for item in read:
            answer = next(answers) if isinstance(item, Submission) else item
            if isinstance(item, Submission) and isinstance(answer, Appended):
                results.append(self._outcome(item, answer))
            else:
                assert isinstance(answer, HazledgerError)
                results.append(answer)
        return results

    def _try_read(self, viewer: Principal, body: bytes) -> Submission | HazledgerError:
        try:
            return self._read(viewer, body)
        except HazledgerError as error:
            return error

    def _read(self, viewer: Principal, body: bytes) -> Submission:
        """Parse and check a statement of either form. Raises FormatError, ForbiddenError."""
        stated = object_at(parse(body, max_bytes=MAX_BYTES + ENVELOPE))
        own, signed = _own(viewer), "header" in stated
        header = stated.get("header") if signed else stated
        actor = header.get("actor") if isinstance(header, Mapping) else None
        if isinstance(actor, str) and actor != own:
            raise ForbiddenError(
                "actor_not_own", "/header/actor" if signed else "/actor", {"actor": actor[:80], "own": own}
            )
        auth = Auth("api_key" if viewer.method == "key" else "session", viewer.user or own, viewer.credential or "")
        made = self._make(stated, auth, signed=signed)
        if made.header.type in OPERATOR_ONLY and "operator" not in viewer.roles:
            raise ForbiddenError("operator_only", "/type", {"type": made.header.type})
        return made

    def _make(self, stated: Mapping[str, Json], auth: Auth, *, signed: bool) -> Submission:
        return self._ledger.signed(stated, auth) if signed else self._ledger.state(stated, auth)

    def _outcome(self, submission: Submission, appended: Appended) -> Outcome:
        return Outcome(not appended.repeated, self._ledger.receipt(*submission.key))


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise ForbiddenError("login_required")
    return viewer.org.ref
