"""Drawing of SVG symbols as grey images, from their own path data, and reading by a decoder that is not ours."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt
import zxingcpp

Image = npt.NDArray[np.uint8]
_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def draw(svg: str, *, pixels: int = 6) -> Image:
    """Draw the dark path of a symbol, `pixels` to a module; every piece of the path must be one run of modules."""
    root = ET.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    ground, dark = root.findall("{http://www.w3.org/2000/svg}path")
    assert ground.attrib == {"fill": "#fff", "d": f"M0 0h{side}v{side}h-{side}z"}
    data = dark.attrib["d"]
    assert "".join(match.group() for match in _RUN.finditer(data)) == data
    modules: Image = np.full((side, side), 255, dtype=np.uint8)
    for match in _RUN.finditer(data):
        x, y, width, back = (int(number) for number in match.groups())
        assert width == back
        modules[y, x : x + width] = 0
    return np.repeat(np.repeat(modules, pixels, axis=0), pixels, axis=1)


def read(image: Image) -> list[str]:
    """Return the texts that zxing-cpp finds in the image."""
    return [found.text for found in zxingcpp.read_barcodes(image)]
