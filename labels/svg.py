"""Labels as SVG: letters as outlines, so that they look the same everywhere, and the words for those who cannot see.

One file needs nothing else: no font, no script, no style. Each letter is stored once and used where it stands.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from labels import pictograms, symbol
from labels.drawing import ASCENT, BOLD, MM_PER_POINT, Box, Drawing, Item, Picture, Symbol, Text
from labels.outlines import outlines
from labels.paper import width


def svg(drawing: Drawing) -> str:
    """Return a label as an SVG document; its description says every line."""
    letters: dict[str, str] = {}
    body = "".join(_items(drawing.all, letters))
    glyphs = outlines()
    defs = "".join(f'<path id="{name}" d="{glyphs.path(letter)}"/>' for letter, name in letters.items())
    wide, high = f"{drawing.wide:g}", f"{drawing.high:g}"
    said = escape("\n".join(drawing.lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}mm" height="{high}mm" viewBox="0 0 {wide} {high}" '
        f'role="img"><title>{escape(drawing.title)}</title><desc>{said}</desc><defs>{defs}</defs>'
        f'<path fill="#fff" d="M0 0h{wide}v{high}h-{wide}z"/>{body}</svg>'
    )


def _items(items: tuple[Item, ...], letters: dict[str, str]) -> Iterator[str]:
    for item in items:
        match item:
            case Box():
                yield _box(item)
            case Text():
                yield _text(item, letters)
            case Picture():
                drawn = pictograms.svg(item.name)
                place = f'<svg x="{item.x:.3f}" y="{item.y:.3f}" width="{item.side:.3f}" height="{item.side:.3f}" '
                yield drawn.replace("<svg ", place, 1)
            case Symbol():
                yield _symbol(item)


def _box(box: Box) -> str:
    inset = box.stroke / 2
    place = f'x="{box.x + inset:.3f}" y="{box.y + inset:.3f}"'
    size = f'width="{box.wide - box.stroke:.3f}" height="{box.high - box.stroke:.3f}"'
    paint = "" if box.filled else f' fill="none" stroke="#000" stroke-width="{box.stroke:.3f}"'
    return f"<rect {place} {size}{paint}/>"


def _text(text: Text, letters: dict[str, str]) -> str:
    em = outlines().em
    scale = text.size * MM_PER_POINT / em
    x, uses = 0.0, []
    for character in text.text:
        if character != " ":
            name = letters.setdefault(character, f"g{len(letters)}")
            uses.append(f'<use href="#{name}" x="{x:.0f}"/>')
        x += width(character, text.size) / scale
    colour = "#fff" if text.white else "#000"
    stroke = f' stroke="{colour}" stroke-width="{em * BOLD:.0f}"' if text.bold else ""
    top = text.y + text.size * MM_PER_POINT * ASCENT
    return (
        f'<g transform="translate({text.x:.3f} {top:.3f}) scale({scale:.6f} {-scale:.6f})" fill="{colour}"{stroke}>'
        f"{''.join(uses)}</g>"
    )


def _symbol(item: Symbol) -> str:
    modules = symbol.matrix(item.text, mask=symbol.MASK, level=item.level)
    side = len(modules) + 2 * symbol.QUIET_ZONE
    return (
        f'<svg x="{item.x:.3f}" y="{item.y:.3f}" width="{item.side:.3f}" height="{item.side:.3f}" '
        f'viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><title>{escape(item.text)}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path d="{symbol.path(modules)}"/></svg>'
    )
