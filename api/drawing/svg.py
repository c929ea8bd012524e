"""Writing SVG: elements with escaped attributes, numbers without a tail, texts cut to a width."""

from fractions import Fraction
from html import escape
from typing import Final

WIDE_FROM: Final = 0x1100
NARROW_EM: Final = Fraction(58, 100)
ELLIPSIS: Final = "…"
Number = int | float | Fraction


def number(value: Number) -> str:
    """Return a number with at most three decimals."""
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


def element(name: str, inner: str | None = None, /, **attributes: Number | str | None) -> str:
    """Return an element; ``inner`` is markup. An underscore in a name stands for a dash, one at its end for nothing."""
    parts = [name]
    for key, value in attributes.items():
        if value is not None:
            text = value if isinstance(value, str) else number(value)
            parts.append(f'{key.rstrip("_").replace("_", "-")}="{escape(text)}"')
    head = " ".join(parts)
    return f"<{head}/>" if inner is None else f"<{head}>{inner}</{name}>"


def text(said: str, /, **attributes: Number | str | None) -> str:
    """Return a text element with its content escaped."""
    return element("text", escape(said), **attributes)


def whole(said: str) -> str:
    """Return the title of a link or group: what its text says where that was cut."""
    return element("title", escape(said))


def titled(title: str, desc: str) -> str:
    """Return what screen readers and pointers read first."""
    return element("title", escape(title)) + element("desc", escape(desc))


def width_em(said: str) -> Fraction:
    """Return about how wide a text is, in em: a Chinese character is one, a Latin letter a little more than half."""
    return sum((Fraction(1) if ord(letter) >= WIDE_FROM else NARROW_EM for letter in said), Fraction(0))


def cut(said: str, room: Number, size: Number) -> str:
    """Return as much of a text as goes into ``room`` at a font size, with an ellipsis where some was cut."""
    most = Fraction(room) / Fraction(size)
    if width_em(said) <= most:
        return said
    kept = said
    while kept and width_em(kept + ELLIPSIS) > most:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS
