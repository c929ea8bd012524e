"""Counters of devices: each numbers what it states, in the order in which the ledger takes it."""

from collections.abc import Iterable, Iterator

from ledger.demo.statement import Statement


def counted(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield the statements, each with the next number of its device."""
    last: dict[tuple[str, str], int] = {}
    for statement in statements:
        agent = statement.sections.get("agent")
        if agent is not None and "device" in agent:
            device = statement.actor, str(agent["device"])
            last[device] = last.get(device, 0) + 1 + statement.skip
            agent["counter"] = last[device]
        yield statement
