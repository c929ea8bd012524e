"""One statement for every problem of the rules: `CASES` maps code and field to what raises it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ledger.core.canonical import Json
from ledger.errors import HazledgerError, Problem
from tests.support.rulebook import (
    Rulebook,
    World,
    genesis,
    line,
    lines,
    opened,
    organisation,
    public_key,
)

Case = Callable[[World], tuple[Problem, ...]]
CASES: list[tuple[str, str | None, Case]] = []
LINE = "/sections/inputs/lines/0"
OUT = "/sections/outputs/lines/0"
GONE = "yNweNGsfqCzCj773RDqQElJzsrf5RfEeiz5Xc_u5we8"


def case(code: str, field: str | None) -> Callable[[Case], Case]:
    """Register a case."""

    def keep(made: Case) -> Case:
        CASES.append((code, field, made))
        return made

    return keep


def raised(act: Callable[[], object]) -> tuple[Problem, ...]:
    """The problem of an error."""
    try:
        act()
    except HazledgerError as error:
        return (error.problem,)
    return ()


def used(w: World, kg: float | str = 1, **more: object) -> tuple[Problem, ...]:
    """A use of a new batch of 5 kg."""
    batch = w.produce(5)
    return w.book.refuse("use.consumed", w.maker, w.use(batch, kg), **more)


def born(w: World, batch: str, kg: float | str, **more: Json) -> dict[str, Any]:
    """The sections of a birth."""
    return {
        "product": {"product": w.products["liquid"]},
        "outputs": lines(line(batch, kg, **more)),
        "place": w.place(w.maker),
    }


def opening(change: Callable[[Rulebook, dict[str, Any]], None]) -> tuple[Problem, ...]:
    """A first event with one thing changed."""
    book = Rulebook()
    operator = book.ref("org")
    sections = genesis(book, operator, book.ref("ledger"), ["registrar"])
    change(book, sections)
    return book.refuse("governance.ledger_opened", operator, sections)


def keyed(w: World, name: str) -> None:
    """Give the maker a first key, endorsed by the registrar of a ledger that has one."""
    section = {"key": {"key": public_key(name), "alg": "ed25519", "holder": w.maker}}
    w.book.do("governance.key_registered", w.maker, section, signers=[name, "registrar"])


def registered(w: World) -> World:
    """A ledger with a registrar, and the maker admitted by it."""
    book, operator = opened(registrars=["registrar"])
    maker = book.ref("org")
    made = replace(w, book=book, operator=operator, maker=maker)
    stated = {"organisation": organisation(maker)}
    book.do("governance.organisation_admitted", operator, stated, signers=["registrar"])
    keyed(made, "first")
    return made


def key(name: str, **more: Json) -> dict[str, Any]:
    """A key section."""
    return {"key": {"key": public_key(name), "alg": "ed25519", "holder": "user:1", **more}}
