"""Arrays to pictures: the one look that all notebooks share, as plain data.

A picture is a `Scene`: grids of coloured, numbered cells and lines of text, placed in pixels.
This module says which colours numbers get and how large things are; `scenes` puts scenes together
and `pictures` turns them into PNG.

Lengths are in pixels of a picture shown at 100 %: 4 pixels are 3 points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import ImageFont

from helpers.arguments import real
from helpers.drawing.words import number_text

WIDTH = 1000
MARGIN = 20
TOP = 70  # upper edge of grids that stand in one row
AREA = 324  # largest side of an input or a feature map
SCALE_ROW = 36  # height of the colour scales below grids
LARGEST_CELL = 66
NUMBERED_CELL = 12  # smaller cells show no numbers
KERNEL_AREA = 224  # largest side of a kernel
KERNEL_X = MARGIN + AREA + 48
MAP_X = KERNEL_X + KERNEL_AREA + 48
LINE = 30  # from one line of text to the next
SMALLEST_LETTERS = 16  # of arithmetic that would be too wide
TITLE, BODY, ARITHMETIC = 24, 20, 21  # letter heights; 16 pixels are 12 points, also at 80 %
SHORT_MINUS = "–"  # leaves a cell more room for its digits
SMALLEST_DIGIT = 8  # cells whose number would be smaller show none
INK, QUIET, ORANGE, CASING = "#1a1a1a", "#4d4d4d", "#f57c00", "#402000"
# Of messages under an explorer, and of the code that it shows.
NOTICE, NOTICE_INK, CODE_PAPER = "#fff3cd", "#3d2c00", "#f5f5f5"
SIGNED, GREY, COLOUR = "signed", "grey", "colour"
# Matplotlib's "RdBu" by Cynthia Brewer (colorbrewer2.org): red below zero, white at zero, blue
# above; colour-blind readers see it too. Written here, it costs no import of Matplotlib.
RED_TO_BLUE = (
    (103, 0, 31),
    (178, 24, 43),
    (214, 96, 77),
    (244, 165, 130),
    (253, 219, 199),
    (247, 247, 247),
    (209, 229, 240),
    (146, 197, 222),
    (67, 147, 195),
    (33, 102, 172),
    (5, 48, 97),
)
BLACK_TO_WHITE = ((0, 0, 0), (255, 255, 255))
STEPS = 101  # colours in a map; odd, so that zero has the middle one to itself


class Mark(NamedTuple):
    """A frame around cells of a grid; `role` is "window" (orange) or "pointed" (black)."""

    row: int
    column: int
    height: int
    width: int
    role: str = "window"


@dataclass(frozen=True, eq=False)
class Grid:
    """An array drawn as cells.

    Attributes
    ----------
    values : ndarray, (H, W), or (H, W, 3) for `look` "colour"
    limit : float
        The value that gets the strongest colour: the scale runs from -limit to limit ("signed") or
        from 0 to limit ("grey", "colour").
    x, y, cell : int
        Left, top and size of a cell in pixels.
    texts : sequence of H rows of W strings, or None
        What the cells say instead of their values.
    hatched, unused : ndarray of bool, (H, W), or None
        Cells that are padding; cells that no window reaches.
    beside : bool
        Title, subtitle and scale share one line above the cells, as for sequences.
    title_x : int or None
        Where the title begins, if not above the first cell.
    """

    values: np.ndarray
    title: str
    subtitle: str = ""
    look: str = SIGNED
    limit: float = 1.0
    x: int = 0
    y: int = 0
    cell: int = 20
    texts: Sequence[Sequence[str]] | None = None
    hatched: np.ndarray | None = None
    unused: np.ndarray | None = None
    marks: tuple[Mark, ...] = ()
    scale: bool = True
    beside: bool = False
    title_x: int | None = None

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.values.shape[1] * self.cell

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.values.shape[0] * self.cell

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return (row, column) of the cell under a pixel, or None outside."""
        row, column = int((y - self.y) // self.cell), int((x - self.x) // self.cell)
        inside = 0 <= row < self.values.shape[0] and 0 <= column < self.values.shape[1]
        return (row, column) if inside else None


class Text(NamedTuple):
    """A line of text; `y` is its baseline, `anchor` "l", "m" or "r" says what `x` is."""

    x: int
    y: int
    text: str
    size: int = BODY
    colour: str = INK
    bold: bool = False
    anchor: str = "l"


class Stroke(NamedTuple):
    """A line through points (x, y), drawn below all texts; lengths in pixels."""

    points: tuple[tuple[float, float], ...]
    width: float = 1.0
    colour: str = INK


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything on one picture, and the sentence that describes it."""

    grids: tuple[Grid, ...]
    texts: tuple[Text, ...] = ()
    height: int = 0
    description: str = ""
    strokes: tuple[Stroke, ...] = ()


def nice_limit(bound: float) -> float:
    """Round a bound up to the end of a colour scale: whole numbers, or 0.1 to 1 in steps of 0.1.

    Examples
    --------
    >>> [nice_limit(b) for b in (0.75, 1, 5.2, 0)]
    [0.8, 1.0, 6.0, 1.0]
    """
    bound = real("bound", bound, above=-np.inf, most=np.finfo(float).max)
    if bound <= 0:
        return 1.0
    step = 1.0 if bound > 1 else 0.1
    return max(round(float(np.ceil(round(bound / step, 6)) * step), 1), 0.1)


@lru_cache(maxsize=4)
def scale_colours(look: str) -> np.ndarray:
    """Return the (101, 3) uint8 colours of a scale, from its lowest to its highest value."""
    known = RED_TO_BLUE if look == SIGNED else BLACK_TO_WHITE
    entries = np.minimum(np.arange(STEPS) * 256 // (STEPS - 1), 255) / 255  # Matplotlib keeps 256
    places = np.linspace(0, 1, len(known))
    parts = [np.interp(entries, places, part) for part in np.transpose(known)]
    return np.round(np.stack(parts, axis=1)).astype(np.uint8)


def colour_steps(values: np.ndarray, limit: float) -> np.ndarray:
    """Return which of the signed scale's colours each value gets; beyond the limit, the last."""
    steps = np.rint((values + limit) * ((STEPS - 1) / (2 * limit)))
    return np.clip(steps, 0, STEPS - 1).astype(np.intp)


def ink_on(colour) -> tuple[int, int, int]:
    """Return black or white, whichever stands out more on an RGB colour (WCAG 2 contrast)."""
    parts = np.asarray(colour, dtype=float)[:3] / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ (0.2126, 0.7152, 0.0722))
    on_black, on_white = (luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05)
    return (0, 0, 0) if on_black > on_white else (255, 255, 255)


