"""Letters: the typeface, and texts put together from glyphs that are drawn once.

Drawing a glyph is slow, copying it is fast: a number that was never shown before costs no more than
one that was. All lengths are in pixels.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import ImageFont

TITLE, BODY, ARITHMETIC = 24, 20, 21  # sizes of texts
SMALLEST_LETTERS = 16  # 12 points
SHORT_MINUS = "–"  # leaves a cell more room for its digits
SMALLEST_DIGIT = 12  # its digits are 9 pixels high; cells with less room show no number
NUMBERED_CELL = 13  # the smallest cell that has room for one of them
LETTER_GAP = 0.1  # between the glyphs of a number, as a share of its size


class Glyph(NamedTuple):
    """A sign as coverage, (h, w) uint8 without empty columns, and where it is from the pen.

    `left` and `top` lead from the pen's place on the baseline to the first pixel, `advance` to the
    next glyph.
    """

    coverage: np.ndarray
    left: int
    top: int
    advance: float


@lru_cache(maxsize=64)
def typeface(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return the typeface that Matplotlib ships: the same letters on every machine."""
    path = _typefaces() / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def _typefaces() -> Path:
    """Return the folder of Matplotlib's typefaces; where it usually is, without importing it."""
    folder = Path(find_spec("matplotlib").origin).parent / "mpl-data/fonts/ttf"
    if not folder.is_dir():
        import matplotlib  # a tenth of a second, only to ask where its data are

        folder = Path(matplotlib.get_data_path(), "fonts/ttf")
    return folder


@lru_cache(maxsize=4096)
def glyph(sign: str, size: int, bold: bool = False) -> Glyph:
    """Draw one sign."""
    font = typeface(size, bold)
    mask, (left, top) = font.getmask2(sign, "L", anchor="ls")
    width, height = mask.size
    coverage = np.frombuffer(bytes(mask), dtype=np.uint8).reshape(height, width)
    inked = np.flatnonzero(coverage.any(axis=0))
    first, end = (int(inked[0]), int(inked[-1]) + 1) if inked.size else (0, 0)
    return Glyph(coverage[:, first:end], left + first, top, font.getlength(sign))


@lru_cache(maxsize=256)
def line(text: str, size: int, bold: bool = False) -> tuple[np.ndarray, int, int]:
    """Return the coverage of a line of text, (h, w) uint8, and its first pixel from the pen."""
    pen, places = 0.0, []
    for sign in text:
        drawn = glyph(sign, size, bold)
        places.append((drawn, round(pen) + drawn.left))
        pen += drawn.advance
    left = min((x for _, x in places), default=0)
    coverage, top = _joined([(drawn, x - left) for drawn, x in places])
    return coverage, left, top


@lru_cache(maxsize=2048)
def number(text: str, size: int) -> tuple[np.ndarray, int]:
    """Return the coverage of a number with narrow gaps, (h, w) uint8, and its top from the pen."""
    x, places = 0, []
    for sign in text.replace("−", SHORT_MINUS):
        drawn = glyph(sign, size)
        places.append((drawn, x))
        x += drawn.coverage.shape[1] + round(LETTER_GAP * size)
    return _joined(places)


def _joined(places: list[tuple[Glyph, int]]) -> tuple[np.ndarray, int]:
    """Put glyphs beside each other, each at its `x`; return their coverage and its top."""
    if not places:
        return np.zeros((0, 0), dtype=np.uint8), 0
    top = min(drawn.top for drawn, _ in places)
    bottom = max(drawn.top + drawn.coverage.shape[0] for drawn, _ in places)
    width = max(x + drawn.coverage.shape[1] for drawn, x in places)
    joined = np.zeros((bottom - top, width), dtype=np.uint8)
    for drawn, x in places:
        (height, wide), y = drawn.coverage.shape, drawn.top - top
        box = joined[y : y + height, x : x + wide]
        np.maximum(box, drawn.coverage, out=box)
    return joined, top


@lru_cache(maxsize=8192)
def text_width(text: str, size: int = BODY, bold: bool = False) -> float:
    """Return the width of a line of text."""
    return sum(glyph(sign, 100, bold).advance for sign in text) * size / 100


@lru_cache(maxsize=8192)
def number_width(text: str, size: int) -> int:
    """Return the width of a number with narrow gaps."""
    widths = [glyph(sign, size).coverage.shape[1] for sign in text.replace("−", SHORT_MINUS)]
    return sum(widths) + round(LETTER_GAP * size) * (len(widths) - 1)


def digit_size(texts, cell: int) -> int:
    """Return the largest size with which every number fits into a cell, or 0 for no room.

    >>> digit_size(["0", "−1"], 20), digit_size(["−0.25"], 20)
    (12, 0)
    """
    if cell < NUMBERED_CELL:
        return 0
    widest = max(texts, key=lambda text: number_width(text, SMALLEST_DIGIT))
    room = cell - max(3, (cell - 14) // 4)  # a frame between two cells takes 3 pixels of each
    size = max(int(min(0.62 * cell, 0.4 * cell + 6)), SMALLEST_DIGIT)
    while size >= SMALLEST_DIGIT and (
        number_width(widest, size) > room
        or any(number_width(text, size) > cell for text in texts)  # in larger digits
    ):
        size -= 1
    return size if size >= SMALLEST_DIGIT else 0
