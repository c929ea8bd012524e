"""The port of events: raw JSON in, receipts out. The appending itself never runs on the event loop."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from typing import Final

from api.views import Outcome, Principal, PublishedHeads
from api.wiring.acting import allowed_to_state, check_act
from api.wiring.foreign import check_known, names_deals
from api.wiring.keys import concerns_own_key
from api.wiring.known import hidden
from api.wiring.reading import Reading
from api.wiring.sight import plain_subject
from api.wiring.waking import Waking
from ledger.core.b64 import b64u
from ledger.core.canonical import Json, parse
from ledger.core.shape import object_at
from ledger.errors import ForbiddenError, HazledgerError, NotFoundError, UnavailableError
from ledger.rules.bays import OVERRIDE
from ledger.rules.papers import PAPER
from ledger.services import policy
from ledger.services.answers import Appended
from ledger.services.identity import devices
from ledger.services.identity.ports import Ports
from ledger.services.intake import MAX_BYTES, Auth, Submission

ENVELOPE: Final = 64 * 1024
"""Bytes that salts, signatures and white space may add to the largest event."""

SMALL: Final = 8 * 1024
"""Most bytes of a statement that is read on the event loop: it takes a fraction of a millisecond."""

REGISTERED: Final = f'"{devices.DEVICE}'.encode()
"""Stands in a statement by a registered device."""
ON_PAPER: Final = f'"{PAPER}"'.encode()
"""Stands in a statement about a paper signed by hand."""
LOOKED_UP: Final = (REGISTERED, ON_PAPER, b'"transfer"', b'"shipment"')
"""What is looked up in the store before the writer sees it: devices, papers, transfers and shipments."""

HEADS_GAP_S: Final = 10
KEY_REGISTERED: Final = "governance.key_registered"


class LedgerIntake:
    """Events into the ledger."""

    def __init__(self, ports: Ports, reading: Reading, heads_gap_s: int = HEADS_GAP_S) -> None:
        """Append to this ledger, looking up with ``reading``.

        Heads are published on demand at most once in ``heads_gap_s`` seconds.
        """
        self._ports = ports
        self._reading = reading
        self._ledger = ports.ledger
        self._heads_gap_ms = heads_gap_s * 1_000
        self._heads_at_ms: int | None = None
        self._lock = threading.Lock()
        self._waking: Waking | None = None

    async def submit(self, viewer: Principal, body: bytes) -> Outcome:
        """Append one event and wait for its receipt."""
        submission = await self._read_quickly(viewer, body)
        appended = await self._waking_here().wait(self._ledger.submit(submission))
        if appended.receipt is None:
            return await asyncio.to_thread(self._outcome, submission, appended)
        return self._outcome(submission, appended)

    def prepare(self, viewer: Principal, body: bytes) -> Submission:
        """Check a statement as if it were to be appended, and append nothing. Raises as reading it does."""
        return self._read(viewer, body, alone=True)

    async def submit_many(self, viewer: Principal, bodies: Sequence[bytes]) -> Sequence[Outcome | HazledgerError]:
        """Append events in their order; one result a body, in the same order."""
        return await asyncio.to_thread(self._submit_many, viewer, bodies)

    async def publish_heads(self) -> PublishedHeads:
        """Publish the heads of all chains, or return the newest if nothing was recorded since."""
        return await asyncio.to_thread(self._publish_heads)

    def _publish_heads(self) -> PublishedHeads:
        newest = self._newest_heads()
        if newest is not None:
            return newest
        self._claim_turn()
        made = self._ledger.publish_heads()
        return PublishedHeads(made.index, made.record, made.recorded_at_ms, recorded=True)

    def _newest_heads(self) -> PublishedHeads | None:
        n = self._ledger.recorded().heads
        if n is None or n + 1 != self._ledger.log.state().size:
            return None
        with self._ledger.store.read() as unit:
            row = unit.log.record(n)
        return None if row is None else PublishedHeads(n, b64u(row.hash), row.recorded_at_ms, recorded=False)

    def _claim_turn(self) -> None:
        """Raise UnavailableError unless it is time again; a turn is taken even where publishing fails."""
        now_ms = self._ledger.clock.now_ms()
        with self._lock:
            wait_ms = 0 if self._heads_at_ms is None else self._heads_at_ms + self._heads_gap_ms - now_ms
            if wait_ms > 0:
                seconds = -(-wait_ms // 1_000)
                params: dict[str, str | int] = {"gap": self._heads_gap_ms // 1_000, "seconds": seconds}
                raise UnavailableError("heads_too_soon", None, params, retry_after_s=seconds)
            self._heads_at_ms = now_ms

    def receipt(self, viewer: Principal, event_id: str) -> bytes:
        """Return the receipt of the viewer's own event. NotFoundError."""
        try:
            return self._ledger.receipt(_own(viewer), event_id)
        except NotFoundError:
            raise hidden(event_id) from None

    async def _read_quickly(self, viewer: Principal, body: bytes) -> Submission:
        """Read what is small where it is: handing it to a thread would cost more.

        What asks the store goes to a thread: a signature for a key that is not remembered, a registered device for
        whether it was lost, a signed paper for its photograph, an authority for what it supervises.
        """
        if len(body) > SMALL or any(mark in body for mark in LOOKED_UP) or plain_subject(viewer).watches:
            return await asyncio.to_thread(self._read, viewer, body, alone=True)
        stated = _stated(body)
        if "header" in stated and not self._remembers_keys(stated["header"]):
            return await asyncio.to_thread(self._made, viewer, stated, alone=True)
        return self._made(viewer, stated, alone=True)

    def _remembers_keys(self, header: Json) -> bool:
        """Whether one signature, at most, is to be checked, and its key is at hand."""
        members = header if isinstance(header, Mapping) else {}
        actor, keys = members.get("actor"), members.get("keys")
        if not isinstance(actor, str) or not isinstance(keys, list) or len(keys) > 1:
            return False
        return self._ledger.keys.remembers(actor, [key for key in keys if isinstance(key, str)])

    def _waking_here(self) -> Waking:
        loop = asyncio.get_running_loop()
        if self._waking is None or self._waking.loop is not loop:
            self._waking = Waking(loop)
        return self._waking

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

    def _read(self, viewer: Principal, body: bytes, *, alone: bool = False) -> Submission:
        """Parse and check a statement of either form. Raises FormatError, ForbiddenError, NotFoundError."""
        return self._made(viewer, _stated(body), alone=alone)

    def _made(self, viewer: Principal, stated: Mapping[str, Json], *, alone: bool) -> Submission:
        own, signed = _own(viewer), "header" in stated
        header = stated.get("header") if signed else stated
        actor = header.get("actor") if isinstance(header, Mapping) else None
        if isinstance(actor, str) and actor != own:
            raise ForbiddenError(
                "actor_not_own", "/header/actor" if signed else "/actor", {"actor": actor[:80], "own": own}
            )
        method = {"key": "api_key", "token": "api_client", "link": "link"}.get(viewer.method, "session")
        auth = Auth(method, viewer.user or own, viewer.credential or "", viewer.factor)
        made = self._make(stated, auth, signed=signed)
        self._check(viewer, own, made)
        if names_deals(made.event):
            with self._reading.known() as known:
                check_known(known, viewer, made.event, alone=alone)
        return made

    def _check(self, viewer: Principal, own: str, made: Submission) -> None:
        """Refuse what the viewer's roles may not state, and an agent who is another person or a lost device."""
        kind = made.header.type
        plain, overrides = plain_subject(viewer), made.event.contents.get("reason", {}).get("kind") == OVERRIDE
        if not policy.can_state(plain, kind) and policy.can_state(plain, kind, own=True):
            if not concerns_own_key(self._ports, viewer, made.event.contents.get("key", {})):
                raise ForbiddenError("key_own_only", "/sections/key")
        elif plain.watches:
            with self._reading.known() as known:
                check_act(known, viewer, made.event)
        else:
            allowed_to_state(plain, kind, override=overrides)
        holder = made.event.contents.get("key", {}).get("holder") if kind == KEY_REGISTERED else None
        if holder is not None and holder == viewer.user:
            # Whichever way it comes: also with a key file, of which the ledger cannot know who holds it.
            raise ForbiddenError("key_not_for_oneself", "/sections/key/holder")
        agent = made.event.contents.get("agent", {})
        user, device = agent.get("user"), agent.get("device")
        if viewer.user is not None and user is not None and user != viewer.user:
            params = {"user": str(user)[:80], "own": viewer.user}
            raise ForbiddenError("oneself_only", "/sections/agent/user", params)
        if device is not None:
            devices.check_may_state(self._ports, own, str(device))

    def _make(self, stated: Mapping[str, Json], auth: Auth, *, signed: bool) -> Submission:
        make = self._ledger.signed if signed else self._ledger.state
        return make(stated, auth, parsed=True)

    def _outcome(self, submission: Submission, appended: Appended) -> Outcome:
        fresh = appended.receipt
        return Outcome(not appended.repeated, self._ledger.receipt(*submission.key) if fresh is None else fresh())


def _stated(body: bytes) -> Mapping[str, Json]:
    return object_at(parse(body, max_bytes=MAX_BYTES + ENVELOPE))


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise ForbiddenError("login_required")
    return viewer.org.ref
