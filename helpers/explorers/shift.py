"""The explorer of shifts: the feature map moves along with the input, or does not."""

from itertools import product
from typing import NamedTuple

import numpy as np

from helpers.convolution import BORDERS, Plan, plan
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
        same = plan(x, weights, stride=settings["stride"], padding="same", flip=False)
        nothing_outside = result.sliding.padded.shape == x.shape and not any(result.shift)
        idle = ["padding"] * (same.padded.shape == x.shape) + ["border"] * nothing_outside
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
    shift, step = (rows, columns), stride * (POOL if pooling else 1)
    pool = max_pool if pooling else np.asarray
    options = {"stride": stride, "padding": padding, "flip": False}
    sliding = plan(shift_array(x, shift, border), kernel, border=border, **options)
    after = pool(sliding.feature_map())
    before = pool(plan(x, kernel, border=border, **options).feature_map())

    def cost(cells: tuple[int, int]) -> tuple:
        differing = _different(after, shift_array(before, cells, border)).sum()
        return differing, np.abs(cells).sum(), cells

    cells = min(product(*({n // step, -(-n // step)} for n in shift)), key=cost)
    along = shift_array(before, cells, border)
    differs, everywhere = _different(after, along), np.ones(x.shape, dtype=bool)

    def sees_only(inside: np.ndarray) -> np.ndarray:
        counts = plan(inside, np.ones(kernel.shape, dtype=bool), **options).feature_map()
        return ~pool(counts < kernel.size)

    inner = sees_only(shift_array(everywhere, shift)) & shift_array(sees_only(everywhere), cells)
    return Comparison(sliding, shift, step, before, after, cells, along, differs, inner)


def shift_array(x: np.ndarray, shift: tuple[int, int], border: str = "zeros") -> np.ndarray:
    """Move an array down and to the right; what comes in is what `border` puts outside it.

    >>> shift_array(np.array([[1, 2, 3]]), (0, 1), "wrap")
    array([[3, 1, 2]])
    """
    padded = np.pad(x, [(max(n, 0), max(-n, 0)) for n in shift], mode=BORDERS[border])
    (top, left), (height, width) = (max(-n, 0) for n in shift), x.shape
    return padded[top : top + height, left : left + width]


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


def _scene(result: Comparison, limits: Limits) -> Scene:
    sliding, step, stride = result.sliding, result.step, result.sliding.stride[0]
    either = np.maximum(result.after, result.along)
    row, column = divmod(int(either.argmax()), either.shape[1])
    own = shift_array(np.ones(sliding.x.shape, dtype=bool), result.shift)
    height, width = (span + step - stride for span in sliding.span)
    shifted = Grid(
        sliding.padded,
        "Shifted input",
        move_text(result.shift),
        limit=limits.input,
        hatched=~np.pad(own, sliding.amounts),
        marks=(Mark(row * step, column * step, height, width),),
    )
    shared = {"limit": limits.map, "marks": (Mark(row, column, 1, 1),)}
    pooled = ", pooled" if step > stride else ""
    difference = result.after - result.along
    maps = (
        Grid(
            result.after,
            "Its map",
            f"{size_text(either.shape)}, stride {stride}{pooled}",
            **shared,
        ),
        Grid(result.along, "Old map, best fit", move_text(result.cells), **shared),
        Grid(difference, "Difference", _count(result.differs), hatched=~result.inner, **shared),
    )
    lines = _verdict(result)
    sentence = [
        range_sentence(f"Input, {move_text(result.shift)},", sliding.x),
        f"Kernel {rows_text(sliding.weights)}, stride {stride}.",
        range_sentence("Its map", result.after),
        range_sentence(f"Old map, {move_text(result.cells)},", result.along),
        *lines,
    ]
    grids = side_by_side([shifted, *maps])
    return page(grids, lines, " ".join(sentence), headline=False, rows=MOST_LINES)


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
