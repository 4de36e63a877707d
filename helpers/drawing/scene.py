"""What a picture is made of, as plain data: every colour, every size, and where things go.

A picture is a `Scene`: grids of coloured, numbered cells, lines of text and strokes. Nothing is
drawn here; `paint` turns a scene into a PNG. All lengths are in pixels of a picture shown at 100 %:
4 pixels are 3 points.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from helpers.drawing.colours import COLOUR, GREY, INK, QUIET, SIGNED
from helpers.drawing.letters import BODY, NUMBERED_CELL, TITLE, digit_size, text_width
from helpers.drawing.words import number_text

# Sizes
WIDTH = 1000  # of every picture
MARGIN = 20
TOP = 70  # upper edge of grids in one row
AREA = 342  # largest side of an input or a feature map
KERNEL_AREA = 217  # largest side of a kernel
GAP = 28  # between arrays side by side
SIGN_GAP = 34  # between arrays with a sign of an operation between them
LARGEST_CELL = 66
LEAST_SIDE = 80  # of an array without numbers, however large its neighbours are
LINED_CELL = 6  # smaller cells have no line between them
LINE = 30  # from one line of text to the next
TITLE_RISE, SUBTITLE_RISE = 38, 11  # baselines above a grid
SCALE_DROP, SCALE_BAR = 10, 14  # from a grid to its colour scale, and the height of that
SCALE_ROW = 36  # room for a colour scale below a grid
LEAST_SCALE, MOST_SCALE, LEAST_BAR = 150, 220, 30  # width with both ends; without them
SCALE_GAP = 10  # from a scale to its ends
MOST_NUMBERS = 4096  # an array with more different values shows none


class Mark(NamedTuple):
    """A frame around cells of a grid.

    `role` is "window" (orange), "pointed" (black) or "weight" (a thin orange line: the cells of a
    window that have a weight).
    """

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
    scale : bool
        Whether there is a colour scale, `scale_drop` pixels below the cells.
    beside : bool
        Title, subtitle and scale share one line from margin to margin, as for sequences.
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
    scale_drop: int = SCALE_DROP
    beside: bool = False

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.values.shape[1] * self.cell

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.values.shape[0] * self.cell

    @property
    def scale_ends(self) -> tuple[str, str]:
        """The ends of the colour scale, with "≤" and "≥" where values lie beyond them."""
        high = number_text(self.limit) if self.limit < 1e6 else f"{self.limit:.3g}"
        low, least = ("−" + high, -self.limit) if self.look == SIGNED else ("0", 0)
        below, above = self.values.min() < least, self.values.max() > self.limit
        return ("≤ " if below else "") + low, ("≥ " if above else "") + high

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
    """A line through points (x, y), drawn below all texts; lengths in pixels.

    `dashes` are the lengths of a dash, a gap, and so on; empty for an unbroken line.
    """

    points: tuple[tuple[float, float], ...]
    width: float = 1.0
    colour: str = INK
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything on one picture, and the sentence that describes it."""

    grids: tuple[Grid, ...]
    texts: tuple[Text, ...] = ()
    height: int = 0
    description: str = ""
    strokes: tuple[Stroke, ...] = ()


# --- Scales ---------------------------------------------------------------------------------


def nice_limit(bound: float) -> float:
    """Round a bound up to the end of a colour scale: whole numbers, or 0.1 to 1 in steps of 0.1.

    >>> [nice_limit(b) for b in (0.75, 1, 5.2, 0)]
    [0.8, 1.0, 6.0, 1.0]
    """
    if bound <= 0:
        return 1.0
    step = 1.0 if bound > 1 else 0.1
    return max(round(float(np.ceil(round(bound / step, 6)) * step), 1), 0.1)


def photograph_look(photograph: np.ndarray | None) -> str:
    """Return the look of a photograph, (H, W) or (H, W, 3); None is not a photograph."""
    if photograph is None:
        return SIGNED
    return COLOUR if photograph.ndim == 3 else GREY


# --- Numbers in cells ----------------------------------------------------------------------------


def cell_texts(grid: Grid, cell: int | None = None) -> tuple[list[str], np.ndarray, int]:
    """Return the different texts of a grid, which cell says which, and their size in pixels.

    The size is 0 where the cells are too small for numbers; `cell` asks for another size of them.
    Numbers have two decimals, or one if there is no room for two.
    """
    cell = grid.cell if cell is None else cell
    shape = grid.values.shape[:2]
    nothing = [], np.zeros(shape, dtype=np.intp), 0
    if cell < NUMBERED_CELL or grid.look == COLOUR:
        return nothing
    if grid.texts is not None:
        texts = [text for row in grid.texts for text in row]
        return texts, np.arange(len(texts)).reshape(shape), digit_size(texts, cell)
    values = grid.values
    if values.dtype.kind == "f":
        values = np.round(values, 6) + 0.0
    distinct, which = np.unique(values, return_inverse=True)
    if distinct.size > MOST_NUMBERS:
        return nothing
    for decimals in (2, 1):
        texts = [number_text(value, decimals) for value in distinct.tolist()]
        if size := digit_size(texts, cell):
            return texts, which.reshape(shape), size
    return nothing


