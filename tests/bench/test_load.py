import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ledger.bench import load
from ledger.errors import HazledgerError

Answer = Callable[[int], list[bytes]]
"""The pieces of the answer to the n-th request; an empty one hangs up."""


@contextmanager
def server(answer: Answer, seen: list[tuple[int, bytes]]) -> Iterator[int]:
    """A server that reads whole requests and answers as told; ``seen`` are connection and body."""
    started: threading.Event = threading.Event()
    stop: asyncio.Event
    loop = asyncio.new_event_loop()
    port = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                seen.append((id(writer), await reader.readexactly(length)))
                for piece in answer(len(seen)):
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
                if not answer(len(seen)):
                    return
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()

    async def serve() -> None:
        nonlocal port, stop
        stop = asyncio.Event()
        listening = await asyncio.start_server(talk, load.HOST, 0)
        port = listening.sockets[0].getsockname()[1]
        started.set()
        async with listening:
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    started.wait()
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def whole(_n: int) -> list[bytes]:
    return [b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"]


def pieces(_n: int) -> list[bytes]:
    return [b"HTTP/1.1 201 Created\r\ncontent-le", b"ngth: 2\r\n\r", b"\n{", b"}"]


@pytest.mark.parametrize("answer", [whole, pieces])
def test_every_request_is_sent_once_over_the_connections_asked_for(answer: Answer) -> None:
    seen: list[tuple[int, bytes]] = []
    bodies = [f"body {n}".encode() for n in range(20)]
    with server(answer, seen) as port:
        assert load.run(port, load.requests("/x", bodies, key="secret"), 4) > 0
    assert sorted(body for _, body in seen) == sorted(bodies)
    assert len({connection for connection, _ in seen}) == 4


def test_an_answer_that_is_not_the_one_wanted_ends_the_run() -> None:
    def third_fails(n: int) -> list[bytes]:
        return [b"HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nfull"] if n == 3 else whole(n)

    with server(third_fails, []) as port, pytest.raises(HazledgerError) as caught:
        load.run(port, load.requests("/x", [b"1"] * 10), 1)
    assert caught.value.code == "bench_answer"
    assert "full" in str(caught.value.params["answer"])


def test_a_server_that_hangs_up_ends_the_run() -> None:
    with server(lambda _n: [], []) as port, pytest.raises(HazledgerError) as caught:
        load.run(port, load.requests("/x", [b"1"]), 1)
    assert caught.value.code == "bench_answer"


def test_a_status_of_success_is_not_enough_where_the_lines_count() -> None:
    with server(whole, []) as port, pytest.raises(HazledgerError):
        load.run(port, load.requests("/x", [b"1"]), 1, accept=lambda answer: b"201 201" in answer)