@lru_cache(maxsize=64)
def typeface(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return the typeface that Matplotlib ships, in a size in pixels."""
    path = _typefaces() / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def _typefaces() -> Path:
    """Return the folder of Matplotlib's typefaces; where it usually is, without importing it."""
    origin = find_spec("matplotlib").origin
    folder = Path(origin).parent / "mpl-data/fonts/ttf"
    if not folder.is_dir():
        import matplotlib  # 15 MiB and a tenth of a second, only to ask where its data lie

        folder = Path(matplotlib.get_data_path(), "fonts/ttf")
    return folder


@lru_cache(maxsize=8192)
def text_width(text: str, size: int = BODY, bold: bool = False) -> float:
    """Return the width of a text in pixels."""
    return typeface(100, bold).getlength(text) * size / 100


def cell_texts(grid: Grid, values: np.ndarray) -> tuple[list[str], int]:
    """Return what the distinct `values` of a grid say and in which size, or ([], 0) for no room."""
    for decimals in (2, 1):
        texts = [number_text(v, decimals) for v in values.tolist()]
        size = digit_size(texts, grid.cell)
        if size >= SMALLEST_DIGIT:
            return texts, size
        if values.dtype.kind != "f":
            break
    return [], 0


def digit_size(texts: Sequence[str], cell: int) -> int:
    """Return the largest letter height with which every text fits into a cell."""
    widest = max(text_width(text.replace("−", SHORT_MINUS), 100) for text in texts)
    room = min(0.62 * cell, 0.4 * cell + 6)
    return int(min(room, 0.86 * cell * 100 / max(widest, 1)))


def photograph_look(photograph: np.ndarray | None) -> str:
    """Return the look of a photograph, (H, W) or (H, W, 3); None is not a photograph."""
    if photograph is None:
        return SIGNED
    return COLOUR if photograph.ndim == 3 else GREY
