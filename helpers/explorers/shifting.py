"""What a shift of the input does to feature maps, computed and compared; nothing is drawn."""

from itertools import product
from typing import NamedTuple

import numpy as np

from helpers.convolution import Plan, pad, plan

POOL = 2  # cells along a side that max pooling puts together
ALIKE = 1e-9  # floats that differ by less are told to be equal


class Moved(NamedTuple):
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

    @property
    def leaves(self) -> np.ndarray:
        """Where `after` is not `before`, which stayed where it was."""
        return _different(self.after, self.before)


def moved(x, kernel, *, rows, columns, stride, padding, border, pooling) -> Moved:
    """Convolve an input before and after a shift, and move the first map by whole cells.

    Where the shift is no multiple of the step, the move is the one of its whole neighbours that
    leaves the fewest cells different.
    """
    options = {"stride": stride, "padding": padding, "border": border, "flip": False}
    sliding = plan(shifted(x, (rows, columns), border), kernel, **options)
    before, after = plan(x, kernel, **options).feature_map(), sliding.feature_map()
    if pooling:
        before, after = max_pooled(before), max_pooled(after)
    shift, step = (rows, columns), stride * (POOL if pooling else 1)

    def cost(cells: tuple[int, int]) -> tuple:
        differing = _different(after, shifted(before, cells, border)).sum()
        return differing, np.abs(cells).sum(), cells

    cells = min(product(*({n // step, -(-n // step)} for n in shift)), key=cost)
    along = shifted(before, cells, border)
    inner = np.logical_and.outer(
        *(_inner(sliding, a, after.shape, step, shift, cells) for a in (0, 1))
    )
    return Moved(sliding, shift, step, before, after, cells, along, _different(after, along), inner)


def shifted(x: np.ndarray, shift: tuple[int, int], border: str = "zeros") -> np.ndarray:
    """Move an array down and to the right; what comes in is what `border` puts outside it.

    >>> shifted(np.array([[1, 2, 3]]), (0, 1), "wrap")
    array([[3, 1, 2]])
    """
    padded = pad(x, [(max(n, 0), max(-n, 0)) for n in shift], border=border)
    return padded[
        tuple(slice(max(-n, 0), max(-n, 0) + m) for n, m in zip(shift, x.shape, strict=True))
    ]


def max_pooled(feature_map: np.ndarray) -> np.ndarray:
    """Keep the largest of every 2x2 cells; an odd last row or column is left out.

    >>> max_pooled(np.array([[1, 2, 9], [3, 4, 9]]))
    array([[4]])
    """
    rows, columns = (n // POOL for n in feature_map.shape)
    blocks = feature_map[: rows * POOL, : columns * POOL].reshape(rows, POOL, columns, POOL)
    return blocks.max(axis=(1, 3))


def _different(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return ~np.isclose(one, other, rtol=ALIKE, atol=ALIKE)


def _inner(sliding: Plan, axis: int, shape, step: int, shift, cells) -> np.ndarray:
    """Return along one axis which cells of both maps come from the input alone.

    What a cell sees must lie inside the shifted input, clear of the pixels that came in, and, moved
    back with its map, inside the input as it was.
    """
    size, span = sliding.x.shape[axis], sliding.span[axis] + step - sliding.stride[axis]
    cell = np.arange(shape[axis])
    first = cell * step - sliding.amounts[axis][0]
    inside = (cell >= cells[axis]) & (cell - cells[axis] < shape[axis])
    for offset in (0, shift[axis], cells[axis] * step):
        inside &= (first >= offset) & (first + span <= size + offset)
    return inside
