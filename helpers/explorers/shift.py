"""The explorer of shifts: the feature map moves along with the input, or does not."""

from itertools import product
from typing import NamedTuple

import numpy as np

from helpers.convolution import Plan, pad, padding_amounts, plan
from helpers.drawing import (
    Grid,
    Limits,
    Mark,
    Picture,
    Scene,
    drawable,
    limits_for,
    range_sentence,
    rows_text,
    side_by_side,
    size_text,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import Choice, Switch, Whole
from helpers.explorers.declaration import Built, Declaration, page

FURTHEST = 3  # pixels, in each direction
MOST_VALUES = 24  # along a side of the input
POOL = 2  # cells along a side that max pooling puts together
ALIKE = 1e-9  # floats that differ by less are taken as equal
MOST_LINES = 3  # of text below the grids
CONTROLS = {
    "rows": Whole("pixels down", -FURTHEST, FURTHEST),
    "columns": Whole("pixels right", -FURTHEST, FURTHEST),
    "stride": Whole("stride", 1, 2),
    "padding": Choice("padding", ("same", "valid")),
    "border": Choice("border", ("zeros", "edge", "wrap")),
    "pooling": Switch("2 × 2 max pooling"),
}


def explore_shift(image, kernel, **settings) -> Explorer:
    """Shift an input and watch its feature map follow, or not.

    Parameters
    ----------
    image : array_like, (H, W), up to 24 values along a side, at least 2 more than the kernel
    kernel : array_like, (h, w); not flipped, as in a layer
    settings : first values of the controls, by their names

    The controls are "rows" and "columns" (how far the input moves down and to the right, from -3 to
    3 pixels), "stride" (1 or 2), "padding" ("same" or "valid"), "border" (what shifting and padding
    bring in from outside: "zeros", "edge" or "wrap") and "pooling" (whether 2x2 max pooling
    follows; False unless given). Shown are the shifted input, its feature map, the feature map of
    the input as it was, moved by as many whole cells as fit best, and the difference of the two.
    Hatched is what came from outside, and every cell of the difference that has seen it. Orange is
    the largest output of the two maps, and its window.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.
    """
    return _declaration(image, kernel).explorer(**settings)


def show_shift(image, kernel, **settings) -> Picture:
    """Return the picture that `explore_shift` shows for some settings."""
    return _declaration(image, kernel).picture(**settings)


def _declaration(image, kernel) -> Declaration:
    x, weights = drawable("image", image).copy(), drawable("kernel", kernel).copy()
    least = [n + POOL for n in weights.shape]
    fits = x.ndim == weights.ndim == 2 and all(n >= m for n, m in zip(x.shape, least, strict=True))
    if not fits or max(x.shape) > MOST_VALUES:
        raise ValueError(
            f"image has shape {x.shape} and kernel {weights.shape}: allowed is (H, W), up to "
            f"{MOST_VALUES} along a side, and at least {POOL} more than the kernel"
        )
    limits = limits_for(x, weights)

    def build(**settings) -> Built:
        result = compare_shift(x, weights, **settings)
        pads = padding_amounts(
            x.shape, weights.shape, stride=settings["stride"], padding="same", flip=False
        )
        nothing_outside = result.sliding.padded.shape == x.shape and not any(result.shift)
        idle = ["padding"] * (not np.any(pads)) + ["border"] * nothing_outside
        return Built(result.after, _scene(result, limits), idle=idle)

    return Declaration(CONTROLS, build)


class Comparison(NamedTuple):
    """Feature maps of a shifted input (`after`) and of the input as it was (`before`).

    `along` is `before`, moved by `cells`; `differs` says where it is not `after`, and `inner` where
    no window has seen anything from outside. `step` is how many pixels one cell stands for.
    """

    sliding: Plan
    shift: tuple[int, int]
    step: int
    before: np.ndarray
    after: np.ndarray
    cells: tuple[int, int]
    along: np.ndarray
    differs: np.ndarray
    inner: np.ndarray


def compare_shift(x, kernel, *, rows, columns, stride, padding, border, pooling) -> Comparison:
    """Convolve an input before and after a shift, and move the first map by whole cells.

    Where the shift is no multiple of the step, the move is the one of its whole neighbours that
    leaves the fewest cells different.
    """
    options = {"stride": stride, "padding": padding, "border": border, "flip": False}
    sliding = plan(shift_array(x, (rows, columns), border), kernel, **options)
    before, after = plan(x, kernel, **options).feature_map(), sliding.feature_map()
    if pooling:
        before, after = max_pool(before), max_pool(after)
    shift, step = (rows, columns), stride * (POOL if pooling else 1)

    def cost(cells: tuple[int, int]) -> tuple:
        differing = _different(after, shift_array(before, cells, border)).sum()
        return differing, np.abs(cells).sum(), cells

    cells = min(product(*({n // step, -(-n // step)} for n in shift)), key=cost)
    along = shift_array(before, cells, border)
    inner = np.logical_and.outer(
        *(_inner(sliding, axis, after.shape, step, shift, cells) for axis in (0, 1))
    )
    differs = _different(after, along)
    return Comparison(sliding, shift, step, before, after, cells, along, differs, inner)


def shift_array(x: np.ndarray, shift: tuple[int, int], border: str = "zeros") -> np.ndarray:
    """Move an array down and to the right; what comes in is what `border` puts outside it.

    >>> shift_array(np.array([[1, 2, 3]]), (0, 1), "wrap")
    array([[3, 1, 2]])
    """
    padded = pad(x, [(max(n, 0), max(-n, 0)) for n in shift], border=border)
    return padded[
        tuple(slice(max(-n, 0), max(-n, 0) + m) for n, m in zip(shift, x.shape, strict=True))
    ]


def max_pool(feature_map: np.ndarray) -> np.ndarray:
    """Keep the largest of every 2x2 cells; an odd last row or column is left out.

    >>> max_pool(np.array([[1, 2, 9], [3, 4, 9]]))
    array([[4]])
    """
    rows, columns = (n // POOL for n in feature_map.shape)
    blocks = feature_map[: rows * POOL, : columns * POOL].reshape(rows, POOL, columns, POOL)
    return blocks.max(axis=(1, 3))


def _different(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return ~np.isclose(one, other, rtol=ALIKE, atol=ALIKE)


def _inner(sliding: Plan, axis: int, shape, step: int, shift, cells) -> np.ndarray:
    """Return along one axis which cells of both maps come from the input alone.

    What a cell sees must be inside the shifted input, clear of the pixels that came in, and, moved
    back with its map, inside the input as it was.
    """
    size, span = sliding.x.shape[axis], sliding.span[axis] + step - sliding.stride[axis]
    cell = np.arange(shape[axis])
    first = cell * step - sliding.amounts[axis][0]
    inside = (cell >= cells[axis]) & (cell - cells[axis] < shape[axis])
    for offset in (0, shift[axis], cells[axis] * step):
        inside &= (first >= offset) & (first + span <= size + offset)
    return inside


def _scene(result: Comparison, limits: Limits) -> Scene:
    either = np.maximum(result.after, result.along)
    row, column = np.unravel_index(int(either.argmax()), either.shape)
    place = (int(row), int(column))
    pooled = ", pooled" if result.step > result.sliding.stride[0] else ""
    size = f"{size_text(result.after.shape)}, stride {result.sliding.stride[0]}{pooled}"
    maps = (
        (result.after, "Its map", size, None),
        (result.along, "Old map, best fit", move_text(result.cells), None),
        (result.after - result.along, "Difference", _count(result.differs), ~result.inner),
    )
    mark = (Mark(*place, 1, 1),)
    grids = [
        _input(result, limits, place),
        *(
            Grid(values, title, subtitle, limit=limits.map, hatched=hatched, marks=mark)
            for values, title, subtitle, hatched in maps
        ),
    ]
    lines, sliding = _verdict(result), result.sliding
    sentence = [
        range_sentence(f"Input, {move_text(result.shift)},", sliding.x),
        f"Kernel {rows_text(sliding.weights)}, stride {sliding.stride[0]}.",
        range_sentence("Its map", result.after),
        range_sentence(f"Old map, {move_text(result.cells)},", result.along),
        *lines,
    ]
    return page(side_by_side(grids), lines, " ".join(sentence), headline=False, rows=MOST_LINES)


def _input(result: Comparison, limits: Limits, place: tuple[int, int]) -> Grid:
    sliding = result.sliding
    own = shift_array(np.ones(sliding.x.shape, dtype=int), result.shift)
    height, width = (span + result.step - sliding.stride[0] for span in sliding.span)
    return Grid(
        sliding.padded,
        "Shifted input",
        move_text(result.shift),
        limit=limits.input,
        hatched=pad(own, sliding.amounts) == 0,
        marks=(Mark(place[0] * result.step, place[1] * result.step, height, width),),
    )


def _verdict(result: Comparison) -> list[str]:
    """Say how many cells differ when the old map moves along, and when it does not move."""
    away = f"{(result.differs & result.inner).sum()} of {result.inner.sum()}"
    unmoved = _count(_different(result.after, result.before))
    lines = [
        f"Old map moved along: {_count(result.differs)} differ, away from the border {away}.",
        f"Old map not moved: {unmoved} differ.",
    ]
    if any(n % result.step for n in result.shift):
        lines.append(
            f"One cell is {result.step} pixels, so the shift is no whole number of cells: "
            "this is the closest move."
        )
    return lines


def _count(mask: np.ndarray) -> str:
    return f"{mask.sum()} of {mask.size} cells"


def move_text(cells: tuple[int, int]) -> str:
    """Write a move in words.

    >>> move_text((1, -2)), move_text((0, 0))
    ('1 down, 2 left', 'not moved')
    """
    words = zip(cells, (("up", "down"), ("left", "right")), strict=True)
    return ", ".join(f"{abs(n)} {way[n > 0]}" for n, way in words if n) or "not moved"
