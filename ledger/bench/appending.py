"""Durable appends over HTTP, one event a request: against a trivial endpoint, and against one transaction a request.

Statements are of the simple form, or made and signed by their maker.
"""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Final

from ledger.bench import load, scratch
from ledger.bench.context import Context
from ledger.bench.frame import Measured, Target, pair
from ledger.bench.scratch import Scratch
from ledger.bench.serving import PATHS, running
from ledger.services.append import MAX_BATCH

TRIVIAL: Final = "a trivial FastAPI + pydantic POST"

Make = Callable[[int], list[bytes]]
"""Makes so many new statements."""

Send = Callable[[list[bytes]], float]
"""Sends these bodies and returns how many a second were answered."""


def append(context: Context) -> Measured:
    """A durable append of one event a request / a trivial POST of the same body on the same kind of server."""
    ledger = context.scratch()
    with ExitStack() as stack:
        ours = _ledger(context, stack, ledger)
        trivial = _sender(context, stack.enter_context(running({"app": "trivial"})), PATHS["trivial"])
        return _pair(context, "append", TRIVIAL, (ours, trivial), partial(context.bodies, ledger))


def append_signed(context: Context) -> Measured:
    """The same of statements that their maker salted and signed, the signature checked / a trivial POST of the same."""
    ledger = context.scratch()
    with ExitStack() as stack:
        ours = _ledger(context, stack, ledger)
        trivial = _sender(context, stack.enter_context(running({"app": "trivial"})), PATHS["trivial_signed"])
        target = Target("ratio", "at least", 0.6)
        make = partial(context.signed_bodies, ledger)
        return _pair(context, "append_signed", TRIVIAL, (ours, trivial), make, target)


def append_grouped(context: Context) -> Measured:
    """The same append / the same with a transaction for each request."""
    ledger = context.scratch()
    with ExitStack() as stack:
        grouped = _ledger(context, stack, ledger)
        single = _ledger(context, stack, context.scratch(), max_batch=1)
        target = Target("ratio", "at least", 5)
        return _pair(
            context,
            "append_grouped",
            "one transaction a request",
            (grouped, single),
            partial(context.bodies, ledger),
            target,
        )


def _pair(
    context: Context, name: str, against: str, sides: tuple[Send, Send], make: Make, target: Target | None = None
) -> Measured:
    """Both sides are sent the same bodies; the first ones only warm the servers up."""
    count = context.sizes.requests
    for side in sides:
        side(make(count // 4))
    todo = [make(count) for _ in range(context.rounds)]
    places = [iter(todo), iter(todo)]
    first, second = (lambda at=at: sides[at](next(places[at])) for at in (0, 1))
    return pair(name, "events/s", against, (first, second), context.rounds, target=target)


def _ledger(context: Context, stack: ExitStack, ledger: Scratch, max_batch: int = MAX_BATCH) -> Send:
    key = scratch.access_token(ledger)
    port = stack.enter_context(running({"app": "ledger", "folder": str(ledger.folder), "max_batch": max_batch}))
    return _sender(context, port, PATHS["ledger"], key)


def _sender(context: Context, port: int, path: str, key: str = "") -> Send:
    def send(bodies: list[bytes]) -> float:
        made = load.requests(path, bodies, key=key)
        return len(bodies) / load.run(port, made, context.sizes.connections)

    return send
