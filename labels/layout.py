"""Where each part of a label stands: a `Label` becomes a `Drawing`, by the size of the label.

Hazard statements are never left out or cut; the text shrinks to 6 points, then precautionary statements go, those that
matter least first (GHS 1.4.10.5.3.3), and the label refers to the safety data sheet. What does not fit even then is
refused. The order is that of a page about matter: what it is, its hazards, what to do, whose it is.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from labels import statements
from labels.content import Hazards, Identity, Label, Run, Sentence, Supplier
from labels.drawing import Box, Drawing, Item
from labels.pen import SMALLEST, Pen
from labels.words import Lang, both, word
from ledger.errors import FormatError

MARGIN: Final = 3.0
_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z-])[0-9A-Za-z-]{1,20}(?![0-9A-Za-z-])")
GAP: Final = 0.8
BESIDE: Final = 14.0
"""The least room in which signal words stand beside the pictograms, one under the other."""
NAMED: Final = 24.0
"""The room for the names of fields."""
DENSER: Final = ((1.0, 1.0), (0.8, 0.9), (0.65, 0.8))
"""By how much names, and pictograms with the signal word, shrink for the sake of the statements."""
GROUPS: Final = {"P2": "prevention", "P3": "response", "P4": "storage", "P5": "disposal"}


@dataclass(frozen=True, slots=True)
class Form:
    """The measures of a size: millimetres and points. ``column``: the part on the right that the symbol stands in.

    ``beside``: whether that part runs along the whole label, or stands at its foot.
    """

    wide: float
    high: float
    beside: bool
    column: float
    name: float
    ghs: float
    transport: float
    signal: float
    statements: tuple[float, ...]
    field: float
    phone: float

    @property
    def inner(self) -> float:
        """The width between the margins."""
        return self.wide - 2 * MARGIN


FORMS: Final = {
    "100x150": Form(100, 150, False, 30, 20, 20, 13, 19, (10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6), 9, 15),
    "100x70": Form(100, 70, True, 27, 13, 11.5, 8.4, 11, (8, 7.5, 7, 6.5, 6), 6.5, 10),
}
"""Size in millimetres -> its form."""
SIZES: Final = tuple(FORMS)


def lay_out(label: Label, size: str, langs: tuple[Lang, ...] = ("zh", "en")) -> Drawing:
    """Return the drawing of a label. FormatError: no such size or language, or its text does not fit on it."""
    form = FORMS.get(size)
    if form is None:
        raise FormatError("label_size_unknown", field="/size", params={"sizes": ", ".join(SIZES)})
    if not langs or len(set(langs)) != len(langs) or not set(langs) <= {"zh", "en"}:
        raise FormatError("label_language_unknown", field="/lang")
    title = both(label.kind_zh, label.kind_en, langs, " / ") + f" {label.caption}"
    if label.run.identity is None:
        return Drawing(form.wide, form.high, title, (), tuple(_plain(label, form, langs)))
    ground, room = _ground(label.run, size, langs)
    return Drawing(form.wide, form.high, title, ground, tuple(_own(label, form, langs, room)))


# --- a label without goods: a place, a shipment ------------------------------------------------------------------


def _plain(label: Label, form: Form, langs: tuple[Lang, ...]) -> Iterator[Item]:
    pen = Pen()
    y = pen.fit(MARGIN, MARGIN, both(label.kind_zh, label.kind_en, langs), form.name, form.inner, lines=1)
    size = form.name * 2.4
    for number in _NUMBER.findall(label.caption):  # a number that is read aloud is not broken
        size = min(size, pen.fitting(number, size, form.inner, bold=True))
    y = pen.fit(MARGIN, y, label.caption, size, form.inner, lines=2, bold=True)
    line = form.field * 1.4 * 25.4 / 72
    side = min(form.inner, form.high - MARGIN - y - line)
    pen.symbol((form.wide - side) / 2, y, side, label.url)
    pen.middle(form.wide / 2, form.high - MARGIN - line, grouped(label.code), form.field)
    yield from pen.items


# --- what all labels of a run share ------------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _ground(run: Run, size: str, langs: tuple[Lang, ...]) -> tuple[tuple[Item, ...], tuple[float, float]]:
    """Return the shared parts, and between which heights the own fields stand.

    Names and pictograms are drawn smaller if all precautions fit then, or more of them. FormatError: hazards do not.
    """
    form = FORMS[size]
    best: tuple[tuple[Item, ...], tuple[float, float]] | None = None
    fewest = 0
    for names, pictures in DENSER:
        denser = replace(
            form,
            name=form.name * names,
            signal=form.signal * pictures,
            ghs=form.ghs * pictures,
            transport=form.transport * pictures,
        )
        pen = Pen()
        dropped, room = _shared(pen, run, denser, langs)
        if dropped is not None and (best is None or dropped < fewest):
            best, fewest = (tuple(pen.items), room), dropped
        if dropped == 0:
            break
    if best is None:
        raise FormatError("label_text_does_not_fit", field="/size", params={"size": size})
    return best


def _shared(pen: Pen, run: Run, form: Form, langs: tuple[Lang, ...]) -> tuple[int | None, tuple[float, float]]:
    """Draw the shared parts; return how many precautions were left out, None where not even the hazards fit."""
    assert run.identity is not None
    room = form.inner - (form.column + 2 if form.beside else 0)
    foot = form.high - MARGIN - _foot(Pen(), run, form, langs, 0.0)
    _foot(pen, run, form, langs, foot)
    y = _head(pen, run.identity, form, langs, room)
    limit = foot - 0.4
    if form.beside:
        x = form.wide - MARGIN - form.column
        top = _row(pen, x, MARGIN + form.column + 3.4, form.column, form.transport, run.identity.transport)
    else:
        top = foot - form.column - 3
        limit = top - 1
        pen.box(Box(MARGIN, top - 0.6, form.inner, 0.25))
    hazards = run.hazards or Hazards((), "", (), ())
    y = _symbols(pen, run.identity, hazards, form, langs, y + 0.6)
    return _statements(pen, hazards, form, langs, (y, room, limit)), (top, foot)


def _head(pen: Pen, identity: Identity, form: Form, langs: tuple[Lang, ...], room: float) -> float:
    """Names, UN number large, and the particulars of transport in their fixed order."""
    number = f"{identity.un[:2]} {identity.un[2:]}" if identity.un else ""
    size = form.name * 0.9
    taken = pen.measure(number, size) + 4 if number else 0.0
    if number:
        high = size * 1.3 * 25.4 / 72
        pen.box(Box(MARGIN + room - taken + 1, MARGIN, taken - 1, high, stroke=0.5))
        pen.line(MARGIN + room - taken + 2.5, MARGIN + high / 2 - size * 0.52 * 25.4 / 72, number, size, bold=True)
    y = MARGIN
    for place, lang in enumerate(langs):
        name = both(identity.name_zh, identity.name_en, (lang,))
        y = pen.fit(
            MARGIN,
            y,
            name,
            form.name if place == 0 else max(form.name * 0.6, SMALLEST),
            room - taken,
            lines=2,
            bold=not place,
        )
    y = max(y, MARGIN + size * 1.3 * 25.4 / 72 + 0.6 if number else 0.0)
    return (
        pen.fit(MARGIN, y, identity.shipping_line, max(form.name * 0.5, SMALLEST), room, lines=2, bold=True)
        if number
        else y
    )


def _row(pen: Pen, x: float, y: float, room: float, most: float, names: Sequence[str]) -> float:
    """Pictograms side by side, as large as the room and ``most`` allow; return where the row ends."""
    if not names:
        return y
    side = min(most, (room - GAP * (len(names) - 1)) / len(names))
    for place, name in enumerate(names):
        pen.picture(x + place * (side + GAP), y, side, name)
    return y + side + GAP


def _symbols(pen: Pen, identity: Identity, hazards: Hazards, form: Form, langs: tuple[Lang, ...], y: float) -> float:
    """Pictograms and the signal word; on large labels under them those of transport, on small ones the word beside."""
    room = form.inner - (form.column + 2 if form.beside else 0)
    below = _row(pen, MARGIN, y, room, form.ghs, hazards.pictograms)
    said = [word(hazards.signal_word, (lang,)) for lang in langs] if hazards.signal_word else []
    if form.beside:
        used = len(hazards.pictograms) * (form.ghs + GAP)
        if not said or room - used < BESIDE:
            return pen.fit(MARGIN, below, "  ".join(said), form.signal, room, lines=1, bold=True) if said else below
        high = len(said) * form.signal * 1.22 * 25.4 / 72
        line = y + max(below - GAP - y - high, 0) / 2
        for text in said:
            line = pen.fit(MARGIN + used + 1, line, text, form.signal, room - used - 1, lines=1, bold=True)
        return max(below, line)
    side = form.transport if identity.transport else 0.0
    left = form.wide - MARGIN - len(identity.transport) * (side + GAP)
    bottom = _row(pen, left, below, form.inner, side, identity.transport)
    if said:
        room = left - MARGIN - 1
        size = pen.fitting("  ".join(said), form.signal, room, bold=True)
        line = below + max(side - size * 1.3 * 25.4 / 72, 0) / 2
        bottom = max(bottom, pen.line(MARGIN, line, "  ".join(said), size, bold=True))
    return bottom


def _statements(
    pen: Pen, hazards: Hazards, form: Form, langs: tuple[Lang, ...], place: tuple[float, float, float]
) -> int | None:
    """Hazard statements whole, as many precautions as there is room for; return how many are left out.

    None: not even the hazard statements fit.
    """
    y, room, limit = place
    weighed = statements.by_weight(hazards.precautions)
    smallest = form.statements[-1]
    tries = [(size, len(weighed), True) for size in form.statements if size >= form.statements[0] * 0.8]
    tries += [(size, len(weighed), False) for size in form.statements]
    tries += [(smallest, count, False) for count in range(len(weighed) - 1, -1, -1)]
    for size, count, listed in tries:
        kept = set(weighed[:count])
        shown = tuple(sentence for sentence in hazards.precautions if sentence in kept)
        trial = Pen()
        below = y
        for paragraph, bold in _paragraphs(hazards.hazards, shown, langs, listed=listed):
            below = trial.block(MARGIN, below, paragraph, size, room, bold=bold) + (0.5 if listed else 0.25)
        if below <= limit:
            pen.items.extend(trial.items)
            return len(weighed) - count
    return None


def _paragraphs(
    hazards: Sequence[Sentence], precautions: Sequence[Sentence], langs: tuple[Lang, ...], *, listed: bool
) -> Iterator[tuple[str, bool]]:
    """Yield the paragraphs with whether they are bold: each hazard with its code, or all of them run on."""
    if listed:
        for sentence in hazards:
            yield f"{sentence.code}  {both(sentence.zh, sentence.en, langs, '  ')}".strip(), True
    for lang in langs:
        end = "。" if lang == "zh" else ". "
        if hazards and not listed:
            sentences = (both(one.zh or one.code, one.en or one.code, (lang,)) for one in hazards)
            yield end.join(sentences) + end.strip(), True
    for lang in langs:
        parts = []
        for group, name in GROUPS.items():
            said = [
                both(one.zh or one.code, one.en or one.code, (lang,)) for one in precautions if one.code[:2] == group
            ]
            if said:
                colon, between = ("：", "") if lang == "zh" else (": ", " ")
                parts.append(word(name, (lang,)) + colon + between.join(said))
        if precautions or listed:
            parts.append(word("sheet", (lang,)))
        if listed:
            yield from ((part, False) for part in parts)
        elif parts:
            yield " ".join(parts), False
    if not precautions and not listed:
        yield word("sheet", langs), False


def _foot(pen: Pen, run: Run, form: Form, langs: tuple[Lang, ...], y: float) -> float:
    """Supplier and the phone that answers at any hour, over the whole width; return where it ends."""
    pen.box(Box(MARGIN, y, form.inner, 0.4))
    y += 0.9
    small = max(form.field * 0.8, SMALLEST)
    room = form.inner
    if run.demo:
        said = word("demo", langs)
        pen.right(form.wide - MARGIN, y, said, small * 1.2, bold=True)
        room -= pen.measure(said, small * 1.2) + 2
    if run.supplier is not None:
        y = _supplier(pen, run.supplier, form, langs, (y, room, small))
    elif run.demo:
        y += small * 1.25 * 25.4 / 72
    if run.emergency_phone:
        named = word("emergency", langs, " / ")
        number = run.emergency_phone
        pen.line(MARGIN, y + (form.phone - small * 1.1) * 25.4 / 72 / 2, named, small * 1.1)
        left = MARGIN + pen.measure(named, small * 1.1) + 2
        y = pen.fit(left, y, number, form.phone, form.wide - MARGIN - left, lines=1, bold=True)
    return y


def _supplier(
    pen: Pen, firm: Supplier, form: Form, langs: tuple[Lang, ...], place: tuple[float, float, float]
) -> float:
    """Name, address and phone; on small labels one line, of which the name in the second language goes first."""
    y, room, size = place
    phone = f"{word('phone', langs, '/')} {firm.phone}" if firm.phone else ""
    named = word("supplier", langs, "/")
    names = [both(firm.name_zh, firm.name_en, some, " / ") for some in (langs, langs[:1])]
    if not form.beside:
        y = pen.block(MARGIN, y, f"{named} {names[0]}", size, room)
        return pen.block(MARGIN, y, f"{firm.address}  {phone}".strip(), size, form.inner)
    lines = [f"{named} {names[0]}  {phone}", f"{named} {names[1]}  {phone}", f"{names[1]}  {phone}"]
    said = next((line for line in lines if pen.measure(line, size) <= room), lines[-1])
    return pen.fit(MARGIN, y, said.strip(), size, room, lines=1)


# --- what each label has of its own ------------------------------------------------------------------------------


def _own(label: Label, form: Form, langs: tuple[Lang, ...], room: tuple[float, float]) -> Iterator[Item]:
    """Symbol, code, and the fields of the package with those of the lot beside or under them."""
    top, foot = room
    pen = Pen()
    x = form.wide - MARGIN - form.column
    high = MARGIN - 1 if form.beside else top
    pen.symbol(x, high, form.column, label.url)
    code = pen.fitting(grouped(label.code), form.field, form.column, bold=True)
    pen.middle(x + form.column / 2, high + form.column - 0.4, grouped(label.code), code, bold=True)
    for shrink in (1, 0.92, 0.85):
        trial = Pen()
        y = top
        for name, value in _fields(label):
            bold, size = name in ("package", "net"), form.field * shrink
            if form.beside:
                y = trial.fit(x, y, f"{word(name, langs[:1])} {value}", size, form.column, lines=2, bold=bold)
            else:
                trial.line(MARGIN, y + 0.5, word(name, langs), size * 0.8)
                wide = form.inner - form.column - NAMED - 2
                y = trial.fit(MARGIN + NAMED, y, value, size * 1.2, wide, lines=2, bold=bold) + 0.3
        if y <= foot:
            yield from (*pen.items, *trial.items)
            return
    raise FormatError("label_text_does_not_fit", field="/size", params={"size": f"{form.wide:g}x{form.high:g}"})


def _fields(label: Label) -> Iterator[tuple[str, str]]:
    run = label.run
    package = label.caption if label.subject == "container" else ""
    net = f"{label.net_kg} kg" if label.net_kg else ""
    for name, value in (
        ("package", package),
        ("batch", run.lot),
        ("net", net),
        ("produced", run.produced_on),
        ("expires", run.expires_on),
        ("retest", run.retest_on),
    ):
        if value:
            yield name, value


def grouped(code: str) -> str:
    """Return a code in groups of four, as people read and type it."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
