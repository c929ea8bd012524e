"""Forms: what a browser posts, read once and bounded, and the body of a step that is made of it.

A form carries the id of the event it will state, so that a second press states nothing twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from starlette.requests import Request

from api.auth import services_of, settings_of, viewer
from api.figures import kg_figure
from api.forms import CSRF, check_csrf, pairs_of
from api.uploads import open_upload
from api.v1.steps import MOST_GOODS
from api.views import PlaceName, StockLine, Words
from api.views.deals import Cargo, Piece
from ledger.core.canonical import Json
from ledger.core.ids import check_uuid7, uuid7
from ledger.errors import FormatError, HazledgerError, NotFoundError
from ledger.services.entropy import SystemEntropy

MOST_FIELDS: Final = 8 * MOST_GOODS
LOOSE: Final = "-"
KEY: Final = ("batch", "container", "place", "owner", "status")
"""What names a row of goods in a form: none of them has a blank."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form as they were filled in; an absent one is ''."""

    given: Mapping[str, str] = field(default_factory=dict)
    offset: str = "+00:00"

    def text(self, name: str, default: str = "") -> str:
        """Return a field without blanks around it."""
        return self.given.get(name, default).strip()

    def wanted(self, name: str) -> str:
        """Return a field that must be filled in. FormatError."""
        found = self.text(name)
        if not found:
            raise FormatError("form_not_of_form", f"/{name}", {"name": name})
        return found

    def some(self, *names: str) -> dict[str, Json]:
        """Return those of the fields that were filled in."""
        return {name: value for name in names if (value := self.text(name))}

    def moment(self, name: str) -> str | None:
        """Return a local date and time with the zone of the pages."""
        found = self.text(name)
        return f"{found}:00{self.offset}" if found else None


@dataclass(frozen=True, slots=True)
class Row:
    """A holding that can be ticked: what names it, what people read, and how much is proposed."""

    key: str
    product: Words
    batch_number: str
    container_label: str | None
    kind: Words | None
    place: PlaceName | None
    mass: int
    booked: str
    amount: str
    ticked: bool
    transport_class: str | None = None


async def read_with_file(request: Request, name: str) -> tuple[Form, bytes]:
    """Return the form of a request and the file of this name, b"" without one. FormatError, ForbiddenError."""
    sent = await open_upload(request, name, MOST_FIELDS)
    return Form(sent.form.fields(), settings_of(request).utc_offset), sent.body


async def read(request: Request) -> Form:
    """Return the form of a request, which carries its session's token. FormatError, ForbiddenError."""
    fields = dict(await pairs_of(request, MOST_FIELDS))
    check_csrf(request, fields.get(CSRF, ""))
    return Form(fields, settings_of(request).utc_offset)


def new_id(request: Request) -> str:
    """Return the id that a form fixes for its event."""
    return uuid7(services_of(request).clock.now_ms(), SystemEntropy().bytes(10))


Act = Callable[[dict[str, Json]], Awaitable[object]]
"""States the event of a form; takes what names it."""


async def press(request: Request, form: Form, act: Act) -> HazledgerError | None:
    """State the event of a form; None once it is recorded, now or by an earlier press, else why it was refused."""
    try:
        name = check_uuid7(form.wanted("id"), field="/id")
    except HazledgerError as error:
        return error
    if await asyncio.to_thread(_recorded, request, name):
        return None
    try:
        await act({"id": name})
    except HazledgerError as error:
        return None if await asyncio.to_thread(_recorded, request, name) else error
    return None


def _recorded(request: Request, name: str) -> bool:
    try:
        services_of(request).intake.receipt(viewer(request), name)
    except NotFoundError:
        return False
    return True


# --- goods ------------------------------------------------------------------------------------------------------------


def of_stock(line: StockLine, left: dict[str, int] | None) -> Row:
    """Return a row of the own stock; ``left``: what may still be taken by batch, used up as rows are made."""
    held = line.holding
    room = None if left is None else left.get(line.batch, left.get("", 0))
    mass = held.mass if room is None else min(held.mass, room)
    if left is not None:
        name = line.batch if line.batch in left else ""
        left[name] = left.get(name, 0) - mass
    names = (line.batch, held.container or LOOSE, held.place.ref, held.owner.ref, held.status)
    return Row(
        key=" ".join(names),
        product=line.product,
        batch_number=line.batch_number,
        container_label=held.container_label,
        kind=None,
        place=held.place,
        mass=held.mass,
        booked=plain(mass or held.mass),
        amount=plain(mass or held.mass),
        ticked=left is not None and mass > 0,
        transport_class=line.transport_class,
    )


def of_cargo(cargo: Iterable[Cargo], *, ticked: bool) -> list[Row]:
    """Return the rows of what is aboard."""
    return [_aboard(item, piece, ticked=ticked) for item in cargo for piece in item.pieces]


def _aboard(item: Cargo, piece: Piece, *, ticked: bool) -> Row:
    names = (item.batch, piece.container or LOOSE, piece.place, piece.owner.ref, piece.status)
    return Row(
        key=" ".join(names),
        product=item.product,
        batch_number=item.batch_number,
        container_label=piece.container_label,
        kind=piece.kind,
        place=None,
        mass=piece.mass,
        booked=plain(piece.mass),
        amount=plain(piece.mass),
        ticked=ticked,
        transport_class=item.transport_class,
    )


@dataclass(frozen=True, slots=True)
class Filled:
    """A line of goods as it was filled in."""

    ticked: bool
    amount: str


def filled(form: Form) -> dict[str, Filled]:
    """Return the lines of goods that were filled in, by what names them."""
    found: dict[str, Filled] = {}
    for n in range(MOST_GOODS):
        key = form.text(f"key{n}")
        if not key:
            break
        found[key] = Filled(form.text(f"on{n}") == "1", form.text(f"kg{n}"))
    return found


def as_filled(rows: Iterable[Row], form: Form) -> list[Row]:
    """Return rows as they were filled in before; one that was not there yet stays as it is proposed."""
    before = filled(form)
    return [
        row if (was := before.get(row.key)) is None else replace(row, ticked=was.ticked, amount=was.amount)
        for row in rows
    ]


def plain(mg: int) -> str:
    """Return kilograms as an amount is written: no separators."""
    return kg_figure(mg).replace(",", "")


def goods(form: Form, *, counted: bool = False) -> list[Json]:
    """Return the goods that a form ticks; ``counted``: an amount that differs says what it was booked as."""
    found: list[Json] = []
    for n in range(MOST_GOODS):
        key = form.text(f"key{n}")
        if not key:
            break
        names = key.split(" ")
        if form.text(f"on{n}") != "1" or len(names) != len(KEY):
            continue
        item: dict[str, Json] = dict(zip(KEY, names, strict=True))
        booked, amount = form.text(f"was{n}"), form.text(f"kg{n}")
        item |= {"amount": amount, "unit": "kg"}
        if counted and amount != booked:
            item["booked"] = booked
        found.append(item)
    return found


def differs(items: Iterable[Json]) -> bool:
    """Whether a quantity was counted that is not the booked one."""
    return any(isinstance(item, dict) and "booked" in item for item in items)


def documents(form: Form) -> dict[str, Any]:
    """Return the section of the papers that a form names, or nothing."""
    items = [
        {"kind": form.wanted(f"paper{n}"), "number": number} for n in range(4) if (number := form.text(f"number{n}"))
    ]
    return {"documents": {"items": items}} if items else {}
