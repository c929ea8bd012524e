"""What happens to labels: blur, turning, a slanted view, blots, faded ink. Images are grey, 0 black."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from labels.drawing import Drawing, Symbol

BLOT = 0.10
"""The part of the symbol's area that a blot covers."""


def symbol_box(drawing: Drawing, image: Image.Image) -> tuple[float, float, float]:
    """Left, top and side of the dark part of the symbol, in pixels."""
    scale = image.width / drawing.wide
    (symbol,) = (item for item in drawing.all if isinstance(item, Symbol))
    quiet = symbol.side * 4 / 41
    return (symbol.x + quiet) * scale, (symbol.y + quiet) * scale, (symbol.side - 2 * quiet) * scale


def blurred(image: Image.Image, drawing: Drawing) -> Image.Image:
    """Out of focus by four tenths of a module."""
    return image.filter(ImageFilter.GaussianBlur(0.4 * symbol_box(drawing, image)[2] / 33))


def turned(image: Image.Image, drawing: Drawing) -> Image.Image:
    return image.rotate(23, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def slanted(image: Image.Image, drawing: Drawing) -> Image.Image:
    """Seen from the side: the right edge a quarter shorter than the left."""
    wide, high = image.size
    seen = [(0, 0), (wide, high * 0.12), (wide, high * 0.88), (0, high)]
    coefficients = _perspective(seen, [(0, 0), (wide, 0), (wide, high), (0, high)])
    return image.transform(
        image.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC, fillcolor=255
    )


def _perspective(seen: Sequence[tuple[float, float]], real: Sequence[tuple[float, float]]) -> list[float]:
    rows, values = [], []
    for (x, y), (u, v) in zip(seen, real, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows, float), np.array(values, float))]


def blotted(image: Image.Image, drawing: Drawing, ink: int, part: float = BLOT) -> Image.Image:
    """A round blot on a tenth of the symbol, in its middle, where no corner mark lies."""
    left, top, side = symbol_box(drawing, image)
    radius = math.sqrt(part * side * side / math.pi)
    x, y = left + side * 0.56, top + side * 0.56
    soiled = image.copy()
    ImageDraw.Draw(soiled).ellipse((x - radius, y - radius, x + radius, y + radius), ink)
    return soiled


def faded(image: Image.Image, drawing: Drawing) -> Image.Image:
    """Ink of which a seventh of the contrast is left, on a ground that is not even."""
    shade = np.linspace(0, 40, image.width)[None, :]
    grey = np.asarray(image, dtype=float) / 255 * 36 + 150 + shade
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8))


WEAR: dict[str, Callable[[Image.Image, Drawing], Image.Image]] = {
    "as printed": lambda image, drawing: image,
    "blurred": blurred,
    "turned": turned,
    "slanted": slanted,
    "blotted black": lambda image, drawing: blotted(image, drawing, 0),
    "blotted white": lambda image, drawing: blotted(image, drawing, 255),
    "faded": faded,
    "turned, blurred and faded": lambda image, drawing: faded(turned(blurred(image, drawing), drawing), drawing),
}