def common_cells(grids: Sequence[Grid], largest: Sequence[int]) -> list[int]:
    """Return the size of the cells of each grid: one size for all that stay readable with it.

    `largest` is the size that each grid has room for. A grid stays readable if its numbers do, or,
    without numbers, if it is not tiny. The others share the next size.

    >>> common_cells([Grid(np.eye(8), ""), Grid(np.eye(4), "")], [30, 60])
    [30, 30]
    """
    cells, left = list(largest), sorted(range(len(grids)), key=lambda number: largest[number])
    while left:
        common = largest[left[0]]
        others = [n for n in left[1:] if not is_readable(grids[n], common, largest[n])]
        for number in set(left) - set(others):
            cells[number] = common
        left = others
    return cells


def is_readable(grid: Grid, cell: int, largest: int) -> bool:
    """Say whether a grid with this size of cells shows all that it shows with the largest."""
    texts, _, size = cell_texts(grid, largest)
    if size:
        smaller, _, size = cell_texts(grid, cell)
        return size > 0 and smaller == texts
    longest = max(grid.values.shape[:2])
    return cell * longest >= min(LEAST_SIDE, largest * longest)


# --- What is written around a grid ---------------------------------------------------------------


class Box(NamedTuple):
    """A rectangle on a picture, in pixels."""

    left: int
    top: int
    width: int
    height: int


def scale_box(grid: Grid) -> Box:
    """Return where the colour scale of a grid is: under it, or beside its title."""
    before, after = (int(text_width(end)) + SCALE_GAP for end in grid.scale_ends)
    x, y = grid.x, grid.y + grid.height + grid.scale_drop
    room = min(max(grid.width, LEAST_SCALE), MOST_SCALE)
    if grid.beside:
        x, y, room = WIDTH - MARGIN - MOST_SCALE, grid.y - SUBTITLE_RISE - SCALE_BAR, MOST_SCALE
    return Box(x + before, y, max(room - before - after, LEAST_BAR), SCALE_BAR)


def grid_texts(grid: Grid) -> list[Text]:
    """Return title, subtitle and the ends of the colour scale of a grid."""
    x = MARGIN if grid.beside else grid.x
    rise = TITLE_RISE if grid.subtitle and not grid.beside else SUBTITLE_RISE
    texts = [Text(x, grid.y - rise, grid.title, TITLE, INK, True)]
    if grid.beside:
        x += int(text_width(grid.title, TITLE, True)) + 14
    texts.append(Text(x, grid.y - SUBTITLE_RISE, grid.subtitle, BODY, QUIET))
    if grid.scale:
        left, top, width, height = scale_box(grid)
        low, high = grid.scale_ends
        texts.append(Text(left - SCALE_GAP, top + height, low, anchor="r"))
        texts.append(Text(left + width + SCALE_GAP - 2, top + height, high))
    return [text for text in texts if text.text]


# --- Places --------------------------------------------------------------------------------------


def side_by_side(
    grids: Sequence[Grid], *, top: int = TOP, height: int = AREA, left: int = MARGIN, width: int = 0
) -> tuple[Grid, ...]:
    """Place grids in columns of equal width, with cells of one size and scales in one line.

    `top` is the upper edge of the grids, `height` the largest height of one; `width` the room for
    all of them, from `left` to the right edge if it is 0. All in pixels.
    """
    width = width or WIDTH - MARGIN - left
    room = (width - GAP * (len(grids) - 1)) // len(grids)
    shapes = [grid.values.shape for grid in grids]
    largest = [max(min(room // c, height // r, LARGEST_CELL), 1) for r, c, *_ in shapes]
    xs = [left + number * (room + GAP) for number in range(len(grids))]
    return _placed(grids, xs, top, common_cells(grids, largest))


def in_columns(grids: Sequence[Grid]) -> tuple[Grid, ...]:
    """Place grids as `side_by_side` does, in columns as wide as they need for cells of one size.

    The columns are equal if the grids are equally wide, or if one would otherwise be unreadable.
    """
    equal = side_by_side(grids)
    if len({grid.values.shape[1] for grid in grids}) == 1:
        return equal
    least = [
        max(text_width(g.title, TITLE, True), text_width(g.subtitle), LEAST_SCALE) for g in grids
    ]
    most = min(LARGEST_CELL, AREA // max(grid.values.shape[0] for grid in grids))
    for cell in range(most, 0, -1):
        widths = [max(g.values.shape[1] * cell, n) for g, n in zip(grids, least, strict=True)]
        spare = WIDTH - 2 * MARGIN - GAP * (len(grids) - 1) - sum(widths)
        if spare >= 0:
            break
    if spare < 0 or not all(is_readable(grid, cell, max(cell, grid.cell)) for grid in equal):
        return equal
    starts = np.cumsum([0, *(n + GAP + spare / len(grids) for n in widths[:-1])])
    return _placed(grids, [MARGIN + int(x) for x in starts], TOP, [cell] * len(grids))


def _placed(grids: Sequence[Grid], xs, top: int, cells: Sequence[int]) -> tuple[Grid, ...]:
    """Return grids at their places in one row, their colour scales below the tallest."""
    placed = [
        replace(g, x=x, y=top, cell=cell) for g, x, cell in zip(grids, xs, cells, strict=True)
    ]
    tallest = max(grid.height for grid in placed)
    return tuple(replace(g, scale_drop=tallest - g.height + SCALE_DROP) for g in placed)


def bottom_of(grids: Sequence[Grid]) -> int:
    """Return where the next thing can begin below grids and their scales, in pixels."""
    below = SCALE_ROW - SCALE_DROP
    return max(g.y + g.height + (g.scale_drop + below if g.scale else 0) for g in grids)
