"""A load generator: keep-alive connections over plain sockets, each with one request in flight."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, cast

from ledger.errors import HazledgerError

HOST: Final = "127.0.0.1"
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"

Accept = Callable[[bytes], bool]
"""Whether a whole answer, head and body, is the one that was wanted."""


def created(answer: bytes) -> bool:
    """Whether the status is 201."""
    return answer.startswith(b"HTTP/1.1 201 ")


def requests(path: str, bodies: Sequence[bytes], *, key: str = "", media_type: str = "application/json") -> list[bytes]:
    """Return the bytes of one POST for each body."""
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {media_type}\r\n"
    head += f"Authorization: Bearer {key}\r\n" if key else ""
    return [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]


def run(port: int, made: Sequence[bytes], connections: int, accept: Accept = created) -> float:
    """Send every request, ``connections`` at a time; return the seconds from the first to the last answer.

    Raises HazledgerError `bench_answer` at an answer that is not accepted.
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_run(port, made, connections, accept))


def _loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return None
    return uvloop.Loop


async def _run(port: int, made: Sequence[bytes], connections: int, accept: Accept) -> float:
    loop = asyncio.get_running_loop()
    waiting = iter(made)
    ends = [loop.create_future() for _ in range(min(connections, len(made)))]
    makers = [partial(_Client, waiting, end, accept) for end in ends]
    clients = [(await loop.create_connection(maker, HOST, port))[1] for maker in makers]
    start = time.perf_counter()
    for client in clients:
        client.next()
    try:
        await asyncio.gather(*ends)
    finally:
        for client in clients:
            client.close()
    return time.perf_counter() - start


class _Client(asyncio.Protocol):
    """One connection: sends a request, reads its whole answer, sends the next."""

    def __init__(self, waiting: Iterator[bytes], end: "asyncio.Future[None]", accept: Accept) -> None:
        self._waiting = waiting
        self._end = end
        self._accept = accept
        self._transport: asyncio.Transport | None = None
        self._read = bytearray()
        self._need = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._end.done():
            self._end.set_exception(HazledgerError("bench_answer", params={"answer": str(exc or "closed")}))

    def next(self) -> None:
        """Send the next request, or say that there is none."""
        assert self._transport is not None
        request = next(self._waiting, None)
        if request is not None:
            self._transport.write(request)
        elif not self._end.done():
            self._end.set_result(None)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._read += data
        if not self._need:
            head = self._read.find(_HEAD_END)
            if head < 0:
                return
            self._need = head + len(_HEAD_END) + _length(bytes(self._read[:head]))
        if len(self._read) < self._need:
            return
        answer, self._read, self._need = bytes(self._read), bytearray(), 0
        if self._accept(answer):
            self.next()
        elif not self._end.done():
            self._end.set_exception(HazledgerError("bench_answer", params={"answer": answer.decode()[-400:]}))


def _length(head: bytes) -> int:
    line = next(line for line in head.lower().split(b"\r\n") if line.startswith(_LENGTH))
    return int(line.removeprefix(_LENGTH))
