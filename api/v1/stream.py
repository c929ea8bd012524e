"""What concerns the organisation, as it happens: server-sent events (HTML Standard, section 9.2).

The id of an event is the index of its record, so that a client that comes back with `Last-Event-ID` misses nothing.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.auth import GuardedRoute, acts, admit
from api.i18n import N_
from api.notice_ports import Notices
from api.v1.common import Ports, Viewer
from api.views import Principal
from ledger.errors import FormatError, HazledgerError, UnavailableError
from ledger.services.feed import Notice

router = APIRouter(prefix="/api/v1", tags=["notices"], route_class=GuardedRoute)

BEAT_S: Final = 15.0
LIFETIME_S: Final = 3_600.0
MOST: Final = 256
MOST_EACH: Final = 8
PAGE: Final = 100
RETRY_MS: Final = 3_000
HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}

After = Annotated[int | None, Query(description="Index of the last record seen; default: only what is new.", ge=-1)]
LastId = Annotated[str | None, Header(alias="last-event-id", description="As browsers send it when they reconnect.")]

_open: Counter[str] = Counter()


def line_of(notice: Notice) -> bytes:
    """Return a notice as a server-sent event."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (
        notice.index,
        notice.type.encode(),
        orjson.dumps(notice.content()),
    )


async def events(
    notices: Notices, viewer: Principal, after: int, still: Callable[[], bool], beat_s: float = BEAT_S
) -> AsyncIterator[bytes]:
    """Yield what is new, and a comment when nothing was for a while; ends when `still` says so."""
    loop = asyncio.get_running_loop()
    rung = asyncio.Event()

    def ring() -> None:
        loop.call_soon_threadsafe(rung.set)

    quiet = notices.listen(ring)
    try:
        yield b"retry: %d\n\n" % RETRY_MS
        while still():
            rung.clear()
            found = await asyncio.to_thread(notices.after, viewer, after, PAGE)
            for notice in found:
                after = notice.index
                yield line_of(notice)
            if len(found) == PAGE:
                continue
            try:
                async with asyncio.timeout(beat_s):
                    await rung.wait()
            except TimeoutError:
                yield b": still here\n\n"
    finally:
        quiet()


def _since(after: int | None, last: str | None, newest: int) -> int:
    if last:
        if not (last.isascii() and last.isdigit() and len(last) < 16):
            raise FormatError("parameter_not_integer", "/last-event-id", {"place": "header", "name": "last-event-id"})
        return int(last)
    return newest if after is None else after


@router.get(
    "/stream",
    summary=N_("What concerns the organisation, as it happens"),
    response_class=Response,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Server-sent events; id: the record."}},
)
@acts("stream.read")
async def stream(
    request: Request, ports: Ports, viewer: Viewer, after: After = None, last_event_id: LastId = None
) -> Response:
    """Tell of each record that concerns the organisation: what happened and where to look, not what was stated.

    A connection lasts an hour at most; a client reconnects with `Last-Event-ID` and misses nothing.
    """
    since = _since(after, last_event_id, ports.notices.newest())
    who = viewer.org.ref if viewer.org is not None else ""
    if _open[who] >= MOST_EACH or _open.total() >= MOST:
        raise UnavailableError("streams_too_many", params={"most": MOST_EACH}, retry_after_s=30)
    ends = asyncio.get_running_loop().time() + LIFETIME_S

    def still() -> bool:
        """Whether the credential still holds, and the hour is not over."""
        try:
            admit(request, "stream.read")
        except HazledgerError:
            return False
        return asyncio.get_running_loop().time() < ends

    async def counted() -> AsyncIterator[bytes]:
        _open[who] += 1
        try:
            async for part in events(ports.notices, viewer, since, still):
                yield part
        finally:
            _open[who] -= 1

    return StreamingResponse(counted(), 200, HEADERS, "text/event-stream")
