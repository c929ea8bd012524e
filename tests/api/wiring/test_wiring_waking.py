import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from api.wiring.waking import Waking
from ledger.errors import UnavailableError


def answered(count: int) -> list["Future[int]"]:
    return [Future() for _ in range(count)]


def answer(futures: list["Future[int]"]) -> threading.Thread:
    def run() -> None:
        for number, future in enumerate(futures):
            if number % 7 == 3:
                future.set_exception(UnavailableError("queue_full"))
            else:
                future.set_result(number)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_every_answer_reaches_its_waiter() -> None:
    async def wait() -> list[int | BaseException]:
        waking = Waking(asyncio.get_running_loop())
        futures = answered(200)
        waiters = [waking.wait(future) for future in futures]
        thread = answer(futures)
        found = await asyncio.gather(*waiters, return_exceptions=True)
        thread.join()
        return found

    for number, found in enumerate(asyncio.run(wait())):
        if number % 7 == 3:
            assert isinstance(found, UnavailableError)
        else:
            assert found == number


def test_answers_that_came_together_wake_the_loop_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait() -> int:
        loop = asyncio.get_running_loop()
        called: list[Callable[[], object]] = []
        genuine = loop.call_soon_threadsafe

        def counted(call: Callable[[], object]) -> None:
            called.append(call)
            genuine(call)

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        waking = Waking(loop)
        futures = answered(50)
        waiters = [waking.wait(future) for future in futures]
        answer(futures).join()
        await asyncio.gather(*waiters, return_exceptions=True)
        return len(called)

    assert asyncio.run(wait()) == 1


def test_a_waiter_that_left_harms_nobody() -> None:
    async def wait() -> int:
        waking = Waking(asyncio.get_running_loop())
        gone, staying = answered(2)
        left, waiter = waking.wait(gone), waking.wait(staying)
        left.cancel()
        gone.set_result(1)
        staying.set_result(2)
        return await waiter

    assert asyncio.run(wait()) == 2


def test_an_answer_after_the_end_of_the_loop_is_dropped() -> None:
    futures = answered(1)

    async def leave() -> None:
        left = Waking(asyncio.get_running_loop()).wait(futures[0])
        assert not left.done()

    asyncio.run(leave())
    futures[0].set_result(1)
    assert futures[0].result() == 1
