"""Bars: shares between 0 and 1, such as probabilities, as grids of very small cells."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from helpers.drawing.colours import CASING, INK
from helpers.drawing.letters import BODY
from helpers.drawing.scene import Grid, Text

PIXEL = 2  # side of the cells that bars are made of; as wide as one percent of 200 pixels
LABEL_GAP, SHARE_ROOM = 10, 90  # before a bar; after it, for "> 99 %"
PLAIN_BAR, CHOSEN_BAR = 0.55, 0.85  # strengths of blue on a scale to 1
THICK = 0.62  # of a bar's line


class Bars(NamedTuple):
    """Horizontal bars one below another: their grid, and what is written beside them."""

    grid: Grid
    texts: tuple[Text, ...]


def percent(share: float) -> str:
    """Write a share in whole percent, and never as all or nothing when it is not.

    >>> [percent(share) for share in (0, 0.001, 0.256, 0.999, 1)]
    ['0 %', '< 1 %', '26 %', '> 99 %', '100 %']
    """
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %"


def bars(shares, names: Sequence[str], *, x: int, y: int, width: int, line: int) -> Bars:
    """Place one bar for each share, from 0 to 1, the longest of them darker.

    Their left ends are at `x`, their names before it; a whole bar is `width` pixels long. `y` is
    the upper edge of all, and `line` the height of each with its gaps.

    >>> made = bars([0.25, 0.75], "ab", x=0, y=0, width=8, line=4)
    >>> (made.grid.values[::2] > 0).astype(int)
    array([[1, 0, 0, 0],
           [1, 1, 1, 0]])
    >>> [text.text for text in made.texts]
    ['a', '25 %', 'b', '75 %']
    """
    shares, texts = np.asarray(shares, dtype=float), []
    rows, columns = line // PIXEL, width // PIXEL
    raster, gap = np.zeros((len(shares), rows, columns)), int((1 - THICK) * rows / 2)
    lengths = np.ceil(np.round(shares * columns, 6)).astype(int)  # a share above 0 is seen
    for number, (name, share) in enumerate(zip(names, shares.tolist(), strict=True)):
        baseline = y + number * line + (line + int(0.72 * BODY)) // 2
        bold = bool(number == shares.argmax())
        strength, colour = (CHOSEN_BAR, CASING) if bold else (PLAIN_BAR, INK)
        raster[number, gap : rows - gap, : lengths[number]] = strength
        for right, text in ((x - LABEL_GAP, name), (x + width + SHARE_ROOM, percent(share))):
            texts.append(Text(right, baseline, text, BODY, colour, bold, "r"))
    grid = Grid(raster.reshape(-1, columns), "", x=x, y=y, cell=PIXEL, scale=False)
    return Bars(grid, tuple(texts))
